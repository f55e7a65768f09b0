"""A series against a threshold or between two: each sample, a number for the last samples, or how much it rose."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import inf

from cockpit.analysis.counter import Counter
from cockpit.analysis.gauge import Gauge
from cockpit.analysis.levels import Threshold
from cockpit.analysis.rule import Baseline, Compare, Rule
from cockpit.analysis.window import window

_SINGLE: dict[str, Callable[[float, float], bool]] = {
    "above": operator.gt,
    "below": operator.lt,
    "at least": operator.ge,
    "at most": operator.le,
    "is": operator.eq,
}
_UPPER = ("above", "at most", "is")


class Level(Gauge):
    """Each sample against the threshold; `upper` is infinite where there is no second one."""

    __slots__ = ("_seen", "_test", "_thresholds", "upper")

    def __init__(self, condition: Compare, rule: Rule) -> None:
        super().__init__(rule.unit, None, condition.over or condition.per)
        mean, two = bool(condition.over) and condition.take == "mean", condition.upper is not None
        self._thresholds = [Threshold(condition.level, rule, mean=mean, upward=not two and condition.how in _UPPER)]
        if condition.upper is not None:
            self._thresholds.append(Threshold(condition.upper, rule, mean=mean))
        self._test = _SINGLE.get(condition.how) or (self._outside if condition.how == "outside" else self._between)
        self._seen = 0
        self.upper = inf
        self._resolve()

    def refer(self, baseline: Baseline) -> None:
        for threshold in self._thresholds:
            threshold.refer(baseline)
        self._resolve()

    def take(self, at: float, value: float) -> bool | None:  # noqa: ARG002  only windows need the time
        self._seen += 1
        self.value = value
        threshold = self.threshold
        return None if threshold is None else self._test(value, threshold)

    def limit(self) -> float | None:
        lower, value = self.threshold, self.value
        if lower is None or value is None or self.upper == inf:
            return lower
        return self.upper if value > (lower + self.upper) / 2 else lower

    def __len__(self) -> int:
        return self._seen

    def _resolve(self) -> None:
        numbers = [threshold.number for threshold in self._thresholds]
        self.why = next((threshold.why for threshold in self._thresholds if threshold.why), "")
        self.threshold = None if self.why else numbers[0]
        if len(numbers) == 2 and numbers[1] is not None:
            self.upper = numbers[1]

    def _outside(self, value: float, lower: float) -> bool:
        return value < lower or value > self.upper

    def _between(self, value: float, lower: float) -> bool:
        return lower <= value <= self.upper


class Rolled(Level):
    """The mean, median, highest, lowest or sum of the last samples against the threshold."""

    __slots__ = ("_take", "_two", "_window")

    def __init__(self, condition: Compare, rule: Rule) -> None:
        super().__init__(condition, rule)
        self._window = window(condition.take, condition.over)
        self._take = self._window.take
        self._two = condition.upper is not None

    def take(self, at: float, value: float) -> bool | None:
        value = self._take(at, value)
        threshold = self.threshold
        if threshold is None:
            self.value = value
            return None
        noise = self._window.noise
        if -noise <= value - threshold <= noise or (self._two and -noise <= value - self.upper <= noise):
            value = self._window.exact()
        self.value = value
        return self._test(value, threshold)

    def __len__(self) -> int:
        return len(self._window)


class Risen(Level):
    """How much a counter rose against the threshold, from when the samples reach over the span, or it is settled."""

    __slots__ = ("_counter", "_upward")

    def __init__(self, condition: Compare, rule: Rule) -> None:
        super().__init__(condition, rule)
        self._counter = Counter(condition.per)
        self._upward = condition.how in ("above", "at least")

    def take(self, at: float, value: float) -> bool | None:
        self.value = value = self._counter.take(at, value)
        threshold = self.threshold
        if threshold is None:
            return None
        met = self._test(value, threshold)
        if self._counter.whole or met is self._upward:
            return met
        self.why = "the samples do not reach over its span yet"
        return None

    def __len__(self) -> int:
        return len(self._counter)
