"""Moments as a playbook writes them: a time of day, a day, or so long after a step, a phase or the start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import assert_never

import msgspec

from cockpit.playbook.plan import After, At, Moment, Within
from cockpit.units import format_within, parse_duration

TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d|24:00"
START = "start"
"""What stands for the release's start where a step or a phase is named."""

LAST_DAY = 366
LONGEST = LAST_DAY * 86400.0

SPAN = r"(?:\d+(?:\.\d+)? *(?:ms|[smhdw]) *)+"
NAME = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
MOMENT = rf"(?:day +\d{{1,3}}(?: +(?:{TIME}))?|{TIME}|{SPAN}after +{NAME})"
_DAY = re.compile(rf"day +(\d{{1,3}})(?: +({TIME}))?")
_TIME = re.compile(TIME)
_AFTER = re.compile(rf"({SPAN})after +({NAME})")
_SPAN = re.compile(SPAN)


class Time(msgspec.Struct, frozen=True):
    """A time of day in minutes after midnight, on day `day`, from 1 (None: the step's, else the release's)."""

    minute: int
    day: int | None = None


class Behind(msgspec.Struct, frozen=True):
    """So many seconds after the step or phase of this name is complete; after the release's start for `start`."""

    seconds: float
    name: str


class Lasting(msgspec.Struct, frozen=True):
    """So many seconds after the step began."""

    seconds: float


Written = Time | Behind | Lasting
"""A moment as it is written."""


def minutes(text: str) -> int:
    """Minutes after midnight in a time of day such as `9:30`, up to `24:00`."""
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def read(text: str) -> Time | Behind:
    """The moment in a text such as `13:00`, `day 2 13:00`, `day 7` or `15m after stage`; ValueError in words."""
    if _TIME.fullmatch(text):
        return Time(minutes(text))
    if found := _DAY.fullmatch(text):
        day = int(found[1])
        if not 1 <= day <= LAST_DAY:
            raise ValueError(f"`{text[:60]}`: days go from 1, the release's own, to {LAST_DAY}")
        return Time(minutes(found[2]) if found[2] else 0, day)
    if found := _AFTER.fullmatch(text):
        return Behind(_seconds(text, found[1]), found[2])
    raise ValueError(f"`{text[:60]}` is not a moment such as 13:00, day 2 13:00, day 7, 15m after stage")


def read_due(text: str) -> Written:
    """The same, or a length of time alone: so long after the step began; ValueError in words."""
    return Lasting(_seconds(text, text)) if _SPAN.fullmatch(text) else read(text)


def _seconds(text: str, span: str) -> float:
    seconds = parse_duration(span)
    if not 0 < seconds <= LONGEST:
        raise ValueError(f"`{text[:60]}`: the time must be more than none and at most {LAST_DAY}d")
    return seconds


def told(moment: Moment) -> str:
    """A plan's moment in the words of playbooks."""
    match moment:
        case At(day=day, minute=minute):
            return f"{f'day {day} ' if day > 1 else ''}{minute // 60:02}:{minute % 60:02}"
        case After(seconds=seconds, steps=steps):
            return f"{format_within(seconds)} after {' and '.join(steps) or START}"
        case Within(seconds=seconds, steps=steps):
            return f"{format_within(seconds)} after {' or '.join(steps) or 'its'} begin{'s' if steps else ''}"
        case _:
            assert_never(moment)


def resolved(
    written: Written | None, day: int | None, steps: Mapping[str, tuple[str, ...]], own: tuple[str, ...] = ()
) -> Moment | None:
    """A moment as a plan has it. `steps` are the ids that each name stands for, `day` the one of a time that says none.

    A length of time alone counts from the begin of the first of the steps `own`; none: of the step itself.
    """
    match written:
        case None:
            return None
        case Time():
            return At(day=written.day or day or 1, minute=written.minute)
        case Behind(name=name) if name == START:
            return After(seconds=written.seconds)
        case Behind():
            return After(seconds=written.seconds, steps=steps.get(written.name, ()))
        case Lasting():
            return Within(seconds=written.seconds, steps=own)
