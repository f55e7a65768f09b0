"""The verdicts on each of a rule's hosts, and the one that they make together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

import msgspec

from cockpit.analysis.reason import judgement
from cockpit.analysis.rule import Judgement, Rule, Share, Verdict
from cockpit.analysis.track import Track

_WORST: tuple[Verdict, ...] = ("failing", "error", "no data", "inconclusive", "passing")


def needed(share: Share, hosts: int) -> int:
    """How many of so many hosts it takes: never fewer than one, nor more than there are."""
    return max(1, min(hosts, ceil(share.of_all * hosts - 1e-9) if share.of_all else share.count))


class Tally:
    """Failing once enough hosts fail, passing while fewer than that do not pass, else the worst of the others."""

    __slots__ = ("_counts", "_needed", "_tracks", "verdict")

    def __init__(self, rule: Rule, tracks: Sequence[Track]) -> None:
        self._tracks = tracks
        self._needed = needed(rule.share, len(tracks))
        self._counts = Counter(track.verdict for track in tracks)
        self.verdict = self._whole()

    def move(self, before: Verdict, after: Verdict) -> bool:
        """Count a host whose verdict has changed; whether that changes the whole."""
        if before == after:
            return False
        self._counts[before] -= 1
        self._counts[after] += 1
        whole, self.verdict = self.verdict, self._whole()
        return whole != self.verdict

    def age(self, now: float) -> bool:
        """Find the hosts whose newest sample is not fresh any more; whether that changes the whole."""
        whole = self.verdict
        for track in self._tracks:
            before = track.verdict
            track.age(now)
            self.move(before, track.verdict)
        return whole != self.verdict

    def deadline(self) -> float:
        """When the first sample stops being fresh; infinite where none is."""
        return min(track.deadline for track in self._tracks)

    def judgement(self, rule: Rule, now: float) -> Judgement:
        """The verdict with the numbers of the host that decides it: of several the one that is longest at it."""
        if len(self._tracks) == 1:
            return judgement(rule.name, self._tracks[0], now)
        track = self._decisive()
        return msgspec.structs.replace(self._told(judgement(rule.name, track, now)), verdict=self.verdict)

    def _told(self, one: Judgement) -> Judgement:
        total = len(self._tracks)
        reason = f"{one.host}: {one.reason}"
        if one.verdict != "passing":
            count = self._counts[one.verdict]
            reason += f" ({count} of {total} hosts {one.verdict}, {self._needed} needed)"
        return msgspec.structs.replace(one, reason=reason)

    def _decisive(self) -> Track:
        wanted = self.verdict
        if wanted == "passing":
            wanted = next(verdict for verdict in _WORST if self._counts[verdict])
        return max((track for track in self._tracks if track.verdict == wanted), key=_progress)

    def _whole(self) -> Verdict:
        counts = self._counts
        if counts["failing"] >= self._needed:
            return "failing"
        if len(self._tracks) - counts["passing"] < self._needed:
            return "passing"
        return next(verdict for verdict in _WORST[1:] if counts[verdict])


def _progress(track: Track) -> float:
    bad = track.bad
    return bad.pending(track.at) if bad is not None else 0.0
