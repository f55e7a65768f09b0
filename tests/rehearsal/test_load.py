"""What a rehearsal at full speed costs: while it waits, while somebody watches, and over weeks."""

from __future__ import annotations

import asyncio
import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.cli.common import login
from cockpit.cli.follow import follow
from cockpit.engine import supervisor
from cockpit.engine.address import answers
from cockpit.engine.client import Client, ask_once
from cockpit.engine.place import Home as Releases
from cockpit.engine.place import Place
from cockpit.engine.protocol import Records
from cockpit.journal import sqlite
from cockpit.playbook import load
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.scenario import Scenario
from cockpit.release.apply import fold
from cockpit.release.events import Record
from cockpit.release.intents import Abort, Hurry, LetPlay
from cockpit.release.state import State
from tests.conftest import Home
from tests.loopback.waiting import wait_until
from tests.rehearsal.lives import BOOKS, begun, ended, rehearse

TICKS = os.sysconf("SC_CLK_TCK")
WATCHED = 2.0
IDLE = 0.25
"""Seconds of processor time that an engine with nothing to do may use in two seconds: a fifth of it is its pulse."""

DAYS, SECONDS = 10, 60.0
"""The days that are rehearsed here, and the processor time that they may take at most; four weeks are a benchmark."""


def records(place: Place) -> list[Record]:
    journal = sqlite.open(place.journal)
    try:
        return [*journal.read()]
    finally:
        journal.close()


def state(place: Place) -> State:
    return fold(records(place))


def used(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cost(pid: int) -> float:
    """What it uses in the next two seconds."""
    before = used(pid)
    threading.Event().wait(WATCHED)
    return used(pid) - before


def started(book: str, *, played: bool, speed: float = 0.0) -> tuple[Place, int]:
    """A rehearsal with its supervisor, and its engine's process."""
    plan, scenario = load.plan(BOOKS / book, {}, login()), Scenario()
    place = begin(Releases.default(), plan, scenario, setting(scenario, 1, speed, played=played), login())
    return place, asyncio.run(supervisor.ensure(place)).pid


@pytest.fixture
def waiting(home: Home) -> Iterator[tuple[Place, int]]:
    """A rehearsal at full speed, in which somebody sits there who does nothing."""
    place, pid = started("brief.yaml", played=False)
    yield place, pid
    asyncio.run(supervisor.stop(place))


def test_rehearsal_that_waits_for_somebody_is_idle(waiting: tuple[Place, int]) -> None:
    place, pid = waiting
    wait_until(lambda: bool(state(place).steps), "it has begun")
    assert cost(pid) < IDLE


def test_rehearsal_that_has_ended_and_is_not_closed_is_idle(waiting: tuple[Place, int]) -> None:
    place, pid = waiting
    assert ask_once(place, Abort(note="enough")) is None
    wait_until(lambda: state(place).end == "aborted", "it has ended")
    assert cost(pid) < IDLE
    assert not state(place).closed


def test_rehearsal_that_is_played_from_then_on_goes_to_its_end(waiting: tuple[Place, int]) -> None:
    place, _ = waiting
    assert ask_once(place, LetPlay(played=True)) is None
    wait_until(lambda: state(place).closed, "it is closed", 30)
    assert state(place).end == "done"


def test_client_that_watches_at_full_speed_keeps_up(home: Home) -> None:
    place, _ = started("brief.yaml", played=False)

    async def watch() -> list[Record]:
        seen: list[Record] = []
        async with Client.connect(place, observe=True) as client:
            await asyncio.to_thread(ask_once, place, LetPlay(played=True))
            async for message in client:
                if isinstance(message, Records):
                    seen += message.records
        return seen

    seen = asyncio.run(watch())
    wait_until(lambda: state(place).closed, "it is closed", 30)
    every = records(place)
    assert len(every) > 50
    assert seen == every


def test_journal_is_the_same_whether_somebody_watches_or_not(home: Home) -> None:
    alone = rehearse(home.state / "a", BOOKS / "brief.yaml", "faults")[0]
    place = Releases(home.state / "b/0/cockpit/releases").place("rehearsal-brief-1")
    seen: list[Record] = []
    with begun(home.state / "b", BOOKS / "brief.yaml", "faults") as process:
        wait_until(lambda: answers(place.socket), "its engine answers", 30)
        asyncio.run(follow(place, seen.append))
        watched = ended(process)[0]
    assert (watched.lives, watched.last) == (("SIGKILL", "SIGKILL", "closed"), alone.last)
    assert seen == records(place)[: len(seen)]
    assert len(seen) > 50


def test_days_are_rehearsed_in_less_than_a_minute(home: Home) -> None:
    book = home.config / "staged.yaml"
    book.write_text((BOOKS / "staged.yaml").read_text().replace("for: 20d", f"for: {DAYS - 8}d"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    lived = rehearse(home.state / "a", book, "")[0]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    journal = sqlite.open(Path(lived.journal))
    every = [*journal.read()]
    journal.close()
    assert fold(every).end == "done"
    assert DAYS < (every[-1].at - every[0].at) / 86400 < DAYS + 1
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS


def test_speed_is_changed_while_it_goes_on(home: Home) -> None:
    place, pid = started("staged.yaml", played=True, speed=100.0)
    assert ask_once(place, Hurry(speed=1.0)) is None
    assert cost(pid) < IDLE
    assert ask_once(place, Abort(note="enough")) is None
    wait_until(lambda: state(place).closed, "it is closed", 30)
