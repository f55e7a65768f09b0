"""Times of steps and phases that name what is not there, that cannot come, or that do nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from cockpit.playbook.model.timing import Timed
from cockpit.playbook.moments import START, Behind, Time, Written
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.plan import After
from cockpit.playbook.problem import Finding
from cockpit.playbook.timed import edges, named, timings
from cockpit.playbook.world import Placed, World

KEYS = ("planned", "not_before", "due")


class _Place(msgspec.Struct, frozen=True):
    """Where times are said, and the steps that they are about: `first` begin, `last` are complete then."""

    path: Path
    timed: Timed
    first: tuple[Placed, ...]
    last: tuple[Placed, ...]
    is_back: bool = False

    def said(self) -> Iterator[tuple[str, Written, tuple[Placed, ...]]]:
        """Every time that is said, with its key and the steps that it is about."""
        for key in KEYS:
            written: Written | None = getattr(self.timed, key)
            if written is not None:
                yield key, written, self.last if key == "due" else self.first


def times(world: World) -> Iterator[Finding]:
    """What is wrong with the times of steps and phases."""
    waits = _waits(world)
    for place in _places(world):
        yield from _names(world, place, waits)
        yield from _idle(world, place)
        yield from _order(world, place)
        yield from _late(world, place)


def _places(world: World) -> Iterator[_Place]:
    for placed in world.steps:
        yield _Place(placed.path, placed.step, (placed,), (placed,), placed.back)
    for number, phase in enumerate(world.book.model.phases):
        steps = [placed for placed in world.forward if placed.path[:2] == ("phases", number)]
        first, last = edges(steps)
        yield _Place(
            ("phases", number),
            phase,
            tuple(each for each in steps if each.id in first),
            tuple(each for each in steps if each.id in last),
        )


def _waits(world: World) -> Mapping[str, frozenset[str]]:
    """For each step every step that is complete before it begins, by its place or by its time."""
    locks = timings(world)
    found: dict[str, frozenset[str]] = {}
    after: dict[str, tuple[str, ...]] = {}
    for placed in world.steps:
        lock = locks[placed.id]["not_before"]
        after[placed.id] = (*placed.after, *(lock.steps if isinstance(lock, After) else ()))
    for name, near in after.items():
        left, seen = [*near], set[str]()
        while left:
            if (each := left.pop()) not in seen:
                seen.add(each)
                left.extend(after.get(each, ()))
        found[name] = frozenset(seen)
    return found


def _names(world: World, place: _Place, waits: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    known = named(world)
    way = world.backward if place.is_back else world.forward
    same = {placed.id for placed in way}
    for key, written, about in place.said():
        if not isinstance(written, Behind) or written.name == START:
            continue
        at = world.place((*place.path, key))
        name, ids = written.name, known.get(written.name)
        if ids is None and name not in world.ids:
            names = [START, *same, *(() if place.is_back else world.names.phases)]
            yield Finding(at, "P202", f"unknown step or phase `{name}`", suggest(name, names, "steps and phases"))
        elif ids is not None and same.isdisjoint(ids):
            what = "the rollback" if place.is_back else "the release"
            yield Finding(at, "P202", f"`{name}` is no step of {what}", f"write a step of {what}, or `{START}`")
        elif ids is not None:
            yield from _circle(world, place, key, ids, about, waits)


def _circle(
    world: World,
    place: _Place,
    key: str,
    ids: Sequence[str],
    about: Sequence[Placed],
    waits: Mapping[str, frozenset[str]],
) -> Iterator[Finding]:
    """A time that counts from what waits for the step itself."""
    for placed in about:
        behind = [name for name in ids if name == placed.id or placed.id in waits.get(name, ())]
        if behind:
            how = "is the step itself" if behind[0] == placed.id else f"waits for `{placed.id}`"
            hint = "count from something that is complete before"
            yield Finding(world.place((*place.path, key)), "P303", f"`{behind[0]}` {how}", hint)
            return


def _idle(world: World, place: _Place) -> Iterator[Finding]:
    timed = place.timed
    if timed.day is not None and not any(_is_of_day(each) for each in _below(world, place)):
        at = world.book.key(*place.path, "day")
        yield Finding(at, "P803", "`day` does nothing: no time of day is here", "write `planned: 9:00`", "warning")
    if timed.if_late != "warn" and timed.due is None and not _inherits(world, place):
        at = world.book.key(*place.path, "if_late")
        yield Finding(at, "P803", "`if_late` does nothing without `due`", "add `due:`, or remove it", "warning")


def _below(world: World, place: _Place) -> Iterator[Timed]:
    yield place.timed
    if len(place.path) == 2 and place.path[0] == "phases":
        yield from (each.step for each in world.forward if each.path[:2] == place.path and each.step.day is None)


def _is_of_day(timed: Timed) -> bool:
    said = (timed.planned, timed.not_before, timed.due)
    return any(isinstance(each, Time) and each.day is None for each in said)


def _inherits(world: World, place: _Place) -> bool:
    """Whether the step's phase says when it is due."""
    if place.path[0] != "phases" or len(place.path) == 2:
        return False
    return world.book.model.phases[int(str(place.path[1]))].due is not None


def _order(world: World, place: _Place) -> Iterator[Finding]:
    """Times of day that contradict each other."""
    day = place.timed.day or 1
    said = {key: (each.day or day, each.minute) for key, each, _ in place.said() if isinstance(each, Time)}
    for early, late in (("planned", "due"), ("not_before", "due"), ("not_before", "planned")):
        if early not in said or late not in said:
            continue
        wrong = said[early] >= said[late] if late == "due" else said[early] > said[late]
        if wrong:
            message = f"`{late}` is not after `{early}`" if late == "due" else f"`{late}` is before `{early}`"
            yield Finding(world.place((*place.path, late)), "P303", message, "mind the day")


def _late(world: World, place: _Place) -> Iterator[Finding]:
    if place.timed.if_late != "roll back":
        return
    at = world.place((*place.path, "if_late"))
    if place.is_back:
        yield Finding(at, "P802", "a rollback cannot be rolled back", "write warn or hold")
    elif world.book.model.rollback is None and world.book.sound("rollback"):
        yield Finding(at, "P802", "there is no rollback", "add `rollback:` with steps and verify")
