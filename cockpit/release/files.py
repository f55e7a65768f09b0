"""Files that must stay as they are: which are watched, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.release.state import Kept, State


def watched(state: State) -> Iterator[tuple[str, str]]:
    """The files that are looked at now, each with the step since whose start it must stay as it is."""
    if state.plan is None or state.end or state.aborted or state.closed or state.rolling_back:
        return
    for step in state.forward:
        if step.unchanged and (one := state.steps[step.id]).status in ("running", "passed"):
            yield from ((path, one.step.id) for path in step.unchanged)


def unseen(state: State) -> bool:
    """Whether nobody has looked yet at a file that must stay as it is."""
    return any(path not in state.files for path, _ in watched(state))


def changed(state: State) -> Iterator[tuple[str, Kept]]:
    """The files that are not what they were: nothing goes on until they are again."""
    found = ((path, state.files.get(path)) for path, _ in watched(state))
    return ((path, kept) for path, kept in found if kept is not None and (not kept.now or kept.now != kept.was))


def why_changed(path: str, kept: Kept) -> str:
    """What is wrong with a file, and since when it is meant to be unchanged."""
    if kept.now:
        return f"{path} has changed since {kept.step}: sha256 {kept.now[:12]}, it was {kept.was[:12]}"
    return f"{path} cannot be read: {kept.reason}"
