"""What is written down of rehearsals, and found of a plan."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import Any

import pytest
from msgspec.structs import replace

from cockpit.cli.common import login
from cockpit.engine.clock import Clock
from cockpit.engine.engine import Engine
from cockpit.engine.place import Home, Place
from cockpit.engine.rehearsed import last_rehearsed, note, of_home, of_this_one, rehearsals
from cockpit.engine.runner import Runner
from cockpit.journal import sqlite
from cockpit.playbook import load
from cockpit.rehearsal.loop import run
from cockpit.rehearsal.pace import Pace
from cockpit.release.effects import Effect, FindRehearsal
from cockpit.release.events import AnyEvent, End, Opened, RehearsalFound, Setting
from cockpit.release.intents import Go, Resume
from cockpit.release.state import Rehearsal, State
from tests.engine.driven import driven, playbook
from tests.release.script import make_plan, step

PLAYED = Rehearsal(Setting(scenario="storm", ends="done"), 0.0, played=True)


@pytest.fixture
def releases() -> Home:
    """The home of this login, without releases."""
    return Home.default()


def rehearse(
    releases: Home,
    name: str,
    at: float,
    *,
    digest: str = "d",
    ended: End | None = "done",
    expected: End | None = "done",
) -> Place:
    """A rehearsal that has ended."""
    place = releases.create(name)
    played = replace(PLAYED, setting=replace(PLAYED.setting, ends=expected))
    note(place, State(release=name, mode="rehearsal", rehearsal=played, digest=digest, end=ended), at)
    return place


def test_newest_rehearsal_of_a_plan_is_found(releases: Home) -> None:
    rehearse(releases, "a", 10.0)
    rehearse(releases, "b", 30.0)
    rehearse(releases, "c", 20.0)
    found = last_rehearsed(releases, "d")
    assert found is not None
    assert (found.release, found.scenario, found.ended, found.at) == ("b", "storm", "done", 30.0)


def test_rehearsal_of_another_plan_is_not(releases: Home) -> None:
    rehearse(releases, "a", 10.0, digest="other")
    assert last_rehearsed(releases, "d") is None


def test_rehearsal_that_ended_otherwise_does_not_count_but_is_told(releases: Home) -> None:
    rehearse(releases, "a", 10.0)
    rehearse(releases, "b", 20.0, ended="aborted")
    found = last_rehearsed(releases, "d")
    assert found is not None
    assert (found.release, [each.release for each in rehearsals(releases, "d")]) == ("a", ["b", "a"])


def test_any_end_counts_where_nothing_was_expected(releases: Home) -> None:
    rehearse(releases, "a", 10.0, ended="aborted", expected=None)
    assert last_rehearsed(releases, "d") is not None


def test_rehearsal_that_goes_on_leaves_nothing(releases: Home) -> None:
    assert not rehearse(releases, "a", 10.0, ended=None).rehearsed.exists()


def test_live_release_leaves_nothing(releases: Home) -> None:
    place = releases.create("live")
    note(place, State(release="live", digest="d", end="done"), 10.0)
    assert not place.rehearsed.exists()


def test_later_end_replaces_the_earlier_one(releases: Home) -> None:
    rehearse(releases, "a", 10.0)
    state = State(release="a", mode="rehearsal", rehearsal=PLAYED, digest="d", end="rolled_back")
    note(releases.place("a"), state, 20.0)
    assert [(each.ended, each.as_expected) for each in rehearsals(releases, "d")] == [("rolled_back", False)]


@pytest.mark.parametrize("mask", [0, 0o777])
def test_file_is_private_whatever_the_umask(releases: Home, mask: int) -> None:
    before = os.umask(mask)
    try:
        place = rehearse(releases, "a", 10.0)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.rehearsed.stat().st_mode) == 0o600


def test_nothing_is_found_where_there_are_no_releases(releases: Home) -> None:
    assert last_rehearsed(releases, "d") is None


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"\xff", b'{"digest": "d"}', b'"' + b"x" * 100_000 + b'"'],
    ids=lambda text: repr(text[:9]),
)
def test_broken_file_is_passed_over(releases: Home, text: bytes) -> None:
    rehearse(releases, "a", 10.0)
    rehearse(releases, "b", 20.0).rehearsed.write_bytes(text)
    assert [each.release for each in rehearsals(releases, "d")] == ["a"]


def test_file_that_is_another_rehearsals_is_passed_over(releases: Home) -> None:
    first, second = rehearse(releases, "a", 10.0, digest="d"), rehearse(releases, "b", 20.0, digest="e")
    second.rehearsed.write_bytes(first.rehearsed.read_bytes())
    assert [each.release for each in rehearsals(releases, "d")] == ["a"]


def test_file_with_a_moment_that_is_none_is_passed_over(releases: Home) -> None:
    place = rehearse(releases, "a", 10.0)
    before = place.rehearsed.read_bytes()
    place.rehearsed.write_bytes(before.replace(b'"at":10.0', b'"at":1e999'))
    assert place.rehearsed.read_bytes() != before
    assert rehearsals(releases, "d") == ()


def test_file_is_not_believed_that_says_itself_that_it_counts(releases: Home) -> None:
    place = rehearse(releases, "a", 10.0, ended="aborted")
    place.rehearsed.write_bytes(place.rehearsed.read_bytes().replace(b"{", b'{"as_expected":true,', 1))
    assert [each.as_expected for each in rehearsals(releases, "d")] == [False]


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), os.mkfifo, lambda path: path.symlink_to("../a/rehearsed.json")]
)
def test_what_is_no_plain_file_is_passed_over(releases: Home, make: Callable[[Path], None]) -> None:
    rehearse(releases, "a", 10.0)
    path = rehearse(releases, "b", 20.0).rehearsed
    path.unlink()
    make(path)
    assert [each.release for each in rehearsals(releases, "d")] == ["a"]


async def test_release_finds_the_rehearsals_beside_it_that_are_young_enough(releases: Home) -> None:
    rehearse(releases, "a", 100.0)
    find = of_home(releases.place("live"), lambda: 150.0)
    assert [await find("d", within) for within in (51.0, 50.0)] == [("a", 100.0), None]
    assert await find("other", 51.0) is None


async def test_rehearsal_of_the_future_is_none(releases: Home) -> None:
    rehearse(releases, "a", 100.0)
    assert await of_home(releases.place("live"), lambda: 99.0)("d", 50.0) is None


@pytest.mark.parametrize(("now", "at"), [(1000.0, 1000.0), (1059.0, 1000.0), (1060.0, 1060.0), (1500.0, 1480.0)])
async def test_rehearsal_counts_as_one_itself(now: float, at: float) -> None:
    find = of_this_one(State(release="me", opened=1000.0), lambda: now)
    assert await find("d", 60.0) == ("me", at)


GATE = playbook("{id: go, gate: Go, passing: rehearsed 1h}")


async def test_gate_stays_shut_where_its_plan_was_never_rehearsed() -> None:
    async with driven(GATE) as release:
        await release.until(lambda state: state.plan and state.steps["go"].status == "running")
        refusal = await release.ask(Go(gate="go"))
        assert refusal is not None
        assert "no rehearsal of this plan is known" in refusal.reason


async def test_gate_opens_where_its_plan_was_rehearsed(releases: Home) -> None:
    rehearse(releases, "rehearsal-1", time() - 60, digest=digest_of(GATE))
    async with driven(GATE) as release:
        state = await release.until(lambda state: state.plan and state.steps["go"].practised)
        practised = state.steps["go"].practised
        assert practised is not None
        assert (practised.release, await release.ask(Go(gate="go"))) == ("rehearsal-1", None)


def digest_of(text: str) -> str:
    """The digest of the plan that `driven` makes."""
    path = Path(os.environ["HOME"]) / "plan.yaml"
    path.write_text(text)
    return load.plan(path, {}, login()).digest


class Heard:
    """An inbox that keeps what happened, and when."""

    def __init__(self) -> None:
        self.events: list[tuple[float, AnyEvent]] = []
        self.full = asyncio.Event()

    def happened(self, event: AnyEvent) -> None:
        self.events.append((asyncio.get_running_loop().time(), event))
        self.full.set()

    def over(self, effect: Effect) -> None:
        raise AssertionError(f"{effect} is over")


def test_rehearsal_that_is_held_while_a_gate_is_open_is_found() -> None:
    answers = iter([None, None, ("rehearsal-1", 900.0)])

    async def find(_digest: str, _within: float) -> tuple[str, float] | None:
        return next(answers)

    async def looked_for() -> list[tuple[float, AnyEvent]]:
        began, heard = asyncio.get_running_loop().time(), Heard()
        unused: Any = None
        runner = Runner(unused, unused, unused, unused, unused, unused, unused, glance=15.0, find=find)
        runner.report_to(heard)
        runner.want(State(), frozenset({FindRehearsal("go", 60.0)}), ())
        await heard.full.wait()
        await runner.close()
        return [(at - began, event) for at, event in heard.events]

    found = RehearsalFound(gate="go", release="rehearsal-1", at=900.0)
    assert run(looked_for(), Pace(0.0, 0.0)) == [(60.0, found)]


class Leaping(Clock):
    """A clock that is set by hand."""

    at = 1000.0

    def now(self) -> float:
        return self.at


async def test_gate_does_not_open_by_what_lapsed_while_the_machine_slept(tmp_path: Path) -> None:
    journal, clock = sqlite.create(tmp_path / "journal.db"), Leaping()
    journal.claim()
    plan = make_plan(step("gate", "go", rehearsed=3600.0))
    opened = Opened(release="rel", nonce="n", mode="live", plan=plan, digest=plan.digest, captain="ana")
    journal.append([opened], clock.now())
    engine = Engine(journal, clock, lambda *_: None, lambda _: None)
    driving = asyncio.create_task(engine.run())
    await engine.ask("ana", Resume())
    engine.happened(RehearsalFound(gate="go", release="rehearsal-1", at=900.0))
    await engine.ask("ana", Resume())
    assert engine.state.steps["go"].practised is not None
    clock.at += 3600.0
    refusal = await engine.ask("ana", Go(gate="go"))
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    journal.close()
    assert refusal is not None
    assert "no rehearsal of this plan is known" in refusal.reason
    assert engine.state.steps["go"].practised is None
