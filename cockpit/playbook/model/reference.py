"""The reference of the playbook language, made from the model and the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cockpit.playbook.model.schema import schema
from cockpit.playbook.problem import RULES
from cockpit.playbook.reserved import BUILTINS

_ORDER = (
    ("Playbook", "A playbook"),
    ("Param", "An entry of `params`"),
    ("Secret", "An entry of `secrets`"),
    ("Role", "An entry of `roles`"),
    ("Calendar", "`calendar`"),
    ("Window", "An item of `windows`"),
    ("Freeze", "An item of `freezes`"),
    ("Avoid", "An item of `avoid`"),
    ("Ssh", "`ssh`"),
    ("PrometheusMetric", "An entry of `metrics`: `prometheus`"),
    ("DatadogMetric", "An entry of `metrics`: `datadog`"),
    ("JsonMetric", "An entry of `metrics`: `json`"),
    ("CommandMetric", "An entry of `metrics`: `command`"),
    ("ProbeMetric", "An entry of `metrics`: `probe`"),
    ("Minimum", "`minimum`"),
    ("Baseline", "`baseline`"),
    ("Rule", "An entry of `rules`"),
    ("Severity", "An entry of `severities`"),
    ("AnswerWithin", "`answer_within`"),
    ("Decision", "An entry of `decisions`"),
    ("Notice", "An entry of `notices`"),
    ("Phase", "An item of `phases`"),
    ("RunStep", "A step: `run`"),
    ("HttpStep", "A step: `http`"),
    ("ChecklistStep", "A step: `checklist`"),
    ("DoStep", "A step: `do`"),
    ("AssignStep", "A step: `assign`"),
    ("NoticeStep", "A step: `notice`"),
    ("RecordStep", "A step: `record`"),
    ("WaitStep", "A step: `wait`"),
    ("GateStep", "A step: `gate`"),
    ("GuardStep", "A step: `guard`"),
    ("PassingStep", "A step: `passing`"),
    ("SoakStep", "A step: `soak`"),
    ("Look", "`look`"),
    ("Board", "An item of `boards`"),
    ("Undo", "`undo`"),
    ("Request", "A request"),
    ("Expect", "`expect`"),
    ("Check", "`check`"),
    ("Advice", "An item of `advice`"),
    ("Item", "An item of a checklist"),
    ("Manual", "An entry of `manual`"),
    ("Rollback", "`rollback`"),
    ("Block", "`block`"),
    ("Condition", "An item of `until` in `block`"),
    ("RunProof", "An item of `proven_by`: `run`"),
    ("HttpProof", "An item of `proven_by`: `http`"),
)

CONDITIONS: dict[str, str] = {
    "above 5% for 5m": "at every sample for 5 minutes; also `below`, `at least`, `at most`, `is`, `between 1 and 5`",
    "outside 1 to 5": "less than the one or more than the other",
    "at most baseline + 10%": "against the value before the release; also `baseline - 5`, `2x baseline`",
    "above slo + 5% for 1m": "against the objective `slo` of the rule",
    "mean over 30m above 500": "also `median`, `max`, `min`, `sum`",
    "above 10 per 1m": "how much a counter rises in that time",
    "fails 3 times": "a probe was not up, at so many samples in a row",
    "grows 2% per 1h": "the trend, whatever single samples do; also `falls`, and `over 30m`",
    "reaches 85% within 2h": "where the trend leads; also `falls to`",
    "spends 5% within 30m": "how much of the error budget of `slo: 99.9% over 30d` that takes",
    "burns 14.4x over 1h": "how much faster than it may the error budget is spent",
    "higher than the other hosts by 10%": "the hosts of `canary`; also `lower than`, `different from`, and `over 30m`",
}
"""What `ok` and `bad` can say, by example."""


def reference() -> str:
    """The whole language as one page of Markdown."""
    lines = sections("Playbooks", schema(), _ORDER, {"Rule": _conditions()})
    return "\n".join([*lines, *_variables(), *rules(RULES)]) + "\n"


def sections(
    title: str, whole: dict[str, Any], order: Sequence[tuple[str, str]], behind: Mapping[str, Iterator[str]]
) -> Iterator[str]:
    """The lines of a page about a schema: its parts in order, each with its heading, and what comes `behind` it.

    The first part is the schema itself.
    """
    yield from (f"# {title}", "", whole["description"], "")
    parts = {order[0][0]: whole, **whole["$defs"]}
    for name, heading in order:
        yield from _section(heading, parts[name])
        yield from behind.get(name, ())


def _conditions() -> Iterator[str]:
    yield from ("| `ok`, `bad` | what it means |", "|---|---|")
    yield from (f"| `{text}` | {meaning} |" for text, meaning in CONDITIONS.items())
    yield ""


def _section(heading: str, part: dict[str, Any]) -> Iterator[str]:
    yield from (f"## {heading}", "", part["description"], "", "| key | what it is | default |", "|---|---|---|")
    required = part.get("required", [])
    for name, field in part["properties"].items():
        default = "required" if name in required else _shown(field.get("default"))
        yield f"| `{name}` | {_cell(field)} | {default} |"
    yield ""


def _cell(field: dict[str, Any]) -> str:
    text = str(field.get("description", ""))
    choices = next((part["enum"] for part in (field, *field.get("anyOf", ())) if "enum" in part), None)
    if choices:
        text += f" One of {', '.join(f'`{choice}`' for choice in choices)}."
    if examples := field.get("examples"):
        text += f" Example: `{examples[0]}`" if not isinstance(examples[0], (dict, list)) else ""
    return text.replace("|", "\\|").replace("\n", " ")


def _shown(default: Any) -> str:
    return "" if default is None else f"`{default}`"


def _variables() -> Iterator[str]:
    yield from ("## Variables that are always there", "", "| name | value |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in BUILTINS.items())
    yield ""


def rules(codes: Mapping[str, str]) -> Iterator[str]:
    """What each code stands for."""
    yield from ("## Rules", "", "| code | what is wrong |", "|---|---|")
    yield from (f"| {code} | {meaning} |" for code, meaning in codes.items())
