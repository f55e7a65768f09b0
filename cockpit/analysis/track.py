"""One series of samples under one rule: its verdict, and what that was made from."""

from __future__ import annotations

from cockpit.analysis.gauge import Gauge
from cockpit.analysis.least import Least
from cockpit.analysis.rule import Gap, Rule, Verdict
from cockpit.analysis.watch import Watch

NEVER = float("-inf")


class Track:
    """The samples of one host, or of all where there is one value for them.

    `at` is the time of the newest sample, `gap` what came instead of one since.
    """

    __slots__ = ("_stale", "at", "bad", "gap", "host", "least", "ok", "verdict")

    def __init__(self, rule: Rule, host: str) -> None:
        minimum = rule.minimum
        self.host = host
        self.least = Least(minimum, rule.stale) if minimum.samples or minimum.metric else None
        self.bad = Watch(rule.bad, rule, self.least) if rule.bad else None
        self.ok = Watch(rule.ok, rule, self.least) if rule.ok else None
        self.at = NEVER
        self.gap: Gap | None = None
        self.verdict: Verdict = "no data"
        self._stale = rule.stale

    def take(self, at: float, value: float) -> None:
        """Judge one more sample, newer than all before."""
        if at - self.at >= self._stale:
            self._anew()
        self.at = at
        self.gap = None
        bad, ok = self.bad, self.ok
        if bad is None:
            self.verdict = self._good(at, value)
            return
        failing = bad.take(at, value)
        if ok is None:
            self.verdict = "failing" if failing else "passing" if failing is not None else "inconclusive"
            return
        passing = ok.take(at, value)
        if failing:
            self.verdict = "failing"
        else:
            self.verdict = "passing" if passing and failing is not None else "inconclusive"

    def miss(self, gap: Gap) -> None:
        """Note that a sample is missing: what must last begins anew, and without a fresh sample there is no verdict."""
        self._anew()
        self.gap = gap
        self.age(gap.at)

    def age(self, now: float) -> None:
        """There is no verdict any more once no sample is fresh."""
        if now - self.at >= self._stale:
            self.verdict = "error" if self.gap is not None and self.gap.kind == "error" else "no data"

    @property
    def deadline(self) -> float:
        """When the newest sample stops being fresh; infinite once it has."""
        return float("inf") if self.verdict in ("no data", "error") else self.at + self._stale

    @property
    def gauges(self) -> list[Gauge]:
        """Those of its conditions."""
        return [watch.gauge for watch in (self.bad, self.ok) if watch is not None]

    def _good(self, at: float, value: float) -> Verdict:
        ok = self.ok
        passing = ok.take(at, value) if ok is not None else None
        if ok is None or passing is None:
            return "inconclusive"
        if passing:
            return "passing"
        return "inconclusive" if ok.count else "failing"

    def _anew(self) -> None:
        for watch in (self.bad, self.ok):
            if watch is not None:
                watch.anew()
