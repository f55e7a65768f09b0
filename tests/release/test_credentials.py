"""Credentials that are not there (any more): the release holds by itself until they are."""

from __future__ import annotations

from cockpit.playbook.plan import Check, Secret
from cockpit.release.credentials import lacking
from cockpit.release.standing import standing
from tests.release.script import Script, checked, make_plan, step

SECRETS = {name: Secret(kind="env", source=(name.upper(),)) for name in ("token", "key")}


def test_nothing_is_reached_or_started_until_they_are_supplied() -> None:
    script = Script(make_plan(step("run", "deploy")))
    script.play("""
        < missed "ssh login"
        < +1h
        < supplied "ssh login"
        step-started deploy
        ! reach web-1
    """)


def test_it_holds_and_names_what_is_missing() -> None:
    script = Script(make_plan(step("run", "deploy", secrets=("token",)), secrets=SECRETS)).feed("missed token")
    assert standing(script.state) == "holding"
    assert script.waiting() == ["credentials"]


def test_what_runs_finishes_and_its_check_waits() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nmissed 'ssh login'")
    script.play("""
        < ended deploy web-1 run 1 0
        < supplied "ssh login"
        attempt-started deploy web-1 check 1
        ! try deploy web-1 check 1
    """)


def test_all_of_them_must_be_supplied() -> None:
    script = Script(make_plan(step("run", "deploy", secrets=("token", "key")), secrets=SECRETS))
    assert lacking(script.feed("missed token key\nsupplied token").state) == ("key",)


def test_a_hold_by_a_person_outlasts_them() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("missed 'ssh login'\nana hold")
    script.play("""
        < supplied "ssh login"
        < ana resume
        resumed
        ! reach web-1
    """)


def test_what_no_step_ahead_uses_holds_nothing() -> None:
    plan = make_plan(step("run", "backup", secrets=("token",)), step("run", "deploy"), secrets=SECRETS)
    script = Script(plan).feed("hosts answer\nmissed token key")
    assert lacking(script.state) == ("token",)
    assert lacking(script.feed("all pass").state) == ()


def test_what_the_rollback_or_a_check_would_use_holds_too() -> None:
    check = Check(command="curl", secrets=("key",))
    plan = make_plan(
        step("run", "deploy", check=check), back=(step("run", "undo", secrets=("token",)),), secrets=SECRETS
    )
    assert lacking(Script(plan).feed("missed token key").state) == ("key", "token")


def test_a_rollback_is_not_held_by_what_only_forward_steps_use() -> None:
    plan = make_plan(step("run", "deploy", secrets=("token",)), back=(step("run", "undo"),), secrets=SECRETS)
    script = Script(plan).feed("hosts answer\nmissed token")
    script.play("""
        < ana rollback rel
        rollback-started
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
        < ended deploy web-1 run 1 stopped
        host-failed deploy web-1 stopped stopped: the release is rolled back; stopped
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
    """)


def test_an_abort_is_not_put_off_by_them() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nmissed 'ssh login'")
    script.play("""
        < ana abort
        aborted
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
    """)
    assert script.waiting() == ["credentials"]
