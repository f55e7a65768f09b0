"""300 hosts of which every third is dead: some refuse, some never answer, and some that are well are slow."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from benchmarks.hosts_server import ADDRESS, Server
from cockpit.execution.contract import Reached
from cockpit.execution.hosts import Hosts
from cockpit.execution.settings import Login, Run
from cockpit.journal.lock import holder
from cockpit.release.intents import Abort
from cockpit.release.state import State
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import QUICK, Lived, living
from tests.engine.mortal import Parts
from tests.loopback.sshd import free_port

NAMES: Final = Server.names(301)[1:]
REFUSING: Final = frozenset(NAMES[2::6])
SILENT: Final = frozenset(NAMES[31:130:2])
WELL: Final = tuple(name for name in NAMES if name not in REFUSING | SILENT)
LIMITS: Final = replace(QUICK, connect=8, refused=1)
MOST_MEMORY: Final = 200 << 10
"""KiB."""

COMMAND = 'case "$host" in app-0*[34]?) sleep 0.5;; esac; echo "$host" >> ~/ran'
HEAD = "hosts: {{all: 'app-[0001:{:04}]'}}"


@pytest.fixture
def crowd(ground: Path, home: Home) -> Iterator[Server]:
    """One server that stands for the hosts that are well; the settings lead the others nowhere."""
    folder = home.user.parent / "crowd"
    folder.mkdir(mode=0o700)
    server = Server.make(folder)
    settings = home.config / "cockpit"
    settings.mkdir(mode=0o700)
    (settings / "settings.toml").write_text(f'ssh_config = "{folder}/ssh_config"\n')
    with server.running(), black_hole() as silent:
        dead = [*((name, free_port(ADDRESS)) for name in REFUSING), *((name, silent) for name in SILENT)]
        ways = "".join(f"Host {name}\n  HostName {ADDRESS}\n  Port {port}\n" for name, port in dead)
        (folder / "ssh_config").write_text(ways + server.config.read_text())
        yield server


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that answers nothing: its queue of connections is full, so that the kernel drops every further one."""
    with socket.socket() as listener:
        listener.bind((ADDRESS, 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for each in waiting:
            each.close()


def deploy(fail_above: str, if_fails: str, count: int = 300) -> str:
    rule = f"batches: [1, 10%, 60%, 100%], fail_above: {fail_above}, if_fails: {if_fails}"
    return playbook(f"{{id: deploy, on: all, {rule}, run: '{COMMAND}'}}", head=HEAD.format(count))


def statuses(state: State) -> Counter[str]:
    return Counter(run.status for run in state.steps["deploy"].hosts.values())


def lost(state: State) -> dict[str, str]:
    """Hosts that are well and did not pass, and why."""
    runs = state.steps["deploy"].hosts
    return {name: runs[name].reason for name in WELL if runs[name].status != "passed"}


def memory(release: Lived) -> int:
    """The most memory that the engine has had, in KiB."""
    status = Path(f"/proc/{holder(release.place.lock)}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


async def test_dead_hosts_are_let_go_and_the_others_run_once(crowd: Server) -> None:
    async with living(deploy("40%", "drop"), Parts(limits=LIMITS)) as release:
        state = await release.stands("done")
        assert lost(state) == {}
        assert statuses(state) == {"passed": len(WELL), "dropped": len(REFUSING | SILENT)}
        gone = {run.host for run in state.steps["deploy"].hosts.values() if f"{run.host} is unreachable" in run.reason}
        assert gone == REFUSING | SILENT
        assert {each.host for each in state.attempts.values()} == set(WELL)
        assert memory(release) < MOST_MEMORY
    assert sorted((crowd.home / "ran").read_text().split()) == sorted(WELL)


async def test_too_many_dead_hosts_keep_the_next_batch_untouched(crowd: Server) -> None:
    async with living(deploy("10%", "ask", 90), Parts(limits=replace(LIMITS, connect=4))) as release:
        state = await release.until(lambda state: state.steps and statuses(state)["error"] > 9 and not state.live)
        assert {state.steps["deploy"].hosts[name].status for name in NAMES[54:90]} == {"waiting"}
        assert await release.ask(Abort()) is None
        await release.stands("aborted")
    assert sorted((crowd.home / "ran").read_text().split()) == passed(release.state)


def passed(state: State) -> list[str]:
    return sorted(run.host for run in state.steps["deploy"].hosts.values() if run.status == "passed")


async def test_silent_hosts_hold_up_no_other(crowd: Server) -> None:
    run, login = Run("r1", "n1", "ana", "bastion"), Login(config=str(crowd.folder / "ssh_config"))
    hosts = Hosts(run, login, replace(QUICK, connect=30, handshakes=2))
    silent = [asyncio.create_task(hosts.reach(name)) for name in sorted(SILENT)[:6]]
    async with asyncio.timeout(20):
        found = await asyncio.gather(*(hosts.reach(name) for name in WELL[:4]))
    assert all(isinstance(each, Reached) for each in found)
    assert not any(task.done() for task in silent)
    await hosts.close()
    await asyncio.gather(*silent, return_exceptions=True)
