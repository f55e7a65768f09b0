"""A calendar whose parts do not go together, and roles, params and exchanges in it that are unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cockpit.playbook.calendar import Day
from cockpit.playbook.exchanges import known
from cockpit.playbook.model.calendar import Avoid, Calendar, Freeze, Shut
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding
from cockpit.playbook.values import refusal
from cockpit.playbook.world import World


def calendar(world: World) -> Iterator[Finding]:
    """What is wrong with the calendar; nothing where there is none."""
    found = world.book.model.calendar
    if found is None:
        return
    yield from _nothing_said(world, found)
    yield from _covers(world, found)
    yield from _windows(world, found)
    yield from _names(world, found)
    for index, freeze in enumerate(found.freezes):
        yield from _freeze(world, ("calendar", "freezes", index), freeze)
    for index, avoid in enumerate(found.avoid):
        yield from _avoid(world, ("calendar", "avoid", index), avoid)


def _nothing_said(world: World, found: Calendar) -> Iterator[Finding]:
    if not found.freezes and found.buffer:
        at = world.book.key("calendar", "buffer")
        yield Finding(at, "P803", "`buffer` without a freeze does nothing", "it is kept before freezes", "warning")


def _covers(world: World, found: Calendar) -> Iterator[Finding]:
    for index, name in enumerate(found.covers):
        if name not in world.names.phases:
            at = world.place(("calendar", "covers", index))
            yield Finding(at, "P202", f"unknown phase `{name}`", suggest(name, world.names.phases, "phases"))


def _windows(world: World, found: Calendar) -> Iterator[Finding]:
    for index, window in enumerate(found.windows):
        if (window.weeks > 1) != (window.since is not None):
            at = world.book.key("calendar", "windows", index, "since" if window.since else "every_weeks")
            hint = "write both, as in every_weeks: 2, since: 2026-12-01"
            yield Finding(at, "P803", "`every_weeks` and `since` go together", hint, "warning")
        if window.start == window.end or window.start == 1440:  # noqa: PLR1714  a begin at the end of the day
            at = world.place(("calendar", "windows", index, "to" if window.start == window.end else "from"))
            yield Finding(at, "P104", "the window has no length", "write 00:00 and 24:00 for a whole day")


def _names(world: World, found: Calendar) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    parts: tuple[tuple[str, Sequence[Shut]], ...] = (("freezes", found.freezes), ("avoid", found.avoid))
    for part, entries in parts:
        for index, entry in enumerate(entries):
            path: Path = ("calendar", part, index, "name")
            if first.setdefault(entry.name, path) != path:
                line = world.place(first[entry.name]).line
                yield Finding(world.place(path), "P205", f"a second `{entry.name}`", f"the first is at line {line}")


def _freeze(world: World, path: Path, freeze: Freeze) -> Iterator[Finding]:
    start, end = freeze.start, freeze.end
    if _kind(start) != _kind(end):
        message = f"it begins {_kind(start)} and ends {_kind(end)}"
        yield Finding(world.place((*path, "to")), "P104", message, "write both as weekday, as 12-19, or as 2026-12-19")
    elif start == end:
        yield Finding(world.place((*path, "to")), "P104", "it ends as it begins", "say until when it lasts")
    elif start.year and end.year and _order(start) >= _order(end):
        yield Finding(world.place((*path, "to")), "P104", "it ends before it begins", "mind the year")
    yield from _lifting(world, path, freeze)


def _kind(day: Day) -> str:
    if day.weekday is not None:
        return "on a weekday"
    return "on a date of every year" if day.year is None else "on a date of one year"


def _order(day: Day) -> tuple[int, int, int, int]:
    return day.year or 0, day.month, day.day, day.minute


def _avoid(world: World, path: Path, avoid: Avoid) -> Iterator[Finding]:
    if avoid.start.closes == avoid.end.closes and avoid.start.offset >= avoid.end.offset:
        yield Finding(world.place((*path, "to")), "P104", "it ends before it begins", "say until when it lasts")
    elif avoid.start.closes and not avoid.end.closes:
        yield Finding(world.place((*path, "to")), "P104", "a session opens before it closes", "write open first")
    if avoid.exchange not in known():
        at = world.place((*path, "exchange"))
        yield Finding(at, "P204", f"unknown exchange `{avoid.exchange}`", suggest(avoid.exchange, known(), "exchanges"))
    yield from _lifting(world, path, avoid)


def _lifting(world: World, path: Path, entry: Shut) -> Iterator[Finding]:
    model = world.book.model
    for index, role in enumerate(entry.lifted_by):
        if role not in world.names.roles:
            at = world.place((*path, "lifted_by", index))
            yield Finding(at, "P203", f"unknown role `{role}`", suggest(role, world.names.roles, "roles"))
    if entry.only_for and not entry.lifted_by:
        at = world.book.key(*path, "only_for")
        yield Finding(at, "P803", "`only_for` does nothing: nobody can lift it", "add `lifted_by:`", "warning")
    for name, values in entry.only_for.items():
        if name not in world.names.params:
            at = world.place((*path, "only_for"))
            yield Finding(at, "P204", f"unknown param `{name}`", suggest(name, world.names.params, "params"))
            continue
        for value in values if name in model.params else ():
            if why := refusal(model.params[name], value):
                yield Finding(world.place((*path, "only_for")), "P903", f"for `{name}`, `{value}` {why}")
