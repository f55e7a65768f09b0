"""When a release may go out, as a plan holds it: windows, freezes, times of an exchange, the buffer.

Times of a day are minutes after its midnight (1440: its end), weekdays count from Monday, 0.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class _Frozen(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    pass


class Window(_Frozen, frozen=True, kw_only=True):
    """When it may go out: on `days`, from one local time to another; what does not end later ends on the next day.

    It opens only every so many `weeks`, counted from that of the day `since`, an ordinal of the calendar.
    """

    name: str
    zone: str
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    start: int = 0
    end: int = 1440
    weeks: int = 1
    since: int = 1


class Day(_Frozen, frozen=True, kw_only=True):
    """A local time on a weekday, or on a date of each year, or of one (`year`)."""

    minute: int = 0
    weekday: int | None = None
    year: int | None = None
    month: int = 1
    day: int = 1


class _Shut(_Frozen, frozen=True, kw_only=True):
    name: str
    lifted_by: tuple[str, ...] = ()
    only_for: Mapping[str, tuple[str, ...]] = {}


class Freeze(_Shut, frozen=True, kw_only=True):
    """When nothing may go out: from one day to the next such day after it.

    It is lifted by one of the roles `lifted_by`, for the values of params that `only_for` says.
    """

    zone: str
    start: Day
    end: Day


class Edge(_Frozen, frozen=True, kw_only=True):
    """So many seconds after a session opens, or `closes`; less than 0: before."""

    closes: bool = False
    offset: float = 0.0


class Avoid(_Shut, frozen=True, kw_only=True):
    """What a release keeps clear of: a part of every session of an exchange."""

    exchange: str
    start: Edge
    end: Edge


class Calendar(_Frozen, frozen=True, kw_only=True):
    """When a release may go out. Without windows it may at any time that is not shut.

    `buffer` is so many seconds after the last planned step in which no freeze may begin. Times are shown in `zone`.
    `covers` are the ids of the steps that it is about; none: all of them.
    """

    zone: str
    windows: tuple[Window, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    avoid: tuple[Avoid, ...] = ()
    buffer: float = 0.0
    covers: tuple[str, ...] = ()

    @property
    def shut(self) -> Mapping[str, Freeze | Avoid]:
        """Freezes and what is kept clear of, by name."""
        return {**{each.name: each for each in self.freezes}, **{each.name: each for each in self.avoid}}


class Sessions(_Frozen, frozen=True, kw_only=True):
    """The sessions of an exchange, each from its opening to its close, as far as they are known.

    All of them between the moments `since` and `until`, in seconds since 1970, are here.
    """

    since: float
    until: float
    spans: tuple[tuple[float, float], ...]


Exchanges = Mapping[str, Sessions]
"""Sessions by exchange."""
