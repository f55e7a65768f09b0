"""`--at`: the day of a release, and the moment before which nothing of it begins."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec

from cockpit.errors import UsageError
from cockpit.playbook.plan import Plan
from cockpit.release.moments import Frame, at, day_at, frame_at
from cockpit.release.schedule import planned
from cockpit.release.spans import moments

_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)")


class When(msgspec.Struct, frozen=True):
    """The release's day as an ISO date (empty: that of its start), and the moment before which nothing begins."""

    day: str = ""
    not_before: float | None = None


def when_of(text: str, zone: str, now: float | None = None) -> When:
    """What `--at` says, by this zone; UsageError for what is no date, and for one that is past."""
    now = time.time() if now is None else now
    if not text:
        return When()
    try:
        found = _read(text, zone)
    except ValueError:
        hint = "write 2026-12-01, 2026-12-01T13:00Z, or 2026-12-01T13:00 in the calendar's zone"
        raise UsageError(f"--at is not a date: {text[:60]!r}", hint=hint) from None
    past = found.not_before < now if found.not_before is not None else found.day < str(day_at(now, zone))
    if past:
        raise UsageError(f"--at is past: {text}", hint=f"it is {at(now, zone)}")
    return found


def _read(text: str, zone: str) -> When:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return When(str(date.fromisoformat(text)))
    if local := _LOCAL.fullmatch(text):
        minute = int(local[2]) * 60 + int(local[3])
        if minute >= 1440 or int(local[3]) > 59:
            raise ValueError(text)
        _, moment = moments(date.fromisoformat(local[1]), minute, ZoneInfo(zone))
    else:
        said = datetime.fromisoformat(text)
        if said.tzinfo is None:
            raise ValueError(text)
        moment = said.astimezone(UTC).timestamp()
    return When(str(day_at(moment, zone)), moment)


def frame_of(when: When, zone: str, now: float) -> Frame:
    """The frame of a release that is started now, and said to be then."""
    return frame_at(max(now, when.not_before or 0.0), zone, when.day)


def meant_of(plan: Plan, when: When, now: float) -> Frame:
    """The frame of a release that is started in time for its day: with the first time that a step says."""
    frame = frame_of(when, plan.zone, now)
    if when.not_before is not None or frame.day <= day_at(now, plan.zone):
        return frame
    _, midnight = moments(frame.day, 0, ZoneInfo(plan.zone))
    spans = planned(plan.steps, Frame(frame.day, plan.zone, midnight))
    said = [spans[step.id][0] for step in plan.steps if step.planned or step.not_before]
    return Frame(frame.day, plan.zone, min(said, default=midnight))
