"""Roles that the captain assigns during the release."""

from __future__ import annotations

import pytest

from cockpit.playbook.plan import Role
from tests.release.script import Script, make_plan, step

ROLES = {
    "captain": Role(title="Captain", people=("ana",)),
    "commander": Role(title="Commander", people=(), assigned=True),
    "scribe": Role(title="Scribe", people=("chen", "bo"), assigned=True),
}


def _release(*more: str) -> Script:
    steps = (
        step("assign", "who", role="commander"),
        step("do", "call", text="lead the call", owner=("commander",)),
        step("gate", "go", sign={"commander": 1}),
    )
    return Script(make_plan(*steps, roles=ROLES)).feed("\n".join(("start", *more)))


def test_the_step_is_complete_once_the_role_is_assigned() -> None:
    script = _release()
    assert script.waiting() == ["assign who commander"]
    script.play("""
        < ana assign commander bo
        role-assigned commander bo
        step-passed who
        step-started call
    """)


def test_a_role_may_be_assigned_before_its_step_and_after_it() -> None:
    steps = (step("do", "first", text="x"), step("assign", "who", role="commander"))
    script = Script(make_plan(*steps, roles=ROLES)).feed("ana assign commander bo\nana done first")
    assert script.state.end == "done"


def test_who_was_assigned_acts_and_signs_for_the_role() -> None:
    script = _release("ana assign commander bo")
    assert script.refusal("chen done call") == "chen may not say that call is done"
    script.feed("bo done call")
    assert script.refusal("chen sign go commander yes") == "chen is not commander"
    assert script.feed("bo sign go commander yes\nana go go").state.end == "done"


def test_giving_it_to_another_needs_a_note() -> None:
    script = _release("ana assign commander bo")
    assert script.refusal("ana assign commander chen").startswith("bo is commander")
    script.feed("ana assign commander chen 'bo is ill'")
    assert script.state.assigned == {"commander": "chen"}


def test_what_somebody_signed_does_not_count_once_another_has_the_role() -> None:
    script = _release("ana assign commander bo", "bo done call", "bo sign go commander yes")
    script.feed("ana assign commander chen 'bo is ill'")
    assert script.waiting() == ["sign-off go commander"]
    assert script.feed("chen sign go commander yes\nana go go").state.end == "done"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("bo assign commander bo", "only the captain may do this, and bo is not"),
        ("ana assign captain bo", "captain is not assigned here"),
        ("ana assign nobody bo", "nobody is not assigned here"),
        ("ana assign scribe dee", "dee cannot be scribe"),
        ("ana assign commander ' '", "  cannot be commander"),
    ],
)
def test_it_is_refused_with_a_reason(line: str, why: str) -> None:
    assert _release().refusal(line) == why


def test_it_is_said_once() -> None:
    assert _release("ana assign commander bo").refusal("ana assign commander bo") == "bo is commander already"


def test_nobody_has_the_role_of_those_it_could_be_before_one_is_assigned() -> None:
    gate = step("gate", "go", sign={"scribe": 1})
    script = Script(make_plan(gate, roles=ROLES)).feed("start")
    assert script.refusal("chen sign go scribe yes") == "chen is not scribe"


def test_nothing_is_assigned_after_an_abort() -> None:
    assert _release("ana abort").refusal("ana assign commander bo") == "rel is aborted"
