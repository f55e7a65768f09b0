"""Rules over metrics, the baseline they refer to, and the decisions they open."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cockpit.playbook.model.actions import Action
from cockpit.playbook.model.fields import Declared, Duration, Name, Names, Samples, Some, Text, Value
from cockpit.playbook.model.metrics import Least, NoData


class Rule(Declared):
    """A condition on a metric, or something that people report.

    What lies between `ok` and `bad` is inconclusive; one alone is the other's opposite.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["metric", "ok"]}, {"required": ["metric", "bad"]}, {"required": ["reported"]}]
        }
    )

    metric: Name | None = Field(None, description="The metric.")
    reported: Text | None = Field(
        None,
        description="Instead of a metric: what people watch for. It passes until one of them reports it.",
        examples=["Data corruption detected"],
    )
    by: Names = Field([], description="The role, or roles, that report it beside the captain.")
    ok: Text | None = Field(None, description="When it passes.", examples=["below 1%"])
    bad: Text | None = Field(None, description="When it fails.", examples=["above 5% for 5m"])
    slo: Value | None = Field(
        None,
        description="The objective: in the metric's unit, or, for an error budget, what must be good over a time.",
        examples=["500ms", "99.9% over 30d"],
    )
    floor: Value | None = Field(
        None, description="How far at least a threshold is from the baseline that it refers to.", examples=["0.1%"]
    )
    hosts: Some | None = Field(
        None,
        description="How many hosts it takes: any, all, a number or a share; `any` if not given.",
        examples=["10%"],
    )
    no_data: NoData | None = Field(None, description="What no data means here; as the metric says if not given.")
    minimum: Least | None = Field(None, description="Below this nothing is judged; as the metric says if not given.")
    level: Literal["info", "warn", "critical"] = Field("critical", description="How bad it is.")
    answer_within: Duration | None = Field(
        None, description="How soon a person must answer when it fails; as the playbook says if not given."
    )
    severity: Name | None = Field(
        None, description="How bad it is, of `severities`: what follows where a guard or a decision does not say it."
    )
    canary: Name | None = Field(None, description="The step whose hosts are compared with the others, for `differs`.")

    @model_validator(mode="after")
    def _says_something(self) -> Rule:
        """A metric and at least one condition, or what is reported."""
        if self.reported is not None:
            if strange := [name for name in self.model_fields_set if name in _MEASURED]:
                said = min(strange, key=_MEASURED.index)
                raise PydanticCustomError("needs", f"is reported by people, and cannot have `{said}`")
        elif self.by:
            raise PydanticCustomError("needs", "has `by`, which belongs to what is `reported`")
        elif self.metric is None:
            raise PydanticCustomError("needs", "needs a `metric`, or what is `reported`")
        elif self.ok is None and self.bad is None:
            raise PydanticCustomError("needs", "needs `ok`, `bad` or both")
        return self

    @property
    def measured(self) -> str:
        """The metric; empty where there is none."""
        return self.metric or ""


_MEASURED = ("metric", "ok", "bad", "slo", "floor", "hosts", "no_data", "minimum", "canary")
"""What only a rule on a metric can say."""


class Severity(Declared):
    """How bad it is when a rule of this severity fails, and what follows: a row of the decision matrix."""

    means: Text = Field(description="What is that bad; a template of params.", examples=["A core workflow is slow"])
    action: Action = Field(
        description="What a rule of it leads to in a guard that leaves that to its severity: `warn`, `hold`, `decide`, "
        "`back`, `roll back`."
    )
    owner: Names = Field([], description="The role, or roles, whose business it is beside the captain's.")
    deadline: Duration | None = Field(
        None,
        description="How soon it must be decided, 10m if not given; of other actions, how soon somebody must have seen "
        "it where the rule does not say that itself.",
    )
    options: Annotated[list[Text], Field(min_length=1)] | None = Field(
        None, description="What there is to choose from; `roll back`, `hold` and `go on` if not given."
    )
    default: Text | None = Field(None, description="The option that is taken when nobody decides; `hold` if not given.")
    guide: dict[str, Text] = Field({}, description="When which option is right.")


class AnswerWithin(Declared):
    """How soon a person must say that a rule was seen which does not pass, by its level."""

    info: Duration | None = Field(None, description="For rules of level `info`.")
    warn: Duration | None = Field(None, description="For rules of level `warn`, and for looks that are late.")
    critical: Duration | None = Field(None, description="For rules of level `critical`.")


class Baseline(Declared):
    """How metrics were before the release touched anything, which rules may refer to."""

    over: Duration = Field(description="Over how long it is recorded.", examples=["24h"])
    until: Name = Field(description="The phase or step before which it is recorded.")
    samples: Samples = Field(20, description="With fewer samples than this, rules that refer to it are inconclusive.")


class Decision(Declared):
    """What is asked when a rule fails that leads to `decide`: a question with a deadline."""

    ask: Text = Field(description="The question; a template of params.")
    owner: Names = Field([], description="The role, or roles, whose decision it is.")
    deadline: Duration = Field(600.0, description="After this long without an answer the default is taken.")
    options: Annotated[list[Text], Field(min_length=1)] = Field(
        description="What there is to choose from; `roll back`, `hold` and `go on` do what they say."
    )
    default: Text | None = Field(None, description="The option that is taken when nobody decides; `hold` if not given.")
    guide: dict[str, Text] = Field({}, description="When which option is right.")
