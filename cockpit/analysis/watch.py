"""Whether a trigger holds: its condition is true, and has been for long enough."""

from __future__ import annotations

from cockpit.analysis.gauges import gauge
from cockpit.analysis.least import Least
from cockpit.analysis.phrase import bare
from cockpit.analysis.rule import Rule, Trigger


class Watch:
    """One trigger over one series, as Prometheus' `for` means it: a sample at which the condition is not true, or
    cannot be told, or is missing, starts anew.

    `met` is what the newest sample said; `since` is when the row began at which it was true, `count` its length.
    """

    __slots__ = ("_lasting", "_least", "_take", "_times", "count", "gauge", "met", "since", "text", "trigger")

    def __init__(self, trigger: Trigger, rule: Rule, least: Least | None) -> None:
        self.trigger = trigger
        self.text = bare(trigger)
        self.gauge = gauge(trigger.condition, rule)
        self.met: bool | None = False
        self.count = 0
        self.since = 0.0
        self._take = self.gauge.take
        self._times = trigger.times
        self._lasting = trigger.lasting
        self._least = least

    def take(self, at: float, value: float) -> bool | None:
        """Whether the trigger holds, with one more sample; None where that cannot be told."""
        met = self._take(at, value)
        if self._least is not None and not self._least.enough(self.gauge, at):
            met = None
        self.met = met
        if not met:
            self.count = 0
            return met
        if not self.count:
            self.since = at
        self.count += 1
        return self.count >= self._times and at - self.since >= self._lasting

    def anew(self) -> None:
        """A sample is missing."""
        self.count = 0

    @property
    def why(self) -> str:
        """Why it could not be told, if so."""
        if self.met is not None:
            return ""
        return (self._least.why if self._least is not None else "") or self.gauge.why

    def pending(self, at: float) -> float:
        """How long the condition has been true: seconds, or with `times` how often."""
        if not self.count:
            return 0.0
        return float(self.count) if self._times > 1 else at - self.since

    @property
    def needed(self) -> float:
        """How long it must be true, in the same measure."""
        return float(self._times) if self._times > 1 else self._lasting
