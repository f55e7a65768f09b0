"""What `make fly` answers when there is no terminal."""

from __future__ import annotations

import pytest

from tests.loopback.pilot import NOTE, Entry, answer, next_answer

GATE: Entry = {"what": "gate", "step": "first-host", "from": ["ana"], "confirm": "1.1.0"}
SIGN_OFF: Entry = {"what": "sign-off", "step": "first-host", "from": ["captain"], "confirm": None}
SIGN = ("sign", "q-1", "first-host", "yes", "--role", "captain", "--note", NOTE)
GO = ("go", "q-1", "first-host", "--confirm", "1.1.0")


@pytest.mark.parametrize(
    ("entry", "command_line"),
    [
        (GATE, GO),
        ({**GATE, "confirm": None}, GO[:3]),
        (SIGN_OFF, SIGN),
        (
            {"what": "item", "step": "ready", "item": "tag-exists", "from": []},
            ("tick", "q-1", "tag-exists", "--evidence", NOTE),
        ),
        ({"what": "step", "step": "tell", "from": []}, ("done", "q-1", "tell", "--note", NOTE)),
    ],
)
def test_entry_is_answered_with(entry: Entry, command_line: tuple[str, ...]) -> None:
    assert answer("q-1", entry) == command_line


def test_what_needs_judgement_aborts() -> None:
    assert answer("q-1", {"what": "answer", "step": "deploy", "from": ["ana"]})[0] == "abort"


def test_sign_off_comes_before_its_gate() -> None:
    assert next_answer("q-1", [GATE, SIGN_OFF], set()) == SIGN


def test_gate_is_next_when_its_sign_off_is_given() -> None:
    assert next_answer("q-1", [GATE, SIGN_OFF], {SIGN}) == GO


def test_nothing_is_answered_twice() -> None:
    assert next_answer("q-1", [GATE, SIGN_OFF], {SIGN, GO}) is None


@pytest.mark.parametrize("what", ["veto", "decision", "acknowledgement", "resume"])
def test_what_rules_bring_about_takes_its_course(what: str) -> None:
    assert next_answer("q-1", [{"what": what, "step": "watch", "item": "errors", "from": ["ana"]}], set()) is None
