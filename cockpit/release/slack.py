"""How much later what is still ahead may end, as the calendar says it. Pure; moments are seconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from cockpit.playbook.calendar import Calendar, Exchanges
from cockpit.release.ahead import may_change
from cockpit.release.calendar import DAY, without
from cockpit.release.schedule import Times, today
from cockpit.release.spans import avoided, freezes, windows
from cockpit.release.state import State

REACH = 15 * DAY
"""How far ahead a limit is looked for."""

BACK = 8 * DAY
"""How long ago a window may have ended that is still told."""


class Slack(msgspec.Struct, frozen=True):
    """So many seconds (less than 0: too late) remain until moment `limit`, when what is named begins or ends.

    Before a freeze the buffer is taken off.
    """

    seconds: float
    limit: float
    name: str


def slack(state: State, times: Mapping[str, Times], now: float) -> Slack | None:
    """The least slack of a release that goes forward; None where it has no calendar, or no limit is near.

    Only what the calendar covers counts.
    """
    calendar = state.the_plan.calendar
    if calendar is None or state.rolling_back or state.aborted or state.end is not None:
        return None
    left = tuple(step for step in today(state, times) if not calendar.covers or step.id in calendar.covers)
    if not left:
        return None
    work = max((times[step.id].expected_end for step in left if may_change(step)), default=now)
    whole = max((times[step.id].expected_end for step in left), default=now)
    found = _limits(without(calendar, state.lifted), state.exchanges, work, whole, now)
    return min(found, key=lambda each: each.seconds, default=None)


def _limits(calendar: Calendar, exchanges: Exchanges, work: float, whole: float, now: float) -> Iterator[Slack]:
    until = max(whole, now) + REACH
    open_ones = [each for each in windows(calendar, now - BACK, until) if each.start <= now]
    for span in open_ones[-1:]:
        yield Slack(span.end - work, span.end, f"window {span.name} ends")
    for span in freezes(calendar, now, until):
        yield Slack(span.start - calendar.buffer - whole, span.start, f"freeze {span.name} begins")
    for span in avoided(calendar, exchanges, now, until):
        if span.kind == "avoid":
            yield Slack(span.start - work, span.start, f"{span.name} begins")
