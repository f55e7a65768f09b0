"""`cockpit attach`: come back to a release, or watch one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cockpit.cli.common import find, format_option, read_state
from cockpit.cli.console import OUTCOMES, is_terminal, leave, talk
from cockpit.cli.names import RELEASE
from cockpit.errors import CockpitError, Exit, Unreachable, UsageError

if TYPE_CHECKING:
    from cockpit.engine.place import Place
    from cockpit.release.state import State


@click.command
@click.argument("release", type=RELEASE, default="")
@click.option("--observe", is_flag=True, help="Watch only: nothing is supplied, and no engine is started.")
@format_option
def attach(release: str, observe: bool, form: str) -> None:
    """Come back to a release, or watch one. An engine that is gone is started again, and goes on where it was.

    Secrets in this session's variables and its SSH agent are handed to the engine. Without RELEASE: the only one that
    is open. Without a terminal it follows as lines from the first event. Of a closed release its log is shown.

    \b
    Example:
      cockpit attach shop-2.4.1 --observe
    """
    place = find(release) if release else only_open()
    state = read_state(place)
    if state.closed:
        _show_closed(place, state, form, observe=observe)
    _meet_engine(place, state, observe=observe)
    if is_terminal():
        open_screens(place, observe=observe)
    else:
        from cockpit.cli.follow import follow_to_end  # noqa: PLC0415  asyncio only where it is needed

        follow_to_end(place, form)


def only_open() -> Place:
    """The one release that is not closed, or of several the one that has not ended; UsageError where there is none."""
    from cockpit.engine.place import Home  # noqa: PLC0415  completion is faster without

    found: list[tuple[Place, State]] = []
    for place in Home.default().releases():
        try:
            found.append((place, read_state(place)))
        except (CockpitError, OSError) as error:
            talk(f"cockpit: {place.release}: {error}")
    places = [place for place, state in found if not state.closed]
    going = [place for place, state in found if not state.closed and state.end is None]
    for candidates in (places, going):
        if len(candidates) == 1:
            return candidates[0]
    names = ", ".join(place.release for place in going or places)
    raise UsageError("which release?" if places else "no release is open", hint=f"open: {names}" if places else "")


def _meet_engine(place: Place, state: State, *, observe: bool) -> None:
    import asyncio  # noqa: PLC0415  completion is faster without

    from cockpit.cli.begin import launch, supplies  # noqa: PLC0415  the same
    from cockpit.engine.client import greeting  # noqa: PLC0415  the same

    if not observe:
        asyncio.run(launch(place, supplies(state.the_plan)))
    elif asyncio.run(greeting(place)) is None:
        hint = f"`cockpit attach {place.release}` starts it; `cockpit log {place.release}` needs none"
        raise Unreachable("its engine is gone, and an observer starts none", where=place.release, hint=hint)


def _show_closed(place: Place, state: State, form: str, *, observe: bool) -> None:
    """Show its log; hosts that an engine which is gone has not cleaned up are cleaned up now."""
    import asyncio  # noqa: PLC0415  completion is faster without
    from contextlib import suppress  # noqa: PLC0415  the same

    from cockpit.cli.begin import launch, supplies  # noqa: PLC0415  the same
    from cockpit.cli.follow import follow  # noqa: PLC0415  the same
    from cockpit.cli.lines import Lines  # noqa: PLC0415  the same
    from cockpit.release.effects import wanted  # noqa: PLC0415  the same

    if wanted(state) and not observe:
        with suppress(Unreachable):  # it may be done before we can greet it
            asyncio.run(launch(place, supplies(state.the_plan)))
    end = asyncio.run(follow(place, Lines(form).show)).end or "aborted"
    talk(f"{place.release} is closed; it ended: {end.replace('_', ' ')}")
    leave(OUTCOMES[end])


def open_screens(place: Place, *, observe: bool) -> None:
    """Open the flight screen; on leaving it, exit with the release's outcome, or 0 where it goes on."""
    from cockpit.settings import Settings  # noqa: PLC0415  completion is faster without
    from screens.fly import fly  # noqa: PLC0415  the screens are imported only when they open

    fly(place, observe=observe, keymap=Settings.load().keys)
    end = read_state(place).end
    if end is None:
        talk(f"{place.release} goes on; `cockpit attach {place.release}` comes back to it")
    leave(OUTCOMES[end] if end else Exit.DONE)
