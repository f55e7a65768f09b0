"""What a command is given: params, and what was captured where."""

from __future__ import annotations

from cockpit.release.facts import values
from tests.release.script import Script, make_plan, step

TWO = ("web-1", "web-2", "web-3")


def captured(first: str, second: str) -> Script:
    """A release whose first two hosts captured `file`."""
    script = Script(make_plan(step("run", "backup", hosts=TWO), step("run", "use", hosts=TWO)))
    script.feed(f"""
        start
        reached web-1
        reached web-2
        locked web-1
        captured backup web-1 file {first}
        captured backup web-2 file {second}
    """)
    return script


def test_a_host_has_its_own_capture() -> None:
    assert values(captured("a", "b").state, "web-2")["file"] == "b"


def test_what_every_host_captured_alike_is_known_elsewhere() -> None:
    assert values(captured("a", "a").state, "web-3")["file"] == "a"


def test_a_host_is_not_given_what_others_disagree_on() -> None:
    assert "file" not in values(captured("a", "b").state, "web-3")
