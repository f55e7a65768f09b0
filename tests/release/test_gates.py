"""Gates: sign-offs over what was shown, go and no-go."""

from __future__ import annotations

from cockpit.playbook.plan import Item, Role
from tests.release.script import Script, make_plan, step

ROLES = {
    "captain": Role(title="Captain", people=("ana", "bo")),
    "sre": Role(title="SRE", people=("chen", "bo")),
    "qa": Role(title="QA", people=("dee", "bo")),
}


def _gate(**fields: object) -> Script:
    plan = make_plan(step("gate", "go", title="Go?", **fields), step("run", "deploy"), roles=ROLES)
    return Script(plan).feed("start")


def test_a_gate_opens_once_it_is_signed_and_the_captain_says_go() -> None:
    script = _gate(sign={"sre": 1})
    assert script.waiting() == ["sign-off go sre"]
    script.play("""
        < ana go go
        refused: go stays shut: sre must still sign
        < chen sign go sre yes
        signed-off go sre True
        < ana go go
        gate-opened go
        step-passed go
        step-started deploy
        ! reach web-1
    """)


def test_go_asks_for_the_word() -> None:
    script = _gate(confirm="2.4.1")
    assert script.refusal("ana go go 2.4") == "go asks for a word to be typed"
    script.play("""
        < ana go go 2.4.1
        gate-opened go
        step-passed go
        step-started deploy
        ! reach web-1
    """)


def test_only_the_captain_says_go() -> None:
    assert _gate().refusal("chen go go") == "only the captain may do this, and chen is not"


def test_only_people_of_a_role_sign_for_it() -> None:
    assert _gate(sign={"sre": 1}).refusal("dee sign go sre yes") == "dee is not sre"


def test_a_role_that_is_not_asked_cannot_sign() -> None:
    assert _gate(sign={"sre": 1}).refusal("dee sign go qa yes") == "go asks for no qa"


def test_a_signature_over_something_else_is_refused() -> None:
    script = _gate(sign={"sre": 1})
    assert script.refusal("chen sign go sre yes other") == "what you were shown has changed since"


def test_a_no_needs_a_note() -> None:
    assert _gate(sign={"sre": 1}).refusal("chen sign go sre no '' ''") == "a no needs a note"


def test_two_yeses_of_one_login_count_once_for_a_role() -> None:
    script = _gate(sign={"sre": 2}).feed("chen sign go sre yes\nchen sign go sre yes")
    assert script.refusal("ana go go") == "go stays shut: sre must still sign"


def test_different_people_are_counted_by_login_and_not_by_role() -> None:
    script = _gate(sign={"sre": 1, "qa": 1}, distinct=2).feed("bo sign go sre yes\nbo sign go qa yes")
    assert script.refusal("ana go go") == "go stays shut: 1 of 2 different people have signed"
    assert script.waiting() == ["sign-off go"]
    script.feed("dee sign go qa yes\nana go go")
    assert script.state.steps["go"].status == "passed"


def test_a_no_stands_although_enough_others_say_yes() -> None:
    script = _gate(sign={"sre": 1}).feed("bo sign go sre no\nchen sign go sre yes")
    assert script.refusal("ana go go") == "go stays shut: bo (sre) signed no"
    assert script.waiting() == ["sign-off go sre"]


def test_whoever_said_no_may_say_yes_later() -> None:
    script = _gate(sign={"sre": 1}).feed("bo sign go sre no\nbo sign go sre yes\nana go go")
    assert script.state.steps["go"].status == "passed"


def test_a_yes_can_be_taken_back() -> None:
    script = _gate(sign={"sre": 1}).feed("chen sign go sre yes\nchen sign go sre no")
    assert script.refusal("ana go go") == "go stays shut: sre must still sign; chen (sre) signed no"


def test_a_no_go_holds_and_the_gate_is_asked_again_from_the_beginning() -> None:
    script = _gate(sign={"sre": 1}).feed("chen sign go sre yes")
    script.play("""
        < ana no-go go "not now"
        gate-refused go
        held
        < ana resume
        resumed
        < ana go go
        refused: go stays shut: sre must still sign
        < chen sign go sre yes
        signed-off go sre True
        < ana go go
        gate-opened go
        step-passed go
        step-started deploy
        ! reach web-1
    """)


def test_a_no_go_needs_a_note() -> None:
    assert _gate().refusal("ana no-go go") == "a no-go needs a note"


def test_a_no_go_under_a_hold_keeps_that_hold() -> None:
    script = _gate().feed("ana hold")
    script.play("""
        < ana no-go go "not now"
        gate-refused go
    """)


def test_a_gate_stays_open_under_a_hold_can_be_signed_and_cannot_pass() -> None:
    script = _gate(sign={"sre": 1}).feed("ana hold look")
    script.play("""
        < chen sign go sre yes
        signed-off go sre True
        < ana go go
        refused: go stays shut: held by ana
    """)


def test_a_gate_cannot_pass_while_credentials_are_missed() -> None:
    script = _gate().feed("missed token")
    assert script.refusal("ana go go") == "go stays shut: needs credentials: token"


def test_a_sign_off_is_void_once_an_earlier_step_stands_otherwise() -> None:
    beside = (step("wait", "ready", seconds=1), step("run", "backup", after=("ready",)))
    plan = make_plan(*beside, step("gate", "go", sign={"sre": 1}, after=("ready",)))
    script = Script(plan).feed("+1s\nhosts answer\nchen sign go sre yes")
    script.play("""
        < ended backup web-1 run 1 0
        host-passed backup web-1
        step-passed backup
        < ana go go
        refused: go stays shut: sre must still sign
    """)
    assert script.waiting() == ["sign-off go sre"]


def test_a_sign_off_is_void_once_a_step_was_tried_again() -> None:
    beside = (step("wait", "ready", seconds=1), step("run", "backup", after=("ready",)))
    plan = make_plan(*beside, step("gate", "go", sign={"sre": 1}, after=("ready",)))
    script = Script(plan).feed("+1s\nhosts answer\nended backup web-1 run 1 1\nchen sign go sre yes")
    assert script.waiting() == ["answer backup web-1", "gate go"]
    script.feed("ana retry backup")
    assert script.waiting() == ["sign-off go sre"]


def test_a_sign_off_covers_the_evidence_of_steps_written_behind_that_come_before() -> None:
    plan = make_plan(
        step("wait", "ready", seconds=1),
        step("gate", "go", sign={"sre": 1}, after=("proof",)),
        step("checklist", "proof", items=(Item(id="a", title="A"),), after=("ready",)),
    )
    one = Script(plan).feed("+1s\nana tick proof a this")
    other = Script(plan).feed("+1s\nana tick proof a that")
    assert one.refusal(f"chen sign go sre yes {_shown(other)}") == "what you were shown has changed since"


def _shown(script: Script) -> str:
    return script.feed("chen sign go sre yes").state.steps["go"].signatures[0].covers


def test_a_gate_before_its_turn_is_not_signed_and_does_not_open() -> None:
    plan = make_plan(step("do", "call", text="call"), step("gate", "go", sign={"sre": 1}))
    script = Script(plan).feed("start")
    assert script.refusal("chen sign go sre yes") == "it is not go's turn yet"
    assert script.refusal("ana go go") == "it is not go's turn yet"


def test_a_gate_that_passed_takes_nothing_more() -> None:
    script = _gate().feed("ana go go")
    assert script.refusal("ana go go") == "go has passed already"
    assert script.refusal("ana no-go go why") == "go has passed already"


def test_a_gate_is_never_skipped() -> None:
    assert _gate().refusal("ana skip go") == "a gate cannot be skipped"


def test_what_is_no_gate_takes_no_go() -> None:
    script = Script(make_plan(step("do", "call", text="call"))).feed("start")
    assert script.refusal("ana go call") == "call is not a gate"
    assert script.refusal("ana go nothing") == "no step 'nothing' in rel"


def test_a_rollback_closes_an_open_gate() -> None:
    plan = make_plan(step("gate", "go"), back=(step("do", "call", text="call"),))
    script = Script(plan).feed("ana rollback rel")
    assert script.refusal("ana go go") == "go is not part of what is being done now"
    assert script.waiting() == ["step call"]


def test_an_abort_closes_an_open_gate() -> None:
    script = _gate().feed("ana abort")
    assert script.refusal("ana go go") == "rel is aborted"
    assert script.waiting() == []


def test_a_gate_of_the_rollback_is_shut_before() -> None:
    plan = make_plan(step("do", "call", text="call"), back=(step("gate", "sure"),))
    assert Script(plan).feed("start").refusal("ana go sure") == "sure is not part of what is being done now"
