"""A rehearsal's hosts, and an engine's transport over them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cockpit.execution.contract import Ended, Identity, Order, Question, Reached
from cockpit.execution.settings import Run
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.real.servers import Servers
from cockpit.rehearsal.real.survivors import kill
from cockpit.rehearsal.real.transport import RealTransport
from tests.conftest import Home
from tests.execution.conftest import Screen

NAMES = ("web-1", "web-2")
RUN = Run("tradepulse-1", "a-nonce", "ana", "bastion")


@dataclass
class Stage:
    """One engine's hosts and transport; `habits` are by the id of an attempt, `played` those that were asked for."""

    folder: Path
    pace: float = 1.0
    habits: dict[str, Habit] = field(default_factory=dict)
    played: list[str] = field(default_factory=list)
    over: list[tuple[str, Habit, Ended]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.servers = Servers(self.folder, NAMES)
        self.transport = RealTransport(
            self.servers,
            RUN,
            self._play,
            self._look,
            lambda: self.pace,
            lambda order, habit, ended: self.over.append((order.id, habit, ended)),
        )

    def home(self, host: str) -> Path:
        return self.servers.of(host) / "home"

    async def identity(self, host: str) -> Identity:
        reached = await self.transport.reach(host)
        assert isinstance(reached, Reached), reached
        return reached.identity

    async def order(self, host: str, habit: Habit, script: str = "exit 99", **more: object) -> Order:
        id = secrets.token_hex(6)  # noqa: A001
        self.habits[id] = habit
        return Order(id, host, script, await self.identity(host), fresh=True, **more)  # type: ignore[arg-type]

    async def carry_out(self, order: Order, screen: Screen | None = None) -> tuple[Ended, bytes]:
        screen = screen or Screen()
        async with asyncio.timeout(30):
            ended = await self.transport.run(order, screen.write, screen.link)
        return ended, bytes(screen.data)

    async def run(self, host: str, habit: Habit, script: str = "exit 99", **more: object) -> tuple[Ended, bytes]:
        return await self.carry_out(await self.order(host, habit, script, **more))

    async def began(self, host: str, habit: Habit) -> tuple[Order, Screen, asyncio.Task[tuple[Ended, bytes]]]:
        """An attempt that has shown its first output."""
        order, screen = await self.order(host, habit), Screen()
        running = asyncio.create_task(self.carry_out(order, screen))
        await screen.until(lambda: bool(screen.data))
        return order, screen, running

    async def close(self, *, keep: bool = False) -> None:
        await self.transport.close()
        await self.servers.close(keep=keep)

    def _play(self, order: Order) -> Habit:
        self.played.append(order.id)
        return self.habits[order.id]

    def _look(self, question: Question) -> bytes | str:
        return f"looked at {question.host}".encode()


def endless(text: bytes) -> Habit:
    """Prints, and never ends."""
    return Habit(None, pieces=((0.0, text),))


@pytest.fixture
async def stage(home: Home) -> AsyncIterator[Stage]:
    """Two hosts, and this machine."""
    made = Stage(home.state / "rehearsal")
    await made.servers.start()
    yield made
    await made.close()
    kill([made.home(host) for host in (*NAMES, "here")])
