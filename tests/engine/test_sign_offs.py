"""Sign-offs that become too old while nobody looks."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cockpit.engine.clock import Clock
from cockpit.engine.engine import Engine
from cockpit.journal import sqlite
from cockpit.release.events import Opened
from cockpit.release.gates import covers
from cockpit.release.intents import Go, Sign
from tests.release.script import make_plan, step


class Leaping(Clock):
    """A clock that is set by hand."""

    at = 1000.0

    def now(self) -> float:
        return self.at


async def test_gate_does_not_open_by_a_yes_that_became_too_old_while_the_machine_slept(tmp_path: Path) -> None:
    journal, clock = sqlite.create(tmp_path / "journal.db"), Leaping()
    journal.claim()
    plan = make_plan(step("gate", "go", sign={"sre": 1}, expires=3600.0))
    opened = Opened(release="rel", nonce="n", mode="live", plan=plan, digest=plan.digest, captain="ana")
    journal.append([opened], clock.now())
    engine = Engine(journal, clock, lambda *_: None, lambda _: None)
    driving = asyncio.create_task(engine.run())
    refused = await engine.ask("chen", Sign(gate="go", role="sre", yes=True, covers="other"))
    signed = await engine.ask("chen", Sign(gate="go", role="sre", yes=True, covers=covers(engine.state, "go")))
    clock.at += 3600.0
    refusal = await engine.ask("ana", Go(gate="go"))
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    journal.close()
    assert refused is not None
    assert signed is None
    assert refusal is not None
    assert refusal.reason == "go stays shut: sre must still sign"
