"""Closing: hosts are cleaned up, and nothing more can happen."""

from __future__ import annotations

import pytest

from tests.release.script import Script, make_plan, step


def _ended() -> Script:
    return Script(make_plan(step("run", "deploy", hosts=("web-1", "web-2")))).feed("hosts answer\nall pass")


def test_hosts_that_were_reached_are_cleaned_once() -> None:
    script = _ended()
    script.play("""
        < ana close
        closed
        ! clean web-1
        ! clean web-2
        < cleaned web-1
        < cleaned web-2
        < restarted
    """)
    assert not script.wanted


def test_a_host_that_was_never_reached_is_not_cleaned() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("ana abort\nana close")
    assert not script.wanted


def test_only_what_has_ended_is_closed() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("start")
    assert script.refusal("ana close") == "rel has not ended"


def test_only_the_captain_closes() -> None:
    assert _ended().refusal("chen close") == "only the captain may do this, and chen is not"


@pytest.mark.parametrize(
    "line", ["hold", "abort", "rollback rel", "close", "captain take", "done deploy", "retry deploy"]
)
def test_nothing_is_accepted_afterwards(line: str) -> None:
    assert _ended().feed("ana close").refusal(f"ana {line}") == "rel is closed"


def test_nothing_follows_afterwards() -> None:
    script = _ended().feed("ana close")
    script.play("""
        < +1h
        < lost web-1
    """)
    assert script.waiting() == []
