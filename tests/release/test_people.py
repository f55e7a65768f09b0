"""Who may do what, and who drives."""

from __future__ import annotations

import pytest

from tests.release.script import Script, make_plan, step

CAPTAINS = (
    "go gate", "no-go gate why", "hold", "resume", "abort", "rollback rel", "close", "retry deploy", "skip deploy",
    "drop deploy", "stop deploy", "settle deploy web-1 passed", "decide deploy run",
)  # fmt: skip


def _release() -> Script:
    return Script(make_plan(step("do", "call", text="call", owner=("sre",)), step("run", "deploy"))).feed("start")


@pytest.mark.parametrize("line", CAPTAINS)
def test_only_the_captain_drives(line: str) -> None:
    assert _release().refusal(f"chen {line}") == "only the captain may do this, and chen is not"


def test_an_owner_may_say_that_a_step_is_done() -> None:
    script = _release()
    script.play("""
        < mallory done call
        refused: mallory may not say that call is done
        < chen done call
        step-done call
        step-passed call
        step-started deploy
        ! reach web-1
    """)


def test_the_captain_may_do_what_others_own() -> None:
    assert _release().feed("ana done call").state.steps["call"].by == "ana"


def test_a_step_that_no_person_does_is_not_done_by_saying_so() -> None:
    script = _release().feed("ana done call")
    assert script.refusal("ana done deploy") == "deploy is not done by a person"
    assert script.refusal("ana done call") == "call has passed already"
    assert script.refusal("ana done nothing") == "no step 'nothing' in rel"


def test_the_captaincy_is_offered_and_accepted() -> None:
    script = _release()
    script.play("""
        < ana captain offer chen
        captaincy-offered chen
        < bo captain accept
        refused: the captaincy was not offered to bo
        < chen captain accept
        captain-changed chen
        < ana hold
        refused: only the captain may do this, and ana is not
        < chen hold
        held
    """)


def test_only_the_captain_offers_and_names_another() -> None:
    script = _release()
    assert script.refusal("chen captain offer bo") == "chen is not the captain"
    assert script.refusal("ana captain offer ana") == "name the login to offer the captaincy to"
    assert script.refusal("ana captain offer") == "name the login to offer the captaincy to"


def test_an_offer_is_good_for_one_change() -> None:
    script = _release().feed("ana captain offer chen\nchen captain accept\nana captain take")
    assert script.refusal("chen captain accept") == "the captaincy was not offered to chen"


def test_the_captaincy_is_taken_with_a_note() -> None:
    script = _release()
    assert script.refusal("chen captain take '' ' '") == "taking the captaincy needs a note"
    assert script.refusal("ana captain take") == "ana is the captain already"
    assert script.feed("chen captain take").state.captain == "chen"


def test_an_ended_release_can_still_change_hands() -> None:
    script = _release().feed("ana abort\nchen captain take\nchen close")
    assert script.state.closed
