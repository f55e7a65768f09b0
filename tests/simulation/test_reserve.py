"""A full disk does not keep a guard from rolling back: what it causes may use the reserve."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from cockpit.analysis.rule import Rule
from cockpit.engine.clock import Clock
from cockpit.engine.engine import Engine
from cockpit.journal import chain
from cockpit.release.events import Opened, Record, VerdictChanged
from tests.release.script import make_plan, step
from tests.simulation.store import Disk, MemoryJournal


def _full() -> Disk:
    guard = step("guard", "watch", rules={"r": "roll back"}, seconds=600.0, countdown=0.0)
    plan = make_plan(guard, back=(step("do", "undo", text="undo"),), rules={"r": Rule(name="r", metric="m")})
    opened = Opened(release="rel", nonce="n", mode="live", plan=plan, digest=plan.digest, captain="ana")
    disk = Disk()
    disk.rows, disk.full = chain.extend(0, chain.GENESIS, [opened], 0.0), True
    return disk


async def test_guard_rolls_back_on_a_full_disk() -> None:
    rolled = asyncio.Event()

    def tell(records: tuple[Record, ...]) -> None:
        if engine.state.rolling_back and records:
            rolled.set()

    journal = MemoryJournal(_full(), lambda _number, _before: None)
    journal.claim()
    engine = Engine(journal, Clock(), lambda *_: None, tell)
    engine.happened(VerdictChanged(rule="r", verdict="failing"))
    running = asyncio.create_task(engine.run())
    await asyncio.wait_for(rolled.wait(), 10)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
