"""Evidence, waivers and sign-offs whose age or place counts."""

from __future__ import annotations

from typing import Any

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Item, Role
from cockpit.release.decide import decide
from cockpit.release.intents import Refusal, Tick
from cockpit.release.state import Dated
from tests.release.script import Script, make_plan, step

DAY = 86400.0
ITEMS = (Item(id="audit", title="The audit", fresh=DAY), Item(id="told", title="Support knows"))
RULES = {"paged": Rule(name="paged", metric="pages")}
ROLES = {
    "captain": Role(title="Captain", people=("ana",)),
    "sre": Role(title="SRE", people=("chen", "bo", "dee")),
}
PEOPLE = {"ana": "Europe/London", "bo": "Europe/London", "chen": "Asia/Singapore"}


def _list(items: tuple[Item, ...] = ITEMS, *between: Any) -> Script:
    checklist = step("checklist", "ready", items=items)
    return Script(make_plan(checklist, *between, step("gate", "go", sign={"sre": 1}), roles=ROLES)).feed("start")


def test_an_item_whose_age_counts_asks_when_its_evidence_was_made() -> None:
    assert _list().refusal("ana tick ready audit report") == "The audit does not say when its evidence was made"


def test_evidence_that_is_too_old_is_refused() -> None:
    script = _list().feed("+2d\nana tick ready told")
    assert (
        script.refusal(f"ana tick ready audit report {script.now - DAY}")
        == "what shows that The audit is older than 1d"
    )


def test_it_is_recorded_when_the_evidence_was_made() -> None:
    script = _list().feed("ana tick ready audit report 500")
    assert script.state.steps["ready"].items["audit"] == Dated("ana", 1000.0, evidence="report", made=500.0)


def test_evidence_is_never_newer_than_its_tick() -> None:
    script = _list().feed("ana tick ready told\nana tick ready audit report 9999999\n+1d")
    assert "audit" not in script.state.steps["ready"].items


def test_an_item_is_open_again_once_its_evidence_is_too_old_and_the_gate_says_so() -> None:
    script = _list().feed("ana tick ready told\nana tick ready audit report 500\nchen sign go sre yes")
    script.play("""
        < +1d
        item-lapsed ready audit
    """)
    assert script.state.steps["ready"].status == "running"
    assert script.waiting() == ["item ready audit", "sign-off go sre"]
    assert "ready is open again" in script.refusal("ana go go")


def test_a_gate_opens_once_it_was_shown_anew_and_signed_again() -> None:
    script = _list().feed("ana tick ready told\nana tick ready audit report 500\n+1d")
    script.feed(f"ana tick ready audit newer {script.now}\nchen sign go sre yes\nana go go")
    assert script.state.end == "done"


def test_what_shows_an_item_may_grow_old_once_all_gates_behind_it_are_open() -> None:
    late = (step("gate", "first"), step("do", "call", text="x"))
    plan = make_plan(step("checklist", "ready", items=ITEMS[:1]), *late)
    script = Script(plan).feed("ana tick ready audit report 1000\nana go first\n+2d")
    assert script.state.steps["ready"].status == "passed"


def test_an_item_that_does_not_apply_never_grows_old() -> None:
    items = (Item(id="audit", title="The audit", fresh=DAY, not_applicable=True),)
    script = _list(items).feed("ana not-applicable ready audit no\n+2d")
    assert script.state.steps["ready"].status == "passed"


def test_what_ticked_itself_does_so_anew() -> None:
    items = (Item(id="disk", title="Disk is free", fresh=DAY, by="ready-disk"),)
    first = step("do", "first", text="x")
    ticks = step("run", "ready-disk", ticks="ready", after=("first",))
    gate = step("gate", "go", after=("ready",))
    script = Script(make_plan(first, step("checklist", "ready", items=items), ticks, gate))
    script.feed("ana done first\nhosts answer\nall pass")
    assert script.state.steps["ready"].status == "passed"
    script.feed("+1d")
    assert script.statuses("ready-disk") == {"web-1": "running"}
    assert script.feed("all pass").state.steps["ready"].status == "passed"


def _waived(**fields: Any) -> Script:
    gate = step("gate", "go", passing=("paged",), waiver=("sre",), **fields)
    return Script(make_plan(gate, roles=ROLES, rules=RULES)).feed("paged is failing\nchen waive paged sre")


def test_a_waiver_is_void_after_its_time() -> None:
    script = _waived(waiver_expires=7200.0)
    assert script.waiting() == ["gate go"]
    script.play("""
        < +2h
        waiver-lapsed go paged
    """)
    assert script.refusal("ana go go") == "go stays shut: paged is failing"


def test_a_waiver_without_an_end_stays() -> None:
    assert _waived().feed("+30d\nana go go").state.end == "done"


def test_what_was_signed_is_void_once_a_waiver_is() -> None:
    script = _waived(waiver_expires=7200.0, sign={"sre": 1}).feed("bo sign go sre yes\n+2h\nbo waive paged sre")
    assert script.waiting() == ["sign-off go sre"]


def _zones(count: int = 2) -> Script:
    gate = step("gate", "go", sign={"sre": 1}, zones=count)
    return Script(make_plan(gate, roles=ROLES, people=PEOPLE)).feed("start")


def test_a_gate_wants_people_of_different_time_zones() -> None:
    script = _zones().feed("bo sign go sre yes")
    assert script.refusal("ana go go") == "go stays shut: people of 1 of 2 time zones have signed"
    assert [each.text for each in script.entries()] == ["sign from 1 more time zone: go"]
    assert script.feed("chen sign go sre yes\nana go go").state.end == "done"


def test_somebody_whose_place_is_not_known_counts_for_no_zone() -> None:
    script = _zones().feed("bo sign go sre yes\ndee sign go sre yes")
    assert script.refusal("ana go go") == "go stays shut: people of 1 of 2 time zones have signed"


def test_evidence_is_as_old_as_it_is_now_and_not_when_something_happened_last() -> None:
    state = _list().state
    tick = Tick(step="ready", item="audit", evidence="report", made=state.at - 10)
    assert isinstance(decide(state, "ana", tick, state.at + DAY - 20), tuple)
    assert isinstance(decide(state, "ana", tick, state.at + DAY - 10), Refusal)
