"""What many commands need: who asks, where releases lie, and options that read the same everywhere."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from cockpit.engine.place import Home, Place
from cockpit.errors import Refused, UsageError
from cockpit.journal import sqlite
from cockpit.release.apply import fold
from cockpit.release.intents import AnyIntent
from cockpit.release.state import State

Command = TypeVar("Command", bound=Callable[..., Any])


def login() -> str:
    """The login of whoever runs this, as the kernel knows it."""
    return pwd.getpwuid(os.geteuid()).pw_name


def find(release: str) -> Place:
    """Where a release lies; UsageError where there is none."""
    return Home.default().find(release)


def read_state(place: Place) -> State:
    """Where a release stands, read from its journal: no engine is needed."""
    journal = sqlite.open(place.journal)
    try:
        return fold(journal.read())
    finally:
        journal.close()


def ask(release: str, intent: AnyIntent) -> None:
    """Ask a release's engine; Refused, with its reason, where it says no."""
    from cockpit.engine.client import ask_once  # noqa: PLC0415  asyncio only where it is needed

    refusal = ask_once(find(release), intent)
    if refusal:
        raise Refused(refusal.reason, where=release, hint=refusal.hint)


class ReleaseName(click.ParamType[str]):
    """The name of a release that exists; completes from those there are."""

    name = "release"

    def shell_complete(self, ctx: object, param: object, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  click's
        names = (place.release for place in Home.default().releases())
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


RELEASE = ReleaseName()
PLAYBOOK = click.Path(path_type=Path, dir_okay=False)

release_argument = click.argument("release", type=RELEASE)
note_option = click.option("--note", default="", help="Why; recorded.")
needed_note_option = click.option("--note", required=True, help="Why; recorded.")
format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people, or one stable JSON."
)
params_option = click.option("-p", "params", multiple=True, metavar="NAME=VALUE", help="A param of the playbook.")


def read_params(params: tuple[str, ...]) -> dict[str, str]:
    """`-p name=value` options as a mapping."""
    found: dict[str, str] = {}
    for each in params:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise UsageError(f"not a param: {each!r}", hint="write -p name=value")
        if name in found:
            raise UsageError(f"param {name} is given twice")
        found[name] = value
    return found
