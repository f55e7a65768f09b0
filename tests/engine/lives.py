"""Releases whose engine dies and lives again, and the hosts that count what was run on them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import msgspec

from cockpit.engine import supervisor
from cockpit.engine.client import Client
from cockpit.engine.place import Place
from cockpit.errors import Unreachable
from cockpit.execution.settings import Limits
from cockpit.journal import sqlite
from cockpit.journal.bulk import Bulk
from cockpit.journal.lock import holder
from cockpit.release.apply import fold
from cockpit.release.effects import wanted
from cockpit.release.intents import AnyIntent
from cockpit.release.state import State
from tests.conftest import Home
from tests.engine.driven import DEADLINE, Driven, begin
from tests.engine.mortal import MORTAL, Parts, burnt
from tests.loopback.fleet import Fleet
from tests.loopback.waiting import wait_until

QUICK = Limits(connect=5, refused=5, answer=10, silence=10, patience=30, grace=1, keepalive=0.3, probes=2)


class Lived(Driven):
    """A release that is followed through all lives of its engine."""

    @property
    def deaths(self) -> list[str]:
        """The moments at which its engine died."""
        return burnt(self.place.folder / "burnt")

    async def insist(self, intent: AnyIntent, holds: Callable[[State], object]) -> None:
        """Ask until it holds: an engine that dies may have recorded what it did not answer."""
        while not holds(self.state):
            with suppress(Unreachable):
                await self.ask(intent)
                await self.until(holds)
            await asyncio.sleep(0.02)

    def connected(self) -> AbstractAsyncContextManager[Client]:
        """A client of the engine, for what is no intent."""
        return Client.connect(self.place, records=False)

    async def until_printed(self, step: str, host: str) -> None:
        """Wait until a step's attempt has printed anything, whether or not an engine is there to be asked."""
        attempt = self.state.steps[step].hosts[host].run
        output = Bulk(self.place.output)
        await asyncio.to_thread(wait_until, lambda: output.size(attempt) > 0, f"{step} prints on {host}", DEADLINE)

    async def over(self) -> None:
        """Wait until the release is closed, every host is clean and no engine is needed."""
        idle = lambda: holder(self.place.supervisor_lock) is None  # noqa: E731
        await asyncio.to_thread(wait_until, idle, "no engine is needed any more", DEADLINE)
        journal = sqlite.open(self.place.journal)
        self.records = list(journal.read())
        journal.close()
        self.state = fold(self.records)
        assert not wanted(self.state)


@asynccontextmanager
async def living(
    text: str, parts: Parts | None = None, name: str = "rel", prepare: Callable[[Place], object] = str, **params: str
) -> AsyncIterator[Lived]:
    """Start a release with such an engine; at the end that is stopped."""
    place = begin(text, name, params)
    (place.folder / "parts.json").write_bytes(msgspec.json.encode(parts or Parts(limits=QUICK)))
    prepare(place)
    await supervisor.start(place, engine=MORTAL)
    release = Lived(place)
    following = asyncio.create_task(release.follow())
    try:
        yield release
    finally:
        following.cancel()
        await supervisor.stop(place)


def settle_in(fleet: Fleet, home: Home, *leftovers: str) -> None:
    """Let the settings name the fleet's ssh_config, and leave nothing of an earlier release on its hosts."""
    folder = home.config / "cockpit"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
    for host in fleet.values():
        for name in ("go", "ran", *leftovers):
            (host.home / name).unlink(missing_ok=True)
        shutil.rmtree(host.home / ".cockpit", ignore_errors=True)


def ran(fleet: Fleet) -> dict[str, str]:
    """What the commands have counted on each host."""
    files = {name: host.home / "ran" for name, host in fleet.items()}
    return {name: file.read_text() if file.exists() else "" for name, file in files.items()}
