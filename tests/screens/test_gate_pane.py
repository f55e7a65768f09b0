"""What a gate asks for, in rows."""

from __future__ import annotations

from screens.panes.gate import criteria
from screens.view import View
from tests.release.script import Script
from tests.release.test_fitting import plan
from tests.release.test_rehearsed import asking, found


def said(view: View) -> str:
    """The criteria of the gate, as text."""
    rows = criteria(view, view.state.steps["go"])
    return "".join(bit.text for row in rows for cell in row.cells for bit in cell)


def test_gate_without_a_rehearsal_says_that_none_is_known() -> None:
    assert "✖ rehearsed 1h  no rehearsal of this plan is known  (rehearsals)" in said(View(state=asking().state))


def test_gate_names_the_rehearsal_that_counts() -> None:
    script = found(asking(), 900.0)
    assert "✔ rehearsed 1h  rehearsal-1 at 1970-01-01T00:15:00" in said(View(state=script.state))


def test_gate_says_whether_the_calendar_leaves_enough_time() -> None:
    script = Script(plan()).feed("")
    assert "✔ fits-window  what is ahead fits before the window ends and a freeze begins" in said(
        View(state=script.state)
    )
    shut = said(View(state=script.feed("+12h").state))
    assert "✖ fits-window  freeze noon until Thu 1970-01-01 13:00 UTC; it would at 1970-01-01T13:00:00.000Z" in shut
