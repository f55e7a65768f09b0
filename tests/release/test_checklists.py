"""Checklists: items, each with what shows that it is true."""

from __future__ import annotations

from cockpit.playbook.plan import Item
from tests.release.script import Script, make_plan, step

ITEMS = (
    Item(id="signed", title="Images signed", evidence=True),
    Item(id="keys", title="Keys rotated", not_applicable=True),
)


def _release() -> Script:
    return Script(make_plan(step("checklist", "ready", items=ITEMS, owner=("sre",)))).feed("start")


def test_it_passes_once_every_item_is_answered() -> None:
    script = _release()
    assert script.waiting() == ["item ready signed", "item ready keys"]
    script.play("""
        < chen tick ready signed sbom.json
        item-ticked ready signed sbom.json
        < ana not-applicable ready keys "no keys"
        item-not-applicable ready keys no keys
        step-passed ready
        ended done
    """)


def test_an_item_that_asks_for_evidence_needs_some() -> None:
    assert _release().refusal("chen tick ready signed ' '") == "Images signed needs evidence"


def test_an_item_that_always_applies_cannot_be_left_out() -> None:
    assert _release().refusal("chen not-applicable ready signed no") == "Images signed always applies"


def test_only_owners_and_the_captain_tick() -> None:
    assert _release().refusal("mallory tick ready keys") == "mallory may not tick items of ready"


def test_an_item_that_does_not_exist_cannot_be_ticked() -> None:
    assert _release().refusal("chen tick ready other") == "no item 'other'"
    assert _release().refusal("chen tick other keys") == "no step 'other' in rel"


def test_evidence_can_be_replaced_until_the_list_is_complete() -> None:
    plan = make_plan(step("checklist", "ready", items=ITEMS, owner=("sre",)), step("do", "call", text="call"))
    script = Script(plan).feed("chen tick ready signed old\nchen tick ready signed new")
    assert script.state.steps["ready"].items["signed"].evidence == "new"
    script.feed("chen tick ready keys")
    assert script.refusal("chen tick ready signed newer") == "ready has passed already"


def test_a_step_that_is_no_checklist_has_no_items() -> None:
    script = Script(make_plan(step("do", "call", text="call"))).feed("start")
    assert script.refusal("ana tick call keys") == "call is not a checklist"


def test_a_checklist_without_items_passes_at_once() -> None:
    assert Script(make_plan(step("checklist", "ready", items=()))).feed("start").state.end == "done"


def test_a_checklist_is_never_skipped() -> None:
    assert _release().refusal("ana skip ready") == "a checklist cannot be skipped"


def test_nothing_is_ticked_after_an_abort() -> None:
    assert _release().feed("ana abort").refusal("chen tick ready keys") == "rel is aborted"
