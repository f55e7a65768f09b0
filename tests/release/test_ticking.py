"""Items that tick themselves, by a step of their own."""

from __future__ import annotations

import pytest

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Item, Plan
from tests.release.script import Script, make_plan, step

ITEMS = (Item(id="disk", title="Disk is free", by="ready-disk"), Item(id="told", title="Support knows"))
UP = {"up": Rule(name="up", metric="errors", every=15.0)}


def _plan(check: str = "run", **fields: object) -> Plan:
    fields = {"hosts": ("web-1", "web-2")} if check == "run" and not fields else fields
    ticks = step(check, "ready-disk", ticks="ready", after=("first",), **fields)
    checklist = step("checklist", "ready", items=ITEMS, after=("first",), owner=("sre",))
    last = step("do", "last", text="x", after=("ready",))
    return make_plan(step("do", "first", text="call"), checklist, ticks, last, rules=UP)


def _open(plan: Plan) -> Script:
    return Script(plan).feed("ana done first\nhosts answer")


def test_an_item_is_ticked_once_its_command_has_passed_on_every_host() -> None:
    script = _open(_plan())
    script.play("""
        < ended ready-disk web-1 run 1 0
        host-passed ready-disk web-1
        < ended ready-disk web-2 run 1 0
        host-passed ready-disk web-2
        step-passed ready-disk
        item-ticked ready disk web-1: exit 0; web-2: exit 0
    """)
    assert script.state.steps["ready"].items["disk"].by == "cockpit"


def test_nobody_is_asked_for_an_item_while_it_is_looked_at() -> None:
    assert _open(_plan()).waiting() == ["item ready told"]


def test_what_is_asked_says_what_to_do_and_in_which_list() -> None:
    assert [each.text for each in _open(_plan()).entries()] == ["tick in ready: Support knows"]


def test_the_list_is_complete_with_what_ticks_itself_and_what_people_tick() -> None:
    script = _open(_plan()).feed("all pass\nchen tick ready told")
    assert script.state.steps["ready"].status == "passed"


def test_nobody_ticks_what_is_being_looked_at() -> None:
    assert _open(_plan()).refusal("chen tick ready disk 'df says so'") == "Disk is free ticks itself, by ready-disk"


def test_an_item_whose_command_failed_stays_open_until_a_person_says_what_shows_it() -> None:
    script = _open(_plan()).feed("ended ready-disk web-1 run 1 1\nended ready-disk web-2 run 1 0")
    assert script.refusal("chen tick ready disk") == "Disk is free was not shown by its check"
    script.play("""
        < chen tick ready disk "the alarm is false"
        item-ticked ready disk the alarm is false
        step-skipped ready-disk web-1
        step-passed ready-disk
    """)


def test_an_item_whose_check_was_skipped_waits_for_a_person() -> None:
    script = _open(_plan()).feed("all fail\nana skip ready-disk all")
    assert script.waiting() == ["item ready disk", "item ready told"]
    assert script.refusal("chen tick ready disk") == "Disk is free was not shown by its check"
    script.feed("chen tick ready disk seen")
    assert script.state.steps["ready"].items["disk"].evidence == "seen"


def test_a_host_that_was_skipped_shows_nothing() -> None:
    script = _open(_plan()).feed("ended ready-disk web-1 run 1 0\nended ready-disk web-2 run 1 1")
    script.feed("ana skip ready-disk")
    assert script.state.steps["ready-disk"].status == "passed"
    assert script.waiting() == ["item ready disk", "item ready told"]


def test_a_rule_that_passes_ticks_with_its_numbers() -> None:
    script = _open(_plan("steady", rules=("up",))).feed("up is passing\n+20s")
    assert script.state.steps["ready"].items["disk"].evidence == "up is passing"


def test_a_request_ticks_too() -> None:
    script = _open(_plan("http")).feed("all pass")
    assert script.state.steps["ready"].items["disk"].evidence == "here: passed"


def test_what_ticks_an_item_is_left_out_with_its_checklist() -> None:
    plan = make_plan(
        step("checklist", "ready", items=ITEMS, when='version == "3"'), step("run", "ready-disk", ticks="ready")
    )
    script = Script(plan).feed("start")
    assert script.state.steps["ready-disk"].status == "skipped"
    assert script.state.steps["ready-disk"].note == "ready was skipped"


@pytest.mark.parametrize("how", ["", "finish"])
def test_nothing_is_ticked_after_an_abort(how: str) -> None:
    script = _open(_plan()).feed(f"ana abort {how}\nall pass")
    assert not script.state.steps["ready"].items
