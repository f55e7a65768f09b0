"""The transport of a rehearsal over SSH: real hosts' wrapper and links, and nothing of what the playbook says."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context

from msgspec.structs import replace

from cockpit.engine.clock import real_time
from cockpit.execution.contract import Ended, Holder, LinkReport, NotReached, Order, Question, Reached, Sink
from cockpit.execution.hosts import Hosts
from cockpit.execution.settings import Limits, Run
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.real.acts import chosen, played
from cockpit.rehearsal.real.servers import Servers

Play = Callable[[Order], Habit]
"""What an attempt is to do; asked once for each, before it is started."""

Look = Callable[[Question], bytes | str]
"""What a command that only looks prints, or why there is nothing."""

Over = Callable[[Order, Habit, Ended], None]
"""Is told how an attempt ended that did what its habit says."""


class RealTransport:
    """Keeps `contract.Transport` over the hosts of a rehearsal.

    `pace` is how many of a habit's seconds are one on the clock, as it is when an attempt is started.
    """

    def __init__(
        self, servers: Servers, run: Run, play: Play, look: Look, pace: Callable[[], float], over: Over | None = None
    ) -> None:
        self._servers, self._play, self._look, self._pace, self._over = servers, play, look, pace, over
        limits = patient(pace())
        self._hosts = Hosts(run, limits=limits, machine=lambda host: servers.machine(host, limits))

    async def reach(self, host: str) -> Reached | NotReached:
        """See `contract.Transport`."""
        with real_time():
            return await self._hosts.reach(host)

    async def run(self, order: Order, sink: Sink, link: LinkReport) -> Ended:
        """See `contract.Transport`; its seconds are those of the habit's world."""
        habit = chosen(self._servers.of(order.host), order, self._play, self._pace())
        outside = copy_context()  # whoever listens does so in the engine's time
        with real_time():
            ended = await self._hosts.run(
                played(order), lambda data: outside.run(sink, data), lambda why: outside.run(link, why)
            )
        if habit.outcome and ended.exit == habit.code % 256:
            ended = Ended(habit.outcome, reason=habit.reason)
        ended = replace(ended, seconds=_seconds(habit, ended, self._pace()))
        if self._over is not None:
            self._over(order, habit, ended)
        return ended

    async def ask(self, question: Question) -> bytes | str:
        """See `contract.Transport`; nothing is run."""
        if self._servers.is_down(question.host):
            return f"{question.host} is not reached: connection refused"
        return self._look(question)

    async def stop(self, order: Order) -> Ended | None:
        """See `contract.Transport`."""
        with real_time():
            return await self._hosts.stop(played(order))

    async def lock(self, host: str, take_over: bool) -> Holder | NotReached | None:
        """See `contract.Transport`."""
        with real_time():
            return await self._hosts.lock(host, take_over)

    async def clean(self, host: str) -> str:
        """See `contract.Transport`."""
        with real_time():
            return await self._hosts.clean(host)

    async def close(self) -> None:
        """See `contract.Transport`."""
        with real_time():
            await self._hosts.close()


def patient(pace: float) -> Limits:
    """Deadlines at this pace: a handshake takes what it takes, waiting for a host that is gone is over sooner."""
    usual = Limits(connect=60.0)
    return replace(usual, refused=max(1.0, usual.refused / pace), patience=max(5.0, usual.patience / pace))


def _seconds(habit: Habit, ended: Ended, pace: float) -> float | None:
    """As long as it was to take; a clock that is read in hundredths would tell it badly."""
    if ended.seconds is None:
        return None
    return habit.seconds if ended.exit == habit.code % 256 else round(ended.seconds * pace, 2)
