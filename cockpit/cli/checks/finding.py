"""What a check found, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from cockpit.cli.looks import columns

Group = Literal["here", "login", "secrets", "hosts", "targets", "metrics"]
Verdict = Literal["ok", "note", "warning", "problem"]
"""ok · note: good to know, or not checked and why · warning: the release can go on · problem: it cannot, or may not."""

GLYPHS: Final[dict[Verdict, str]] = {"ok": "✔", "note": "·", "warning": "!", "problem": "✖"}
TITLES: Final[dict[Group, str]] = {
    "here": "this machine",
    "login": "SSH from here",
    "secrets": "secrets",
    "hosts": "hosts",
    "targets": "HTTP targets",
    "metrics": "metrics",
}


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor's: `subject` is a host, a secret, a file's place, …; `check` says what was looked at."""

    group: Group
    subject: str
    check: str
    verdict: Verdict
    text: str
    hint: str = ""


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Findings by group, aligned; a hint stands below its finding."""
    every = tuple(findings)
    for group, title in TITLES.items():
        found = [each for each in every if each.group == group]
        if found:
            yield title
            yield from _group(found)
            yield ""


def _group(found: Sequence[Finding]) -> Iterator[str]:
    rows = [(f"{GLYPHS[each.verdict]} {each.verdict}", each.subject, each.check, each.text) for each in found]
    for each, line in zip(found, columns(rows, "  "), strict=True):
        yield line
        if each.hint:
            yield f"      hint: {each.hint}"


def count(findings: Iterable[Finding], verdict: Verdict) -> int:
    """How many have this verdict."""
    return sum(each.verdict == verdict for each in findings)
