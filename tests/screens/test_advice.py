"""What the runbook says about a failure, where people look at it."""

from __future__ import annotations

from collections.abc import Iterable

from screens.dialogs.failure import FailureDialog, advised
from screens.dialogs.questions import SettleDialog
from screens.panes.hosts import hosts
from screens.view import View
from tests.release.script import Script, make_plan, step
from tests.release.test_advice import ANY, KILLED, REFUSED, failed
from widgets.rows import Row


def said(rows: Iterable[Row]) -> list[str]:
    """Rows as text."""
    return ["".join(bit.text for cell in row.cells for bit in cell) for row in rows]


def seen(script: Script) -> View:
    """The release as its captain sees it."""
    return View(state=script.state, login="ana")


def test_question_about_a_failure_shows_advice_and_its_commands_as_written() -> None:
    view = seen(failed(KILLED, REFUSED, number=2))
    rows = said(FailureDialog(view, "deploy", "web-1").form().rows)
    start = rows.index("the playbook says")
    shown = ["the playbook says", "  The database is down.", "  Wait for it.", '  $ pg_isready -h "$db"']
    assert rows[start : start + 4] == shown


def test_question_about_a_failure_without_advice_is_as_it_was() -> None:
    view = seen(failed(KILLED))
    one = view.state.steps["deploy"]
    assert list(advised(view, one, one.hosts["web-1"])) == []
    assert "the playbook says" not in said(FailureDialog(view, "deploy", "web-1").form().rows)


def test_question_about_an_unknown_shows_advice() -> None:
    script = Script(make_plan(step("run", "deploy", advice=(ANY,)))).feed("hosts answer")
    view = seen(script.feed("ended deploy web-1 run 1 unknown"))
    assert "  Call bo" in said(SettleDialog(view, "deploy", "web-1").form().rows)


def test_step_says_each_advice_once_with_its_hosts() -> None:
    plan = make_plan(step("run", "deploy", advice=(ANY,), batches=(("web-1", "web-2", "web-3"),)))
    script = Script(plan).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 1\nended deploy web-2 run 1 2\nended deploy web-3 run 1 0")
    rows = said(hosts(seen(script), script.state.steps["deploy"]))
    assert rows[-1] == "! web-1, web-2: the playbook says: Call bo"
