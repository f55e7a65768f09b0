"""Where a series is going: its slope against a pace, and where its line will be against a threshold."""

from __future__ import annotations

from cockpit.analysis.gauge import Gauge
from cockpit.analysis.levels import Threshold
from cockpit.analysis.line import Line
from cockpit.analysis.phrase import span
from cockpit.analysis.rule import Baseline, Grows, Reaches, Rule

_SHORT = "the samples do not reach over half of its span yet"


class Slope(Gauge):
    """How much the line rises in `per` seconds, or falls, against an amount, in percent where it is a share."""

    __slots__ = ("_condition", "_line")

    def __init__(self, condition: Grows, rule: Rule) -> None:
        percent = 100.0 if condition.relative else 1.0
        unit = "%" if condition.relative else rule.unit
        super().__init__(f"{unit} per {span(condition.per)}".strip(), condition.amount * percent, condition.over)
        self._condition = condition
        self._line = Line(condition.over)
        self.why = _SHORT

    def take(self, at: float, value: float) -> bool | None:
        fit = self._line.take(at, value)
        if fit is None:
            self.value, self.why = None, _SHORT
            return None
        rise = fit.slope * self._condition.per * (-1 if self._condition.falls else 1)
        if self._condition.relative:
            if not fit.median:
                self.value, self.why = None, "its median is 0, of which nothing is a share"
                return None
            rise *= 100 / abs(fit.median)
        self.value = rise
        return rise > (self.threshold or 0.0)

    def __len__(self) -> int:
        return len(self._line)


class Forecast(Gauge):
    """Where the line is or will be in so many seconds, whichever is nearer to the threshold or farther beyond it."""

    __slots__ = ("_condition", "_line", "_threshold")

    def __init__(self, condition: Reaches, rule: Rule) -> None:
        self._threshold = Threshold(condition.level, rule, upward=not condition.falls)
        super().__init__(rule.unit, self._threshold.number, condition.over)
        self._condition = condition
        self._line = Line(condition.over)
        self.why = self._threshold.why or _SHORT

    def refer(self, baseline: Baseline) -> None:
        self._threshold.refer(baseline)
        self.threshold = self._threshold.number
        self.why = self._threshold.why or _SHORT

    def take(self, at: float, value: float) -> bool | None:
        fit, threshold = self._line.take(at, value), self.threshold
        if fit is None or threshold is None:
            self.value = None
            return None
        ends = fit.value_at(at), fit.value_at(at + self._condition.within)
        self.value = min(ends) if self._condition.falls else max(ends)
        return self.value <= threshold if self._condition.falls else self.value >= threshold

    def __len__(self) -> int:
        return len(self._line)
