"""What must be done after a rollback, before another release may start."""

from __future__ import annotations

from cockpit.playbook.plan import Block, Checklist, Item, Role, Rollback
from cockpit.release.block import blocking
from cockpit.release.events import FreezeLifted
from cockpit.release.intents import Refusal
from cockpit.release.lifting import lift
from tests.release.script import Script, make_plan, step

ITEMS = (Item(id="cause", title="Cause found"), Item(id="fixed", title="Fix validated", evidence=True))
UNTIL = Checklist(id="block", phase="block", items=ITEMS)
RISK = Role(title="Risk", people=("eli",))
PLAN = make_plan(
    step("do", "work", text="x"),
    roles={"risk": RISK},
    rollback=Rollback(
        steps=(step("do", "undo", text="x", phase="rollback"),), block=Block(until=UNTIL, lifted_by=("risk",))
    ),
)


def rolled_back(*lines: str) -> Script:
    return Script(PLAN).feed("\n".join(["start", "ana rollback rel", "ana done undo", *lines]))


def test_it_can_be_closed_only_once_all_is_done() -> None:
    script = rolled_back()
    assert script.state.end == "rolled_back"
    assert script.waiting() == ["item block cause", "item block fixed"]
    assert script.refusal("ana close").startswith("it was rolled back, and this is still to be done: Cause found; Fix")
    assert script.refusal("ana tick block fixed") == "Fix validated needs evidence"
    script.feed("ana tick block fixed link\nana tick block cause\nana close")
    assert script.state.closed


def test_nothing_is_due_where_it_was_not_rolled_back() -> None:
    script = Script(PLAN).feed("start\nana done work")
    assert (script.state.end, blocking(script.state), script.waiting()) == ("done", (), [])
    assert script.refusal("ana tick block cause") == "rel is done"


def test_it_is_lifted_by_its_role_with_a_reason() -> None:
    lifted = lift(PLAN, "eli", "block", "risk", "fix for the outage")
    assert isinstance(lifted, FreezeLifted)
    assert (lifted.freeze, lifted.by) == ("block", "eli")
    assert lift(PLAN, "ana", "block", "risk", "x") == Refusal("ana is not risk", "risk: eli")
    assert isinstance(lift(PLAN, "eli", "block", "risk", " "), Refusal)
