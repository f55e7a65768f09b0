"""What is asked before something is done."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cockpit.playbook.plan import At, Phase
from cockpit.release import events as happened
from cockpit.release.gates import covers
from cockpit.release.intents import (
    Abort,
    Captaincy,
    Close,
    Decide,
    Done,
    Drop,
    Go,
    Hold,
    NoGo,
    Refusal,
    Resume,
    Retry,
    RollBack,
    Settle,
    Sign,
    Stop,
    Tick,
)
from screens.dialogs.dialog import Dialog
from screens.dialogs.interrupts import AbortDialog
from screens.link import Records
from tests.screens import release
from tests.screens.flying import flying
from tests.screens.release import Script


async def test_enter_at_once_says_no() -> None:
    async with flying(release.ready_to_go()) as flight:
        await (await flight.opened("g")).press("enter")
        assert not isinstance(flight.app.screen, Dialog)
        assert flight.link.asked == []


async def test_go_needs_the_word() -> None:
    async with flying(release.ready_to_go()) as flight:
        await (await flight.opened("g")).press("g", "enter")
        await flight.type("1.4.1")
        await flight.press("enter")
        assert flight.link.asked == []


async def test_the_word_and_enter_go() -> None:
    async with flying(release.ready_to_go()) as flight:
        await (await flight.opened("g")).press("tab")
        await flight.press("shift+tab", "g", "enter")
        await flight.type("1.4.0")
        await flight.press("enter")
        assert await flight.until_asked() == Go(gate="go-first", confirm="1.4.0")


async def test_on_production_the_release_is_typed_where_the_plan_has_no_word() -> None:
    async with flying(release.at_second_gate()) as flight:
        await flight.opened("g")
        assert "Type orders-1.4.0 to go:" in flight.text


async def test_a_gate_that_is_not_ready_shows_the_reason_where_the_key_would_be() -> None:
    async with flying(release.at_first_gate()) as flight:
        await (await flight.opened("g")).press("g", "enter")
        assert "go-first stays shut: sre must still sign" in flight.text
        assert isinstance(flight.app.screen, Dialog)


async def test_a_gate_moves_while_one_thinks() -> None:
    script = release.at_first_gate()
    async with flying(script) as flight:
        await flight.opened("g")
        before = len(script.records)
        script.sign("go-first", "sre", "chen")
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("can be opened: you decide")


async def test_no_go_needs_a_note() -> None:
    async with flying(release.ready_to_go()) as flight:
        await (await flight.opened("g")).press("x", "enter")
        await flight.type("no")
        await flight.press("tab", "x", "enter")
        assert await flight.until_asked() == NoGo(gate="go-first", note="no")


async def test_the_gate_shows_what_runs_then_and_the_way_back() -> None:
    async with flying(release.ready_to_go()) as flight:
        await flight.opened("g")
        for text in ("on 1 host: web-1", '$ git checkout "$version"', "version=1.4.0", "way back  2 steps on 3 hosts"):
            assert text in flight.text


async def test_a_role_signs_what_is_shown() -> None:
    script = release.at_first_gate()
    async with flying(script, login="chen") as flight:
        await (await flight.opened("s")).press("y", "enter")
        expected = Sign(gate="go-first", role="sre", yes=True, covers=covers(script.state, "go-first"))
        assert await flight.until_asked() == expected


async def test_an_observer_signs_from_a_terminal_of_their_own() -> None:
    async with flying(release.at_first_gate(), login="dee", observer=True) as flight:
        await flight.until("[s] signs")
        await (await flight.opened("s")).press("y", "enter")
        assert (await flight.until_asked()).role == "sre"


async def test_what_changes_while_one_signs_is_read_again() -> None:
    script = release.at_first_gate()
    async with flying(script, login="chen") as flight:
        await (await flight.opened("s")).press("y")
        before = len(script.records)
        script.after(1, happened.StepDone(step="backup", by="ana", note="changed"))
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("changed while you looked")
        await flight.press("enter")
        assert flight.link.asked == []


ANSWERS = [("r", Retry), ("d", Drop)]


@pytest.mark.parametrize(("key", "intent"), ANSWERS)
async def test_an_answer_is_for_one_host_and_needs_a_note(key: str, intent: Any) -> None:
    async with flying(release.failed()) as flight:
        await (await flight.opened("w")).press(key, "enter")
        await flight.type("ok")
        await flight.press("tab", key, "enter")
        assert await flight.until_asked() == intent(step="rest", host="web-2", note="ok")


async def test_all_hosts_are_meant_only_when_said() -> None:
    async with flying(both_failed()) as flight:
        await (await flight.opened("w")).press("e", "enter")
        await flight.type("x")
        await flight.press("tab", "e", "enter")
        assert await flight.until_asked() == Retry(step="rest", host="all", note="x")


def both_failed() -> Script:
    return release.failed().fail("rest", "web-3", 3, "exit 2", code=2)


async def test_the_host_under_the_cursor_is_the_one_asked_about() -> None:
    async with flying(both_failed()) as flight:
        await flight.press("j", "j", "enter")
        await flight.until("failed on web-3")


async def test_a_failure_shows_the_last_lines_and_the_exit_code() -> None:
    printed = {"rest-web-2-run-1": b"pulling\r\n\x1b[31mno space left\x1b[0m\n"}
    async with flying(release.failed(), printed=printed) as flight:
        await flight.opened("w")
        await flight.until("│ no space left")
        assert "failed, exit 1, after 52 s, try 1" in flight.text


async def test_roll_back_is_reached_from_a_question() -> None:
    async with flying(release.failed()) as flight:
        await (await flight.opened("w")).press("b", "enter")
        await flight.until("Roll back orders-1.4.0")


async def test_an_unknown_is_settled_by_a_person() -> None:
    async with flying(release.unknown()) as flight:
        await (await flight.opened("w")).press("p", "enter")
        await flight.type("seen")
        await flight.press("tab", "p", "enter")
        assert await flight.until_asked() == Settle(step="rest", host="web-2", outcome="passed", note="seen")


async def test_a_lock_is_taken_over_with_a_note() -> None:
    refused = happened.LockRefused(
        host="web-1", release="other", login="bo", machine="b2", since="12:00", heartbeat_age=90.0
    )
    async with flying(release.deploying().after(1, refused)) as flight:
        await (await flight.opened("w")).press("t", "enter")
        await flight.type("dead")
        await flight.press("tab", "t", "enter")
        assert await flight.until_asked() == Decide(decision="lock-web-1", option="take over", note="dead")


async def test_a_condition_is_decided_with_a_note() -> None:
    script = release.deploying().after(1, happened.ConditionUnknown(step="smoke"))
    async with flying(script) as flight:
        await (await flight.opened("w")).press("s", "enter")
        await flight.type("x")
        await flight.press("tab", "s", "enter")
        assert await flight.until_asked() == Decide(decision="smoke", option="skip", note="x")


async def test_step_that_waits_for_its_time_is_begun_with_a_note() -> None:
    plan = replace(
        release.PLAN, phases=(Phase(name="watch", steps=(replace(release.TELL, after=(), not_before=At(day=2)),)),)
    )
    async with flying(release.Script(plan=plan)) as flight:
        await flight.until("[w] begins it now")
        await (await flight.opened("w")).press("r", "enter")
        await flight.type("agreed")
        await flight.press("tab", "r", "enter")
        assert await flight.until_asked() == Decide(decision="tell", option="run", note="agreed")


async def test_hold_takes_a_note_and_enter() -> None:
    async with flying(release.deploying()) as flight:
        await (await flight.opened("h")).press("tab")
        await flight.type("wait")
        await flight.press("enter")
        assert await flight.until_asked() == Hold(note="wait")


async def test_resume_ends_the_hold() -> None:
    async with flying(release.holding()) as flight:
        await (await flight.opened("u")).press("u", "enter")
        assert await flight.until_asked() == Resume()


async def test_roll_back_needs_the_name() -> None:
    async with flying(release.deploying()) as flight:
        await (await flight.opened("R")).press("b", "enter")
        await flight.type("orders-1.4.0")
        await flight.press("enter")
        assert await flight.until_asked() == RollBack(confirm="orders-1.4.0")


async def test_roll_back_shows_what_is_stopped_and_what_runs_then() -> None:
    async with flying(release.deploying()) as flight:
        await flight.opened("R")
        for text in (
            "Deploy rest on web-2",
            "then 2 steps on 3 hosts: web-1 web-2 web-3",
            '$ git checkout "$previous"',
        ):
            assert text in flight.text


async def test_abort_is_a_and_enter_in_one_breath() -> None:
    async with flying(release.deploying()) as flight:
        await flight.press("A", "enter")
        assert await flight.until_asked() == Abort()


async def test_abort_works_from_a_question() -> None:
    async with flying(release.failed()) as flight:
        await (await flight.opened("w")).press("A", "enter")
        assert await flight.until_asked() == Abort()


async def test_what_runs_is_stopped_with_a_note() -> None:
    async with flying(release.deploying()) as flight:
        await (await flight.opened("S")).press("1", "enter")
        await flight.type("x")
        await flight.press("tab", "1", "enter")
        assert await flight.until_asked() == Stop(step="rest", host="web-2", note="x")


async def test_an_item_is_ticked_by_enter_on_it() -> None:
    async with flying(release.checklist()) as flight:
        await flight.press("j", "j", "enter")
        await flight.until("said in #releases")
        await flight.press("t", "enter")
        assert await flight.until_asked() == Tick(step="ready", item="oncall")


async def test_an_item_that_does_not_apply_needs_a_reason() -> None:
    async with flying(release.checklist()) as flight:
        await flight.press("j", "j", "j", "enter", "x", "enter")
        await flight.type("none")
        await flight.press("tab", "x", "enter")
        assert await flight.until_asked() == Tick(step="ready", item="migration", not_applicable="none")


async def test_a_person_says_that_a_step_is_done() -> None:
    async with flying(release.telling()) as flight:
        await (await flight.opened("d")).press("d", "enter")
        assert await flight.until_asked() == Done(step="tell")


async def test_the_captaincy_is_offered() -> None:
    async with flying(release.deploying()) as flight:
        await (await flight.opened("C")).press("o", "enter")
        await flight.type("bo")
        await flight.press("enter")
        assert await flight.until_asked() == Captaincy(action="offer", to="bo")


async def test_the_captaincy_is_taken_with_a_reason() -> None:
    async with flying(release.deploying(), login="bo") as flight:
        await (await flight.opened("C")).press("t", "enter")
        await flight.type("gone")
        await flight.press("tab", "t", "enter")
        assert await flight.until_asked() == Captaincy(action="take", note="gone")


async def test_an_ended_release_is_closed() -> None:
    async with flying(release.done()) as flight:
        await (await flight.opened("X")).press("x", "enter")
        assert await flight.until_asked() == Close()


async def test_leaving_says_that_the_release_goes_on_and_how_to_come_back() -> None:
    async with flying(release.deploying()) as flight:
        await flight.opened("q")
        assert "The release goes on without this screen." in flight.text
        assert "cockpit attach orders-1.4.0" in flight.text
        await flight.press("q", "enter")
        assert flight.app._exit


async def test_a_refusal_is_said_with_its_hint() -> None:
    refusal = Refusal("held by bo already", "resume ends the hold")
    async with flying(release.deploying(), answer=lambda _: refusal) as flight:
        await (await flight.opened("h")).press("h", "enter")
        await flight.until("held by bo already")
        assert "resume ends the hold" in flight.text


async def test_what_is_not_possible_now_says_why() -> None:
    async with flying(release.deploying(), observer=True) as flight:
        await flight.press("R")
        await flight.until("you only watch")


def test_abort_ignores_no_key() -> None:
    assert not AbortDialog.SHIELDED


async def test_an_item_whose_age_counts_asks_when_its_evidence_was_made() -> None:
    oncall = replace(release.READY.items[1], fresh=86400.0)
    ready = replace(release.READY, items=(release.READY.items[0], oncall, release.READY.items[2]))
    phase = replace(release.PLAN.phases[0], steps=(ready, *release.PLAN.phases[0].steps[1:]))
    script = release.Script(plan=replace(release.PLAN, phases=(phase, *release.PLAN.phases[1:]))).begin("ready")
    async with flying(script) as flight:
        await flight.press("j", "j", "enter")
        await flight.until("no older than 1d; such as 2026-11-19")
        await flight.press("t", "enter")
        await flight.type("2026-11-19 12:30")
        await flight.press("enter")
        made = release.START - 1800.0
        assert await flight.until_asked() == Tick(step="ready", item="oncall", made=made)


def failed_once() -> Script:
    """A step failed, and a second failure of it holds."""
    steps = (release.GO_REST, replace(release.REST, fails_twice="hold"))
    phases = tuple(replace(each, steps=steps) if each.name == "rest" else each for each in release.PLAN.phases)
    script = Script(plan=replace(release.PLAN, phases=phases))
    for record in release.failed().records[2:]:
        script.after(record.at - script.at, record.event)
    return script


async def test_a_cause_may_be_external_where_a_second_failure_has_consequences() -> None:
    async with flying(failed_once()) as flight:
        await (await flight.opened("w")).press("x", "enter")
        await flight.type("dns")
        await flight.until("else hold if it fails again")
        await flight.press("tab", "x", "enter")
        assert await flight.until_asked() == Retry(step="rest", host="web-2", note="dns", external=True)
