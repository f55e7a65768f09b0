"""A rehearsal in a line: how fast time passes, what goes wrong now, and who is played."""

from __future__ import annotations

from cockpit.release.state import Wrong
from cockpit.units import clock
from screens.faults import AT_ONCE, KINDS
from screens.reasons import FULL
from screens.view import View

MARK = "↯"
TIMES = "\u00d7"


def speed_text(view: View) -> str:
    """How fast time passes."""
    practice = view.state.rehearsal
    return times(practice.speed) if practice else ""


def times(speed: float) -> str:
    """A speed as people read it."""
    return "max" if speed == FULL else f"{speed:g}{TIMES}"


def going_wrong(view: View) -> str:
    """The latest fault in force: what, where, until when; and how many others there are."""
    practice = view.state.rehearsal
    if practice is None or view.state.end is not None:
        return ""
    faults = [each for each in practice.faults.values() if _is_in_force(each, view.now)]
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"{MARK} {fault_text(faults[-1])}{more}" if faults else ""


def _is_in_force(wrong: Wrong, now: float) -> bool:
    return wrong.kind not in AT_ONCE and (wrong.over is None or now < wrong.over)


def fault_text(wrong: Wrong) -> str:
    """A fault in words: what, where, until when."""
    where = f" on {wrong.at}" if wrong.at else ""
    until = f" until {clock(wrong.over)[:5]}" if wrong.over is not None else " to the end"
    return f"{KINDS[wrong.kind].name}{where}{until}"


def standing_in(view: View) -> str:
    """Who is played, and what that means for time."""
    practice = view.state.rehearsal
    if practice is None or view.state.end is not None:
        return ""
    if practice.played:
        return "the captain is played"
    return f"{times(view.pace)} while it waits for you" if practice.speed == FULL and view.pace else ""
