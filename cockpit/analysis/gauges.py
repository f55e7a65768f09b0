"""The gauge for each condition."""

from __future__ import annotations

from typing import assert_never

from cockpit.analysis.budget_gauge import Budget
from cockpit.analysis.canary_gauge import Canary
from cockpit.analysis.gauge import Gauge
from cockpit.analysis.level_gauge import Level, Risen, Rolled
from cockpit.analysis.rule import Burns, Compare, Condition, Differs, Grows, Reaches, Rule, Spends
from cockpit.analysis.trend_gauge import Forecast, Slope


def gauge(condition: Condition, rule: Rule) -> Gauge:
    """A gauge that has seen nothing yet."""
    match condition:
        case Compare(over=over, per=per):
            return Rolled(condition, rule) if over else Risen(condition, rule) if per else Level(condition, rule)
        case Grows():
            return Slope(condition, rule)
        case Reaches():
            return Forecast(condition, rule)
        case Spends() | Burns():
            return Budget(condition, rule)
        case Differs():
            return Canary(condition, rule)
        case _:
            assert_never(condition)
