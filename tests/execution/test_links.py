"""Links that break, stall or lead elsewhere, on real OpenSSH servers."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import socket
import struct
from collections.abc import AsyncIterator, Callable

import pytest

from cockpit.execution.contract import Identity, NotReached, Reached
from cockpit.execution.settings import Limits
from tests.conftest import Home
from tests.execution.conftest import Bench, Screen
from tests.execution.test_run import counted, pseudo_random
from tests.loopback.fleet import Fleet
from tests.loopback.processes import children, kill
from tests.loopback.sshd import Host, make_key
from tests.loopback.waiting import wait_until

HOSTS = ("web-1", "web-2", "web-3")
WAITS = "echo x >>count; mkfifo hold; echo ready; read -r _ <hold; rm hold; echo on; exit 3"


@pytest.fixture
async def own(hosts: Callable[..., Fleet], home: Home) -> AsyncIterator[Bench]:
    """A bench over hosts of the test's own, which it may break."""
    made = Bench(hosts(), home)
    yield made
    await made.close()


def let_go(bench: Bench, host: str) -> None:
    (bench.home(host) / "hold").write_text("\n")


@pytest.mark.parametrize("host", HOSTS)
async def test_output_goes_on_at_the_next_byte(own: Bench, host: str) -> None:
    data = pseudo_random(64)
    (own.home(host) / "large").write_bytes(data)
    screen, dropped = Screen(), list[int]()

    def write(piece: bytes) -> None:
        screen.write(piece)
        if len(screen.data) > (len(dropped) + 1) * (16 << 20) and len(dropped) < 3:
            dropped.append(len(screen.data))
            own.fleet[host].drop()

    order = await own.order(host, "echo x >>count; cat large")
    ended = await own.hosts.run(order, write, screen.link)
    assert (ended.outcome, len(dropped), counted(own, host)) == ("passed", 3, 1)
    assert hashlib.sha256(screen.data).digest() == hashlib.sha256(data).digest()
    assert screen.links[-1] == ""
    assert len(screen.links) >= 2


@pytest.mark.parametrize("host", HOSTS)
async def test_command_outlives_its_link(own: Bench, host: str) -> None:
    screen = Screen()
    running = asyncio.create_task(own.carry_out(await own.order(host, WAITS), screen))
    await screen.shows(b"ready\n")
    own.fleet[host].kill()
    await screen.until(lambda: bool(screen.links))
    let_go(own, host)
    own.fleet[host].start()
    ran = await running
    assert (ran.ended.exit, ran.output, counted(own, host)) == (3, b"ready\non\n", 1)
    assert screen.links[-1] == ""


@pytest.mark.parametrize("host", HOSTS)
async def test_stalled_link_is_found_and_left(own: Bench, host: str) -> None:
    screen = Screen()
    running = asyncio.create_task(own.carry_out(await own.order(host, WAITS), screen))
    await screen.shows(b"ready\n")
    stalled = own.fleet[host].sessions
    for process in stalled:
        process.signal(signal.SIGSTOP)
    await screen.until(lambda: screen.links[-1:] == [""])
    let_go(own, host)
    assert ((await running).ended.exit, counted(own, host)) == (3, 1)
    for process in stalled:
        process.signal(signal.SIGKILL)


async def test_shells_take_call_after_call(own: Bench) -> None:
    runs = [await own.run("web-1", f"echo {number}") for number in range(6)]
    assert [run.output for run in runs] == [f"{number}\n".encode() for number in range(6)]
    assert own.fleet["web-1"].log.read_text().count("Starting session") <= 2


@pytest.mark.parametrize("host", HOSTS)
async def test_waiting_shell_that_is_killed_is_replaced(own: Bench, host: str) -> None:
    order = await own.order(host, "echo x >>count; echo ran")
    waiting = [each for each in children(each.pid for each in own.fleet[host].sessions) if each.name != "sshd"]
    assert waiting
    kill(waiting)
    assert (await own.carry_out(order)).output == b"ran\n"
    assert counted(own, host) == 1


@pytest.mark.parametrize("host", HOSTS)
async def test_restarted_host_makes_it_unknown(own: Bench, host: str) -> None:
    """The boot id cannot be changed here, so the order is of an earlier boot."""
    order = await own.order(host, "echo x >>count", fresh=False)
    earlier = Identity(order.identity.key, "an-earlier-boot", order.identity.marker)
    ended = (await own.run(host, "true")).ended
    again = await own.order(host, order.script, order.id, fresh=False)
    ended = await own.hosts.run(type(again)(again.id, host, again.script, earlier), print, print)
    assert (ended.outcome, ended.reason) == ("unknown", "the host was restarted since the attempt began")
    assert not (own.home(host) / "count").exists()


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("fresh", "outcome"), [(False, "unknown"), (True, "error")])
async def test_lost_run_folder_starts_nothing(own: Bench, host: str, fresh: bool, outcome: str) -> None:
    order = await own.order(host, "echo x >>count", fresh=fresh)
    shutil.rmtree(own.folder(host))
    ended = (await own.carry_out(order)).ended
    assert ended.outcome == outcome
    assert not (own.home(host) / "count").exists()


@pytest.mark.parametrize("host", HOSTS)
async def test_deleted_attempt_is_unknown_and_not_run_again(own: Bench, host: str) -> None:
    order = await own.order(host, "echo x >>count")
    await own.carry_out(order)
    (own.folder(host) / f"{order.id}.out").unlink()
    ended = (await own.carry_out(order)).ended
    assert (ended.outcome, ended.reason, counted(own, host)) == ("unknown", "its run folder is gone", 1)


@pytest.mark.parametrize("host", HOSTS)
async def test_folder_that_goes_while_it_runs_makes_it_unknown(own: Bench, host: str) -> None:
    screen = Screen()
    running = asyncio.create_task(own.carry_out(await own.order(host, WAITS), screen))
    await screen.shows(b"ready\n")
    shutil.rmtree(own.folder(host))
    assert (await running).ended.outcome == "unknown"
    let_go(own, host)


async def test_another_key_behind_the_name_starts_nothing(own: Bench) -> None:
    order = await own.order("web-1", "echo x >>count")
    other = Identity("SHA256:another", order.identity.boot, order.identity.marker)
    for fresh, outcome in ((True, "error"), (False, "unknown")):
        ended = (await own.carry_out(type(order)(order.id, "web-1", order.script, other, fresh=fresh))).ended
        assert (ended.outcome, "another key" in ended.reason) == (outcome, True)
    assert not (own.home("web-1") / "count").exists()


async def test_host_that_refuses_says_so_and_nothing_was_started(own: Bench) -> None:
    order = await own.order("web-1", "true")
    own.fleet["web-1"].kill()
    own.limits = Limits(connect=1, refused=0.3)
    ended = (await own.carry_out(order, hosts=own.another())).ended
    assert ended.outcome == "error"
    assert ended.reason.startswith("nothing was started: it refuses the connection")


async def test_link_that_stays_lost_makes_it_unknown(own: Bench) -> None:
    own.limits = Limits(connect=1, refused=0.2, patience=0.5, keepalive=0.3)
    hosts, screen = own.another(), Screen()
    running = asyncio.create_task(own.carry_out(await own.order("web-1", WAITS), screen, hosts))
    await screen.shows(b"ready\n")
    own.fleet["web-1"].kill()
    ended = (await running).ended
    assert (ended.outcome, ended.reason.startswith("the link stayed lost")) == ("unknown", True)
    let_go(own, "web-1")


async def test_host_that_drops_us_is_asked_again(own: Bench) -> None:
    host = own.fleet["web-1"]
    configure(host, "MaxStartups 500", "MaxStartups 1:100:1")
    with socket.create_connection((host.address, host.port)) as first:
        first.recv(8)
        reaching = asyncio.create_task(own.hosts.reach("web-1"))
        await asyncio.to_thread(wait_until, lambda: "MaxStartups" in host.log.read_text(), "sshd drops us")
    assert isinstance(await reaching, Reached)


async def test_more_attempts_than_sessions_all_run(own: Bench) -> None:
    configure(own.fleet["web-1"], "MaxSessions 100", "MaxSessions 3")
    runs = await asyncio.gather(*(own.run("web-1", f"sleep 0.3; echo {number}") for number in range(12)))
    assert [run.output for run in runs] == [f"{number}\n".encode() for number in range(12)]


def configure(host: Host, old: str, new: str) -> None:
    path = host.folder / "sshd_config"
    path.write_text(path.read_text().replace(old, new))
    host.restart()


async def test_changed_key_is_refused(own: Bench) -> None:
    host = own.fleet["web-1"]
    for name in ("host_key", "host_key.pub"):
        (host.folder / name).unlink()
    make_key(host.folder / "host_key", "another")
    host.restart()
    found = await own.hosts.reach("web-1")
    assert isinstance(found, NotReached)
    assert "CHANGED" in found.reason
    assert "ssh-keygen -R" in found.hint
    assert found.final


async def test_unknown_key_is_refused_with_its_fingerprint(own: Bench) -> None:
    before = await own.identity("web-1")
    own.fleet.known_hosts.write_text("")
    found = await own.another().reach("web-1")
    assert isinstance(found, NotReached)
    assert found.reason == f"its host key {before.key} is not in known_hosts"
    assert f"ssh-keyscan -p {own.fleet['web-1'].port} " in found.hint


@pytest.mark.parametrize(
    "lines",
    [
        "StrictHostKeyChecking no",
        "StrictHostKeyChecking accept-new",
        "UserKnownHostsFile /dev/null",
        "UserKnownHostsFile none",
    ],
)
async def test_nothing_in_ssh_config_switches_the_check_off(own: Bench, lines: str) -> None:
    own.fleet.write_known_hosts()
    text = own.fleet.ssh_config.read_text()
    kept = [line for line in text.splitlines() if not line.strip().startswith(lines.partition(" ")[0])]
    own.fleet.known_hosts.write_text("")
    own.fleet.ssh_config.write_text(f"Host *\n  {lines}\n" + "\n".join(kept))
    found = await own.another().reach("web-1")
    assert isinstance(found, NotReached)
    assert "is not in known_hosts" in found.reason


async def test_key_that_is_learned_meanwhile_is_trusted(own: Bench) -> None:
    own.fleet.known_hosts.write_text("")
    assert isinstance(await own.hosts.reach("web-1"), NotReached)
    own.fleet.write_known_hosts()
    assert isinstance(await own.hosts.reach("web-1"), Reached)


async def test_refused_login_is_a_host_that_is_not_reached(own: Bench) -> None:
    (own.fleet["web-1"].folder / "authorized_keys").write_text("")
    found = await own.hosts.reach("web-1")
    assert isinstance(found, NotReached)
    assert (found.credentials, found.final) == (False, False)
    assert "refuses the login" in found.reason


async def test_refused_login_for_want_of_a_dead_agent_is_told_apart(own: Bench) -> None:
    (own.fleet["web-1"].folder / "authorized_keys").write_text("")
    own.hosts.use_agent(str(own.own.user / "agent-that-is-gone"))
    found = await own.hosts.reach("web-1")
    assert isinstance(found, NotReached)
    assert found.credentials


NO_KEYS = struct.pack(">IBI", 5, 12, 0)
"""An agent's answer when it is asked for its keys and has none (draft-ietf-sshm-ssh-agent)."""


@pytest.fixture
async def loaded(own: Bench) -> AsyncIterator[str]:
    """An agent with the only key that web-1 accepts, by its socket."""
    other = own.fleet.folder / "agent_key"
    make_key(other, "agent")
    (own.fleet["web-1"].folder / "authorized_keys").write_text(other.with_suffix(".pub").read_text())
    own.fleet.ssh_config.write_text(own.fleet.ssh_config.read_text().replace("IdentitiesOnly yes", "IdentitiesOnly no"))
    path = str(own.own.user / "agent")
    agent = await asyncio.create_subprocess_exec("ssh-agent", "-D", "-a", path, stdout=asyncio.subprocess.PIPE)
    assert agent.stdout is not None
    await agent.stdout.readline()
    added = await asyncio.create_subprocess_exec("ssh-add", "-q", str(other), env={**os.environ, "SSH_AUTH_SOCK": path})
    assert await added.wait() == 0
    yield path
    agent.terminate()
    await agent.wait()


async def test_agent_supplies_a_login(own: Bench, loaded: str) -> None:
    assert isinstance(await own.hosts.reach("web-1"), NotReached)
    own.hosts.use_agent(loaded)
    assert isinstance(await own.hosts.reach("web-1"), Reached)


async def test_login_with_an_agent_that_was_replaced_meanwhile_is_tried_with_the_new_one(
    own: Bench, loaded: str
) -> None:
    async def give_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(5)
        own.hosts.use_agent(loaded)
        writer.write(NO_KEYS)
        await reader.read()
        writer.close()

    path = str(own.own.user / "agent-that-goes")
    async with await asyncio.start_unix_server(give_way, path):
        own.hosts.use_agent(path)
        assert isinstance(await own.hosts.reach("web-1"), Reached)


async def test_name_that_is_nowhere_is_said(bench: Bench) -> None:
    found = await bench.hosts.reach("no-such-host.invalid")
    assert isinstance(found, NotReached)
    assert found.reason.startswith("its name cannot be resolved")


@pytest.mark.parametrize("noise", ["echo Welcome to production", "printf 'no newline'", "echo oops >&2; printf x >&2"])
async def test_noise_of_a_login_is_no_output(own: Bench, noise: str) -> None:
    host = own.fleet["web-1"]
    login = host.folder / "login"
    login.write_text(login.read_text().replace('cd "$HOME"', f'{noise}\ncd "$HOME"'))
    assert (await own.run("web-1", "echo data")).output == b"data\n"


async def test_login_without_a_shell_is_said(own: Bench) -> None:
    (own.fleet["web-1"].folder / "login").write_text("#!/bin/sh\necho This account is not available. >&2\nexit 1\n")
    found = await own.hosts.reach("web-1")
    assert isinstance(found, NotReached)
    assert "This account is not available." in found.reason


async def test_home_that_cannot_be_written_is_said(own: Bench) -> None:
    (own.home("web-1") / ".cockpit").write_text("in the way\n")
    found = await own.hosts.reach("web-1")
    assert isinstance(found, NotReached)
    assert ".cockpit" in found.reason
