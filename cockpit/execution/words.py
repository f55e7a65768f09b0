"""What the host's last word means for an attempt."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.execution.capture import read_captures
from cockpit.execution.contract import Ended
from cockpit.execution.ear import Word

LAST = frozenset({"ended", "stopped", "lost", "differs", "error", "never", "unsure"})
REBOOTED = "the host was restarted since the attempt began"
CUT = "the end of its output is missing: look whether the disk of its home folder is full"
REPLACED = "another machine answers, or the run folder is gone"


def differs(word: Word, started: bool) -> Ended:
    """The host is not what it was when the attempt was journaled; `started` when a start may have been sent before."""
    reason = REBOOTED if word.rest == "boot" else REPLACED
    return Ended("unknown", reason=reason) if started else Ended("error", reason=f"nothing was started: {reason}")


def settled(word: Word, captured: bytes, whole: bool, started: bool) -> Ended:
    """The end of an attempt out of its last word. `whole` when all of its output has come."""
    match word.verb:
        case "ended":
            return _exit(word, captured, "" if whole else CUT)
        case "stopped":
            return Ended("stopped", reason="stopped, and nothing of it is left")
        case "differs":
            return differs(word, started)
        case "error":
            return Ended("error", reason=f"nothing was started: {plain(word.rest)}")
        case "never":
            return Ended("error", reason="nothing was started: it was stopped before it began")
        case _:
            return Ended("unknown", reason=plain(word.rest))


def _exit(word: Word, captured: bytes, reason: str) -> Ended:
    code, begun, ended = (*word.parts, "", "", "")[:3]
    if not code.isdecimal():
        return Ended("unknown", reason=f"the host's status file holds nonsense: {plain(word.rest)}")
    captures = read_captures(captured)
    if reason and captured and not captured.endswith(b"\n"):
        captures = f"$COCKPIT_CAPTURE ends in the middle of a line, and {reason}"
    if isinstance(captures, str):
        return Ended("failed", int(code), reason=captures, seconds=_seconds(begun, ended))
    return Ended("passed" if code == "0" else "failed", int(code), reason, _seconds(begun, ended), captures)


def _seconds(begun: str, ended: str) -> float | None:
    try:
        return round(max(0.0, float(ended) - float(begun)), 2)
    except ValueError:
        return None


def plain(text: str) -> str:
    """Words from a host on one line, without control characters, at most 300."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]


def hide(ended: Ended, mask: Callable[[str], str]) -> Ended:
    """The same without secrets in reason and captured values."""
    captures = {name: mask(value) for name, value in ended.captures.items()}
    return Ended(ended.outcome, ended.exit, mask(ended.reason), ended.seconds, captures)
