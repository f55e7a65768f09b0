"""Sign-offs that become too old, and who may not give them."""

from __future__ import annotations

from cockpit.release.advance import due, lapsed
from cockpit.release.chronicle import say
from cockpit.release.events import SignOffLapsed
from tests.release.script import Script, make_plan, step

HOUR = 3600.0
VOID = SignOffLapsed(gate="go", role="sre", by="chen")
SHUT = "go stays shut: sre must still sign"


def asking(**fields: object) -> Script:
    """A release at a gate where a yes of an SRE counts for an hour."""
    gate = step("gate", "go", **{"sign": {"sre": 1}, "expires": HOUR, **fields})
    return Script(make_plan(gate, step("wait", "rest", seconds=5.0))).feed("")


def lapses(script: Script) -> list[SignOffLapsed]:
    """The sign-offs that became void."""
    return [record.event for record in script.records if isinstance(record.event, SignOffLapsed)]


def test_yes_is_void_once_it_is_too_old() -> None:
    script = asking().feed("chen sign go sre yes")
    assert due(script.state, script.now) == 1000.0 + HOUR
    assert lapses(script.feed("+3599s")) == []
    assert lapses(script.feed("+1s")) == [VOID]
    assert script.refusal("ana go go") == SHUT
    assert script.waiting() == ["sign-off go sre"]


def test_yes_that_is_young_enough_opens_the_gate() -> None:
    assert asking().feed("chen sign go sre yes\n+3599s\nana go go").state.steps["go"].status == "passed"


def test_yes_that_is_given_anew_counts_for_as_long_again() -> None:
    script = asking().feed("chen sign go sre yes\n+2h\nchen sign go sre yes\n+3599s")
    assert lapses(script) == [VOID]
    assert script.feed("ana go go").state.steps["go"].status == "passed"


def test_yes_that_is_given_again_in_time_counts_from_then() -> None:
    script = asking().feed("chen sign go sre yes\n+30m\nchen sign go sre yes\n+59m")
    assert lapses(script) == []
    assert lapses(script.feed("+1m")) == [VOID]


def test_each_yes_becomes_void_by_itself() -> None:
    script = asking(sign={"sre": 2}).feed("chen sign go sre yes\n+30m\nbo sign go sre yes\n+30m")
    assert lapses(script) == [VOID]
    assert script.refusal("ana go go") == SHUT


def test_no_stands_however_old_it_is() -> None:
    script = asking().feed("chen sign go sre no\nbo sign go sre yes\n+30m\nbo sign go sre yes\n+45m")
    assert lapses(script) == []
    assert script.refusal("ana go go") == "go stays shut: chen (sre) signed no"


def test_nothing_becomes_void_where_the_gate_does_not_say_so() -> None:
    script = asking(expires=0.0).feed("chen sign go sre yes\n+30d\nana go go")
    assert (lapses(script), script.state.steps["go"].status) == ([], "passed")


def test_nothing_becomes_void_once_the_gate_is_open() -> None:
    plan = make_plan(step("gate", "go", sign={"sre": 1}, expires=HOUR), step("do", "rest", text="look"))
    script = Script(plan).feed("chen sign go sre yes\nana go go\n+2h")
    assert (lapses(script), due(script.state, script.now)) == ([], None)


def test_nothing_becomes_void_once_the_release_is_aborted() -> None:
    assert lapses(asking().feed("chen sign go sre yes\nana abort\n+2h")) == []


def test_what_is_too_old_is_void_before_anything_is_decided() -> None:
    state = asking().feed("chen sign go sre yes").state
    assert [list(lapsed(state, now)) for now in (1000.0 + HOUR - 1, 1000.0 + HOUR)] == [[], [VOID]]


def test_void_sign_off_is_told_in_words() -> None:
    assert say(VOID, {}) == ("the yes of chen as sre for go is void: too old now", "warn")


def test_whoever_started_the_release_does_not_sign_where_others_are_to() -> None:
    script = asking(sign={"captain": 1}, without_starter=True)
    assert script.refusal("ana sign go captain yes") == "ana started the release, and go is signed by others"


def test_whoever_started_it_is_kept_out_as_captain_or_not() -> None:
    script = asking(sign={"captain": 1}, without_starter=True).feed("bo captain take")
    assert script.refusal("ana sign go captain no") == "ana started the release, and go is signed by others"


def test_captain_who_did_not_start_it_may_sign() -> None:
    script = asking(without_starter=True).feed("bo captain take\nbo sign go sre yes\nbo go go")
    assert script.state.steps["go"].status == "passed"


def test_starter_signs_where_the_gate_does_not_say_otherwise() -> None:
    assert asking(sign={"captain": 1}).feed("ana sign go captain yes\nana go go").state.steps["go"].status == "passed"
