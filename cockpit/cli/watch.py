"""`cockpit attach`: come back to a release, or watch one."""

from __future__ import annotations

import asyncio
import os

import click

from cockpit.cli.common import RELEASE, find, format_option, read_state
from cockpit.cli.console import OUTCOMES, is_terminal, leave
from cockpit.cli.start import follow, launch
from cockpit.engine.place import Home, Place
from cockpit.errors import Exit, UsageError
from cockpit.release.state import State
from cockpit.settings import Settings


@click.command
@click.argument("release", type=RELEASE, default="")
@click.option("--observe", is_flag=True, help="Watch only; signing for your roles stays possible.")
@format_option
def attach(release: str, observe: bool, form: str) -> None:
    """Come back to a release, or watch one. An engine that is gone is started again, and goes on where it was.

    Without RELEASE: the only one that is open. Without a terminal it follows as lines.

    Example: cockpit attach shop-2.4.1 --observe
    """
    place = find(release) if release else only_open()
    state = read_state(place)
    if not state.closed:
        asyncio.run(launch(place, supplies(state) if not observe else {}))
    if is_terminal():
        open_screens(place, observe=observe)
    else:
        follow(place, form)


def only_open() -> Place:
    """The one release that is not closed; UsageError where there is none or several."""
    places = [place for place in Home.default().releases() if not read_state(place).closed]
    if len(places) == 1:
        return places[0]
    names = ", ".join(place.release for place in places)
    raise UsageError("which release?" if places else "no release is open", hint=f"open: {names}" if places else "")


def supplies(state: State) -> dict[str, str]:
    """The secrets of the plan that this session's variables hold, as far as they are set."""
    wanted = {name: secret for name, secret in state.the_plan.secrets.items() if secret.kind == "env"}
    found = {name: os.environ.get(secret.source[0], "") for name, secret in wanted.items()}
    return {name: value for name, value in found.items() if value}


def open_screens(place: Place, *, observe: bool) -> None:
    """Open the flight screen; on leaving it, exit with the release's outcome, or 0 where it goes on."""
    from screens.fly import fly  # noqa: PLC0415  the screens are imported only when they open

    fly(place, observe=observe, keymap=Settings.load().keys)
    end = read_state(place).end
    leave(OUTCOMES[end] if end else Exit.DONE)
