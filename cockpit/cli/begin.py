"""Beginning a release: its journal, its engine, and what the engine needs of this session."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Mapping

from cockpit.cli.common import login
from cockpit.cli.console import talk
from cockpit.cli.starting import Start
from cockpit.engine import supervisor
from cockpit.engine.client import Client
from cockpit.engine.place import Home, Place
from cockpit.errors import CredentialsMissing, Refused, StorageFull, Unreachable
from cockpit.journal import sqlite
from cockpit.playbook.plan import Plan
from cockpit.release.events import Opened
from cockpit.release.intents import Refusal
from cockpit.settings import Settings


def prepare(release: str, plan: Plan) -> tuple[Place, Mapping[str, str]]:
    """Where the release is to lie, and the secrets of this session; whatever forbids it is raised, nothing is made."""
    place = Home.default().place(release)
    if place.journal.exists():
        hint = "a name is never used twice: attach to it, or choose another"
        raise Refused(f"there is a release {release} already", hint=hint)
    Settings.load()
    return place, environment_secrets(plan)


def begin(place: Place, plan: Plan, values: Mapping[str, str], start: Start) -> None:
    """Make the release's journal with its first events, start its engine, and hand it what it needs of this session."""
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
            exchanges=start.exchanges,
            day=start.when.day,
            not_before=start.when.not_before,
        )
        journal.append([opened, *start.lifted], time.time())
    except StorageFull:
        journal.close()
        sqlite.discard(place.journal)  # nothing has begun: the name may be used again
        raise
    finally:
        journal.close()
    try:
        asyncio.run(launch(place, values))
    except KeyboardInterrupt:
        talk(f"{place.release} may have begun: `cockpit status {place.release}` tells")
        raise


def environment_secrets(plan: Plan) -> Mapping[str, str]:
    """The plan's secrets that come from this session's variables; CredentialsMissing names those not set."""
    wanted = {name: secret for name, secret in plan.secrets.items() if secret.kind == "env"}
    values = supplies(plan)
    missing = tuple(f"{name} (${secret.source[0]})" for name, secret in wanted.items() if name not in values)
    if missing:
        raise CredentialsMissing(missing, hint="set these variables, then start again")
    return values


def supplies(plan: Plan) -> Mapping[str, str]:
    """The secrets of the plan that this session's variables hold, as far as they are set."""
    wanted = {name: secret for name, secret in plan.secrets.items() if secret.kind == "env"}
    found = {name: os.environ.get(secret.source[0], "") for name, secret in wanted.items()}
    return {name: value for name, value in found.items() if value}


async def launch(place: Place, values: Mapping[str, str]) -> None:
    """Start the engine where none answers, and hand it secrets and the agent of this session."""
    try:
        await supervisor.ensure(place)
    except Unreachable as error:
        hint = f"{error.hint}; `cockpit attach {place.release}` tries again"
        raise Unreachable(error.what, where=error.where, hint=hint) from None
    async with Client.connect(place, records=False) as client:
        refusal: Refusal | None = await client.supply(values, os.environ.get("SSH_AUTH_SOCK", ""))
    if refusal is not None:
        raise Refused(refusal.reason, where=place.release, hint=refusal.hint)
