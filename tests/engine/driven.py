"""A release that is driven for real: its engine under its supervisor, its hosts, and a client that follows."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from cockpit.cli.common import login
from cockpit.engine import supervisor
from cockpit.engine.client import Client
from cockpit.engine.place import Home, Place
from cockpit.engine.protocol import Bye, Records
from cockpit.errors import Unreachable
from cockpit.journal import sqlite
from cockpit.journal.bulk import Bulk
from cockpit.playbook import load
from cockpit.playbook.plan import Plan
from cockpit.release.apply import apply
from cockpit.release.events import Opened, Record
from cockpit.release.intents import AnyIntent, Refusal
from cockpit.release.standing import Standing, standing
from cockpit.release.state import State
from cockpit.release.waiting import waiting_for

DEADLINE = 60.0


class Driven:
    """Follows a release through the death of its engine; `state` and `records` are what it has seen."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.state = State()
        self.records: list[Record] = []
        self._seen = asyncio.Condition()
        self._pid = 0

    async def follow(self) -> None:
        """Take records until the release is closed; a dead engine is waited for."""
        while not self.state.closed:
            try:
                async with Client.connect(self.place, after=self.state.seq) as client:
                    self._pid = client.welcome.pid
                    await self._take(client)
            except Unreachable:
                await asyncio.sleep(0.05)

    async def _take(self, client: Client) -> None:
        async for message in client:
            if isinstance(message, Bye):
                return
            for record in message.records if isinstance(message, Records) else ():
                self.state = apply(self.state, record)
                self.records.append(record)
            async with self._seen:
                self._seen.notify_all()

    async def until(self, holds: Callable[[State], object]) -> State:
        """Wait until something holds of the state; TimeoutError, with what was recorded, when it never does."""
        try:
            async with asyncio.timeout(DEADLINE), self._seen:
                await self._seen.wait_for(lambda: holds(self.state))
        except TimeoutError:
            raise TimeoutError("\n".join(str(record.event)[:200] for record in self.records[-12:])) from None
        return self.state

    async def stands(self, word: Standing) -> State:
        """Wait until the release stands so."""
        return await self.until(lambda state: state.plan and standing(state) == word)

    async def waits(self, what: str, step: str = "") -> State:
        """Wait until the release waits for that."""
        return await self.until(
            lambda state: (
                state.plan and any(each.what == what and step in ("", each.step) for each in waiting_for(state))
            )
        )

    async def prints(self, step: str, text: bytes, host: str = "here") -> None:
        """Wait until the step's attempt has printed that."""
        state = await self.until(lambda state: step in state.steps and state.steps[step].hosts[host].run)
        async with asyncio.timeout(DEADLINE), Client.connect(self.place, records=False) as client:
            printed = b""
            async for piece in client.output(state.steps[step].hosts[host].run):
                printed += piece
                if text in printed:
                    return
        raise AssertionError(f"{step} never printed {text!r}")

    async def ask(self, intent: AnyIntent) -> Refusal | None:
        """Ask the engine."""
        async with Client.connect(self.place, records=False) as client:
            return await client.ask(intent)

    async def supply(self, values: Mapping[str, str]) -> None:
        """Hand secrets over."""
        async with Client.connect(self.place, records=False) as client:
            await client.supply(values)

    def output(self, step: str, host: str = "here") -> bytes:
        """What the latest attempt of a step printed."""
        return b"".join(Bulk(self.place.output).stream(self.state.steps[step].hosts[host].run))

    def kill(self) -> None:
        """Kill the engine at once, as a crash would."""
        os.kill(self._pid, signal.SIGKILL)


@asynccontextmanager
async def driven(text: str, name: str = "rel", **params: str) -> AsyncIterator[Driven]:
    """Start a release of a playbook's text; at the end its engine is stopped."""
    async with driving(begin(text, name, params)) as release:
        yield release


@asynccontextmanager
async def driving(place: Place) -> AsyncIterator[Driven]:
    """Start the engine of the release that lies there, and follow it; at the end the engine is stopped."""
    await supervisor.start(place)
    release = Driven(place)
    following = asyncio.create_task(release.follow())
    try:
        yield release
    finally:
        following.cancel()
        await supervisor.stop(place)


def begin(text: str, name: str, params: Mapping[str, str]) -> Place:
    """Make the journal of a release of a playbook's text."""
    path = Path(os.environ["HOME"]) / f"{name}.yaml"
    path.write_text(text)
    return opened(load.plan(path, params, login()), name)


def opened(plan: Plan, name: str) -> Place:
    """Make a release's journal with its first event."""
    place = Home.default().create(name)
    journal = sqlite.create(place.journal)
    journal.claim()
    nonce = secrets.token_hex(16)
    first = Opened(release=name, nonce=nonce, mode="live", plan=plan, digest=plan.digest, captain=login())
    journal.append([first], time.time())
    journal.close()
    return place


def playbook(*steps: str, head: str = "", back: str = "") -> str:
    """A playbook's text around its steps, each a line of YAML."""
    lines = "\n".join(f"      - {step}" for step in steps)
    rollback = f"\nrollback:\n  steps:\n    - {back}" if back else ""
    roles = "roles: {captain: {people: ['{{ login }}']}}"
    return f"playbook: test\ntitle: Test\n{roles}\n{head}\nphases:\n  - phase: main\n    steps:\n{lines}{rollback}\n"
