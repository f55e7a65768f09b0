"""Acts and curves that never have their turn, because one written before them fits wherever they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.scenario import Act, Curve
from cockpit.rehearsal.written.resolve import acts, curves
from cockpit.rehearsal.written.scene import Scene, hosts_of


def unreached(scene: Scene) -> Iterator[Finding]:
    """Acts and curves that can never be."""
    for name in scene.model.steps:
        yield from _never(scene, ("steps", name), list(acts(scene, name)), hosts_of(scene.steps[name]))
    for name in scene.model.metrics:
        found = list(enumerate(curves(scene, name)))
        yield from _never(scene, ("metrics", name), found, scene.plan.metrics[name].hosts)


def _never(
    scene: Scene, path: Path, found: Sequence[tuple[int, Act | Curve]], every: tuple[str, ...]
) -> Iterator[Finding]:
    places = [frozenset(one.hosts or every) for _, one in found]
    hiding: dict[int, list[int | None]] = {}
    for at, (index, one) in enumerate(found):
        before = (
            earlier
            for place, (earlier, other) in enumerate(found[:at])
            if earlier < index and _hides(other, one) and places[at] <= places[place]
        )
        hiding.setdefault(index, []).append(next(before, None))
    for index, by in hiding.items():
        if by[0] is not None and None not in by:
            line = scene.book.at(*path, by[0]).line
            hint = "write what holds for fewer hosts, or for fewer tries, first"
            yield Finding(scene.book.at(*path, index), "S215", f"this can never be: line {line} fits before it", hint)


def _hides(earlier: Act | Curve, later: Act | Curve) -> bool:
    """Whether the earlier one fits whenever the later one does, hosts aside."""
    return earlier.given.items() <= later.given.items() and (
        not isinstance(earlier, Act) or not isinstance(later, Act) or _as_often(earlier, later)
    )


def _as_often(earlier: Act, later: Act) -> bool:
    """Whether the earlier act leaves the later one no tries of the same part."""
    return earlier.part == later.part and (not earlier.tries or 0 < later.tries <= earlier.tries)
