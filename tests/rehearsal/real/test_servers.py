"""Servers of a rehearsal: who gets in, what they carry out, and what can happen to them."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest

from cockpit.engine.clock import IS_REAL
from cockpit.execution.contract import HERE, Ended, NotReached
from cockpit.execution.wrapper import command
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.real.survivors import survivors
from tests.conftest import Home
from tests.execution.conftest import Screen
from tests.rehearsal.real.conftest import NAMES, Stage, endless

WAITS = Habit(1.5, 4, ((0.0, b"one\n"), (1.2, b"two\n")))


def port(stage: Stage, host: str = "web-1") -> int:
    return stage.servers._hosts[host].port


async def connected(stage: Stage, key: asyncssh.SSHKey | None = None) -> asyncssh.SSHClientConnection:
    """A client of the test's own."""
    keys = [key or asyncssh.read_private_key(stage.folder / "login_key")]
    return await asyncssh.connect(
        "127.0.0.1", port(stage), username="x", known_hosts=None, client_keys=keys, agent_path=None, config=None
    )


async def test_another_key_is_refused(stage: Stage) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        await connected(stage, asyncssh.generate_private_key("ssh-ed25519"))


@pytest.mark.parametrize("words", ["true", "", f"{command('common')} ", f"true; {command('common')}"])
async def test_anything_but_the_wrapper_is_refused(stage: Stage, words: str) -> None:
    async with await connected(stage) as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(words)


async def test_there_is_no_shell_no_terminal_and_no_sftp(stage: Stage) -> None:
    async with await connected(stage) as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process()
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.start_sftp_client()
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(command("common"), term_type="xterm")


async def test_nothing_is_forwarded(stage: Stage) -> None:
    async with await connected(stage) as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", port(stage, "web-2"))
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", 9)


async def test_it_listens_on_loopback_alone(stage: Stage) -> None:
    acceptor = stage.servers._hosts["web-1"]._acceptor
    assert acceptor is not None
    assert {address[0] for address in acceptor.get_addresses()} == {"127.0.0.1"}


def environment(pid: int) -> list[bytes]:
    """Of a process; nothing of one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


async def test_process_knows_only_its_private_home(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/nowhere/agent")
    await stage.began("web-1", endless(b"x"))
    found = survivors([stage.home("web-1")])
    assert found
    names = {entry.partition(b"=")[0] for pid in found for entry in environment(pid)}
    assert b"HOME" in names
    assert names <= {b"HOME", b"PATH", b"LANG", b"PWD", b"OLDPWD", b"SHLVL", b"_", b"COCKPIT_CAPTURE", b""}


async def test_ssh_config_of_the_login_is_not_read(stage: Stage, home: Home) -> None:
    (home.user / ".ssh").mkdir()
    trap = f'Match exec "touch {home.user}/trace"\nHost *\n  ProxyCommand touch {home.user}/trace\n  Port 1\n'
    (home.user / ".ssh" / "config").write_text(trap)
    assert (await stage.run("web-1", Habit(0.0)))[0].outcome == "passed"
    assert not (home.user / "trace").exists()


async def test_host_that_shows_another_key_is_not_trusted(stage: Stage) -> None:
    config = stage.servers.of("web-1") / "ssh_config"
    config.write_text(config.read_text().replace(str(port(stage)), str(port(stage, "web-2"))))
    found = await stage.transport.reach("web-1")
    assert isinstance(found, NotReached)
    assert "CHANGED" in found.reason


async def test_hosts_are_the_same_when_the_engine_is_started_again(stage: Stage) -> None:
    before = [await stage.identity(host) for host in (*NAMES, HERE)]
    await stage.close(keep=True)
    again = Stage(stage.folder)
    await again.servers.start()
    assert [await again.identity(host) for host in (*NAMES, HERE)] == before
    assert len({identity.boot for identity in before}) == 3
    await again.close()


async def test_machine_that_was_restarted_makes_hosts_restarted(stage: Stage) -> None:
    before = await stage.identity("web-1")
    await stage.close()
    boot = stage.servers.of("web-1") / "boot"
    boot.write_text(boot.read_text().partition("\n")[0] + "\nearlier")
    again = Stage(stage.folder)
    await again.servers.start()
    assert (await again.identity("web-1")).boot != before.boot
    await again.close()


async def test_cut_link_is_taken_up_again_and_the_command_goes_on(stage: Stage) -> None:
    _, screen, running = await stage.began("web-1", WAITS)
    stage.servers.cut("web-1")
    ended, output = await running
    assert (ended.exit, output, screen.links[-1], len(screen.links)) == (4, b"one\ntwo\n", "", 2)


async def test_host_that_is_down_refuses_and_its_command_goes_on(home: Home) -> None:
    down = Stage(home.state / "down", pace=60)
    await down.servers.start()
    _, screen, running = await down.began("web-1", Habit(150.0, 4, ((0.0, b"one\n"), (100.0, b"two\n"))))
    down.servers.down("web-1")
    await screen.until(lambda: bool(screen.links))
    found = await down.transport.reach("web-1")
    assert isinstance(found, NotReached)
    assert "refuse" in found.reason
    await down.servers.up("web-1")
    ended, output = await running
    assert (ended.exit, output, screen.links[-1]) == (4, b"one\ntwo\n", "")
    await down.close()


async def test_rebooted_host_has_lost_its_command(stage: Stage) -> None:
    order, _, running = await stage.began("web-1", endless(b"one\n"))
    stage.servers.reboot("web-1")
    assert survivors([stage.home("web-1")]) == []
    await stage.servers.up("web-1")
    ended = (await running)[0]
    assert (ended.outcome, ended.reason) == ("unknown", "the host was restarted since the attempt began")
    assert (await stage.identity("web-1")).boot != order.identity.boot
    assert (await stage.run("web-1", Habit(0.0)))[0].outcome == "passed"


async def test_reboot_of_one_host_leaves_the_others(stage: Stage) -> None:
    order, _, running = await stage.began("web-2", endless(b"one\n"))
    stage.servers.reboot("web-1")
    assert survivors([stage.home("web-2")])
    assert await stage.transport.stop(order) is not None
    await running


async def test_full_disk_lets_nothing_start_and_what_runs_go_on(stage: Stage) -> None:
    _, _, running = await stage.began("web-1", WAITS)
    order = await stage.order("web-1", Habit(0.0))
    stage.servers.fill("web-1", full=True)
    ended = (await stage.carry_out(order))[0]
    assert ended.outcome == "error"
    assert "is the disk full?" in ended.reason
    assert (await running)[0].exit == 4
    stage.servers.fill("web-1", full=False)
    assert (await stage.carry_out(order))[0].outcome == "passed"


async def test_full_disk_is_full_for_a_new_connection_too(stage: Stage) -> None:
    order = await stage.order("web-1", Habit(0.0))
    stage.servers.fill("web-1", full=True)
    stage.servers.cut("web-1")
    assert (await stage.carry_out(order))[0].outcome == "error"


async def test_slow_host_takes_its_time_and_says_the_same(stage: Stage) -> None:
    loop = asyncio.get_running_loop()
    stage.servers.slow("web-1", 5)
    begun = loop.time()
    ended, output = await stage.run("web-1", Habit(0.0, 2, ((0.0, b"x"),)))
    assert (ended.exit, output) == (2, b"x")
    assert loop.time() - begun >= 0.4


async def test_closed_servers_leave_nothing_running(stage: Stage) -> None:
    await stage.began("web-1", endless(b"x"))
    _, _, running = await stage.began(HERE, endless(b"x"))
    where = port(stage)
    running.cancel()
    await stage.close()
    assert survivors([stage.home(host) for host in (*NAMES, HERE)]) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", where)) != 0


KILLED = """
import asyncio, sys
from pathlib import Path
from tests.rehearsal.real.conftest import Stage, endless
async def main():
    stage = Stage(Path(sys.argv[1]))
    await stage.servers.start()
    order, _, running = await stage.began(sys.argv[2], endless(b"x"))
    print(order.id, flush=True)
    await running
asyncio.run(main())
"""


@pytest.mark.parametrize("host", ["web-1", HERE])
async def test_killed_engine_leaves_its_command_and_the_next_one_finds_it(home: Home, host: str) -> None:
    folder = home.state / "killed"
    root = Path(__file__).parents[3]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED, str(folder), host), stdout=asyncio.subprocess.PIPE, cwd=root, env=os.environ
    )
    assert process.stdout is not None
    id = (await process.stdout.readline()).decode().strip()  # noqa: A001
    process.kill()
    await process.wait()
    process._transport.close()  # type: ignore[attr-defined]
    again = Stage(folder)
    await again.servers.start()
    order = await again.order(host, Habit(0.0))
    order = type(order)(id, host, "", order.identity)
    screen = Screen()
    running = asyncio.create_task(again.carry_out(order, screen))
    await screen.until(lambda: screen.data == b"x")
    assert await again.transport.stop(order) == Ended("stopped", reason="stopped, and nothing of it is left")
    assert (await running)[0].outcome == "stopped"
    assert again.played == []
    await again.close()


async def test_every_timer_of_its_parts_is_of_real_time(home: Home) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.BaseEventLoop)
    usual, virtual = loop.call_at, list[object]()

    def watched(when: float, callback: Callable[..., object], *args: object, context: object = None) -> object:
        if not IS_REAL.get():
            virtual.append(callback)
        return usual(when, callback, *args, context=context)  # type: ignore[arg-type]

    loop.call_at = watched  # type: ignore[assignment,method-assign]
    stage = Stage(home.state / "timed", pace=60)
    await stage.servers.start()
    identity = await stage.identity("web-1")
    stage.servers.slow("web-1", 2)
    heard = set[bool]()
    for host in ("web-1", HERE):
        identity = await stage.identity(host)
        order = await stage.order(host, Habit(60.0, pieces=((0.0, b"x"),)))
        ended = await stage.transport.run(order, lambda _: heard.add(IS_REAL.get()), lambda _: None)
        assert (ended.outcome, identity, heard) == ("passed", order.identity, {False})
    stage.servers.reboot("web-1")
    await stage.servers.up("web-1")
    await stage.identity("web-1")
    await stage.transport.clean("web-1")
    await stage.close()
    assert virtual == []


async def test_folder_of_any_name_will_do(home: Home) -> None:
    stage = Stage(home.state / 'a "b" 100% \\c ~')
    await stage.servers.start()
    ended, output = await stage.run("web-1", Habit(0.0, pieces=((0.0, b"x" * 9000),)))
    assert (ended.outcome, len(output)) == ("passed", 9000)
    await stage.close()
