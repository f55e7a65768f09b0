"""Clocks that jump and machines that sleep while a release goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from cockpit.journal.lock import holder
from cockpit.release.events import LockRefused
from cockpit.release.intents import Close, Resume
from cockpit.release.state import State
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import QUICK, Lived, living, settle_in
from tests.engine.mortal import Parts
from tests.loopback.fleet import Fleet
from tests.loopback.processes import children
from tests.loopback.sshd import Host
from tests.loopback.waiting import wait_until

HOUR = 3600.0
HEAD = "hosts: {web: [web-1]}"
WAITS = "echo slow >> ~/ran; echo begun; until test -e ~/go; do sleep 0.05; done; echo over"
COUNTS = "echo x >> ~/ran; i=0; until test -e ~/go; do i=$((i+1)); echo line $i; echo $i > ~/lines; sleep 0.05; done"
JUMPS = pytest.mark.parametrize("jump", [HOUR, -HOUR])


@pytest.fixture
def host(hosts: Callable[..., Fleet], home: Home) -> Host:
    """A host of the test's own, known to the settings."""
    fleet = hosts(["web-1"], ["dash"])
    settle_in(fleet, home)
    return fleet["web-1"]


def slow(timeout: str) -> str:
    return f"{{id: slow, on: web, run: '{WAITS}', timeout: {timeout}, after: []}}"


def pause(length: str) -> str:
    return f"{{id: pause, wait: {length}, after: []}}"


def leap(release: Lived, clock: str, seconds: float) -> None:
    """Let a clock of the engine's machine leap."""
    (release.place.folder / clock).write_text(str(seconds))


async def look(release: Lived) -> State:
    """Let the engine look at its clock now, and not only when its next beat comes."""
    await release.ask(Resume())
    return release.state


def length(release: Lived, step: str) -> float:
    """How many seconds a step took by the journal."""
    one = release.state.steps[step]
    assert one.started is not None
    assert one.ended is not None
    return one.ended - one.started


async def finish(release: Lived, host: Host) -> None:
    """The command ends by itself, having run once, and the release is done."""
    (host.home / "go").touch()
    await release.stands("done")
    assert await release.ask(Close()) is None
    await release.over()
    assert (host.home / "ran").read_text() == "slow\n"


@JUMPS
async def test_wall_clock_that_jumps_changes_nothing_while_the_engine_runs(host: Host, jump: float) -> None:
    async with living(playbook(slow("30m"), pause("2s"), head=HEAD), Parts(limits=QUICK, heartbeat=0.2)) as release:
        await release.prints("slow", b"begun", "web-1")
        leap(release, "wall", jump)
        await release.until(lambda state: state.steps["pause"].status == "passed")
        assert 2.0 <= length(release, "pause") < 60
        assert (await look(release)).steps["slow"].status == "running"
        await finish(release, host)
        moments = [each.at for each in release.records]
        assert moments == sorted(moments)
        assert moments[-1] - moments[0] < HOUR / 2


async def test_restarted_engine_goes_by_the_wall_clock_when_that_is_ahead(host: Host) -> None:
    async with living(playbook(slow("2h"), pause("30m"), head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        leap(release, "wall", HOUR)
        release.kill()
        await release.until(lambda state: state.steps["pause"].status == "passed")
        assert abs(length(release, "pause") - HOUR) < 60
        assert release.state.steps["slow"].status == "running"
        await finish(release, host)


async def test_restarted_engine_never_goes_back_in_time(host: Host) -> None:
    async with living(playbook(slow("30m"), pause("2s"), head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        leap(release, "wall", -HOUR)
        release.kill()
        await release.until(lambda state: state.steps["pause"].status == "passed")
        assert 2.0 <= length(release, "pause") < 60
        await finish(release, host)
        moments = [each.at for each in release.records]
        assert moments == sorted(moments)


async def test_time_asleep_counts_for_waits_and_timeouts_and_not_for_links(host: Host) -> None:
    """CLOCK_BOOTTIME goes on while a machine is suspended, and CLOCK_MONOTONIC, by which links are judged, does not."""
    short = "{id: short, on: web, run: 'echo begun; until test -e ~/go; do sleep 0.05; done', timeout: 30m, after: []}"
    async with living(playbook(slow("2h"), pause("30m"), short, head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        await release.prints("short", b"begun", "web-1")
        leap(release, "slept", HOUR)
        await look(release)
        state = await release.waits("answer", "short")
        assert state.steps["short"].hosts["web-1"].reason.startswith("stopped: over its time of 30:00")
        assert state.steps["pause"].status == "passed"
        assert state.steps["slow"].hosts["web-1"].status == "running"
        assert [each.host for each in state.live.values()] == ["web-1"]


@JUMPS
async def test_lock_looks_neither_silent_nor_fresh_when_a_hosts_clock_jumps(
    host: Host, home: Home, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    text = playbook("{id: say, on: web, run: 'true'}", "{id: look, do: Look}", head=HEAD)
    async with living(text, Parts(limits=QUICK)) as first:
        await first.waits("step", "look")
        set_clock(host, jump)
        monkeypatch.setenv("XDG_STATE_HOME", str(home.state / "other"))
        (home.state / "other").mkdir(mode=0o700)
        async with living(text, Parts(limits=QUICK)) as second:
            await second.waits("lock")
            (refused,) = [each.event for each in second.records if isinstance(each.event, LockRefused)]
            assert 0 <= refused.heartbeat_age < 60


def set_clock(host: Host, jump: float) -> None:
    """Let the wall clock of a host be wrong."""
    folder = host.folder / "clock"
    folder.mkdir()
    (folder / "date").write_text(f'#!/bin/sh\nexec /bin/date -d "now {jump:+.0f} seconds" "$@"\n')
    (folder / "date").chmod(0o700)
    login = host.folder / "login"
    login.write_text(login.read_text().replace("PATH=", f"PATH={folder}:", 1))
    host.restart()


@pytest.mark.parametrize("dropped", [False, True])
async def test_engine_that_was_stopped_for_a_while_finds_its_commands_again(host: Host, dropped: bool) -> None:
    async with living(playbook(f"{{id: count, on: web, run: '{COUNTS}'}}", head=HEAD)) as release:
        await release.prints("count", b"line 3\n", "web-1")
        asleep = machine(release)
        for pid in asleep:
            os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.to_thread(wait_until, lambda: lines(host) > 60, "it goes on for longer than a keepalive", 30)
            if dropped:
                host.drop()
            (host.home / "go").touch()
        finally:
            for pid in asleep:
                os.kill(pid, signal.SIGCONT)
        await release.stands("done")
        assert release.output("count", "web-1") == b"".join(b"line %d\n" % line for line in range(1, lines(host) + 1))
    assert (host.home / "ran").read_text() == "x\n"


def lines(host: Host) -> int:
    """How many lines the command has printed."""
    return int((host.home / "lines").read_text() or 0)


def machine(release: Lived) -> list[int]:
    """The release's processes here: supervisor, and the engine with the process that starts it."""
    keeper, engine = holder(release.place.supervisor_lock), holder(release.place.lock)
    assert keeper
    assert engine
    return [keeper, *(each.pid for each in children([keeper])), engine]
