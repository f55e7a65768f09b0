"""Whether a plan was rehearsed, in words."""

from __future__ import annotations

from time import time

from cockpit.engine.place import Home
from cockpit.engine.rehearsed import Rehearsed, rehearsals
from cockpit.units import format_duration

LATELY = 30 * 86400.0
"""Seconds in which a rehearsal is worth mentioning before a release."""


def lately(digest: str, now: float | None = None) -> tuple[Rehearsed, ...]:
    """The rehearsals of a plan in the last 30 days, one for each scenario, the newest first."""
    since = (time() if now is None else now) - LATELY
    newest: dict[str, Rehearsed] = {}
    for each in rehearsals(Home.default(), digest):
        if each.at >= since:
            newest.setdefault(each.scenario, each)
    return tuple(newest.values())


def practised_lines(found: tuple[Rehearsed, ...], now: float | None = None) -> tuple[str, ...]:
    """What is said of these before a release, a line each; one line where there are none."""
    if not found:
        return ("not rehearsed in the last 30 days, as this plan; `cockpit rehearse` does it",)
    return tuple(_line(each, time() if now is None else now) for each in found)


def _line(one: Rehearsed, now: float) -> str:
    scenario = f" in scenario {one.scenario}" if one.scenario else ""
    ended = f"it ended {_word(one.ended)}"
    if one.expected is not None:
        ended += " as expected" if one.as_expected else f" though {_word(one.expected)} was expected"
    verb = "rehearsed" if one.as_expected else "rehearsed, which does not count,"
    return f"{verb} {format_duration(now - one.at)} ago{scenario} as {one.release}: {ended}"


def _word(end: str) -> str:
    return end.replace("_", " ")
