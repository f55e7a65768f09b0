"""How fast an error budget burns, or how much of it is spent, against a limit."""

from __future__ import annotations

from cockpit.analysis.budget import Burn, burn_rate
from cockpit.analysis.gauge import Gauge
from cockpit.analysis.rule import Burns, Rule, Spends


class Budget(Gauge):
    """The rate, or the share spent at that rate in percent, over the long window or the short one if that is less.

    The metric is the share of what was bad.
    """

    __slots__ = ("_burn", "_scale", "_share")

    def __init__(self, condition: Spends | Burns, rule: Rule) -> None:
        self._share = 0.01 if rule.unit == "%" else 1.0
        over = condition.over if isinstance(condition, Burns) else condition.within
        self._scale = 1.0
        if isinstance(condition, Burns):
            super().__init__("x", condition.rate, over)
        else:
            super().__init__("% of the error budget", condition.share * 100, over)
            self._scale = 100 / burn_rate(1, over, rule.period) if rule.period else 0.0
        self._burn: Burn | None = None
        if rule.slo is None or not 0 < rule.slo < 1 or not rule.period:
            self.why = "no error budget: an objective (slo) such as 99.9% over 30d"
        else:
            self._burn = Burn(over, rule.every, rule.slo)

    def take(self, at: float, value: float) -> bool | None:
        if self._burn is None:
            return None
        self.value = self._burn.take(at, value * self._share) * self._scale
        return self.value > (self.threshold or 0.0)

    def __len__(self) -> int:
        return 0 if self._burn is None else len(self._burn)
