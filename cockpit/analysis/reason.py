"""Why a verdict is what it is, in words; and the judgement of one track."""

from __future__ import annotations

from cockpit.analysis.amount import amount
from cockpit.analysis.rule import Judgement
from cockpit.analysis.track import NEVER, Track
from cockpit.analysis.watch import Watch
from cockpit.units import format_duration


def judgement(rule: str, track: Track, now: float) -> Judgement:
    """The verdict on one track with its numbers and its reason."""
    watch = _deciding(track)
    if watch is None:
        return Judgement(
            rule=rule, verdict=track.verdict, at=now, host=track.host, reason="neither ok nor bad is given"
        )
    bad = track.bad
    return Judgement(
        rule=rule,
        verdict=track.verdict,
        at=now,
        value=watch.gauge.value,
        threshold=watch.gauge.limit(),
        host=track.host,
        window=watch.gauge.window,
        samples=len(watch.gauge),
        reason=_reason(track, watch, now),
        pending=bad.pending(track.at) if bad is not None else 0.0,
        needed=bad.needed if bad is not None else 0.0,
    )


def _deciding(track: Track) -> Watch | None:
    bad, ok = track.bad, track.ok
    if bad is None or ok is None:
        return bad or ok
    return ok if track.verdict == "passing" and not bad.count else bad


def _reason(track: Track, watch: Watch, now: float) -> str:
    match track.verdict:
        case "no data" | "error":
            return _missing(track, now)
        case "inconclusive":
            return _unclear(track)
        case "failing":
            return f"{_value(watch)}{_held(watch, track.at) if watch is track.bad else f'not {watch.text}'}"
        case "passing" if watch is track.bad and not watch.count:
            return f"{_value(watch)}not {watch.text}{_limit(watch)}"
        case "passing":
            return f"{_value(watch)}{_held(watch, track.at)}"


def _missing(track: Track, now: float) -> str:
    why = f": {track.gap.reason}" if track.gap is not None and track.gap.reason else ""
    what = "not measured" if track.verdict == "error" else "no sample"
    return f"{what} yet{why}" if track.at == NEVER else f"{what} for {format_duration(now - track.at)}{why}"


def _unclear(track: Track) -> str:
    watches = [watch for watch in (track.bad, track.ok) if watch is not None]
    for watch in watches:
        if watch.why:
            return watch.why
    for watch in watches:
        if watch.count:
            return f"{_value(watch)}{_held(watch, track.at)}"
    said = " nor ".join(f"{watch.text}{_limit(watch)}" for watch in reversed(watches))
    return f"{_value(watches[0])}neither {said}"


def _held(watch: Watch, at: float) -> str:
    trigger, said = watch.trigger, f"{watch.text}{_limit(watch)}"
    if trigger.times > 1:
        return f"{said} {min(watch.count, trigger.times)} of {trigger.times} times"
    if not trigger.lasting:
        return said
    lasted = at - watch.since
    of = "" if lasted >= trigger.lasting else f" of {format_duration(trigger.lasting)}"
    return f"{said} for {format_duration(lasted)}{of}"


def _value(watch: Watch) -> str:
    gauge = watch.gauge
    return f"{gauge.shown()}: " if gauge.value is not None else ""


def _limit(watch: Watch) -> str:
    limit = watch.gauge.limit()
    named = "baseline" in watch.text or "slo" in watch.text
    return f" ({amount(limit, watch.gauge.unit, watch.gauge.value)})" if named and limit is not None else ""
