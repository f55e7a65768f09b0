"""What the runbook says about failures."""

from __future__ import annotations

import pytest

from cockpit.playbook.plan import Advice
from cockpit.release.advice import advice_lines, fitting
from cockpit.release.chronicle import Chronicle
from cockpit.release.events import AttemptEnded
from tests.release.script import Script, checked, make_plan, step

REFUSED = Advice(
    say="The database is down.\nWait for it.", commands=('pg_isready -h "$db"',), output=("refused", "Reset")
)
KILLED = Advice(say="Out of memory", exit=(137, 9))
BOTH = Advice(say="Both", output=("refused",), exit=(3,))
ANY = Advice(say="Call bo")


@pytest.mark.parametrize(
    ("code", "text", "number"),
    [
        (1, "Connection REFUSED", 2),
        (3, "refused", 1),
        (1, "reset by peer", 2),
        (137, "", 3),
        (9, "x", 3),
        (None, "x", 4),
        (2, "", 4),
    ],
)
def test_first_advice_that_fits_is_given(code: int | None, text: str, number: int) -> None:
    assert fitting((BOTH, REFUSED, KILLED, ANY), code, text) == number


def test_none_is_given_where_none_fits() -> None:
    assert fitting((BOTH, KILLED), None, "refused") == 0


def failed(*advice: Advice, number: int = 0, **fields: object) -> Script:
    """A step that failed; its attempt ended with the advice of a number."""
    script = Script(make_plan(step("run", "deploy", advice=advice, **fields))).feed("hosts answer")
    ended = AttemptEnded(id=script.id_of("deploy web-1 run 1"), outcome="failed", exit=1, advice=number)
    script._record(ended, quiet=True)
    return script.feed("")


def test_failure_waits_with_its_advice() -> None:
    assert [each.advice for each in failed(KILLED, REFUSED, ANY, number=2).entries()] == [REFUSED]


def test_failure_that_no_attempt_tells_of_has_the_advice_for_all() -> None:
    assert [each.advice for each in failed(KILLED, ANY).entries()] == [ANY]
    assert [each.advice for each in failed(KILLED).entries()] == [None]


def test_unknown_attempt_waits_with_its_advice() -> None:
    script = Script(make_plan(step("run", "deploy", advice=(ANY,)))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 unknown")
    assert [(each.what, each.advice) for each in script.entries()] == [("settle", ANY)]


def test_check_that_fails_gives_the_advice_that_fits_it() -> None:
    plan = make_plan(step("run", "deploy", advice=(KILLED, REFUSED), check=checked(deadline=0.0)))
    script = Script(plan).feed("hosts answer\nended deploy web-1 run 1 0")
    ended = AttemptEnded(id=script.id_of("deploy web-1 check 1"), outcome="failed", exit=1, advice=2)
    script._record(ended, quiet=True)
    script.feed("+1m\n+1m")
    assert [each.advice for each in script.entries()] == [REFUSED]


def test_advice_is_gone_while_a_retry_runs() -> None:
    script = failed(ANY).feed("ana retry deploy web-1\nhosts answer")
    assert [each.advice for each in script.entries()] == []


def test_advice_is_told_in_the_journals_words() -> None:
    script, chronicle = failed(KILLED, REFUSED, number=2), Chronicle()
    said = [chronicle.say(record) for record in script.records]
    assert said[-1] == "deploy failed on web-1: exit status 1; the playbook says: The database is down."


def test_commands_are_shown_as_written() -> None:
    assert list(advice_lines(REFUSED)) == [
        "the playbook says: The database is down.",
        "  Wait for it.",
        '  $ pg_isready -h "$db"',
    ]
