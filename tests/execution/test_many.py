"""Many hosts, and hosts behind others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import pytest

from cockpit.execution.contract import NotReached, Reached
from cockpit.execution.hosts import Hosts
from cockpit.execution.settings import Limits, Login, Run
from tests.conftest import Home
from tests.execution.conftest import QUICK, Bench
from tests.loopback.fleet import Fleet

RUN = Run("r1", "n1", "ana", "bastion")


@dataclass
class Crowd:
    """Embedded servers, one for each host, which count how many handshakes go on at once."""

    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    now: int = 0
    most: int = 0

    def server(self) -> asyncssh.SSHServer:
        crowd = self

        class Server(asyncssh.SSHServer):
            def connection_made(self, _conn: asyncssh.SSHServerConnection) -> None:
                crowd.now += 1
                crowd.most = max(crowd.most, crowd.now)

            def begin_auth(self, _username: str) -> bool:
                crowd.now -= 1
                return False

        return Server()


async def answer(process: asyncssh.SSHServerProcess[str]) -> None:
    async for line in process.stdin:
        token = line.split()[0]
        process.stderr.write(f"{token} reached boot marker\n{token} over\n")
        process.stdout.write(f"{token}.\n")


@asynccontextmanager
async def crowd(count: int, folder: Path) -> AsyncIterator[tuple[Crowd, list[str], Path]]:
    made, config, known = Crowd(), folder / "config", folder / "known"
    options = {"server_host_keys": [made.key], "process_factory": answer}
    servers = [await asyncssh.listen("127.0.0.1", 0, server_factory=made.server, **options) for _ in range(count)]
    ports = [server.get_port() for server in servers]
    names = [f"app-{number:03}" for number in range(count)]
    public = made.key.export_public_key().decode().strip()
    hosts = (f"Host {name}\n HostName 127.0.0.1\n Port {port}\n" for name, port in zip(names, ports, strict=True))
    config.write_text("".join(hosts) + f"Host *\n UserKnownHostsFile {known}\n")
    known.write_text("".join(f"[127.0.0.1]:{port} {public}\n" for port in ports))
    yield made, names, config
    for server in servers:
        server.close()
        await server.wait_closed()


async def test_60_hosts_shake_at_most_32_hands_at_once(home: Home, tmp_path: Path) -> None:
    async with crowd(60, tmp_path) as (seen, names, config):
        hosts = Hosts(RUN, Login(config=str(config)), QUICK)
        found = await asyncio.gather(*(hosts.reach(name) for name in names))
        await hosts.close()
    assert [each.host for each in found if isinstance(each, Reached)] == names
    assert 8 < seen.most <= 32


async def test_dead_hosts_do_not_hold_up_the_others(home: Home, tmp_path: Path) -> None:
    async with crowd(10, tmp_path) as (_, names, config):
        dead = "".join(f"Host dead-{number}\n HostName 127.0.0.1\n Port 1\n" for number in range(20))
        config.write_text(dead + config.read_text())
        hosts = Hosts(RUN, Login(config=str(config)), Limits(connect=2, refused=0.5))
        wanted = [*names, *(f"dead-{number}" for number in range(20))]
        async with asyncio.timeout(20):
            found = await asyncio.gather(*(hosts.reach(name) for name in wanted))
        await hosts.close()
    assert [isinstance(each, Reached) for each in found] == [True] * 10 + [False] * 20


@pytest.fixture
async def behind(hosts: Callable[..., Fleet], home: Home) -> AsyncIterator[Bench]:
    """Three hosts; web-2 and web-3 are to be reached through web-1 only."""
    fleet = hosts()
    text = fleet.ssh_config.read_text()
    fleet.ssh_config.write_text(f"Host web-2 web-3\n  ProxyJump web-1\n{text}")
    made = Bench(fleet, home)
    yield made
    await made.close()


async def test_hosts_behind_a_jump_host_run_commands(behind: Bench) -> None:
    runs = await asyncio.gather(*(behind.run(host, "echo there") for host in ("web-2", "web-3")))
    assert [run.output for run in runs] == [b"there\n", b"there\n"]
    assert len(authentications(behind, "web-1")) == 1


def authentications(bench: Bench, host: str) -> list[str]:
    return [line for line in bench.fleet[host].log.read_text().splitlines() if line.startswith("Accepted publickey")]


async def test_hosts_come_back_with_their_jump_host(behind: Bench) -> None:
    await behind.run("web-2", "true")
    behind.fleet["web-1"].restart()
    assert (await behind.run("web-2", "echo again")).output == b"again\n"


async def test_unknown_key_of_a_jump_host_is_refused(behind: Bench) -> None:
    known = [host.key_line for name, host in behind.fleet.items() if name != "web-1"]
    behind.fleet.known_hosts.write_text("\n".join(known) + "\n")
    found = await behind.hosts.reach("web-2")
    assert isinstance(found, NotReached)
    assert found.reason.startswith("its jump host web-1 is not reached: its host key SHA256:")
    assert found.final


async def test_jump_host_of_the_playbook_is_used(hosts: Callable[..., Fleet], home: Home) -> None:
    fleet = hosts()
    made = Hosts(RUN, Login(jump="web-1", config=str(fleet.ssh_config)), QUICK)
    assert isinstance(await made.reach("web-3"), Reached)
    assert isinstance(await made.reach("web-1"), Reached)
    await made.close()
    assert "from 127.0.0.1" in fleet["web-3"].log.read_text()
