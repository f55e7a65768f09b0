"""The one registry of actions."""

from __future__ import annotations

import re
from typing import get_args

from cockpit.release.intents import AnyIntent
from screens.actions import ACTIONS, BY_ID, bindings, remapped
from tests.screens import release
from tests.screens.release import PLAN, Script


def why_not(action: str, script: Script, login: str = "ana", *, observer: bool = False) -> str:
    return BY_ID[action].why_not(script.state, login, observer)


def test_every_intent_has_an_action() -> None:
    assert {intent for action in ACTIONS for intent in action.intents} == set(get_args(AnyIntent))


def test_no_key_is_given_twice() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))


def test_palette_entries_name_group_verb_and_object() -> None:
    assert all(re.fullmatch(r"[a-z]+: [A-Z][a-z]+( .+)?", action.palette) for action in ACTIONS)


def test_what_destroys_is_a_capital() -> None:
    assert all(BY_ID[action].keys.isupper() for action in ("abort", "rollback", "stop", "close"))


def test_bindings_carry_ids_that_a_keymap_can_name() -> None:
    assert {binding.id for binding in bindings() if not binding.priority} == set(BY_ID)


def test_a_keymap_gives_other_keys() -> None:
    assert next(one for one in remapped({"hold": "f5"}) if one.id == "hold").key == "f5"


def test_an_observer_drives_nothing() -> None:
    drives = [
        action for action in ACTIONS if action.intents and action.id not in ("sign", "tick", "done", "ack", "waive")
    ]
    assert all(why_not(action.id, release.failed(), observer=True) for action in drives)


def test_an_observer_signs_for_a_role() -> None:
    assert why_not("sign", release.at_first_gate(), "chen", observer=True) == ""


def test_only_the_captain_holds() -> None:
    assert why_not("hold", release.deploying()) == ""
    assert why_not("hold", release.deploying(), "chen") == "only the captain may do this, and chen is not"


def test_a_plan_without_rollback_says_so() -> None:
    plan = type(PLAN)(**{field: getattr(PLAN, field) for field in PLAN.__struct_fields__ if field != "rollback"})
    assert why_not("rollback", Script(plan=plan)) == "this playbook has no rollback"


def test_signing_needs_an_open_gate_and_a_role() -> None:
    assert why_not("sign", release.deploying()) == "no gate is open"
    assert why_not("sign", release.at_first_gate(), "fay") == "you are none of captain, sre"
    assert why_not("sign", release.at_first_gate(), "dee") == ""


def test_answering_needs_a_question() -> None:
    assert why_not("answer", release.deploying()) == "nothing waits for an answer"
    assert why_not("answer", release.failed()) == ""


def test_before_the_first_event_nothing_can_be_asked() -> None:
    empty = Script()
    empty.state = type(empty.state)()
    assert all(why_not(action.id, empty) for action in ACTIONS if action.intents)
