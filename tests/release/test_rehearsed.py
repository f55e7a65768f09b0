"""Gates that ask for a rehearsal of the plan."""

from __future__ import annotations

from cockpit.release.advance import due, lapsed
from cockpit.release.chronicle import say
from cockpit.release.effects import FindRehearsal
from cockpit.release.events import RehearsalFound, RehearsalLapsed
from cockpit.release.gates import gate_criteria
from tests.release.script import Script, make_plan, step

SHUT = "go stays shut: no rehearsal of this plan is known that ended as expected within 1h"
WANTED = FindRehearsal("go", 3600.0)


def asking(**fields: object) -> Script:
    """A release at a gate that asks for a rehearsal within an hour."""
    return Script(make_plan(step("gate", "go", rehearsed=3600.0, **fields), step("wait", "rest", seconds=5.0))).feed("")


def found(script: Script, at: float) -> Script:
    """A rehearsal is found that ended at such a moment."""
    script._record(RehearsalFound(gate="go", release="rehearsal-1", at=at), quiet=True)
    return script.feed("")


def test_gate_stays_shut_while_no_rehearsal_is_known() -> None:
    script = asking()
    assert (script.refusal("ana go go"), WANTED in script.wanted) == (SHUT, True)


def test_rehearsal_that_is_found_lets_it_open_and_is_asked_for_no_more() -> None:
    script = found(asking(), 900.0)
    assert WANTED not in script.wanted
    assert script.feed("ana go go").state.steps["go"].status == "passed"


def test_rehearsal_lapses_while_the_gate_is_open() -> None:
    script = found(asking(), 900.0)
    assert due(script.state, script.now) == 4500.0
    script.feed("+3499s")
    assert gate_criteria(script.state, script.state.steps["go"], script.state.steps["go"].step) == {}  # type: ignore[arg-type]  # a gate
    script.feed("+1s")
    assert isinstance(script.records[-1].event, RehearsalLapsed)
    assert (script.refusal("ana go go"), WANTED in script.wanted) == (SHUT, True)


def test_later_rehearsal_counts_once_the_first_has_lapsed() -> None:
    script = found(found(asking(), 900.0).feed("+3500s"), 4000.0)
    assert script.feed("+10m\nana go go").state.steps["go"].status == "passed"


def test_rehearsal_is_not_asked_for_before_the_gates_turn_nor_after_it() -> None:
    script = Script(make_plan(step("wait", "before", seconds=60.0), step("gate", "go", rehearsed=3600.0))).feed("")
    assert WANTED not in script.wanted
    script.feed("+60s")
    assert WANTED in script.wanted
    assert WANTED not in found(script, 900.0).feed("ana go go").wanted


def test_rehearsal_can_be_waived_by_its_role() -> None:
    script = asking(waiver=("sre",)).feed("chen waive rehearsed sre")
    assert WANTED not in script.wanted
    assert script.feed("ana go go").state.steps["go"].status == "passed"


def test_nothing_lapses_once_the_release_is_aborted() -> None:
    script = found(asking(), 900.0).feed("ana abort\n+2h")
    assert not [record for record in script.records if isinstance(record.event, RehearsalLapsed)]
    assert WANTED not in script.wanted


def test_what_is_too_long_ago_lapses_before_anything_is_decided() -> None:
    state = found(asking(), 900.0).state
    assert [list(lapsed(state, now)) for now in (4499.0, 4500.0)] == [
        [],
        [RehearsalLapsed(gate="go", release="rehearsal-1")],
    ]


def test_gate_that_does_not_ask_needs_no_rehearsal() -> None:
    assert Script(make_plan(step("gate", "go"))).feed("ana go go").state.end == "done"


def test_rehearsal_is_told_in_words() -> None:
    event = RehearsalFound(gate="go", release="rehearsal-1", at=0.0)
    assert say(event, {}) == ("go: this plan was rehearsed as rehearsal-1 at 1970-01-01T00:00:00.000Z", "good")
    lapse = RehearsalLapsed(gate="go", release="rehearsal-1")
    assert say(lapse, {})[0] == "go: the rehearsal rehearsal-1 is too long ago now"
