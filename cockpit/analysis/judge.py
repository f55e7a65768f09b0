"""One rule over its hosts: readings in, a verdict out."""

from __future__ import annotations

from cockpit.analysis.canary_gauge import Canary
from cockpit.analysis.canary_track import CanaryTrack
from cockpit.analysis.rule import Baseline, Differs, Gap, Judgement, Reading, Rule, Sample, Verdict
from cockpit.analysis.tally import Tally
from cockpit.analysis.track import Track
from cockpit.units import format_duration

AHEAD = 5.0
"""Seconds that a source's clock may be ahead of ours."""

_HUGE = 1e100
_LATEST = 1e11


class Judge:
    """A rule, with each of its hosts' samples as far back as it needs them.

    Times are seconds since 1970; `now` is when a reading came, left out for one that was stored. `due` is when to ask
    for what is not fresh any more, `woken` whether that may have become earlier; both are the panel's.
    """

    __slots__ = ("_baselines", "_canary", "_judged", "_stale", "_tally", "_tracks", "due", "rule", "woken")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.due = 0.0
        self.woken = False
        self._stale = rule.stale
        self._baselines: dict[str, Baseline] = {}
        self._canary: frozenset[str] = frozenset()
        self._start()

    @property
    def verdict(self) -> Verdict:
        """The verdict after the newest reading."""
        return self._tally.verdict

    def take(self, host: str, reading: Reading, now: float | None = None) -> bool:
        """Judge one more reading, if it is newer than the last; whether the verdict has changed."""
        track = self._tracks.get(host)
        if track is None:
            return False
        if type(reading) is Sample:
            at, value = reading.at, reading.value
            fresh = -_LATEST < at < _LATEST if now is None else now - self._stale < at <= now + AHEAD
            if fresh and at > track.at and -_HUGE < value < _HUGE:
                before = track.verdict
                track.take(at, value)
                return track.verdict != before and self._moved(before, track.verdict)
        return self._odd(host, track, reading, now)

    def age(self, now: float) -> bool:
        """Find what is not fresh any more; whether the verdict has changed."""
        return self._tally.age(now)

    def deadline(self) -> float:
        """When the next of the samples stops being fresh."""
        return self._tally.deadline()

    def judge(self, now: float) -> Judgement:
        """The verdict with its numbers and its reason."""
        return self._tally.judgement(self.rule, now)

    def set_baseline(self, host: str, baseline: Baseline) -> None:
        """Compare with this from the next sample on."""
        self._baselines[host] = baseline
        for gauge in (gauge for track in self._judged if track.host == host for gauge in track.gauges):
            gauge.refer(baseline)

    def set_canary(self, hosts: frozenset[str]) -> None:
        """Compare these hosts with the others from the next sample on."""
        self._canary = hosts
        for gauge in (gauge for track in self._judged for gauge in track.gauges):
            if isinstance(gauge, Canary):
                gauge.compare_with_others(hosts)

    def set_other(self, host: str, sample: Sample) -> None:
        """Take a sample of the other metric that this rule needs a minimum of: of one host, or of all together."""
        for track in self._judged:
            if track.least is not None and host in ("", track.host):
                track.least.other(sample.at, sample.value)

    def _start(self) -> None:
        rule = self.rule
        triggers = [trigger for trigger in (rule.ok, rule.bad) if trigger is not None]
        together = {isinstance(trigger.condition, Differs) for trigger in triggers}
        if together == {True, False}:
            raise ValueError(f"{rule.name}: ok and bad must both compare hosts, or neither")
        hosts = rule.hosts or ("",)
        self._judged = [Track(rule, "")] if True in together else [Track(rule, host) for host in hosts]
        self._tracks: dict[str, Track | CanaryTrack] = {track.host: track for track in self._judged}
        if True in together:
            self._tracks = {host: CanaryTrack(rule, host, self._judged[0]) for host in hosts}
        self._tally = Tally(rule, self._judged)

    def _odd(self, host: str, track: Track | CanaryTrack, reading: Reading, now: float | None) -> bool:
        if now is not None and track.at > now + AHEAD:
            return self._again(host, reading, now)
        gap = self._gap(reading, now)
        if gap is None or gap.at < track.at - AHEAD:
            return False
        before = track.verdict
        track.miss(gap)
        return self._moved(before, track.verdict)

    def _again(self, host: str, reading: Reading, now: float) -> bool:
        """Our clock was set back: the samples so far are of the future, and judging starts anew."""
        before = self.verdict
        self._start()
        self.woken = True
        for known, baseline in self._baselines.items():
            self.set_baseline(known, baseline)
        self.set_canary(self._canary)
        self.take(host, reading, now)
        return self.verdict != before

    def _gap(self, reading: Reading, now: float | None) -> Gap | None:
        if isinstance(reading, Gap):
            return reading
        at = reading.at if now is None else now
        if not -_LATEST < reading.at < _LATEST:
            return None if now is None else Gap(at, "error", "a sample without a time")
        if reading.at > at + AHEAD:
            ahead = format_duration(reading.at - at)
            return Gap(at, "error", f"the source's clock is {ahead} ahead")
        if at - reading.at >= self._stale:
            return Gap(at, "no data", f"the newest sample is {format_duration(at - reading.at)} old")
        if not -_HUGE < reading.value < _HUGE:
            return Gap(at, "error", f"not a number to judge: {reading.value}")
        return None

    def _moved(self, before: Verdict, after: Verdict) -> bool:
        self.woken = self.woken or before in ("no data", "error")
        return self._tally.move(before, after)
