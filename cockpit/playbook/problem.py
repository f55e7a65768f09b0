"""What is wrong with a playbook, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]

RULES: dict[str, str] = {
    "P001": "the file cannot be read",
    "P002": "the file is larger than 512 KB",
    "P003": "the file is not UTF-8",
    "P004": "a NUL, control or invisible direction character",
    "P005": "not YAML: the syntax is wrong",
    "P006": "the file is empty",
    "P007": "more than one YAML document in the file",
    "P008": "nested too deeply",
    "P009": "an alias that is unknown, contains itself, or makes the file too large",
    "P010": "the same key twice in one mapping",
    "P011": "a key that is not plain text, or a merge key",
    "P012": "a YAML tag that playbooks do not have",
    "P013": "the file is not a mapping",
    "P014": "more steps, metrics, rules, shell or problems than a playbook can have",
    "P101": "unknown key",
    "P102": "a key is missing",
    "P103": "a value of the wrong type",
    "P104": "a value that is not allowed",
    "P105": "a step that is none, or more than one, of the kinds of steps; the same for a metric, a check or a secret",
    "P201": "unknown host or group",
    "P202": "unknown step",
    "P203": "unknown role",
    "P204": "unknown variable",
    "P205": "the same id or name twice",
    "P206": "a reserved name, or one that common programs heed (warning)",
    "P207": "a captured value used before a step that captures it",
    "P208": "a secret where it would be shown or stored",
    "P209": "unknown metric",
    "P210": "unknown rule, or an unknown option of a decision",
    "P211": "unknown notice",
    "P212": "a review of too long ago (warning)",
    "P301": "steps that wait for each other",
    "P302": "a step after a gate that does not wait for it, or one before it that the gate leaves out (warning)",
    "P303": "times of a step that contradict each other, or count from what waits for it",
    "P401": "a wrong host range",
    "P402": "a group without hosts, or that contains itself",
    "P403": "a command that does not say where it runs",
    "P404": "the same host twice in one step",
    "P405": "batches that do not rise",
    "P406": "batches that leave hosts out",
    "P501": "a gate that nobody can open",
    "P502": "a role to be told that nobody has",
    "P601": "wrong shell syntax",
    "P602": "eval",
    "P603": "a value that is run as code",
    "P604": "a value without quotes (warning)",
    "P605": "a variable that is never set",
    "P606": "a template in a command",
    "P607": "an endless command without a timeout",
    "P608": "a command that the checks cannot read (warning)",
    "P609": "a value inside the program of sed, make, jq, git or an SQL client (warning)",
    "P610": "a value that could be read as an option (warning)",
    "P611": "a character that is not what it looks like (warning)",
    "P701": "a wrong template",
    "P702": "a wrong condition",
    "P703": "a wrong URL",
    "P704": "a wrong JMESPath",
    "P705": "a rule's text that means nothing",
    "P801": "no rollback though hosts are changed, or none that is verified (warning)",
    "P802": "a rollback or a check that cannot work",
    "P803": "a setting that does nothing (warning)",
    "P804": "a metric that cannot be measured as written",
    "P805": "a rule that cannot be judged as written, or that asks something odd (warning)",
    "P806": "a guard or gate that cannot act as written",
    "P807": "a command that is stopped before it can be done (warning)",
    "P901": "a param without a value",
    "P902": "a value for an unknown param",
    "P903": "a param's value that is not allowed",
    "P904": "a word to confirm that nobody can type",
}
"""Every rule code, with what it stands for. A code keeps its meaning for good."""


class Position(msgspec.Struct, frozen=True):
    """A place in a file; line and column count from 1, in characters."""

    line: int
    column: int


START = Position(1, 1)


class Problem(msgspec.Struct, frozen=True):
    """One finding at a place in a file. Its text is `file:line:column: CODE message`, then `hint: …`."""

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        level = "warning: " if self.severity == "warning" else ""
        text = f"{self.file}:{self.line}:{self.column}: {self.code} {level}{self.message}"
        return f"{text}\nhint: {self.hint}" if self.hint else text


class Finding(msgspec.Struct, frozen=True):
    """A problem before it is known which file it is in."""

    at: Position
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"

    def within(self, file: str) -> Problem:
        """This finding as a problem of a file."""
        return Problem(file, self.at.line, self.at.column, self.code, self.message, self.hint, self.severity)


class FoundError(Exception):
    """Ends reading at the first finding, where nothing after it could be understood."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def in_order(file: str, findings: Iterable[Finding]) -> list[Problem]:
    """Each finding once, as a problem of the file, by line, column and code."""
    problems = {finding.within(file) for finding in findings}
    return sorted(problems, key=lambda p: (p.line, p.column, p.code, p.message))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that keep a playbook from being used."""
    return [problem for problem in problems if problem.severity == "error"]
