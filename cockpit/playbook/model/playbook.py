"""The playbook as a whole, and its parts beside the steps."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from cockpit.playbook.model.calendar import Calendar, Zone
from cockpit.playbook.model.fields import (
    Day,
    Declared,
    Duration,
    Flag,
    Login,
    Name,
    Names,
    Places,
    Revision,
    Short,
    Text,
    Texts,
    Value,
    Variable,
    under,
)
from cockpit.playbook.model.kinds import exactly_one
from cockpit.playbook.model.metrics import Metric
from cockpit.playbook.model.proofs import Proof
from cockpit.playbook.model.rules import AnswerWithin, Baseline, Decision, Rule, Severity
from cockpit.playbook.model.steps import ASKED, TELLS, Asks, Manual, Step
from cockpit.playbook.model.timing import Timed


def _nothing_as_empty(value: Any) -> Any:
    return {} if value is None else value


class Param(Declared):
    """A value that is asked for when a release starts. Without a default it must be given."""

    help: str = Field("", description="What to enter.")
    pattern: Text | None = Field(
        None,
        description="A regular expression that the whole value must match, without look-around and back-references.",
        examples=[r"\d+\.\d+\.\d+"],
    )
    choices: list[Value] | None = Field(None, min_length=1, description="The values there are to choose from.")
    default: Value | None = Field(None, description="The value if none is given.")


class Secret(Declared):
    """Where a secret comes from. It is read when it is needed, and never shown or stored."""

    one_of: ClassVar[tuple[str, ...]] = ("env", "file", "command")
    model_config = exactly_one(*one_of)

    env: Variable | None = Field(None, description="A variable of the environment.", examples=["PAGERDUTY_KEY"])
    file: Text | None = Field(None, description="A file on this machine.", examples=["~/.config/grafana/token"])
    command: Annotated[list[Text], Field(min_length=1)] | None = Field(
        None,
        description="A command on this machine, as a list of words; its output is the secret.",
        examples=[["pass", "show", "db"]],
    )


class Role(Declared):
    """People who may act as what."""

    title: Text | None = Field(None, description="What people read.")
    people: list[Login] = Field([], description="Login names; '{{ login }}' is who starts the release.")
    assigned: Flag = Field(
        False,
        description="Whether the captain says during the release who it is: one of `people`, or anybody where there "
        "are none.",
    )


class Notice(Declared):
    """A message to people. Delivery is not part of this version: the journal has what would be sent, and to whom."""

    to: Texts = Field(
        description="Channels, as kind:name. Kinds: `slack`, `pagerduty`, `statuspage`, `email`, `webhook`, `page`.",
        examples=["slack:#releases"],
    )
    text: Text = Field(description=f"What; {TELLS}.")
    asks: Asks = Field({}, description=ASKED, examples=[{"impact": "Impact on customers"}])
    repeat: Duration | None = Field(
        None, description="How often it is told again, until the release has ended or turns back."
    )


class Ssh(Declared):
    """What differs from ~/.ssh/config."""

    user: str = Field("", description="The login on the hosts.")
    jump: str = Field("", description="The host to go through.")


class _Part(Declared):
    """Its name and steps."""

    phase: Name = Field(description="Its name.")
    steps: list[Step] = Field(min_length=1, description="Its steps, one after another unless they say `after`.")


class Phase(Timed, _Part):
    """A named part of the release. Its times are those of its first steps, but for `due`: that is of its last ones.

    `day` is that of every step in it that says none.
    """


class Condition(Declared):
    """One thing that must be done, ticked in the release that was rolled back."""

    id: Name | None = Field(None, description="Its name, unique in the block. Made from the text where it is left out.")
    item: Text = Field(description="What is to be true; a template of params.", examples=["The fix is validated"])
    text: str = Field("", description="More about it; a template of params.")
    evidence: Literal["required", "optional"] = Field(
        "optional", description="Whether it needs something that shows it."
    )


class Block(Declared):
    """What keeps further releases of the playbook from starting, once one was rolled back."""

    until: list[Annotated[Condition, under("item")]] = Field(
        min_length=1, description="What must be done first: items to be ticked in the release that was rolled back."
    )
    lifted_by: Names = Field([], description="The role, or roles, that can let a release start before: `--lift block`.")


class Rollback(Declared):
    """The way back: steps, then what proves that it worked."""

    owner: Names = Field([], description="The role, or roles, that a rollback is up to.")
    steps: list[Step] = Field(min_length=1, description="The steps back.")
    verify: list[Step] = Field([], description="Steps that prove that it worked.")
    block: Block | None = Field(None, description="What must be done after a rollback before another release starts.")
    proven_by: list[Proof] = Field(
        [],
        description="Commands and requests that prove beforehand that it can be done: from the start, or `before` a "
        "step.",
    )


People = Annotated[
    Role,
    Short(
        lambda value: {"people": value} if isinstance(value, list) else value,
        {"type": "array", "items": {"type": "string"}},
    ),
]
Asked = Annotated[Param, Short(_nothing_as_empty, {"type": "null", "description": "Any value."})]


class Playbook(Declared):
    """What is to be done to release, when and where, by whom, and the way back."""

    playbook: Name = Field(description="Its name.", examples=["quickstart"])
    title: Text | None = Field(None, description="What people read; a template of params.")
    revision: Revision = Field(1, description="Counts up when it changes.")
    reviewed: Day | None = Field(None, description="The day of its last review.", examples=["2026-11-01"])
    review_every: Duration | None = Field(
        None, description="How long a review holds; `lint`, `plan` and `run` warn of an older one."
    )
    runbook: Text | None = Field(None, description="Where the runbook is that it stands for.")
    links: dict[str, Text] = Field({}, description="What else belongs to it, by name: dashboards, references.")
    params: dict[Variable, Asked] = Field({}, description="Values that are asked for when a release starts.")
    secrets: dict[Variable, Secret] = Field({}, description="Values that commands and requests get and nobody sees.")
    roles: dict[Name, People] = Field({}, description="Who signs what: a title and login names.")
    people: dict[Login, Zone] = Field(
        {}, description="In which time zone people are, by login.", examples=[{"ana": "Europe/London"}]
    )
    calendar: Calendar | None = Field(None, description="When a release may go out.")
    ssh: Ssh = Field(Ssh.model_construct(), description="How hosts are reached, where ~/.ssh/config does not say it.")
    hosts: dict[Name, Places] = Field(
        {},
        description="Groups of hosts: names, ranges such as web-[01:20], other groups.",
        examples=[{"web": ["web-[1:3]"]}],
    )
    metrics: dict[Name, Metric] = Field({}, description="What is measured, from where, and what silence means.")
    baseline: Baseline | None = Field(None, description="How long before which step baselines are recorded.")
    rules: dict[Name, Rule] = Field({}, description="Conditions on metrics.")
    severities: dict[Name, Severity] = Field(
        {}, description="How bad something can be, the worst first, and what follows from each."
    )
    decisions: dict[Name, Decision] = Field({}, description="What is asked about a rule, by the rule's name.")
    notices: dict[Name, Notice] = Field({}, description="Messages to people, which steps tell by name.")
    answer_within: AnswerWithin = Field(
        AnswerWithin.model_construct(), description="How soon people must say that they have seen a rule that fails."
    )
    escalation: Names = Field(
        [],
        description="The roles that are told, one after another, when nobody answers or looks in time; `captain` is "
        "whoever drives.",
        examples=[["captain", "sre", "director"]],
    )
    phases: list[Phase] = Field(min_length=1, description="The release, part by part.")
    rollback: Rollback | None = Field(None, description="The way back.")
    manual: dict[Name, Manual] = Field(
        {}, description="Commands that no step runs: a person orders them, after the question that comes first."
    )
