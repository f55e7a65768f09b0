"""Metrics kept going, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping

import pytest

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.sampler import Sampler


class Hours:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1000.0
        self._order = itertools.count()
        self._asleep: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asleep.append((self.at + seconds, next(self._order), waiting))
        await waiting

    async def settle(self) -> None:
        """Let everything run that can."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def go(self, seconds: float) -> None:
        """Move on, waking whoever is due on the way."""
        until = self.at + seconds
        await self.settle()
        while self._asleep and min(self._asleep)[0] <= until:
            first = min(self._asleep)
            self._asleep.remove(first)
            self.at = max(self.at, first[0])
            if not first[2].done():
                first[2].set_result(None)
            await self.settle()
        self.at = until


class Counting:
    """A group that answers how often it was read; `held` keeps it from answering."""

    def __init__(self, name: str, every: float = 10.0) -> None:
        self.every = every
        self.keys: Mapping[str, tuple[str, ...]] = {name: (WHOLE,)}
        self.times: list[float] = []
        self.held: asyncio.Event | None = None
        self.cancelled = self.closed = False

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        self.times.append(now)
        value = float(len(self.times))
        try:
            if self.held is not None:
                await self.held.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return {name: {WHOLE: Sample(now, value)} for name in self.keys}

    async def close(self) -> None:
        self.closed = True


class Failing(Counting):
    """A group that breaks its contract."""

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        raise KeyError(now)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def taken() -> list[tuple[str, Reading]]:
    return []


@pytest.fixture
async def sampler(hours: Hours, taken: list[tuple[str, Reading]]) -> AsyncIterator[Sampler]:
    made = Sampler(lambda name, _, reading: taken.append((name, reading)), now=hours.now, sleep=hours.sleep)
    yield made
    await made.close()


async def test_first_reading_is_at_once(sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]) -> None:
    sampler.watch(Counting("errors"))
    await hours.settle()
    assert taken == [("errors", Sample(1000, 1))]


async def test_rate_does_not_drift(sampler: Sampler, hours: Hours) -> None:
    group = Counting("errors")
    sampler.watch(group)
    for _ in range(7):
        await hours.go(13.7)
    assert group.times == [1000.0 + 10 * place for place in range(10)]


async def test_interval_that_changes_counts_from_the_next_turn_on(sampler: Sampler, hours: Hours) -> None:
    group = Counting("errors")
    sampler.watch(group)
    await hours.go(10)
    group.every = 30.0
    await hours.go(50)
    group.every = 5.0
    await hours.go(30)
    assert [at - 1000 for at in group.times] == [0, 10, 20, 50, 80, 85, 90]


async def test_groups_of_one_interval_take_turns(sampler: Sampler, hours: Hours) -> None:
    groups = [Counting(f"m{place}") for place in range(4)]
    sampler.watch(*groups)
    await hours.go(20)
    assert [group.times[1:] for group in groups] == [[1002.5, 1012.5], [1005, 1015], [1007.5, 1017.5], [1010, 1020]]


async def test_slow_group_misses_its_own_turns_and_says_so(
    sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]
) -> None:
    slow, quick = Counting("slow"), Counting("quick")
    slow.held = asyncio.Event()
    sampler.watch(slow)
    sampler.watch(quick)
    await hours.go(30)
    assert len(slow.times) == 1
    assert len(quick.times) == 4
    busy = "its source was still busy with an earlier reading"
    assert [got for name, got in taken if name == "slow"] == [Gap(at, "error", busy) for at in (1010, 1020, 1030)]


async def test_first_reading_has_a_whole_interval(
    sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]
) -> None:
    slow, quick = Counting("slow"), Counting("quick")
    slow.held = asyncio.Event()
    sampler.watch(slow, quick)
    await hours.go(6)  # behind its turn, which is after five
    assert [name for name, _ in taken] == ["quick"]
    slow.held.set()
    await hours.go(10)
    assert [reading for name, reading in taken if name == "slow"] == [Sample(1000.0, 1.0), Sample(1015.0, 2.0)]


async def test_late_reading_is_handed_on_after_the_gaps(
    sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]
) -> None:
    slow = Counting("slow")
    slow.held = asyncio.Event()
    sampler.watch(slow)
    await hours.go(15)
    slow.held.set()
    await hours.go(10)
    assert [(got.at, isinstance(got, Sample)) for _, got in taken] == [(1010, False), (1010, True), (1020, True)]


async def test_machine_that_slept_says_what_it_missed_once(
    sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]
) -> None:
    sampler.watch(Counting("errors"))
    await hours.settle()
    hours.at += 3605
    await hours.go(0)
    assert [got for _, got in taken[1:]] == [
        Gap(4605, "error", "this machine came 59:55 late, and missed 359 readings"),
        Sample(4605, 2),
    ]
    await hours.go(5)
    assert taken[-1] == ("errors", Sample(4610, 3))


async def test_source_that_breaks_its_contract_is_a_gap(
    sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]
) -> None:
    sampler.watch(Failing("errors"))
    await hours.go(10)
    assert [got for _, got in taken] == [Gap(at, "error", "unforeseen KeyError") for at in (1000, 1010)]


async def test_host_that_is_left_out_is_a_gap(sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]) -> None:
    group = Counting("errors")
    group.keys = {"errors": ("web-1",)}
    sampler.watch(group)
    await hours.settle()
    assert taken == [("errors", Gap(1000, "error", "its source says nothing of it"))]


async def test_error_of_who_takes_readings_ends_nothing(hours: Hours) -> None:
    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))

    def refuse(*_: object) -> None:
        raise ValueError("full")

    sampler = Sampler(refuse, now=hours.now, sleep=hours.sleep)
    group = Counting("errors")
    sampler.watch(group)
    await hours.go(20)
    await sampler.close()
    assert len(group.times) == len(reported) == 3


async def test_close_cancels_what_is_read_and_closes_the_groups(
    sampler: Sampler, hours: Hours, taken: list[tuple[str, Reading]]
) -> None:
    group = Counting("errors")
    group.held = asyncio.Event()
    sampler.watch(group)
    await hours.settle()
    await sampler.close()
    assert group.cancelled
    assert group.closed
    await hours.go(100)
    assert taken == []


async def test_close_may_be_cancelled_itself(sampler: Sampler, hours: Hours) -> None:
    group = Counting("errors")
    sampler.watch(group)
    await hours.settle()
    closing = asyncio.create_task(sampler.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    await hours.go(100)
    assert len(group.times) == 1
