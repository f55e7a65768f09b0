"""Modelled hosts keep the contract of a transport, in a rehearsal's time."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from cockpit.execution.contract import Ended, NotReached, Question, Reached
from cockpit.rehearsal.hosts import KILLING, PATIENCE, ROUND_TRIP
from tests.rehearsal.ground import Ground

TALK = 'steps: {back-up: {takes: 9s, prints: "one\\ntwo\\n", captures: {file: f}}}\n'


def test_attempt_prints_line_by_line_and_ends_with_what_it_captured() -> None:
    ground = Ground(TALK)

    async def main() -> tuple[Ended, list[bytes]]:
        following = ground.follow(await ground.order("back-up"))
        seen = []
        for _ in range(3):
            await asyncio.sleep(2.5)
            seen.append(bytes(ground.output))
        return await following, seen

    ended, seen = ground.run(main)
    assert seen == [b"one\n", b"one\ntwo\n", b"one\ntwo\n"]
    assert ended == Ended("passed", 0, "", 9.0, {"file": "f"})


def test_one_that_fails_says_its_status() -> None:
    ground = Ground(TALK)
    ground.strike("wrong-exit", step="back-up", value=3.0)

    async def main() -> Ended:
        ended: Ended = await ground.follow(await ground.order("back-up"))
        return ended

    assert ground.run(main) == Ended("failed", 3, "", 9.0)


@pytest.mark.parametrize("offset", [0, 2, 4, 8])
def test_what_is_stored_is_not_sent_again(offset: int) -> None:
    ground = Ground(TALK)

    async def main() -> None:
        order = await ground.order("back-up", offset=offset)
        await asyncio.sleep(60.0)
        await ground.follow(order)

    ground.run(main)
    assert bytes(ground.output) == b"one\ntwo\n"[offset:]


def test_attempt_that_is_followed_again_goes_on_where_it_was() -> None:
    ground = Ground(TALK)

    async def main() -> Ended:
        order = await ground.order("back-up")
        first = ground.follow(order)
        await asyncio.sleep(4.0)
        first.cancel()
        ended: Ended = await ground.follow(replace(order, offset=len(ground.output)))
        return ended

    assert ground.run(main).outcome == "passed"
    assert bytes(ground.output) == b"one\ntwo\n"
    assert ground.now == pytest.approx(9.0 + ROUND_TRIP, abs=0.01)


def test_command_goes_on_while_its_link_is_lost() -> None:
    ground = Ground(TALK)

    async def main() -> Ended:
        following = ground.follow(await ground.order("back-up"))
        await asyncio.sleep(4.0)
        ground.strike("link-lost", "db-1", lasts=60.0)
        ended: Ended = await following
        return ended

    ended = ground.run(main)
    assert (ended.outcome, ended.seconds, bytes(ground.output)) == ("passed", 9.0, b"one\ntwo\n")
    assert ground.links == ["the connection was lost", ""]
    assert ground.now == pytest.approx(64.05, abs=0.1)


def test_link_that_stays_lost_leaves_nobody_knowing() -> None:
    ground = Ground(TALK)

    async def main() -> Ended:
        following = ground.follow(await ground.order("back-up"))
        await asyncio.sleep(1.0)
        ground.strike("link-lost", "db-1")
        ended: Ended = await following
        return ended

    assert ground.run(main).outcome == "unknown"
    assert ground.now == pytest.approx(1.05 + PATIENCE, abs=0.1)


def test_reboot_leaves_nobody_knowing_and_another_boot_id() -> None:
    ground = Ground(TALK)

    async def main() -> tuple[Ended, str, str]:
        before = await ground.hosts.reach("db-1")
        following = ground.follow(await ground.order("back-up"))
        await asyncio.sleep(1.0)
        ground.strike("host-reboot", "db-1", lasts=20.0)
        ended: Ended = await following
        after = await ground.hosts.reach("db-1")
        assert isinstance(before, Reached)
        assert isinstance(after, Reached)
        assert (before.identity.key, before.identity.marker) == (after.identity.key, after.identity.marker)
        return ended, before.identity.boot, after.identity.boot

    ended, before, after = ground.run(main)
    assert (ended.outcome, before != after) == ("unknown", True)


def test_host_that_is_down_is_not_reached_until_it_is_back() -> None:
    ground = Ground()

    async def main() -> list[type[object]]:
        ground.strike("host-down", "web-2", lasts=10.0)
        found = [await ground.hosts.reach("web-2"), await ground.hosts.reach("web-1")]
        await asyncio.sleep(10.0)
        return [type(each) for each in (*found, await ground.hosts.reach("web-2"))]

    assert ground.run(main) == [NotReached, Reached, Reached]


def test_hosts_have_addresses_that_are_nobody_s_and_this_machine_has_none() -> None:
    ground = Ground()

    async def main() -> list[str]:
        found = [await ground.hosts.reach(host) for host in (*ground.names, "here")]
        return [each.address for each in found if isinstance(each, Reached)]

    *addresses, here = ground.run(main)
    assert len(set(addresses)) == len(ground.names)
    assert all(each.startswith("192.0.2.") for each in addresses)
    assert here == ""


def test_nothing_is_wrong_with_this_machine_when_all_hosts_are_down() -> None:
    ground = Ground()
    ground.strike("host-down")
    assert isinstance(ground.run(lambda: ground.hosts.reach("here")), Reached)


def test_nothing_is_started_where_the_host_was_down() -> None:
    ground = Ground(TALK)

    async def main() -> Ended:
        order = await ground.order("back-up")
        ground.strike("host-down", "db-1", lasts=5.0)
        later = await ground.order("back-up", number=2)
        ended: Ended = await ground.follow(later)
        assert (await ground.follow(order)).outcome == "passed"
        return ended

    assert ground.run(main).outcome == "error"


def test_attempt_that_is_stopped_prints_no_more() -> None:
    ground = Ground(TALK)

    async def main() -> tuple[Ended | None, Ended]:
        order = await ground.order("back-up")
        following = ground.follow(order)
        await asyncio.sleep(1.0)
        return await ground.hosts.stop(order), await following

    stopped, ended = ground.run(main)
    assert stopped == ended == Ended("stopped", seconds=pytest.approx(1.4, abs=0.01))  # type: ignore[arg-type]
    assert bytes(ground.output) == b"one\n"


def test_stop_that_comes_too_late_tells_how_it_ended() -> None:
    ground = Ground(TALK)

    async def main() -> Ended | None:
        order = await ground.order("back-up")
        await asyncio.sleep(9.0 - KILLING / 2)
        return await ground.hosts.stop(order)

    ended = ground.run(main)
    assert ended is not None
    assert ended.outcome == "passed"


def test_stop_is_not_confirmed_without_a_link() -> None:
    ground = Ground(TALK)

    async def main() -> Ended | None:
        order = await ground.order("back-up")
        ground.strike("link-lost", "db-1", lasts=60.0)
        return await ground.hosts.stop(order)

    assert ground.run(main) is None


def test_command_that_never_ends_is_stopped() -> None:
    ground = Ground()
    ground.strike("hang", step="count")

    async def main() -> Ended:
        order = await ground.order("count")
        following = ground.follow(order)
        await asyncio.sleep(86400.0)
        assert not following.done()
        await ground.hosts.stop(order)
        ended: Ended = await following
        return ended

    assert ground.run(main).outcome == "stopped"


def test_looking_locking_and_cleaning_meet_nobody() -> None:
    ground = Ground()

    async def main() -> list[object]:
        looked = await ground.hosts.ask(Question("web-1", "uptime", 5.0))
        assert isinstance(looked, str)
        return [await ground.hosts.lock("web-1", take_over=False), await ground.hosts.clean("web-1")]

    assert ground.run(main) == [None, ""]


def test_lock_is_not_renewed_on_a_host_that_is_away() -> None:
    ground = Ground()
    ground.strike("link-lost", "web-1", lasts=60.0)
    assert isinstance(ground.run(lambda: ground.hosts.lock("web-1", take_over=False)), NotReached)


def test_step_without_words_says_what_would_have_been_run() -> None:
    ground = Ground()

    async def main() -> None:
        await ground.follow(await ground.order("up", "web-1"))

    ground.run(main)
    assert bytes(ground.output).startswith(b"REHEARSAL: nothing was run on web-1.")
