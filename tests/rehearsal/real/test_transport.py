"""Attempts of a rehearsal: what they show is played, how they are run is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cockpit.execution.contract import HERE, Ended, Identity, NotReached, Order, Question
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.real.acts import played
from tests.conftest import Home
from tests.execution.conftest import Screen
from tests.rehearsal.real.conftest import Stage, endless

EVERY = pytest.mark.parametrize("host", ["web-1", HERE])


@EVERY
async def test_attempt_prints_and_ends_as_its_habit_says(stage: Stage, host: str) -> None:
    data = bytes(range(256)) * 40
    habit = Habit(0.1, 3, ((0.0, b"at once\n"), (0.05, data)))
    ended, output = await stage.run(host, habit)
    assert (ended.outcome, ended.exit, ended.seconds, output) == ("failed", 3, 0.1, b"at once\n" + data)


@EVERY
async def test_captures_come_back(stage: Stage, host: str) -> None:
    ended, _ = await stage.run(host, Habit(0.0, captures={"commit": "it's $HOME", "count": "3"}))
    assert (ended.outcome, ended.captures) == ("passed", {"commit": "it's $HOME", "count": "3"})


@EVERY
async def test_nothing_of_the_playbooks_command_is_run(stage: Stage, home: Home, host: str) -> None:
    trace = home.user / "trace"
    script = f"touch {trace}; echo ran"
    exports = {"HOME": str(home.user), "ENV": str(home.user), "PATH": "/nowhere"}
    more = {"exports": exports, "directory": str(home.user), "user": "postgres", "shell": "bash"}
    ended, output = await stage.run(host, Habit(0.0, pieces=((0.0, b"played\n"),)), script, **more)
    assert (ended.outcome, output, trace.exists()) == ("passed", b"played\n", False)


@EVERY
async def test_nothing_is_left_in_the_login_s_own_home(stage: Stage, home: Home, host: str) -> None:
    await stage.run(host, Habit(0.0))
    assert list(home.user.iterdir()) == []
    assert (stage.home(host) / ".cockpit").is_dir()


async def test_secret_does_not_reach_the_host(stage: Stage) -> None:
    await stage.run("web-1", Habit(0.0), "echo $TOKEN", secrets={"TOKEN": "s3cr3t-value"})
    files = (path for path in stage.folder.rglob("*") if path.is_file())
    assert not [path for path in files if b"s3cr3t-value" in path.read_bytes()]


@EVERY
async def test_order_that_is_run_again_is_attached_to_again(stage: Stage, host: str) -> None:
    order = await stage.order(host, Habit(0.0, pieces=((0.0, b"one\n"),)))
    first = await stage.carry_out(order)
    stage.habits[order.id] = Habit(0.0, 7, pieces=((0.0, b"other\n"),))
    assert await stage.carry_out(order) == first
    assert stage.played == [order.id]


async def test_its_end_is_told_with_its_habit(stage: Stage) -> None:
    habit = Habit(0.0, sets={"version": "2"})
    order = await stage.order("web-1", habit)
    ended, _ = await stage.carry_out(order)
    assert stage.over == [(order.id, habit, ended)]


async def test_question_is_answered_and_nothing_run(stage: Stage, home: Home) -> None:
    question = Question("web-1", f"touch {home.user}/trace", 5)
    assert await stage.transport.ask(question) == b"looked at web-1"
    stage.servers.down("web-1")
    assert await stage.transport.ask(question) == "web-1 is not reached: connection refused"
    assert list(home.user.iterdir()) == []


@EVERY
async def test_attempt_that_never_ends_is_stopped_with_all_its_processes(stage: Stage, host: str) -> None:
    order, _, running = await stage.began(host, endless(b"on and on\n"))
    ended = await stage.transport.stop(order)
    assert ended == Ended("stopped", reason="stopped, and nothing of it is left")
    assert (await running)[0].outcome == "stopped"


@EVERY
async def test_engine_that_is_started_again_finds_its_command(stage: Stage, host: str) -> None:
    order, _, running = await stage.began(host, Habit(1.5, 4, ((0.0, b"one\n"), (1.2, b"two\n"))))
    running.cancel()
    await stage.close(keep=True)
    again = Stage(stage.folder)
    await again.servers.start()
    assert await again.identity(host) == order.identity
    ended, output = await again.carry_out(order)
    await again.close()
    assert (ended.exit, output, again.played) == (4, b"one\ntwo\n", [])


async def test_host_that_the_plan_does_not_have_is_not_reached(stage: Stage, home: Home) -> None:
    assert isinstance(await stage.transport.reach("other"), NotReached)
    assert isinstance(await stage.transport.reach("localhost"), NotReached)


async def test_lock_is_taken_and_the_host_left_as_it_was(stage: Stage) -> None:
    await stage.run("web-1", Habit(0.0))
    assert await stage.transport.lock("web-1", take_over=False) is None
    assert await stage.transport.clean("web-1") == ""
    assert list(stage.home("web-1").iterdir()) == []


async def test_many_at_once_act_each_for_itself(stage: Stage) -> None:
    habits = [Habit(0.1, number % 3, ((0.0, f"I am {number}\n".encode() * 50),)) for number in range(12)]
    ran = await asyncio.gather(*(stage.run("web-1", habit) for habit in habits))
    assert [(ended.exit, output) for ended, output in ran] == [(habit.code, habit.pieces[0][1]) for habit in habits]


async def test_flood_comes_whole(stage: Stage) -> None:
    flood = b"0123456789abcdef" * (1 << 18)
    screen = Screen()
    order = await stage.order("web-1", Habit(0.0, pieces=((0.0, flood),)))
    ended, output = await stage.carry_out(order, screen)
    assert (ended.outcome, output == flood) == ("passed", True)


def test_order_is_played_without_its_words() -> None:
    order = Order("a/b", "web-1", "rm -rf /", Identity("", "", ""), {"A": "1"}, {"B": "2"}, "/", "root", "bash")
    made = played(order)
    assert (made.exports, made.secrets, made.directory, made.user, made.shell) == ({}, {}, "", "", "sh")
    assert "rm" not in made.script


async def test_private_files_are_private(stage: Stage) -> None:
    await stage.run("web-1", Habit(0.0))
    paths: list[Path] = [stage.folder, *stage.folder.rglob("*")]
    assert not [path for path in paths if path.stat().st_mode & 0o077]
