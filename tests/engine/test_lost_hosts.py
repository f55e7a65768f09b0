"""Hosts that are lost in the middle of a command, and what comes back in their place, under a real engine."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.release.events import LinkLost
from cockpit.release.intents import Close, Done, Retry, Settle
from cockpit.release.state import State
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import QUICK, Lived, living, settle_in
from tests.engine.mortal import Parts
from tests.engine.proxy import Proxy
from tests.loopback.fleet import Fleet
from tests.loopback.processes import kill as kill_processes
from tests.loopback.processes import living_in
from tests.loopback.sshd import Host, make_key

HEAD = "hosts: {web: [web-1]}"
WAITS = "echo slow >> ~/ran; echo begun; until test -e ~/go; do sleep 0.05; done; echo over"
COUNTS = "i=0; while [ $i -lt 400 ]; do echo line $i; i=$((i+1)); sleep 0.01; done"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def _can_change_boot_id() -> bool:
    trial = ["unshare", "-m", "mount", "--bind", "/etc/hostname", str(BOOT_ID)]
    return subprocess.run(trial, check=False, capture_output=True).returncode == 0


reboots = pytest.mark.skipif(not _can_change_boot_id(), reason="needs a mount namespace of its own")


@pytest.fixture
def fleet(hosts: Callable[..., Fleet], home: Home) -> Fleet:
    """One host of the test's own, known to the settings."""
    made = hosts(["web-1"], ["dash"])
    settle_in(made, home)
    return made


@pytest.fixture
def host(fleet: Fleet) -> Host:
    """The host."""
    return fleet["web-1"]


def slow(check: str = "") -> str:
    """A step that waits on the host."""
    return f"{{id: slow, on: web, run: '{WAITS}'{check and ', check: ' + check}}}"


def losses(release: Lived) -> list[str]:
    """Why links were lost."""
    return [each.event.reason for each in release.records if isinstance(each.event, LinkLost)]


def outcome(state: State, step: str = "slow") -> str:
    return state.steps[step].hosts["web-1"].status


async def finish(release: Lived) -> None:
    """The release is done and leaves nothing behind."""
    await release.stands("done")
    assert await release.ask(Close()) is None
    await release.over()


async def test_stalled_link_is_found_by_keepalive_and_output_goes_on_byte_for_byte(fleet: Fleet, host: Host) -> None:
    async with Proxy(host) as proxy:
        through(fleet, proxy)
        text = playbook(f"{{id: count, on: web, run: 'echo x >> ~/ran; {COUNTS}'}}", head=HEAD)
        async with living(text, Parts(limits=replace(QUICK, connect=1))) as release:
            await release.prints("count", b"line 20\n", "web-1")
            proxy.stall()
            stalled = asyncio.get_running_loop().time()
            await release.until(lambda _: losses(release))
            assert asyncio.get_running_loop().time() - stalled < QUICK.silence / 2
            proxy.go_on()
            await finish(release)
            assert release.output("count", "web-1") == b"".join(b"line %d\n" % number for number in range(400))
    assert (host.home / "ran").read_text() == "x\n"


def through(fleet: Fleet, proxy: Proxy) -> None:
    """Lead the way to the host through a proxy."""
    (host,) = fleet.values()
    for file in (fleet.ssh_config, fleet.known_hosts):
        file.write_text(file.read_text().replace(str(host.port), str(proxy.port)))


async def test_command_outlives_its_sshd_and_goes_on_with_the_next(host: Host) -> None:
    async with living(playbook(slow(), head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        host.kill()
        await release.until(lambda _: losses(release))
        (host.home / "go").touch()
        host.start()
        await finish(release)
        assert release.output("slow", "web-1") == b"begun\nover\n"
    assert (host.home / "ran").read_text() == "slow\n"


async def test_engine_killed_while_its_host_is_away_finds_the_command_again(host: Host) -> None:
    async with living(playbook(slow(), head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        host.kill()
        await release.until(lambda _: losses(release))
        release.kill()
        await release.until(lambda state: state.epoch > 2)
        host.start()
        (host.home / "go").touch()
        await finish(release)
        assert release.output("slow", "web-1") == b"begun\nover\n"
    assert (host.home / "ran").read_text() == "slow\n"


def reboot(host: Host) -> None:
    """Let the host lose power and come back: no process is left, its files are, and its boot id is another."""
    host.kill()
    kill_processes([each for each in living_in(host.home) if each.alive])
    boot_with(host, "after-the-reboot")
    host.start()


def boot_with(host: Host, boot: str) -> None:
    """Let what the host runs see another boot id."""
    (host.folder / "boot_id").write_text(f"{boot}\n")
    login = host.folder / "login"
    moved = login.rename(login.with_name("login.before"))
    mount = f"mount --bind {host.folder}/boot_id {BOOT_ID} && exec {moved}"
    login.write_text(f"#!/bin/sh\nexec unshare -m sh -c '{mount}'\n")
    login.chmod(0o700)


@reboots
async def test_command_on_a_rebooted_host_is_unknown_until_a_person_settles_it(host: Host) -> None:
    async with living(playbook(slow(), "{id: next, on: web, run: 'echo next >> ~/ran'}", head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        reboot(host)
        state = await release.waits("settle", "slow")
        assert "restarted" in state.steps["slow"].hosts["web-1"].reason
        assert await release.ask(Settle(step="slow", host="web-1", outcome="passed", note="looked at it")) is None
        await finish(release)
    assert (host.home / "ran").read_text() == "slow\nnext\n"


@reboots
async def test_check_settles_what_a_reboot_made_unknown(host: Host) -> None:
    check = "{run: 'grep -q slow ~/ran', every: 1s}"
    async with living(playbook(slow(check), "{id: next, on: web, run: 'echo next >> ~/ran'}", head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        reboot(host)
        await finish(release)
        assert release.state.steps["slow"].hosts["web-1"].status == "passed"
    assert (host.home / "ran").read_text() == "slow\nnext\n"


def exchange(host: Host) -> None:
    """Put another machine with the same key behind the host's name."""
    host.kill()
    kill_processes([each for each in living_in(host.home) if each.alive])
    host.home.rename(host.folder / "the-first")
    host.home.mkdir(mode=0o700)
    boot_with(host, "of-another-machine")
    host.start()


@reboots
async def test_another_machine_behind_the_name_gets_no_command_of_the_first(host: Host) -> None:
    async with living(playbook(slow(), "{id: next, on: web, run: 'echo next >> ~/ran'}", head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        exchange(host)
        state = await release.waits("settle", "slow")
        assert state.steps["slow"].hosts["web-1"].reason.startswith("another machine answers")
        assert not (host.home / "ran").exists()
        assert await release.ask(Settle(step="slow", host="web-1", outcome="failed", note="it is new")) is None
        await release.waits("answer", "slow")
        (host.home / "go").touch()
        assert await release.ask(Retry(step="slow", host="web-1", note="do it there")) is None
        await finish(release)
    assert (host.home / "ran").read_text() == "slow\nnext\n"
    assert (host.folder / "the-first" / "ran").read_text() == "slow\n"


@reboots
async def test_machine_exchanged_between_two_steps_starts_nothing_until_it_is_asked_again(host: Host) -> None:
    text = playbook("{id: one, on: web, run: 'echo one >> ~/ran'}", "{id: look, do: Look}", slow(), head=HEAD)
    async with living(text) as release:
        await release.waits("step", "look")
        exchange(host)
        (host.home / "go").touch()
        assert await release.ask(Done(step="look")) is None
        state = await release.waits("answer", "slow")
        assert outcome(state) == "error"
        assert "nothing was started" in state.steps["slow"].hosts["web-1"].reason
        assert await release.ask(Retry(step="slow", host="web-1", note="it was replaced")) is None
        await finish(release)
    assert (host.home / "ran").read_text() == "slow\n"


@pytest.mark.parametrize(("learned", "why"), [(True, "another key than before"), (False, "has CHANGED")])
async def test_changed_host_key_makes_what_runs_unknown(fleet: Fleet, host: Host, learned: bool, why: str) -> None:
    async with living(playbook(slow(), head=HEAD), Parts(limits=replace(QUICK, patience=1.0))) as release:
        await release.prints("slow", b"begun", "web-1")
        host.kill()
        change_key(host)
        if learned:
            fleet.write_known_hosts()
        host.start()
        state = await release.waits("settle", "slow")
        assert why in state.steps["slow"].hosts["web-1"].reason
        fleet.write_known_hosts()
        (host.home / "go").touch()
        assert await release.ask(Settle(step="slow", host="web-1", outcome="passed", note="seen")) is None
        await finish(release)
    assert (host.home / "ran").read_text() == "slow\n"


def change_key(host: Host) -> None:
    for name in ("host_key", "host_key.pub"):
        (host.folder / name).unlink()
    make_key(host.folder / "host_key", "another")


async def test_run_folder_deleted_on_a_host_makes_what_runs_unknown(host: Host) -> None:
    async with living(playbook(slow(), "{id: next, on: web, run: 'echo next >> ~/ran'}", head=HEAD)) as release:
        await release.prints("slow", b"begun", "web-1")
        (host.home / ".cockpit").rename(host.folder / "deleted")
        await release.waits("settle", "slow")
        (host.home / "go").touch()
        assert await release.ask(Settle(step="slow", host="web-1", outcome="passed", note="seen")) is None
        await finish(release)
    assert (host.home / "ran").read_text() == "slow\nnext\n"
