"""Commands that never end, and what a second failure causes."""

from __future__ import annotations

from typing import Any

import pytest

from cockpit.playbook.plan import Plan
from tests.release.script import Script, make_plan, step


def smoke(**fields: Any) -> Plan:
    """A smoke test, and a way back."""
    return make_plan(step("run", "smoke", **fields), back=(step("run", "undo"),))


def test_stream_is_stopped_after_its_time_and_has_passed() -> None:
    script = Script(smoke(stream=3600.0)).feed("hosts answer\n+59m")
    script.play("""
        < +1m
        stop-ordered smoke web-1 run 1 True
        ! kill smoke web-1 run 1
        < ended smoke web-1 run 1 stopped
        host-passed smoke web-1
        step-passed smoke
        ended done
    """)


def test_stream_that_ends_badly_before_its_time_has_failed() -> None:
    script = Script(smoke(stream=3600.0)).feed("hosts answer\nended smoke web-1 run 1 1")
    assert script.waiting() == ["answer smoke web-1"]


@pytest.mark.parametrize("how", ["ana stop smoke", "ana abort"])
def test_stream_that_a_person_stops_has_not_passed(how: str) -> None:
    script = Script(smoke(stream=3600.0)).feed(f"hosts answer\n{how}\nended smoke web-1 run 1 stopped")
    assert script.statuses("smoke") == {"web-1": "stopped"}


def test_stream_whose_end_nobody_knows_is_unknown() -> None:
    script = Script(smoke(stream=60.0)).feed("hosts answer\n+1m\nended smoke web-1 run 1 unknown")
    assert script.waiting() == ["settle smoke web-1"]


def test_second_failure_rolls_back() -> None:
    script = Script(smoke(fails_twice="roll back")).feed("hosts answer\nall fail")
    assert script.waiting() == ["answer smoke web-1"]
    script.feed("ana retry smoke\nall fail")
    assert script.state.rolling_back
    assert script.state.rollback_note == "smoke failed on web-1, for the second time"


def test_second_failure_holds() -> None:
    script = Script(smoke(fails_twice="hold")).feed("hosts answer\nall fail\nana retry smoke\nall fail")
    assert script.state.held_note == "smoke failed on web-1, for the second time"


def test_failure_with_an_external_cause_does_not_count() -> None:
    script = Script(smoke(fails_twice="roll back")).feed("hosts answer\nall fail")
    script.play("""
        < ana retry-external smoke
        retry-ordered smoke web-1 True
        attempt-started smoke web-1 run 2
        ! try smoke web-1 run 2
    """)
    script.feed("all fail")
    assert script.waiting() == ["answer smoke web-1"]
    assert script.feed("ana retry smoke\nall fail").state.rolling_back


def test_what_is_unknown_counts_once_it_is_settled_as_failed() -> None:
    script = Script(smoke(fails_twice="roll back")).feed("hosts answer\nall fail\nana retry smoke")
    script.feed("ended smoke web-1 run 2 unknown")
    assert not script.state.rolling_back
    assert script.feed("ana settle smoke web-1 failed").state.rolling_back


def test_without_it_a_person_is_asked_every_time() -> None:
    script = Script(smoke()).feed("hosts answer\nall fail\nana retry smoke\nall fail")
    assert script.waiting() == ["answer smoke web-1"]
