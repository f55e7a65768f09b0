"""Played people look and acknowledge in time, unless the scenario says otherwise."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Look, Pace, Plan, Role
from cockpit.rehearsal.scenario import Person, Scenario
from cockpit.release.advance import advance, due
from cockpit.release.events import VerdictChanged
from cockpit.release.intents import AnyIntent, Refusal
from tests.rehearsal.test_people import HOUR, Table, struck
from tests.release.script import make_plan, step

ROLES = {"sre": Role(title="SRE", people=("chen",)), "cto": Role(title="CTO", people=("dee",))}


class Awake(Table):
    """The same, woken for whatever is due by itself."""

    def sit(self, seconds: float = 24 * HOUR) -> list[tuple[str, str]]:
        """Let so much time pass; who said what, in order."""

        async def main() -> None:
            self._asked = asyncio.Event()
            self.people.meet(self)
            waking = asyncio.create_task(self._wake())
            await asyncio.sleep(seconds)
            waking.cancel()
            await self.people.close()

        self.ground.run(main)
        return [(login, what) for _, login, what in self.said]

    async def ask(self, login: str, intent: AnyIntent) -> Refusal | None:
        """See `people.Drives`."""
        self._asked.set()
        return await super().ask(login, intent)

    async def _wake(self) -> None:
        while True:
            for event in advance(self.state, self.now()):
                self.happen(event)
            moment = due(self.state, self.now())
            self._asked.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), None if moment is None else moment - self.now())


def watched(**fields: Any) -> Plan:
    """A day at which the SRE looks: each minute of the first hour, then each hour."""
    look = Look(paces=(Pace(every=60.0, until=HOUR), Pace(every=HOUR)), owner=("sre",))
    return make_plan(step("wait", "watch", seconds=12 * HOUR, look=look), roles=ROLES, **fields)


def test_they_look_in_time_every_time() -> None:
    table = Awake(watched())
    table.sit()
    looking = table.state.steps["watch"].looking
    assert (looking.late, looking.missed, table.state.end) == (0, 0, "done")
    assert 70 < looking.count < 100


def test_whoever_says_nothing_looks_at_nothing_until_another_is_told() -> None:
    plan = watched(escalation=("cto",), answer_within={"warn": 600.0})
    table = Awake(plan, Scenario(people={"sre": Person(says="nothing")}))
    assert {login for login, what in table.sit() if what == "Look"} == {"dee"}
    assert table.state.steps["watch"].looking.missed > 0


def test_a_late_signer_looks_late() -> None:
    table = struck(Awake(watched()), "signer-late", role="sre", value=90.0)
    table.sit(HOUR)
    assert table.state.steps["watch"].looking.late > 0


def guarded(**fields: Any) -> Plan:
    """A guard whose rule must be acknowledged within a minute."""
    rules = {"r": Rule(name="r", metric="m", answer_within=60.0)}
    watch = step("guard", "watch", rules={"r": "warn"}, seconds=2 * HOUR)
    return make_plan(watch, rules=rules, roles=ROLES, escalation=("sre",), **fields)


def test_the_captain_acknowledges_in_time() -> None:
    table = Table(guarded())
    table.take(VerdictChanged(rule="r", verdict="failing"))
    assert ("ana", "Acknowledge") in table.sit()
    assert table.state.rules["r"].level == 0


def test_where_the_captain_says_nothing_the_next_one_does() -> None:
    table = Awake(guarded(), Scenario(people={"captain": Person(says="nothing")}))
    table.take(VerdictChanged(rule="r", verdict="failing"))
    assert ("chen", "Acknowledge") in table.sit()
    assert table.state.rules["r"].level == 1


def test_a_broken_soak_is_redeployed_where_the_scenario_says_so() -> None:
    rules = {"r": Rule(name="r", metric="m")}
    soak = step("soak", "soak", rules=("r",), seconds=HOUR, redeploy=("call",), after=("call",))
    plan = make_plan(step("do", "call", text="call"), soak, rules=rules)
    table = Table(plan, Scenario(answers={"soak": ("retry",)}))
    table.take(VerdictChanged(rule="r", verdict="passing"))
    assert table.sit(HOUR / 2)[-1] == ("ana", "Done")
    table.take(VerdictChanged(rule="r", verdict="failing"))
    assert table.sit(HOUR)[-2:] == [("ana", "Retry"), ("ana", "Done")]
