"""A forwarded agent that goes away under a running release, and another that takes its place."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.engine.visits import AGENT
from cockpit.release.credentials import lacking
from cockpit.release.events import CredentialsMissed
from cockpit.release.intents import Close, Done
from cockpit.release.standing import standing
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import QUICK, Lived, living, settle_in
from tests.engine.mortal import Parts
from tests.loopback.fleet import Fleet
from tests.loopback.pilot import Cockpit
from tests.loopback.sshd import Host, make_key, program
from tests.loopback.waiting import wait_until

HEAD = "hosts: {web: [web-1]}"
SLOW = "{id: slow, on: web, run: 'echo slow >> ~/ran; echo begun; until test -e ~/go; do sleep 0.05; done; echo over'}"
NEXT = "{id: next, on: web, run: 'echo next >> ~/ran'}"
LOOK = "{id: look, do: Look}"
IMPATIENT = Parts(limits=replace(QUICK, patience=0.5))


class Agent:
    """A real ssh-agent with one key in it."""

    def __init__(self, socket: Path, key: Path) -> None:
        self.socket = socket
        command = [program("ssh-agent"), "-D", "-a", str(socket)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(socket.is_socket, "the agent listens")
        subprocess.run([program("ssh-add"), "-q", key], check=True, env=os.environ | {"SSH_AUTH_SOCK": str(socket)})

    def kill(self) -> None:
        """Let it be gone, as with the session that it was forwarded by."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def host(hosts: Callable[..., Fleet], home: Home) -> Host:
    """A host of the test's own that only takes a key which no file of the login has."""
    fleet = hosts(["web-1"], ["dash"])
    settle_in(fleet, home)
    made = fleet["web-1"]
    make_key(made.folder / "agent_key", "agent")
    (made.folder / "authorized_keys").write_text((made.folder / "agent_key.pub").read_text())
    fleet.ssh_config.write_text(fleet.ssh_config.read_text().replace("IdentitiesOnly yes", "IdentitiesOnly no"))
    return made


@pytest.fixture
def agents(host: Host, home: Home) -> Iterator[Callable[[str], Agent]]:
    """Starts agents that hold that key."""
    with ExitStack() as running:

        def start(name: str) -> Agent:
            agent = Agent(home.user / name, host.folder / "agent_key")
            running.callback(agent.kill)
            return agent

        yield start


@pytest.fixture
def first(agents: Callable[[str], Agent], monkeypatch: pytest.MonkeyPatch) -> Agent:
    """The agent of the session that starts the release."""
    agent = agents("first")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(agent.socket))
    return agent


async def supply(release: Lived, agent: Agent) -> None:
    """What `attach` hands over."""
    async with release.connected() as client:
        assert await client.supply({}, str(agent.socket)) is None


async def test_agent_that_goes_in_the_middle_of_a_command_is_missed_and_supplied(
    host: Host, first: Agent, agents: Callable[[str], Agent]
) -> None:
    async with living(playbook(SLOW, NEXT, head=HEAD), IMPATIENT) as release:
        await release.prints("slow", b"begun", "web-1")
        first.kill()
        host.drop()
        state = await release.until(lambda state: state.missing)
        assert (state.missing, standing(state)) == ((AGENT,), "holding")
        (host.home / "go").touch()
        second = agents("second")
        await supply(release, second)
        await release.stands("done")
        assert release.output("slow", "web-1") == b"begun\nover\n"
        assert sum(isinstance(each.event, CredentialsMissed) for each in release.records) == 1
        assert await release.ask(Close()) is None
        await release.over()
    assert (host.home / "ran").read_text() == "slow\nnext\n"


async def test_agent_that_goes_between_two_steps_is_missed_before_anything_starts(
    host: Host, first: Agent, agents: Callable[[str], Agent]
) -> None:
    async with living(playbook(LOOK, NEXT, head=HEAD), IMPATIENT) as release:
        await release.waits("step", "look")
        first.kill()
        assert await release.ask(Done(step="look")) is None
        state = await release.waits("credentials")
        assert lacking(state) == (AGENT,)
        assert not state.attempts
        await supply(release, agents("second"))
        await release.stands("done")
    assert (host.home / "ran").read_text() == "next\n"


async def test_engine_that_is_killed_after_its_agent_misses_it_and_attach_supplies_it(
    host: Host, first: Agent, agents: Callable[[str], Agent], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(playbook(SLOW, NEXT, head=HEAD), IMPATIENT) as release:
        await release.prints("slow", b"begun", "web-1")
        first.kill()
        release.kill()
        await release.waits("credentials")
        (host.home / "go").touch()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agents("second").socket))
        follower = Cockpit({}).open("attach", "rel")
        await release.stands("done")
        assert follower.wait(20) == 0
    assert (host.home / "ran").read_text() == "slow\nnext\n"


async def test_agent_that_does_not_answer_replaces_none_that_does(host: Host, first: Agent) -> None:
    async with living(playbook(LOOK, NEXT, head=HEAD), IMPATIENT) as release:
        await release.waits("step", "look")
        dead = host.folder / "dead"
        async with release.connected() as client:
            assert await client.supply({}, str(dead)) is None
        assert await release.ask(Done(step="look")) is None
        await release.stands("done")
