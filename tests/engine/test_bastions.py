"""Two bastions, each with a state folder of its own, and the same hosts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from cockpit.engine import supervisor
from cockpit.engine.visits import SILENT
from cockpit.release.events import LockRefused, LockTaken
from cockpit.release.intents import Close, Decide, Done, Refusal, Resume
from cockpit.release.standing import standing
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import QUICK, Lived, living, ran, settle_in
from tests.engine.mortal import Parts
from tests.loopback.fleet import Fleet

HEAD = "hosts: {web: 'web-[1:2]'}"
TEXT = playbook(
    "{id: one, on: web, run: 'echo $release one >> ~/ran'}",
    "{id: look, do: Look}",
    "{id: two, on: web, run: 'echo $release two >> ~/ran'}",
    head=HEAD,
)
TAKE = Decide(decision="lock-web-1", option="take over", note="the other bastion is dead")
HEARTBEAT = 0.7
Start = Callable[..., Awaitable[Lived]]


@pytest.fixture
async def on(fleet: Fleet, home: Home, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    """Starts the release of the same name on a bastion of that name."""
    settle_in(fleet, home)
    async with AsyncExitStack() as flying:

        async def start(bastion: str, *dies: str) -> Lived:
            monkeypatch.setenv("XDG_STATE_HOME", str(home.state / bastion))
            (home.state / bastion).mkdir(mode=0o700)
            return await flying.enter_async_context(living(TEXT, Parts(dies, QUICK, HEARTBEAT)))

        yield start


def refusals(release: Lived) -> list[LockRefused]:
    return [each.event for each in release.records if isinstance(each.event, LockRefused)]


async def finish(release: Lived) -> None:
    """From the look between the steps to a clean end."""
    await release.waits("step", "look")
    assert await release.ask(Done(step="look")) is None
    await release.stands("done")
    assert await release.ask(Close()) is None
    await release.over()


async def test_second_bastion_is_kept_out_and_told_by_whom(on: Start, fleet: Fleet) -> None:
    first = await on("first")
    await first.waits("step", "look")
    second = await on("second")
    state = await second.waits("lock")
    who = rf"release rel of {state.captain} on bastion since [-0-9]+T[:0-9]+Z, last heard of \d+ s ago"
    assert re.fullmatch(who, state.hosts["web-1"].holder)
    assert ran(fleet)["web-1"] == "rel one\n"
    await finish(first)
    await finish(second)
    assert [ran(fleet)[name] for name in ("web-1", "web-2")] == ["rel one\nrel two\n" * 2] * 2


async def test_taking_a_lock_over_needs_a_reason_and_the_first_one_holds(on: Start, fleet: Fleet) -> None:
    first = await on("first")
    await first.waits("step", "look")
    second = await on("second")
    await second.waits("lock")
    refused = await second.ask(Decide(decision="lock-web-1", option="take over"))
    assert isinstance(refused, Refusal)
    assert "needs a note" in refused.reason
    assert await second.ask(TAKE) is None
    await second.waits("step", "look")
    (taken,) = [each.event for each in second.records if isinstance(each.event, LockTaken)]
    assert taken.over.startswith("release rel of ")
    state = await first.until(lambda state: state.held_by)
    assert (standing(state), "was taken by release rel" in state.held_note) == ("holding", True)
    assert await first.ask(Done(step="look")) is None
    assert await first.ask(Resume()) is None
    await first.waits("lock")
    assert ran(fleet)["web-1"] == "rel one\nrel one\n"
    await finish(second)
    await first.stands("done")
    assert await first.ask(Close()) is None
    await first.over()


async def test_engine_that_dies_while_it_takes_a_lock_over_has_it_in_the_end(on: Start, fleet: Fleet) -> None:
    first = await on("first")
    await first.waits("step", "look")
    second = await on("second", "before take *", "after take *")
    await second.waits("lock")
    await second.insist(TAKE, lambda state: state.hosts["web-1"].lock == "ours")
    assert second.deaths == ["before take web-1", "after take web-1"]
    await first.until(lambda state: state.held_by)
    await finish(second)
    assert ran(fleet)["web-1"] == "rel one\nrel one\nrel two\n"


async def test_lock_of_a_dead_bastion_is_said_to_be_silent_and_stays_until_it_is_taken(on: Start, fleet: Fleet) -> None:
    first = await on("first")
    await first.waits("step", "look")
    second = await on("second")
    await second.waits("lock")
    await supervisor.stop(first.place)
    await second.until(lambda _: refusals(second)[-1].heartbeat_age > SILENT * HEARTBEAT)
    assert refusals(second)[0].heartbeat_age <= SILENT * HEARTBEAT
    assert standing(second.state) == "waiting"
    assert await second.ask(TAKE) is None
    await finish(second)
    assert ran(fleet)["web-1"] == "rel one\nrel one\nrel two\n"
