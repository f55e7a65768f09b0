"""A recorded series: what a metric showed on a host, at the moments at which it did."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.rehearsal.scenario import Series

SLACK = 0.01
"""Seconds by which a reading may come too early for the one that it is."""

FRESH = 1.5
"""For so many of its intervals a reading is the one that was taken then; after that it is taken anew."""


class Retold:
    """Its readings from `starts` (seconds since 1970) on, when the rehearsal begins."""

    def __init__(self, series: Series, starts: float) -> None:
        self.host = series.host
        self._moments = [starts + each for each in series.after]
        self._shown = series.shown
        self._usual, self._until = series.usual, starts + series.until

    def reading(self, at: float, every: float) -> Reading:
        """The latest reading at a moment, with its own moment as long as it is fresh; before the first, that one."""
        number = max(0, bisect_right(self._moments, at + SLACK) - 1)
        moment = self._moments[number]
        return _reading(moment if moment <= at and at - moment < FRESH * every else at, self._shown[number])

    def left(self, now: float, every: float) -> float:
        """Seconds until the next reading; an interval where there is none any more."""
        number = bisect_right(self._moments, now + SLACK)
        return max(2 * SLACK, self._moments[number] - now) if number < len(self._moments) else every

    def history(self, since: float, until: float, moments: Sequence[float]) -> tuple[Sample, ...]:
        """The values between two moments, without the earlier one; where more was known, at these in between."""
        usual = self._usual
        if usual is None:
            return self._samples(since, until)
        before = (Sample(at, usual) for at in moments if at <= self._until)
        return (*before, *self._samples(max(since, self._until), until))

    def _samples(self, since: float, until: float) -> tuple[Sample, ...]:
        first, last = bisect_right(self._moments, since), bisect_right(self._moments, until)
        found = (_reading(self._moments[number], self._shown[number]) for number in range(first, last))
        return tuple(each for each in found if isinstance(each, Sample))


def _reading(at: float, shown: float | str) -> Reading:
    if isinstance(shown, float | int):
        return Sample(at, shown)
    return Gap(at, "no data" if shown == "no data" else "error", "it was so when it was recorded")
