"""What a gate asks for, in rows."""

from __future__ import annotations

from screens.panes.gate import criteria, signatures
from screens.panes.outlook import outlook
from screens.reasons import signs
from screens.view import View
from tests.release import test_sign_offs
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
    assert "✔ rehearsed 1h  rehearsal-1, Thu 1970-01-01 00:15 UTC" in said(View(state=script.state))


def test_gate_says_whether_the_calendar_leaves_enough_time() -> None:
    script = Script(plan()).feed("")
    assert "✔ fits-window  what is ahead fits before the window ends and a freeze begins" in said(
        View(state=script.state)
    )
    shut = said(View(state=script.feed("+12h").state))
    assert "✖ fits-window  freeze noon until Thu 1970-01-01 13:00 UTC; it would on Thu 1970-01-01 13:00 UTC" in shut


def test_outlook_says_when_a_gate_would_fit_and_who_may_waive_that_it_does_not() -> None:
    view = View(state=Script(plan(waiver=("risk",))).feed("+12h").state)
    text = " ".join("".join(bit.text for cell in row.cells for bit in cell) for row in outlook(view))
    assert "it would on Thu 1970-01-01 13:00 UTC; risk may waive it" in text


def signed(script: Script, login: str = "") -> str:
    """The sign-offs of the gate, as text."""
    rows = signatures(View(state=script.state, login=login), script.state.steps["go"])
    return "".join(bit.text for row in rows for cell in row.cells for bit in cell)


def test_gate_says_when_a_yes_will_be_void() -> None:
    text = signed(test_sign_offs.asking().feed("chen sign go sre yes"))
    assert "a yes is void after 1h" in text
    assert "chen yes, void from 01:16:40" in text


def test_gate_shows_a_yes_that_is_too_old_and_asks_anew() -> None:
    text = signed(test_sign_offs.asking().feed("chen sign go sre yes\n+2h"))
    assert "↷ sre  chen yes, void: older than 1h" in text
    assert "sre  waits for 1 of chen or bo" in text


def test_gate_names_who_may_not_sign_and_waits_for_the_others() -> None:
    script = test_sign_offs.asking(without_starter=True).feed("bo captain take")
    assert "not by ana, who started the release" in signed(script)


def test_starter_is_not_asked_to_sign_where_others_are_to() -> None:
    state = test_sign_offs.asking(sign={"captain": 1}, without_starter=True).state
    assert View(state=state, login="ana").mine == ()
    assert signs(state, "ana", False) == "you started the release, and this gate is signed by others"
    assert "captain  waits for 1 of nobody" in signed(test_sign_offs.asking(sign={"captain": 1}, without_starter=True))
