"""How much later what is still ahead may end, as the calendar says it. Pure; moments are seconds since 1970."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from cockpit.playbook.calendar import Calendar, Exchanges
from cockpit.release.ahead import may_change
from cockpit.release.calendar import DAY, without
from cockpit.release.moments import day_start, next_midnight
from cockpit.release.schedule import Times, today
from cockpit.release.spans import Span, avoided, freezes, windows
from cockpit.release.state import State

REACH = 15 * DAY
"""How far ahead a limit is looked for."""


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
    work = _stretch((times[step.id] for step in left if may_change(step)), now)
    whole = _stretch((times[step.id] for step in left), now)
    met = min(work.start, max(state.opened, day_start(max(now, work.start), calendar.zone)))
    found = _limits(without(calendar, state.lifted), state.exchanges, work, whole, met, now)
    return min(found, key=lambda each: each.seconds, default=None)


class _Stretch(msgspec.Struct, frozen=True):
    """From when until when steps are expected to go on."""

    start: float
    end: float


def _stretch(steps: Iterable[Times], now: float) -> _Stretch:
    found = [*steps]
    return _Stretch(
        min((each.expected_start for each in found), default=now),
        max((each.expected_end for each in found), default=now),
    )


def _limits(
    calendar: Calendar, exchanges: Exchanges, work: _Stretch, whole: _Stretch, met: float, now: float
) -> Iterator[Slack]:
    """What is over before the steps begin limits nothing.

    No window counts that ends before moment `met`, or begins on a day after that of the work.
    """
    until = max(whole.end, now) + REACH
    day_end = next_midnight(max(now, work.start), calendar.zone)
    if span := _window(windows(calendar, met, day_end), now):
        yield Slack(span.end - work.end, span.end, f"window {span.name} ends")
    for span in freezes(calendar, now, until):
        if span.end > whole.start:
            yield Slack(span.start - calendar.buffer - whole.end, span.start, f"freeze {span.name} begins")
    for span in avoided(calendar, exchanges, now, until):
        if span.kind == "avoid" and span.end > work.start:
            yield Slack(span.start - work.end, span.start, f"{span.name} begins")


def _window(spans: Iterable[Span], now: float) -> Span | None:
    """The one that is open, or was last; before the first one of the day, that."""
    found = [*spans]
    begun = [each for each in found if each.start <= now]
    return next(reversed(begun), next(iter(found), None))
