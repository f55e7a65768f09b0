"""Who is played says what the scenario says, and nobody speaks for somebody who sits there."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import At, Item, Plan, Role
from cockpit.rehearsal.people import GIVES_UP, People
from cockpit.rehearsal.scenario import Person, Scenario, When, Word
from cockpit.release.advance import advance
from cockpit.release.apply import apply
from cockpit.release.decide import decide
from cockpit.release.events import AnyEvent, FaultBegan, FaultKind, Opened, Record, Setting
from cockpit.release.gates import covers
from cockpit.release.intents import AnyIntent, LetPlay, Refusal, Sign
from cockpit.release.state import State
from cockpit.release.waiting import waiting_for
from tests.rehearsal.ground import Ground
from tests.release.script import make_plan, step

HOUR = 3600.0
READY = step("checklist", "ready", items=(Item(id="a", title="A"), Item(id="b", title="B")))


def gate(**more: object) -> Plan:
    """A checklist, then a gate for the captain `ana` and the SREs `chen` and `bo`."""
    return make_plan(READY, step("gate", "go", title="Go", **more))


class Table:
    """A release without hosts around which people sit; everything that was asked, by whom and when."""

    def __init__(self, plan: Plan, scenario: Scenario | None = None, *, played: bool = True) -> None:
        self.ground = Ground(plan=plan)
        self.now = self.ground.pace.now
        self.said: list[tuple[float, str, str]] = []
        self.notes: list[str] = []
        self.state = State()
        self._numbers = count(1)
        self.people = People(scenario or Scenario(), self.ground.site, 1, self.now)
        setting = Setting(speed=0.0, played=played)
        opened = Opened(
            release="r", nonce="n", mode="rehearsal", plan=plan, digest=plan.digest, captain="ana", rehearsal=setting
        )
        self.take(opened)

    def take(self, event: AnyEvent) -> None:
        """Record this, and what follows of it."""
        todo: tuple[AnyEvent, ...] = (event,)
        while todo:
            for each in todo:
                record = Record(next(self._numbers), self.now(), each)
                self.state = apply(self.state, record)
                self.ground.site.take(record)
            todo = tuple(advance(self.state, self.now()))

    def happen(self, event: AnyEvent) -> None:
        self.take(event)
        self.people.look()

    async def ask(self, login: str, intent: AnyIntent) -> Refusal | None:
        """See `people.Drives`."""
        decision = decide(self.state, login, intent, self.now())
        if isinstance(decision, Refusal):
            return decision
        self.said.append((self.ground.now, login, type(intent).__name__))
        self.notes.append(getattr(intent, "note", ""))
        for event in decision:
            self.happen(event)
        return None

    def really(self, login: str, intent: AnyIntent) -> None:
        """Somebody who sits there does something."""
        decision = decide(self.state, login, intent)
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            self.take(event)

    def sit(self, seconds: float = 24 * HOUR) -> list[tuple[str, str]]:
        """Let so much time pass; who said what, in order."""

        async def main() -> None:
            self.people.meet(self)
            await asyncio.sleep(seconds)
            await self.people.close()

        self.ground.run(main)
        return [(login, what) for _, login, what in self.said]

    def moment(self, login: str, what: str) -> float:
        """When somebody said that first."""
        return next(at for at, *said in self.said if said == [login, what])


def struck(table: Table, kind: FaultKind, **more: Any) -> Table:
    """The same, with something wrong from now on."""
    table.take(FaultBegan(fault=kind, kind=kind, **more))
    return table


def test_everything_is_played_to_its_end() -> None:
    table = Table(gate(sign={"captain": 1, "sre": 2}, distinct=3))
    said = table.sit()
    assert said[:2] == [("ana", "Tick"), ("ana", "Tick")]
    assert sorted(said[2:5]) == [("ana", "Sign"), ("bo", "Sign"), ("chen", "Sign")]
    assert said[5:] == [("ana", "Go"), ("ana", "Close")]
    assert (table.state.end, table.state.closed) == ("done", True)


def test_quorum_is_of_different_people() -> None:
    table = Table(gate(sign={"sre": 2}))
    assert [pair for pair in table.sit() if pair[1] == "Sign"] == [("chen", "Sign"), ("bo", "Sign")]


def test_people_take_their_time() -> None:
    people = {"captain": Person(answers=100.0), "sre": Person(answers=1000.0)}
    table = Table(gate(sign={"sre": 1}), Scenario(people=people))
    table.sit()
    ticked, signed = table.moment("ana", "Tick"), table.moment("chen", "Sign")
    assert 70 <= ticked <= 130
    assert 700 <= signed - ticked <= 1300 + 130


def test_signer_who_is_late_signs_later() -> None:
    usual, late = Table(gate(sign={"sre": 1})), Table(gate(sign={"sre": 1}))
    usual.sit()
    struck(late, "signer-late", role="sre", value=600.0).sit()
    assert late.moment("chen", "Sign") - usual.moment("chen", "Sign") == pytest.approx(600.0)


def test_signer_who_says_no_ends_it() -> None:
    table = struck(Table(gate(sign={"sre": 1})), "signer-no", role="sre")
    said = table.sit()
    assert ("ana", "NoGo") in said
    assert ("ana", "Go") not in said
    assert table.state.end == "aborted"


def test_person_who_says_no_ends_it_too() -> None:
    table = Table(gate(sign={"sre": 1}), Scenario(people={"sre": Person(says="no", note="not today")}))
    table.sit()
    assert table.state.end == "aborted"
    assert table.state.steps["go"].signatures[0].note == "not today"


@pytest.mark.parametrize("silent", ["fault", "person"])
def test_captain_gives_up_on_whoever_says_nothing(silent: str) -> None:
    people = {"sre": Person(says="nothing")} if silent == "person" else {}
    table = Table(gate(sign={"sre": 1}), Scenario(people=people))
    if silent == "fault":
        struck(table, "signer-silent", role="sre")
    table.sit()
    assert table.state.end == "aborted"
    assert table.notes[-2] == "nobody let it go on for 4 hours"
    assert GIVES_UP <= table.moment("ana", "Abort") <= GIVES_UP + 200


def test_somebody_who_takes_longer_than_that_is_waited_for() -> None:
    table = Table(gate(sign={"sre": 1}), Scenario(people={"sre": Person(answers=2 * GIVES_UP)}))
    table.sit(4 * 24 * HOUR)
    assert table.state.end == "done"


def test_nobody_plays_a_captain_who_sits_there() -> None:
    table = Table(make_plan(step("gate", "go", title="Go", sign={"captain": 1, "sre": 2})), played=False)
    assert sorted(table.sit()) == [("bo", "Sign"), ("chen", "Sign")]
    assert table.state.end is None
    assert table.people.waits_for_somebody_real()


def test_nobody_says_no_go_for_a_captain_who_sits_there() -> None:
    table = Table(make_plan(step("gate", "go", title="Go", sign={"sre": 1})), played=False)
    assert struck(table, "signer-no", role="sre").sit() == [("chen", "Sign")]
    assert table.state.held_by == ""


def test_others_fill_up_a_gate_that_wants_more_people() -> None:
    plan = make_plan(step("gate", "go", title="Go", sign={"captain": 1, "sre": 1}, distinct=3))
    table = Table(plan, played=False)
    said = table.sit(HOUR)
    assert said == [("chen", "Sign")]
    shown = covers(table.state, "go")
    table.really("ana", Sign(gate="go", role="captain", yes=True, covers=shown))
    assert ("bo", "Sign") in table.sit(HOUR)


@pytest.mark.parametrize("played", [True, False])
def test_others_sign_where_whoever_started_it_may_not(played: bool) -> None:
    roles = {"captain": Role(title="Captain", people=("ana", "bo"))}
    go = step("gate", "go", title="Go", sign={"captain": 1}, without_starter=True)
    said = Table(make_plan(go, roles=roles), played=played).sit()
    assert [pair for pair in said if pair[1] == "Sign"] == [("bo", "Sign")]


def test_captain_who_is_let_play_is_played_from_then_on() -> None:
    table = Table(gate(sign={"sre": 1}), played=False)
    assert table.sit(HOUR) == []
    table.really("ana", LetPlay(played=True))
    table.sit(HOUR)
    assert table.state.end == "done"


def test_orders_come_when_they_are_due_and_only_from_who_is_played() -> None:
    words = (Word(when=When(later=60.0), does="hold", note="wait"), Word(when=When(later=90.0), does="abort"))
    scenario = Scenario(words=words, people={"": Person(answers=HOUR)})
    assert Table(gate(), scenario, played=False).sit(HOUR) == []
    table = Table(gate(), scenario)
    table.sit(HOUR / 2)
    assert [table.moment("ana", what) for what in ("Hold", "Abort")] == [60.0, 90.0]


def test_the_captain_reports_what_people_judge_as_the_scenario_says() -> None:
    words = (
        Word(when=When(later=60.0), does="report", rule="lost", note="rows are gone"),
        Word(when=When(later=90.0), does="clear", rule="lost"),
    )
    rule = Rule(name="lost", reported="Orders are lost", every=0.0)
    plan = make_plan(READY, step("gate", "go", passing=("lost",)), rules={"lost": rule})
    table = Table(plan, Scenario(words=words, people={"": Person(answers=60)}))
    table.sit(HOUR)
    assert table.moment("ana", "Report") == 60.0
    assert table.state.end == "done"


@pytest.mark.parametrize(("said", "who"), [("", "chen"), ("dee", "dee")])
def test_a_role_is_assigned_as_the_scenario_says_or_to_somebody(said: str, who: str) -> None:
    roles = {
        "captain": Role(title="Captain", people=("ana",)),
        "sre": Role(title="SRE", people=("chen",)),
        "commander": Role(title="Commander", people=(), assigned=True),
    }
    steps = (step("assign", "who", role="commander"), step("gate", "go", title="Go", sign={"commander": 1}))
    scenario = Scenario(people={"commander": Person(login=said)})
    table = Table(make_plan(*steps, roles=roles), scenario)
    table.sit(HOUR)
    assert table.state.assigned == {"commander": who}
    assert [by for _, by, what in table.said if what == "Sign"] == [who]
    assert table.state.end == "done"


def test_whatever_is_refused_is_tried_again_and_given_up() -> None:
    """Nobody of the role is there."""
    plan = make_plan(step("gate", "go", title="Go", sign={"sre": 3}))
    table = Table(plan)
    table.sit()
    assert table.state.end == "aborted"


def test_played_captain_waits_for_the_time_of_a_step_and_is_not_woken_meanwhile() -> None:
    table = Table(make_plan(step("do", "a", text="a"), step("do", "b", text="b", not_before=At(day=3))))
    assert table.sit(HOUR) == [("ana", "Done")]
    assert [each.what for each in waiting_for(table.state)] == ["early"]
    assert not table.people.waits_for_somebody_real()
