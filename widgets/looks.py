"""How each state looks: a glyph and a word, besides a tone. No state is told by its colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from cockpit.analysis.rule import Verdict
from cockpit.release.state import HostStatus, StepStatus

Tone = Literal["plain", "quiet", "strong", "title", "good", "bad", "warn", "busy", "limit", "played"]
"""What a text means: plain, aside, important, a heading, well, wrong, wants attention, under way, a limit, not real."""

TONES: tuple[Tone, ...] = ("plain", "quiet", "strong", "title", "good", "bad", "warn", "busy", "limit", "played")


class Look(NamedTuple):
    """A glyph of one cell, a word and a tone."""

    glyph: str
    word: str
    tone: Tone


STEP: Mapping[StepStatus, Look] = {
    "pending": Look("·", "planned", "quiet"),
    "asking": Look("?", "asks whether to run", "warn"),
    "running": Look("▶", "running", "busy"),
    "passed": Look("✔", "passed", "good"),
    "skipped": Look("↷", "skipped", "quiet"),
}

HOST: Mapping[HostStatus, Look] = {
    "waiting": Look("·", "waiting", "quiet"),
    "running": Look("▶", "running", "busy"),
    "checking": Look("▷", "checking", "busy"),
    "passed": Look("✔", "passed", "good"),
    "failed": Look("✖", "failed", "bad"),
    "error": Look("!", "error", "bad"),
    "stopped": Look("■", "stopped", "warn"),
    "unknown": Look("?", "unknown", "warn"),
    "skipped": Look("↷", "skipped", "quiet"),
    "dropped": Look("⊘", "dropped", "quiet"),
}

STANDING: Mapping[str, Look] = {
    "running": Look("▶", "running", "busy"),
    "waiting": Look("◆", "waiting", "warn"),
    "holding": Look("‖", "holding", "warn"),
    "rolling_back": Look("↺", "rolling back", "warn"),
    "done": Look("✔", "done", "good"),
    "rolled_back": Look("↺", "rolled back", "warn"),
    "aborted": Look("■", "aborted", "bad"),
    "failed": Look("✖", "failed", "bad"),
    "closed": Look("□", "closed", "quiet"),
}

VERDICT: Mapping[Verdict | None, Look] = {
    "failing": Look("✖", "failing", "bad"),
    "error": Look("!", "error", "warn"),
    "no data": Look("?", "no data", "warn"),
    "inconclusive": Look("~", "inconclusive", "warn"),
    None: Look("·", "not judged", "quiet"),
    "passing": Look("✔", "passing", "good"),
}
"""The worst first."""

WAITS = Look("◆", "waits", "warn")
SHUT = Look("✖", "missing", "bad")
OPEN = Look("◇", "open", "warn")
YES = Look("✔", "yes", "good")
NO = Look("✖", "no", "bad")
