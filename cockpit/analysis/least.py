"""What a rule needs before it judges: so many samples, or enough of another metric."""

from __future__ import annotations

from collections.abc import Sized

from cockpit.analysis.amount import amount
from cockpit.analysis.rule import Minimum


class Least:
    """The minimum of one series. The other metric counts as unknown once three of its samples are missing, and not
    before `stale`.
    """

    __slots__ = ("_every", "_minimum", "_seen", "_stale", "_value", "why")

    def __init__(self, minimum: Minimum, stale: float) -> None:
        self._minimum = minimum
        self._stale = stale
        self._seen = float("-inf")
        self._every = 0.0
        self._value: float | None = None
        self.why = ""

    def other(self, at: float, value: float) -> None:
        """Take the other metric's newest sample."""
        if self._value is not None:
            self._every = at - self._seen
        self._seen = at
        self._value = value

    def enough(self, samples: Sized, at: float) -> bool:
        """Whether there is enough at this moment; if not, `why` says so."""
        self.why = self._lacking(len(samples), at)
        return not self.why

    def _lacking(self, samples: int, at: float) -> str:
        minimum, value = self._minimum, self._value
        if samples < minimum.samples:
            return f"{samples} samples, {minimum.samples} needed"
        if not minimum.metric:
            return ""
        if value is None or at - self._seen >= max(self._stale, 3 * self._every):
            return f"{minimum.metric} is not known"
        if value < minimum.value:
            return f"{minimum.metric} is {amount(value, '', minimum.value)}, {amount(minimum.value)} needed"
        return ""
