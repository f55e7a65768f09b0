"""The series of many hosts under a rule that compares them: one verdict for all."""

from __future__ import annotations

from cockpit.analysis.canary_gauge import Canary
from cockpit.analysis.rule import Gap, Rule, Verdict
from cockpit.analysis.track import NEVER, Track


class CanaryTrack:
    """The samples of one host, on the way to the track that all share, which judges once in each round of samples."""

    __slots__ = ("_every", "_gauges", "_shared", "at", "host")

    def __init__(self, rule: Rule, host: str, shared: Track) -> None:
        self.host = host
        self.at = NEVER
        self._shared = shared
        self._every = rule.every
        self._gauges = [gauge for gauge in shared.gauges if isinstance(gauge, Canary)]

    @property
    def verdict(self) -> Verdict:
        """That of all hosts together."""
        return self._shared.verdict

    def take(self, at: float, value: float) -> None:
        """One more sample of this host."""
        self.at = at
        for gauge in self._gauges:
            gauge.add(self.host, at, value)
        if at - self._shared.at >= self._every / 2:
            self._shared.take(at, value)

    def miss(self, gap: Gap) -> None:
        """A sample of this host is missing, which counts once no host has given one in a round."""
        if gap.at - self._shared.at >= self._every * 1.5:
            self._shared.miss(gap)
