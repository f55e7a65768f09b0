"""One release on a host: the lock, who holds it, and taking it over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from cockpit.execution.contract import Holder
from tests.execution.conftest import EVERY, Bench

pytestmark = pytest.mark.parametrize("host", EVERY)


async def test_lock_is_ours_and_stays_ours(bench: Bench, host: str) -> None:
    assert await bench.hosts.lock(host, take_over=False) is None
    assert await bench.hosts.lock(host, take_over=False) is None
    assert await bench.hosts.clean(host) == ""


async def test_another_release_learns_who_holds_it(bench: Bench, host: str) -> None:
    other = bench.another(nonce="other", release="other 2.0")
    assert await other.lock(host, take_over=False) is None
    holder = await bench.hosts.lock(host, take_over=False)
    assert isinstance(holder, Holder)
    assert (holder.release, holder.nonce, holder.login, holder.machine) == ("other 2.0", "other", "ana", "bastion")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(holder.since)) < timedelta(seconds=30)
    assert 0 <= holder.heartbeat_age < 10
    assert await other.clean(host) == ""


async def test_taken_over_lock_is_lost_to_the_other(bench: Bench, host: str) -> None:
    other = bench.another(nonce="other", release="other")
    await other.lock(host, take_over=False)
    assert await bench.hosts.lock(host, take_over=True) is None
    holder = await other.lock(host, take_over=False)
    assert isinstance(holder, Holder)
    assert holder.nonce == bench.nonce
    assert await bench.hosts.clean(host) == ""


@pytest.mark.parametrize("take_over", [False, True])
async def test_one_of_many_has_it_in_the_end(bench: Bench, host: str, take_over: bool) -> None:
    if take_over:
        await bench.another(nonce="first").lock(host, take_over=False)
    rivals = [bench.another(nonce=f"rival{number}") for number in range(6)]
    answers = await asyncio.gather(*(rival.lock(host, take_over) for rival in rivals))
    assert take_over or answers.count(None) == 1
    renewed = [await rival.lock(host, take_over=False) for rival in rivals]
    (winner,) = [rival for rival, answer in zip(rivals, renewed, strict=True) if answer is None]
    assert {answer.nonce for answer in renewed if isinstance(answer, Holder)} == {winner._run.nonce}
    assert await winner.clean(host) == ""


async def test_half_made_lock_is_passed_over(bench: Bench, host: str) -> None:
    lock = bench.home(host) / ".cockpit" / "lock"
    lock.mkdir(parents=True, mode=0o700)
    (lock / "000001").write_text("")
    assert await bench.hosts.lock(host, take_over=False) is None
    assert await bench.hosts.clean(host) == ""
    assert not lock.exists()


async def test_empty_lock_folder_is_taken(bench: Bench, host: str) -> None:
    (bench.home(host) / ".cockpit" / "lock").mkdir(parents=True, mode=0o700)
    assert await bench.hosts.lock(host, take_over=False) is None
    assert await bench.hosts.clean(host) == ""


async def test_clean_leaves_the_lock_of_another(bench: Bench, host: str) -> None:
    other = bench.another(nonce="other")
    await other.lock(host, take_over=False)
    await bench.identity(host)
    assert await bench.hosts.clean(host) == ""
    assert isinstance(await bench.hosts.lock(host, take_over=False), Holder)
    assert await other.clean(host) == ""


async def test_heartbeat_starts_anew_with_each_renewal(bench: Bench, host: str) -> None:
    other = bench.another(nonce="other")
    await other.lock(host, take_over=False)
    (line,) = (bench.home(host) / ".cockpit" / "lock").iterdir()
    fields = line.read_text().split()
    line.write_text(" ".join([*fields[:6], "1.00", *fields[7:]]) + "\n")
    before = await bench.hosts.lock(host, take_over=False)
    await other.lock(host, take_over=False)
    after = await bench.hosts.lock(host, take_over=False)
    assert isinstance(before, Holder)
    assert isinstance(after, Holder)
    assert before.heartbeat_age > 100 > after.heartbeat_age
    await other.clean(host)
