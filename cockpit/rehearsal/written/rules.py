"""What can be wrong with a scenario's file, by code."""

from __future__ import annotations

RULES: dict[str, str] = {
    "S001": "the file cannot be read",
    "S002": "the file is larger than 512 KB",
    "S003": "the file is not UTF-8",
    "S004": "a NUL, control or invisible direction character",
    "S005": "not YAML: the syntax is wrong",
    "S006": "the file is empty",
    "S007": "more than one YAML document in the file",
    "S008": "nested too deeply",
    "S009": "an alias that is unknown, contains itself, or makes the file too large",
    "S010": "the same key twice in one mapping",
    "S011": "a key that is not plain text, or a merge key",
    "S012": "a YAML tag",
    "S013": "the file is not a mapping",
    "S014": "more acts, faults, hosts or problems than a scenario can have",
    "S101": "unknown key",
    "S102": "a key is missing",
    "S103": "a value of the wrong type",
    "S104": "a value that is not allowed",
    "S201": "unknown host or group, or a wrong range",
    "S202": "unknown step",
    "S203": "unknown role",
    "S204": "a wrong template, or an unknown variable in it",
    "S205": "two faults of one id",
    "S206": "unknown fault",
    "S207": "a value that the step does not capture",
    "S208": "unknown metric",
    "S209": "unknown rule, or an unknown option of a decision",
    "S210": "faults that wait for each other",
    "S211": "a time before the start",
    "S212": "more than one time",
    "S213": "a fault that lacks what it needs",
    "S214": "a fault with what it cannot use",
    "S215": "something that can never be, because what is written before it always fits",
    "S216": "a step, metric or host that cannot do what is said of it",
    "S217": "an answer, veto, waiver or order that is not possible",
    "S218": "an end that the playbook cannot have",
    "S219": "a setting that does nothing (warning)",
    "S220": "another playbook, or one that cannot be used",
    "S221": "unknown param, or a value that it refuses",
    "S222": "a param without a value (warning)",
}
"""Every code, with what it stands for; S0 and S1 are those of playbooks' files. A code keeps its meaning for good."""


def own(code: str) -> str:
    """The code of a scenario for what a playbook's code stands for."""
    return f"S{code[1:]}"
