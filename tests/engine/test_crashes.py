"""The engine killed between append and act, and between act and append, at every kind of effect, on real hosts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from cockpit.release.events import AttemptStarted
from cockpit.release.intents import Close, RollBack, Settle
from cockpit.release.state import State
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import QUICK, Lived, living, ran, settle_in
from tests.engine.mortal import Parts
from tests.loopback.fleet import Fleet

ACTS = ("reach", "lock", "run", "send", "stop", "clean")
KINDS = {
    *("reach here", "reach web-1", "reach web-2", "lock web-1"),
    *("run here", "run web-1", "run web-2", "send GET", "send POST", "stop web-1", "stop web-2"),
    *("clean here", "clean web-1", "clean web-2"),
}
HEAD = "hosts: {web: 'web-[1:2]'}\nparams: {port: {help: of the server}}"
TEXT = playbook(
    "{id: local, on: here, run: 'echo local >> ~/ran; echo local'}",
    "{id: remote, on: web, run: 'echo remote >> ~/ran; echo remote', check: {run: 'test -e ~/ran', every: 1s}}",
    "{id: get, http: {url: 'http://127.0.0.1:{{ port }}/get'}, deadline: 20s, every: 1s}",
    "{id: post, http: {url: 'http://127.0.0.1:{{ port }}/post', method: POST}}",
    "{id: slow, on: web, run: 'echo slow >> ~/ran; echo slow; until test -e ~/go; do sleep 0.1; done', timeout: 5m}",
    head=HEAD,
    back="{id: undo, on: web, run: 'echo undo >> ~/ran; echo undo'}",
)


@dataclass
class Web:
    """An HTTP server that counts what it was asked."""

    port: str = ""
    asked: Counter[str] = field(default_factory=Counter)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked[head.split()[0].decode()] += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """One on loopback."""
    made = Web()
    async with await asyncio.start_server(made.answer, "127.0.0.1", 0) as listening:
        made.port = str(listening.sockets[0].getsockname()[1])
        yield made


@pytest.fixture(autouse=True)
def hosts_at_rest(fleet: Fleet, home: Home) -> None:
    """The shared hosts, known to the settings and without leftovers."""
    settle_in(fleet, home)


async def fly(release: Lived) -> None:
    """Through a POST that may be unknown, a rollback that stops what runs, and a close that cleans up."""
    if (await release.until(post_is_over)).steps["post"].hosts["here"].status == "unknown":
        passed = Settle(step="post", host="here", outcome="passed", note="seen on the server")
        await release.insist(passed, lambda state: state.steps["post"].status == "passed")
    await release.until(lambda state: len([each for each in state.live.values() if each.step == "slow"]) == 2)
    for name in ("web-1", "web-2"):
        await release.until_printed("slow", name)
    await release.insist(RollBack(confirm="rel"), lambda state: state.rolling_back)
    await release.stands("rolled_back")
    await release.insist(Close(), lambda state: state.closed)
    await release.over()


def post_is_over(state: State) -> bool:
    return "post" in state.steps and state.steps["post"].hosts["here"].status in ("unknown", "passed")


def assert_once(release: Lived, fleet: Fleet, home: Home) -> None:
    """Every command ran exactly once on its host, no run was tried twice, and nothing is left there."""
    assert ran(fleet) == {"web-1": "remote\nslow\nundo\n", "web-2": "remote\nslow\nundo\n", "web-3": ""}
    assert (home.user / "ran").read_text() == "local\n"
    starts = [each.event for each in release.records if isinstance(each.event, AttemptStarted)]
    tries = Counter((each.step, each.host) for each in starts if each.part == "run" and each.step != "get")
    assert set(tries.values()) == {1}
    assert not [host.home for host in fleet.values() if (host.home / ".cockpit").exists()]
    assert not (home.user / ".cockpit").exists()


@pytest.mark.parametrize(("when", "posts"), [("before", 0), ("after", 1)])
async def test_engine_that_dies_at_every_act_runs_nothing_twice(
    fleet: Fleet, home: Home, web: Web, when: str, posts: int
) -> None:
    parts = Parts(tuple(f"{when} {act} *" for act in ACTS), QUICK)
    async with living(TEXT, parts, port=web.port) as release:
        await fly(release)
        assert {" ".join(each.split()[1:3]) for each in release.deaths} == KINDS
        assert release.state.steps["slow"].hosts["web-1"].status == "stopped"
    assert_once(release, fleet, home)
    assert web.asked["POST"] == posts


@pytest.mark.parametrize("when", ["before", "after"])
async def test_engine_that_dies_at_every_append_runs_nothing_twice(
    fleet: Fleet, home: Home, web: Web, when: str
) -> None:
    parts = Parts((f"{when} append [!E]*",), QUICK)
    async with living(TEXT, parts, port=web.port) as release:
        await fly(release)
        assert len(release.deaths) > 20
    assert_once(release, fleet, home)
    assert web.asked["POST"] <= 1


async def test_engine_that_dies_in_the_middle_of_every_output_misses_no_byte(
    fleet: Fleet, home: Home, web: Web
) -> None:
    async with living(TEXT, Parts(("amid run *",), QUICK), port=web.port) as release:
        await fly(release)
        assert {" ".join(each.split()[1:3]) for each in release.deaths} == {"run here", "run web-1", "run web-2"}
        assert [release.output(step, "web-1") for step in ("remote", "slow", "undo")] == [
            b"remote\n",
            b"slow\n",
            b"undo\n",
        ]
    assert_once(release, fleet, home)
