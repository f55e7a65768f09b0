"""What many commands need: who asks, where releases lie, and options that read the same everywhere."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cockpit.cli.names import RELEASE
from cockpit.errors import BrokenChain, JournalError, Refused, Unreachable, UsageError

if TYPE_CHECKING:
    from cockpit.engine.place import Place
    from cockpit.release.intents import AnyIntent
    from cockpit.release.state import State

release_argument = click.argument("release", type=RELEASE)
note_option = click.option("--note", default="", metavar="TEXT", help="Why; recorded.")
needed_note_option = click.option("--note", required=True, metavar="TEXT", help="Why; recorded.")
format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people, or stable JSON."
)
params_option = click.option("-p", "params", multiple=True, metavar="NAME=VALUE", help="A param of the playbook.")

at_option = click.option(
    "--at",
    "when",
    default="",
    metavar="DATE",
    help="The release's day: 2026-12-01. With a time nothing begins earlier: 2026-12-01T13:00Z, or without Z a time in "
    "the calendar's zone.",
)


def login() -> str:
    """The login of whoever runs this, as the kernel knows it; its uid where it has no name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid:{os.geteuid()}"


def find(release: str) -> Place:
    """Where a release lies; UsageError where there is none."""
    from cockpit.engine.place import Home  # noqa: PLC0415  help and completion are faster without

    return Home.default().find(release)


@contextmanager
def naming_the_way_back(place: Place) -> Iterator[None]:
    """Add to what is said of a broken journal where it is and how its release is rolled back."""
    try:
        yield
    except BrokenChain as error:
        hint = f"`cockpit rollback {place.release} --in-new-journal --note …` rolls back what is known of it"
        where = error.where or str(place.journal)
        raise BrokenChain(error.what, seq=error.seq, where=where, hint=error.hint or hint) from None


def read_state(place: Place) -> State:
    """Where a release stands, read from its journal: no engine is needed."""
    from cockpit.journal import sqlite  # noqa: PLC0415  help and completion are faster without
    from cockpit.release.apply import fold  # noqa: PLC0415  the same

    with naming_the_way_back(place):
        journal = sqlite.open(place.journal)
        try:
            state = fold(journal.read())
        finally:
            journal.close()
    if state.plan is None:
        hint = "its start was interrupted: start it under another name"
        raise JournalError("the release never began", where=str(place.journal), hint=hint)
    return state


def ask(release: str, intent: AnyIntent) -> None:
    """Ask a release's engine; Refused, with its reason, where it says no or the release is closed."""
    from cockpit.engine.client import ask_once  # noqa: PLC0415  help and completion are faster without

    place = find(release)
    try:
        refusal = ask_once(place, intent)
    except Unreachable:
        if read_state(place).closed:
            hint = "a closed release cannot change; start a new one"
            raise Refused(f"{release} is closed", where=release, hint=hint) from None
        raise
    if refusal:
        raise Refused(refusal.reason, where=release, hint=refusal.hint)


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
