"""What is due after a rollback, and files that must stay as they were."""

from __future__ import annotations

from cockpit.playbook.plan import BLOCK
from cockpit.release.intents import Tick
from screens.panes.call import call
from screens.panes.outlook import outlook
from screens.panes.stage import stage
from screens.panes.timeline import COLUMNS, timeline
from tests.screens import asked
from tests.screens.flying import flying
from tests.screens.seen import lines, view


def test_what_is_due_is_looked_at_and_waited_for() -> None:
    found = view(asked.blocked())
    assert stage(found).title == "Before the next release · checklist"
    assert "you [t]: tick before another release starts: The postmortem is written" in "\n".join(lines(outlook(found)))
    assert lines(timeline(found), COLUMNS)[-1] == "◆ Before the next release · 1 of 3 ticked"


async def test_it_is_ticked_after_the_end() -> None:
    async with flying(asked.blocked()) as flight:
        await flight.opened("t")
        await flight.press("tab")
        await flight.type("wiki 42")
        await flight.press("enter")
        assert await flight.until_asked() == Tick(step=BLOCK, item="postmortem", evidence="wiki 42")


def test_a_changed_file_is_said_and_no_key_mends_it() -> None:
    found = view(asked.kept())
    assert [bit.text for bit in call(found)] == ["goes on by itself then"]
    assert "nothing starts until every file is what it was" in "\n".join(lines(outlook(found)))


def test_a_changed_file_is_a_criterion_of_the_gate() -> None:
    shown = "\n".join(lines(stage(view(asked.kept())).rows, width=200))
    assert "✖ files  configs/orders.yaml has changed since backup" in shown
