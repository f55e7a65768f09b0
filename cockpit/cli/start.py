"""`cockpit run`: start a release, then open it, or follow it as lines."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from pathlib import Path

import click

from cockpit.cli.common import PLAYBOOK, format_option, login, params_option, read_params
from cockpit.cli.console import OUTCOMES, is_terminal, leave, talk
from cockpit.cli.records import show
from cockpit.engine import supervisor
from cockpit.engine.client import Client
from cockpit.engine.place import Home, Place
from cockpit.errors import CredentialsMissing, Exit, Refused
from cockpit.journal import sqlite
from cockpit.playbook import load
from cockpit.playbook.plan import Plan
from cockpit.release.chronicle import Chronicle
from cockpit.release.events import Opened
from cockpit.settings import Settings


@click.command
@click.argument("playbook", type=PLAYBOOK)
@click.option("--release", required=True, metavar="ID", help="The release's own name, never used twice.")
@params_option
@click.option("--headless", is_flag=True, help="No screen: follow as lines, and exit with the outcome.")
@format_option
def run(playbook: Path, release: str, params: tuple[str, ...], headless: bool, form: str) -> None:
    """Start a release and open it. Leaving the screen, or losing it, changes nothing in the release.

    Example: cockpit run playbooks/shop.yaml --release shop-2.4.1 -p version=2.4.1
    """
    plan = load.plan(playbook, read_params(params), login())
    place = Home.default().place(release)
    headless = headless or not is_terminal()
    if not headless:
        _confirm(plan, release)
    begin(place, plan)
    talk(f"{release}: started; `cockpit attach {release}` comes back to it from anywhere on this machine")
    if headless:
        follow(place, form)
    else:
        from cockpit.cli.watch import open_screens  # noqa: PLC0415  the screens are imported only when they open

        open_screens(place, observe=False)


def _confirm(plan: Plan, release: str) -> None:
    from screens.start import confirm_start  # noqa: PLC0415  the screens are imported only when they open

    if not confirm_start(plan, release):
        raise Refused(f"{release} was not started")


def begin(place: Place, plan: Plan) -> None:
    """Make the release's journal with its first event, start its engine, and hand it what it needs of this session."""
    values = environment_secrets(plan)
    Settings.load()
    Home.default().create(place.release)
    journal = sqlite.create(place.journal, place.file_mode)
    try:
        journal.claim()
        opened = Opened(
            release=place.release,
            nonce=secrets.token_hex(16),
            mode="live",
            plan=plan,
            digest=plan.digest,
            captain=login(),
        )
        journal.append([opened], time.time())
    finally:
        journal.close()
    asyncio.run(launch(place, values))


def environment_secrets(plan: Plan) -> dict[str, str]:
    """The plan's secrets that come from this session's variables; CredentialsMissing names those not set."""
    wanted = {name: secret for name, secret in plan.secrets.items() if secret.kind == "env"}
    values = {name: os.environ.get(secret.source[0], "") for name, secret in wanted.items()}
    missing = tuple(f"{name} (${wanted[name].source[0]})" for name, value in values.items() if not value)
    if missing:
        raise CredentialsMissing(missing, hint="set these variables, then start again")
    return values


async def launch(place: Place, values: dict[str, str]) -> None:
    """Start the engine where none answers, and hand it secrets and the agent of this session."""
    await supervisor.ensure(place)
    async with Client.connect(place, records=False) as client:
        await client.supply(values, os.environ.get("SSH_AUTH_SOCK", ""))


def follow(place: Place, form: str) -> None:
    """Show what happens as lines until the release has ended, and exit with its outcome."""
    from cockpit.cli.follow import follow as follow_on  # noqa: PLC0415  asyncio only where it is needed

    chronicle = Chronicle()
    try:
        state = asyncio.run(follow_on(place, lambda record: show(record, chronicle, form), until_end=True))
    except KeyboardInterrupt:
        talk(f"{place.release} goes on; `cockpit attach {place.release}` comes back to it")
        leave(Exit.INTERRUPTED)
    leave(OUTCOMES[state.end or "aborted"])
