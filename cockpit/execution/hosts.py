"""The transport of a release: this machine and the hosts over SSH behind one contract."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from cockpit.execution import errands
from cockpit.execution.attempt import Attempt, halt
from cockpit.execution.contract import HERE, Ended, Holder, LinkReport, NotReached, Order, Question, Reached, Sink
from cockpit.execution.local import LocalMachine
from cockpit.execution.look import look
from cockpit.execution.machine import Machine
from cockpit.execution.redact import Redactor, longest, mask, skipping
from cockpit.execution.settings import Limits, Login, Run
from cockpit.execution.ssh import Network, SshMachine
from cockpit.execution.words import hide


class Hosts:
    """Keeps `contract.Transport` for one release; `hidden` gives all its secrets, which no output shows.

    `missed` is told whenever a host refuses a login and the agent that could help is gone. `machine` makes what
    a host is talked to through, where that is another way.
    """

    def __init__(
        self,
        run: Run,
        login: Login | None = None,
        limits: Limits | None = None,
        hidden: Callable[[], Iterable[str]] = tuple,
        missed: Callable[[], object] = bool,
        machine: Callable[[str], Machine] | None = None,
    ) -> None:
        self._run, self._limits, self._hidden = run, limits or Limits(), hidden
        self.network = Network(login or Login(), self._limits, missed)
        self._make = machine or self._usual
        self._machines: dict[str, Machine] = {}

    async def reach(self, host: str, *, clock: bool = False) -> Reached | NotReached:
        """See `contract.Transport`; with `clock`, the host is asked for its time too."""
        return await errands.reach(self._machine(host), self._run, self._limits, clock=clock)

    async def run(self, order: Order, sink: Sink, link: LinkReport) -> Ended:
        """See `contract.Transport`. It begins before `offset`, since a secret may lie across that border."""
        hidden = self._values(order)
        again = min(order.offset, longest(hidden))
        order = replace(order, offset=order.offset - again)
        redactor = Redactor(hidden, skipping(again, sink))
        ended = await Attempt(
            self._machine(order.host),
            self._run,
            self._limits,
            order,
            redactor.feed,
            lambda why: link(mask(why, hidden)),
        ).follow()
        redactor.flush(whole=ended.outcome in ("passed", "failed") and not ended.reason)
        return hide(ended, lambda text: mask(text, hidden))

    async def ask(self, question: Question) -> bytes | str:
        """See `contract.Transport`."""
        found = await look(self._machine(question.host), question)
        return found if isinstance(found, bytes) else mask(found, (*self._hidden(), *question.secrets.values()))

    async def stop(self, order: Order) -> Ended | None:
        """See `contract.Transport`."""
        ended = await halt(self._machine(order.host), self._run, self._limits, order)
        hidden = self._values(order)
        return ended and hide(ended, lambda text: mask(text, hidden))

    async def lock(self, host: str, take_over: bool) -> Holder | NotReached | None:
        """See `contract.Transport`."""
        return await errands.lock(self._machine(host), self._run, self._limits, take_over)

    async def clean(self, host: str) -> str:
        """See `contract.Transport`."""
        return await errands.clean(self._machine(host), self._run, self._limits)

    def use_agent(self, path: str) -> None:
        """Log in by the agent at this socket from now on."""
        self.network.use_agent(path)

    async def close(self) -> None:
        """See `contract.Transport`."""
        await asyncio.gather(*(machine.close() for machine in self._machines.values()))
        await self.network.close()

    def _machine(self, host: str) -> Machine:
        if host not in self._machines:
            self._machines[host] = self._make(host)
        return self._machines[host]

    def _usual(self, host: str) -> Machine:
        return LocalMachine() if host == HERE else SshMachine(host, self.network)

    def _values(self, order: Order) -> tuple[str, ...]:
        return (*self._hidden(), *order.secrets.values())
