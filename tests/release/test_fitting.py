"""Gates that ask whether the calendar leaves enough time, and freezes that are lifted."""

from __future__ import annotations

from cockpit.playbook.calendar import Calendar, Day, Freeze
from cockpit.playbook.plan import Plan, Role
from cockpit.release.advance import due, lapsed
from cockpit.release.chronicle import say
from cockpit.release.events import FitJudged, FreezeLifted
from cockpit.release.gates import covers
from cockpit.release.intents import Refusal
from cockpit.release.lifting import lift
from tests.release.script import Script, make_plan, step

# A script begins at 00:16:40 on Thursday, 1970-01-01.
FREEZE = Freeze(
    name="noon",
    zone="UTC",
    start=Day(weekday=3, minute=720),
    end=Day(weekday=3, minute=780),
    lifted_by=("risk",),
    only_for={"change": ("hotfix",)},
)
NOON = 12 * 3600.0
CALENDAR = Calendar(zone="UTC", freezes=(FREEZE,), buffer=3600.0)
WHY = "freeze noon begins Thu 1970-01-01 12:00 UTC, and 10h and a buffer of 1h are ahead"


def plan(takes: float = 36_000.0, **fields: object) -> Plan:
    """A plan with a gate that asks for a fit, and so many seconds behind it."""
    return make_plan(
        step("gate", "go", fits=True, **fields),
        step("run", "deploy", takes=takes),
        calendar=CALENDAR,
        params={"change": "hotfix"},
        roles={"captain": Role(title="C", people=("ana",)), "risk": Role(title="R", people=("chen",))},
    )


def judged(script: Script) -> list[FitJudged]:
    """What was said of the fit, in order."""
    return [record.event for record in script.records if isinstance(record.event, FitJudged)]


def test_gate_opens_while_what_is_ahead_fits() -> None:
    script = Script(plan()).feed("")
    assert [(each.fits, each.until) for each in judged(script)] == [(True, NOON - 3600.0 - 36_000.0)]
    assert script.feed("ana go go").state.steps["go"].status == "passed"


def test_gate_is_shut_from_the_moment_on_from_which_it_no_longer_fits() -> None:
    script = Script(plan()).feed("")
    last = NOON - 3600.0 - 36_000.0
    assert due(script.state, script.now) == last + 1.0
    script.feed(f"+{last - script.now}s")
    assert judged(script)[-1].fits
    script.feed("+1s")
    assert (judged(script)[-1].why, judged(script)[-1].next) == (WHY, NOON + 3600.0)
    assert script.refusal("ana go go") == f"go stays shut: it does not fit: {WHY}"


def test_gate_that_fits_no_more_is_known_before_anything_is_decided() -> None:
    state = Script(plan()).feed("").state
    assert [event.fits for event in lapsed(state, NOON) if isinstance(event, FitJudged)] == [False]


def test_it_fits_again_behind_the_freeze() -> None:
    script = Script(plan()).feed("+12h")
    assert due(script.state, script.now) == NOON + 3600.0
    script.feed("+1h")
    assert script.feed("ana go go").state.steps["go"].status == "passed"


def test_fit_is_waived_by_its_role() -> None:
    script = Script(plan(waiver=("risk",))).feed("+12h\nchen waive fits-window risk")
    assert script.feed("ana go go").state.steps["go"].status == "passed"


def test_waiver_of_the_fit_is_among_what_a_signature_covers() -> None:
    script = Script(plan(waiver=("risk",))).feed("+12h")
    before = covers(script.state, "go")
    assert covers(script.feed("chen waive fits-window risk").state, "go") != before


def test_gate_that_does_not_ask_opens_in_a_freeze() -> None:
    made = make_plan(step("gate", "go"), calendar=CALENDAR)
    assert Script(made).feed("+12h\nana go go").state.end == "done"


def test_nothing_is_said_of_the_fit_once_the_gate_is_open_or_the_release_aborted() -> None:
    script = Script(plan()).feed("ana go go")
    count = len(judged(script))
    assert len(judged(script.feed("+12h"))) == count
    aborted = Script(plan()).feed("ana abort")
    assert len(judged(aborted.feed("+12h"))) == 1


def test_freeze_that_was_lifted_does_not_shut_the_gate() -> None:
    script = Script(plan())
    script._record(FreezeLifted(freeze="noon", role="risk", by="chen", note="outage"), quiet=True)
    assert script.state.lifted == ("noon",)
    assert script.feed("+12h\nana go go").state.steps["go"].status == "passed"


def test_person_of_the_role_lifts_a_freeze_for_such_a_change() -> None:
    expected = FreezeLifted(freeze="noon", role="risk", by="chen", note="outage")
    assert lift(plan(), "chen", "noon", "risk", " outage ") == expected


def refused(made: Plan, login: str = "chen", freeze: str = "noon", role: str = "risk", note: str = "x") -> str:
    """Why a freeze is not lifted."""
    found = lift(made, login, freeze, role, note)
    assert isinstance(found, Refusal)
    assert found.hint
    return found.reason


def test_freeze_is_lifted_by_nobody_else_and_for_no_other_change() -> None:
    other = make_plan(step("gate", "go"), calendar=CALENDAR, params={"change": "feature"}, roles=plan().roles)
    assert [
        refused(plan(), freeze="moon"),
        refused(plan(), role="captain"),
        refused(plan(), login="ana"),
        refused(plan(), note=" "),
        refused(other),
        refused(make_plan(step("gate", "go"))),
    ] == [
        "the calendar has no freeze moon",
        "noon is not lifted as captain",
        "ana is not risk",
        "noon is not lifted without a reason",
        "noon is not lifted for change feature",
        "the calendar has no freeze noon",
    ]


def test_freeze_without_a_role_is_lifted_by_nobody() -> None:
    firm = Freeze(name="firm", zone="UTC", start=FREEZE.start, end=FREEZE.end)
    made = make_plan(step("gate", "go"), calendar=Calendar(zone="UTC", freezes=(firm,)))
    assert refused(made, freeze="firm") == "nobody may lift firm"


def test_both_are_told_in_words() -> None:
    lifted = FreezeLifted(freeze="noon", role="risk", by="chen", note="outage")
    assert say(lifted, {}) == ("noon lifted for this release by chen as risk: outage", "warn")
    shut = FitJudged(gate="go", fits=False, why="freeze", next=0.0)
    text = "go: what is ahead does not fit into the calendar: freeze; it would at 1970-01-01T00:00:00.000Z"
    assert say(shut, {}) == (text, "warn")
    assert say(FitJudged(gate="go", fits=True), {}) == ("go: what is ahead fits into the calendar", "good")
