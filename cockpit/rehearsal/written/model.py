"""A scenario as it is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cockpit.playbook.model.fields import (
    Count,
    Declared,
    Duration,
    Flag,
    Login,
    Name,
    Names,
    Number,
    Place,
    Places,
    Share,
    Short,
    Span,
    Text,
    Value,
    Variable,
)
from cockpit.playbook.node import Plain
from cockpit.rehearsal.written.values import At, Date, OneOrMore, Rate, Status
from cockpit.release.events import End, FaultKind

EVERYBODY = "everybody"
"""What stands among the people for all of them."""

Answer = Literal["retry", "drop", "skip", "hold", "roll back", "abort", "passed", "failed", "run"]
"""What the captain says of a step: of an unknown one `passed` or `failed`, of one with an unknown `when` `run`."""

Says = Literal["yes", "no", "nothing"]

_FACTS = "Facts of hosts, by name; values are templates of params."
_ON = "Where: a host, a group, a list of them, or `here`."
_GIVEN = "Only on hosts of which all this is known; values are templates of params."


def _number_as_steady(value: Any) -> Any:
    return {"steady": value} if isinstance(value, Plain) else value


def _word_as_person(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return {"says": value} if value in ("yes", "no", "nothing") else {"answers": value}


Facts = dict[Name, Value]


class Timed(Declared):
    """Something that begins: at the start of the rehearsal where nothing is said."""

    at: At | None = Field(None, description="When it begins: so long after the start, or a date and time in UTC.")
    beside: Name | None = Field(None, alias="with", description="It begins when this step starts.")
    after: Name | None = Field(None, description="It begins after this fault has begun, by its `id`.")
    later: Span | None = Field(None, description="How long after that.", examples=["30s"])


class CheckAct(Declared):
    """What the check of the host does afterwards."""

    tries: Count | None = Field(None, description="Only for so many looks on a host; for all if not given.")
    takes: Span | None = Field(None, description="How long a look takes; guessed if not given.", examples=["1s"])
    exits: Status = Field(0, description="Its exit status: 0 where the host is well.")
    hangs: Flag = Field(False, description="Whether it never ends.")
    prints: str = Field("", description="Its output; a template of params.")


class Act(Declared):
    """What a step does on its hosts. Of several, the first that fits counts; where none does, it is guessed."""

    on: Places | None = Field(None, description=f"{_ON} All hosts of the step if not given.", examples=["web-1"])
    given: Facts = Field({}, description=_GIVEN, examples=[{"version": "1.2.0"}])
    tries: Count | None = Field(None, description="Only for so many first tries on a host; for all if not given.")
    takes: Span | None = Field(None, description="How long it takes; guessed if not given.", examples=["20s"])
    exits: Status | None = Field(None, description="Its exit status; 0 if not given.")
    hangs: Flag = Field(False, description="Whether it never ends.")
    prints: Text | None = Field(None, description="Its output; a template of params.")
    sets: Facts = Field({}, description=f"{_FACTS} They hold once it has ended with 0.")
    captures: dict[Variable, Value] = Field({}, description="What it hands on to later steps; templates of params.")
    check: CheckAct | None = Field(None, description="What the check of the host does afterwards.")


class Curve(Declared):
    """What a metric shows. Of several, the first that fits a host counts; where none does, it is guessed."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["steady"]}, {"required": ["silent"]}]})

    on: Places | None = Field(None, description=f"{_ON} All hosts of the metric if not given.")
    given: Facts = Field({}, description=_GIVEN, examples=[{"version": "1.2.0"}])
    steady: Number | None = Field(None, description="Its level, in the metric's unit.", examples=[0.4])
    noise: Share = Field(0.0, description="How far it scatters, as a share of its level.", examples=["10%"])
    wave: Share = Field(0.0, description="How far it swings within a day, as a share of its level.", examples=["20%"])
    drift: Rate | None = Field(None, description="How fast it grows from then on.", examples=["2 per 1h"])
    settles: Span | None = Field(None, description="How long it takes to reach its level.", examples=["30s"])
    silent: Flag = Field(False, description="Whether there are no samples.")

    @model_validator(mode="after")
    def _says_something(self) -> Curve:
        """A level, or that there is none."""
        if self.steady is None and not self.silent:
            raise PydanticCustomError("needs", "needs `steady`, or `silent: true`")
        return self


class Fault(Timed):
    """Something that goes wrong."""

    fault: FaultKind = Field(description="What.")
    id: Name | None = Field(None, description="Its name; that of the fault if not given.")
    lasts: Duration | None = Field(None, alias="for", description="How long; to the end if not given.")
    on: Places | None = Field(None, description="Hosts and groups; all if not given.", examples=["web-2"])
    step: Name | None = Field(None, description="The step that it meets; that of `with` if not given.")
    metric: Name | None = Field(None, description="The metric that it meets.")
    role: Name | None = Field(None, description="Whom it meets.")
    to: Number | None = Field(None, description="The value that the metric shows; guessed if not given.")
    grows: Rate | None = Field(None, description="How fast the metric grows; guessed if not given.")
    times: Number | None = Field(None, description="How many times as long everything takes; guessed if not given.")
    exits: Status | None = Field(None, description="The exit status; guessed if not given.")
    takes: Span | None = Field(None, description="How much later the answer comes; guessed if not given.")


class Person(Declared):
    """Someone who is played. What is not given is as `everybody` has it."""

    answers: Span | None = Field(None, description="How long anything takes; 15s if not given.", examples=["20s"])
    says: Says | None = Field(None, description="What is said at gates; yes if not given.")
    note: Text | None = Field(None, description="The note to it; a template of params.")
    login: Login | None = Field(None, description="Who it is, for a role that is assigned during the release.")


class Order(Timed):
    """What the captain does unasked."""

    does: Literal["hold", "resume", "abort", "roll back", "back", "report", "clear"] = Field(
        description="What; `back` undoes the last batch, `report` and `clear` say that what a rule asks people about "
        "is so, or is over."
    )
    rule: Name | None = Field(None, description="The rule that is reported or cleared.", examples=["corruption"])
    note: Text | None = Field(None, description="Why; a template of params.")


Acts = Annotated[list[Act], Field(min_length=1), OneOrMore()]
Level = Annotated[Curve, Short(_number_as_steady, {"type": "number"})]
Curves = Annotated[list[Level], Field(min_length=1), OneOrMore()]
Played = Annotated[Person, Short(_word_as_person, {"type": "string"})]
Answers = Annotated[list[Answer], Field(min_length=1), OneOrMore()]


class Scenario(Declared):
    """What the world of a rehearsal does. Whatever a scenario leaves out is guessed: it may say very little."""

    scenario: Text = Field(description="What happens in it, in a line.", examples=["errors after the first host"])
    playbook: Name = Field(description="The playbook that it is for.", examples=["quickstart"])
    starts: Date | None = Field(None, description="When it takes place; on a Monday at 9:00 UTC if not given.")
    params: dict[Variable, Value] = Field({}, description="Params of the release, unless others are given.")
    ends: End = Field("done", description="How the release is to end.")
    hosts: dict[Place, Facts] = Field(
        {},
        description=f"{_FACTS} As they are at first, by host, range or group.",
        examples=[{"web": {"version": "1.1.0"}}],
    )
    steps: dict[Name, Acts] = Field({}, description="What steps do, by id.")
    metrics: dict[Name, Curves] = Field({}, description="What metrics show, by name: a level alone, or more.")
    faults: list[Fault] = Field([], description="What goes wrong.")
    people: dict[Name, Played] = Field(
        {},
        description=f"Who does what, by role, `captain` or `{EVERYBODY}`: how long they take, what they say, or both.",
    )
    answers: dict[Name, Answers] = Field(
        {}, description="What the captain says when a step fails, in turn and the last again; by step."
    )
    decisions: dict[Name, Value] = Field({}, description="What is decided, by rule.")
    vetoes: Names = Field([], description="Rules whose rollbacks the captain stops before they start.")
    waives: dict[Name, Text] = Field({}, description="What is let pass at gates, and why; templates of params.")
    orders: list[Order] = Field([], description="What the captain does unasked.")
