"""What a host is talked to through."""

from __future__ import annotations

from cockpit.execution.contract import HERE, Order, Reached
from cockpit.execution.hosts import Hosts
from cockpit.execution.local import LocalMachine
from cockpit.execution.settings import Run
from tests.conftest import Home


async def test_host_is_talked_to_through_the_machine_that_is_made_for_it(home: Home) -> None:
    asked: list[str] = []

    def machine(host: str) -> LocalMachine:
        asked.append(host)
        folder = home.state / host
        folder.mkdir()
        return LocalMachine({"HOME": str(folder), "PATH": "/usr/bin:/bin"})

    hosts = Hosts(Run("r", "nonce", "ana", "bastion"), machine=machine)
    for host in (HERE, "web-1"):
        reached = await hosts.reach(host)
        assert isinstance(reached, Reached)
        ended = await hosts.run(Order("1", host, "touch made", reached.identity, fresh=True), print, print)
        assert (ended.outcome, (home.state / host / "made").exists()) == ("passed", True)
    await hosts.close()
    assert asked == [HERE, "web-1"]
