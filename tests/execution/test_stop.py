"""Stopping: the whole of an attempt, and nothing else, and known."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from cockpit.execution.contract import Identity, Order
from tests.execution.conftest import EVERY, Bench, Ran, Screen, as_root
from tests.loopback.processes import look

pytestmark = pytest.mark.parametrize("host", EVERY)

TREE = """
trap 'echo bye; exit 9' TERM
(sleep 300 | sleep 301) &
sh -c 'sleep 302; :' &
timeout 303 sleep 304 &
echo $$; jobs -p; echo ready
while :; do sleep 0.1; done
"""


async def begin(bench: Bench, host: str, script: str, **more: object) -> tuple[Order, Screen, asyncio.Task[Ran]]:
    screen = Screen()
    order = await bench.order(host, script, **more)  # type: ignore[arg-type]
    running = asyncio.create_task(bench.carry_out(order, screen))
    await screen.shows(b"ready\n")
    return order, screen, running


def members(bench: Bench, host: str, order: Order) -> list[int]:
    """The living processes of the attempt's session."""
    session = (bench.folder(host) / f"{order.id}.pid").read_text().split()[2]
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if fields[3] == session and fields[0] not in "ZX":
            found.append(int(path.parent.name))
    return found


async def test_whole_tree_goes(bench: Bench, host: str) -> None:
    order, _, running = await begin(bench, host, TREE)
    assert len(members(bench, host, order)) > 6
    ended = await bench.hosts.stop(order)
    assert ended is not None
    assert ended.outcome == "stopped"
    assert members(bench, host, order) == []
    ran = await running
    assert (ran.ended.outcome, ran.output[-4:]) == ("stopped", b"bye\n")


async def test_what_ignores_term_is_killed(bench: Bench, host: str) -> None:
    order, _, running = await begin(bench, host, "trap '' TERM; echo ready; while :; do sleep 0.1; done")
    ended = await bench.hosts.stop(order)
    assert ended is not None
    assert (ended.outcome, (await running).ended.outcome) == ("stopped", "stopped")
    assert members(bench, host, order) == []
    again = await bench.hosts.stop(order)
    assert again is not None
    assert again.outcome == "stopped"


async def test_nothing_else_is_killed(bench: Bench, host: str) -> None:
    one, _, first = await begin(bench, host, "echo ready; sleep 30")
    other, _, second = await begin(bench, host, "echo ready; sleep 30")
    await bench.hosts.stop(one)
    assert members(bench, host, other)
    await bench.hosts.stop(other)
    assert {(await first).ended.outcome, (await second).ended.outcome} == {"stopped"}


async def test_stopping_what_has_ended_tells_how_it_ended(bench: Bench, host: str) -> None:
    order = await bench.order(host, "echo n=1 >$COCKPIT_CAPTURE; exit 4")
    await bench.carry_out(order)
    ended = await bench.hosts.stop(order)
    assert ended is not None
    assert (ended.outcome, ended.exit, ended.captures) == ("failed", 4, {"n": "1"})


async def test_what_was_stopped_stays_stopped(bench: Bench, host: str) -> None:
    order, _, running = await begin(bench, host, "echo ready; sleep 30")
    await bench.hosts.stop(order)
    await running
    again = await bench.hosts.stop(order)
    assert again is not None
    assert (again.outcome, (await bench.carry_out(order)).ended.outcome) == ("stopped", "stopped")


async def test_what_was_stopped_before_it_began_never_begins(bench: Bench, host: str) -> None:
    order = await bench.order(host, "echo x >>never")
    ended = await bench.hosts.stop(order)
    assert ended is not None
    assert (ended.outcome, (await bench.carry_out(order)).ended.outcome) == ("error", "error")
    assert not (bench.home(host) / "never").exists()


async def test_restarted_host_has_nothing_of_it_left(bench: Bench, host: str) -> None:
    order = await bench.order(host, "exit 0")
    before = Identity(order.identity.key, "an-earlier-boot", order.identity.marker)
    ended = await bench.hosts.stop(Order(order.id, host, "", before))
    assert ended is not None
    assert (ended.outcome, ended.reason) == ("unknown", "the host was restarted since the attempt began")


async def test_another_machine_cannot_confirm(bench: Bench, host: str) -> None:
    order = await bench.order(host, "exit 0")
    other = Identity(order.identity.key, order.identity.boot, "another marker")
    assert await bench.hosts.stop(Order(order.id, host, "", other)) is None


async def test_process_with_the_same_number_is_spared(bench: Bench, host: str) -> None:
    order, _, running = await begin(bench, host, "echo ready; sleep 30")
    record = bench.folder(host) / f"{order.id}.pid"
    right = record.read_text()
    pid, _, session, dot = right.split()
    record.write_text(f"{pid} 1 {session} {dot}\n")
    assert await bench.hosts.stop(order) is None
    assert members(bench, host, order)
    record.write_text(right)
    await bench.hosts.stop(order)
    assert (await running).ended.outcome in ("stopped", "unknown")


async def test_killed_supervisor_makes_it_unknown(bench: Bench, host: str) -> None:
    order, _, running = await begin(bench, host, "echo ready; sleep 30")
    left = members(bench, host, order)
    os.kill(int((bench.folder(host) / f"{order.id}.pid").read_text().split()[0]), signal.SIGKILL)
    ended = (await running).ended
    assert (ended.outcome, ended.reason) == ("unknown", "the process is gone and left no exit status")
    for pid in left:
        if process := look(pid):
            process.signal(signal.SIGKILL)


@as_root
async def test_other_users_tree_goes(bench: Bench, host: str) -> None:
    order, _, running = await begin(bench, host, TREE, user="nobody")
    ended = await bench.hosts.stop(order)
    assert ended is not None
    assert (ended.outcome, (await running).ended.outcome) == ("stopped", "stopped")
    assert members(bench, host, order) == []
