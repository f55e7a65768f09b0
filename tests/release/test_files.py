"""Files that must stay as they are since a step began."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.analysis.rule import Rule
from cockpit.engine.engine import is_stale
from cockpit.release.events import FileSeen
from tests.release.script import Script, make_plan, step

PATH = "~/release.yaml"


def begun(*more: str) -> Script:
    """A release whose first step, a command, wants a file to stay as it is."""
    gate = step("gate", "go", title="Go?")
    plan = make_plan(step("run", "config", unchanged=(PATH,)), gate, step("run", "deploy"), back=(step("run", "undo"),))
    return Script(plan).feed("\n".join(["start", *more]))


def test_nothing_starts_before_the_file_was_looked_at() -> None:
    script = Script(make_plan(step("run", "config", unchanged=(PATH,))))
    script.play(f"""
        < start
        step-started config
        ! watchfile {PATH} config  None
    """)
    script.play(f"""
        < seen {PATH} aaa
        ! reach web-1
        ! watchfile {PATH} config aaa aaa
    """)


def test_change_holds_everything_and_shuts_the_gate() -> None:
    script = begun(f"seen {PATH} aaa", "hosts answer", "all pass", f"seen {PATH} bbb")
    assert script.waiting() == [f"file config {PATH}"]
    assert script.refusal("ana go go") == f"go stays shut: {PATH} has changed since config: sha256 bbb, it was aaa"
    assert [each.text for each in script.entries()] == [
        f"put it back as it was: {PATH} has changed since config: sha256 bbb, it was aaa"
    ]


def test_it_goes_on_once_the_file_is_as_it_was() -> None:
    script = begun(f"seen {PATH} aaa", "hosts answer", "all pass", "ana go go", f"seen {PATH} gone")
    script.feed("all pass")
    assert (script.state.steps["deploy"].status, script.state.end) == ("passed", None)
    script.feed(f"seen {PATH} aaa")
    assert script.state.end == "done"


def test_file_that_is_missing_from_the_start_holds_until_it_is_there() -> None:
    script = begun(f"seen {PATH} gone")
    assert script.waiting() == [f"file config {PATH}"]
    script.feed(f"seen {PATH} aaa\nhosts answer\nall pass\nana go go\nhosts answer\nall pass")
    assert script.state.end == "done"


def test_way_back_does_not_wait_for_files() -> None:
    script = begun(f"seen {PATH} aaa", "hosts answer", "all pass", f"seen {PATH} bbb", "ana rollback rel")
    script.feed("hosts answer\nall pass")
    assert script.state.end == "rolled_back"


@pytest.mark.parametrize(("again", "left"), [("config, deploy", {}), ("deploy", {PATH: "aaa"})])
def test_step_that_is_done_again_finds_its_file_as_it_is_then_unless_another_wants_it_as_it_was(
    again: str, left: dict[str, str]
) -> None:
    config, deploy = (
        step("do", "config", text="x", unchanged=(PATH,)),
        step("do", "deploy", text="x", unchanged=(PATH,)),
    )
    soak = step("soak", "soak", rules=("r",), seconds=60.0, redeploy=tuple(again.split(", ")))
    script = Script(make_plan(config, deploy, soak, rules={"r": Rule(name="r", metric="m")}))
    script.feed(f"seen {PATH} aaa\nana done config\nana done deploy\nana retry soak")
    assert {path: kept.was for path, kept in script.state.files.items()} == left


def test_look_at_a_file_from_before_its_step_was_done_again_says_nothing() -> None:
    state = begun(f"seen {PATH} aaa").state
    seen = FileSeen(path=PATH, step="config", sha256="bbb", was="aaa")
    assert not is_stale(state, seen)
    assert is_stale(replace(state, files={}), seen)
    assert is_stale(replace(state, rolling_back=True), seen)
