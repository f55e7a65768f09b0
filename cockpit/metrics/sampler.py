"""Keeps metrics going: each group at its own fixed rate, whatever another does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.metrics.group import Group
from cockpit.units import format_span

Took = Callable[[str, str, Reading], None]
"""Is handed a metric's name, a host (or WHOLE) and what was read."""


class Sampler:
    """Reads groups and hands on what they read, each metric and host in the order of its moments.

    `now` (seconds since 1970, never backwards) and `sleep` are the engine's clock.
    """

    def __init__(
        self, took: Took, *, now: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._took, self._now, self._sleep = took, now, sleep
        self._running: dict[Group, asyncio.Task[None]] = {}
        self._last: dict[tuple[str, str], float] = {}

    def watch(self, *groups: Group) -> None:
        """Read these groups at once, and then each in its turn of the interval, until closed."""
        turns: Counter[float] = Counter()
        counts = Counter(group.every for group in groups)
        for group in groups:
            turns[group.every] += 1
            first = group.every * turns[group.every] / counts[group.every]
            self._running[group] = asyncio.create_task(self._keep(group, first))

    @property
    def groups(self) -> tuple[Group, ...]:
        """What is read."""
        return tuple(self._running)

    async def drop(self, groups: Collection[Group]) -> None:
        """Stop reading these groups, and close them. Nothing of them is handed on from the moment of the call."""
        tasks = [self._running.pop(group) for group in groups]
        for task in tasks:
            task.cancel()
        try:
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            for group in groups:
                await group.close()

    async def close(self) -> None:
        """Stop reading, and close the groups. Nothing is handed on any more from the moment of the call."""
        await self.drop(self.groups)

    async def _keep(self, group: Group, first: float) -> None:
        begun = self._now()
        reading = asyncio.create_task(self._read(group))
        due = begun + first
        try:
            while True:
                await self._sleep(max(0.0, due - self._now()))
                slept = self._slept(group, due)
                if not reading.done() and due - begun < group.every:
                    pass  # its first reading has not had an interval yet
                elif not reading.done():
                    self._miss(group, "its source was still busy with an earlier reading")
                else:
                    reading = asyncio.create_task(self._read(group))
                due += (1 + slept) * group.every
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    def _slept(self, group: Group, due: float) -> int:
        """How many further readings were due before now: this machine slept, or had no time."""
        late = self._now() - due
        missed = max(0, int(late // group.every))
        if missed:
            self._miss(group, f"this machine came {format_span(late)} late, and missed {missed} readings")
        return missed

    async def _read(self, group: Group) -> None:
        try:
            found = await group.read(self._now())
        except Exception as error:  # noqa: BLE001  no source's fault may end the watch over it
            self._miss(group, f"unforeseen {type(error).__name__}")
            return
        self._hand(group, found)

    def _miss(self, group: Group, reason: str) -> None:
        gap = Gap(self._now(), "error", reason)
        self._hand(group, {name: dict.fromkeys(hosts, gap) for name, hosts in group.keys.items()})

    def _hand(self, group: Group, found: Mapping[str, Mapping[str, Reading]]) -> None:
        if group not in self._running:
            return
        silent = Gap(self._now(), "error", "its source says nothing of it")
        for name, hosts in group.keys.items():
            readings = found.get(name, {})
            for host in hosts:
                self._tell(name, host, self._ordered(name, host, readings.get(host, silent)))

    def _ordered(self, name: str, host: str, reading: Reading) -> Reading:
        """Never before the one that was handed on before: a late reading comes after the gaps that said so."""
        at = max(reading.at, self._last.get((name, host), reading.at))
        self._last[name, host] = at
        return Sample(at, reading.value) if isinstance(reading, Sample) else Gap(at, reading.kind, reading.reason)

    def _tell(self, name: str, host: str, reading: Reading) -> None:
        try:
            self._took(name, host, reading)
        except Exception as error:  # noqa: BLE001  whose reading it is must not end the watch over the others
            context = {"message": f"a reading of {name} could not be handed on", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
