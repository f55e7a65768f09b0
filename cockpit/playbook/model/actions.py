"""What a rule leads to in a guard, as it is written."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from cockpit.playbook.model.fields import Name, Short
from cockpit.playbook.node import Plain

Action = Literal["warn", "hold", "decide", "back", "roll back"]

Led = Literal["warn", "hold", "decide", "back", "roll back", "by severity"]
"""The same, or that its severity says it."""

BY_SEVERITY: Final = "by severity"
"""What stands where a rule leads to what its severity says."""


def by_severity(value: Any) -> Any:
    """A list of rules stands for rules that each lead to what their severity says."""
    if not isinstance(value, list) or not all(isinstance(rule, str) for rule in value):
        return value
    return {rule: Plain(BY_SEVERITY) for rule in value}


Actions = Annotated[
    dict[Name, Led],
    Field(min_length=1),
    Short(by_severity, {"type": "array", "items": {"type": "string"}, "minItems": 1}),
]
