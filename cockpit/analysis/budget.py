"""The error budget: how fast it burns (Google's SRE workbook, chapter 5, alerts on several burn rates)."""

from __future__ import annotations

from cockpit.analysis.counter import Counter

SHORT = 12
"""What the long window is of the short one, which must burn as fast, so that an alarm ends soon after its cause."""


def burn_rate(share: float, within: float, period: float) -> float:
    """How many times too fast the budget of a period burns where a share of it is spent within a time, in seconds."""
    return share * period / within


class Burn:
    """How fast the budget burns over a long and a short window: 1 spends it exactly in its period.

    `every` is the time from one sample to the next. A sample stands for the time since the one before, for `every` at
    most where one is missing: what was not observed spends nothing.
    """

    __slots__ = ("_allowed", "_every", "_last", "_long", "_over", "_short", "_spent", "long", "short")

    def __init__(self, over: float, every: float, objective: float) -> None:
        self._over = over
        self._every = every
        self._allowed = 1.0 - objective
        self._last = float("-inf")
        self._spent = 0.0
        self._long = Counter(over)
        self._short = Counter(over / SHORT)
        self.long = self.short = 0.0

    def take(self, at: float, bad: float) -> float:
        """The lower of both rates, with one more sample: the share of what was bad."""
        seen = at - self._last
        self._last = at
        if seen > 1.5 * self._every:
            seen = self._every
            self._long.take(at - seen, self._spent)
            self._short.take(at - seen, self._spent)
        self._spent += max(bad, 0.0) * seen
        self.long = self._long.take(at, self._spent) / self._over / self._allowed
        self.short = self._short.take(at, self._spent) / self._over * SHORT / self._allowed
        return min(self.long, self.short)

    def __len__(self) -> int:
        return len(self._long)
