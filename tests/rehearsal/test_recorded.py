"""A release that was recorded, live or in a rehearsal, and is rehearsed again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import msgspec
import pytest

import playbooks
from cockpit.cli.rehearse import rehearse
from cockpit.cli.rehearsing import again, prepared
from cockpit.engine.arguments import words
from cockpit.engine.place import Home, Place
from cockpit.errors import BrokenChain, JournalError, UsageError
from cockpit.journal import sqlite
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.recorded import recorded
from cockpit.rehearsal.scenario import Scenario
from cockpit.release.events import (
    AttemptEnded,
    AttemptStarted,
    Ended,
    Opened,
    Record,
    RollbackAnnounced,
    SignedOff,
)
from cockpit.release.intents import Hold, Resume, Retry, RollBack, Stop, Tick
from tests.engine.driven import driven, playbook

QUICKSTART = Path(playbooks.__path__[0]) / "quickstart.yaml"

DIAL = """
metrics:
  dial: {command: 'cat ~/dial', on: here, every: 200ms, no_data: hold}
rules:
  high: {metric: dial, bad: above 5 for 1s}
"""
UNDO = "{id: undo, run: 'echo undone', on: here}"
LIVE = (
    "{id: ready, checklist: [All]}",
    '{id: one, run: \'echo first; echo second; echo "key=v1" >> "$COCKPIT_CAPTURE"\', on: here}',
    "{id: two, run: 'test -e ~/there || { echo \"$key is missing\" >&2; exit 7; }', on: here}",
    "{id: ship, run: 'echo 9 > ~/dial', on: here}",
    "{id: watch, guard: {high: roll back}, for: 1h, countdown: 1s}",
)


def played(place: Place) -> Place:
    """Let the rehearsal that begins there go to its end, at full speed."""
    command = [sys.executable, "-m", "cockpit.rehearsal", *words(place)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, (done.stderr, place.log.read_text() if place.log.exists() else "")
    return place


@cache
def rehearsed(scenario: str) -> Place:
    """A rehearsal of the quickstart, which no test may change."""
    plan, world = prepared(QUICKSTART, {}, scenario, "ana")
    return played(begin(Home.default(), plan, world, setting(world, 1, 0.0, played=True), "ana"))


def rehearsed_again(place: Place) -> Place:
    plan, world = recorded(place)
    return played(begin(Home.default(), plan, world, setting(world, 7, 0.0, played=True), "kim"))


def records(place: Place) -> Sequence[Record]:
    with closing(sqlite.open(place.journal)) as journal:
        return tuple(journal.read())


def attempts(place: Place) -> list[tuple[str, str, str, str, int | None]]:
    """Every attempt in the order in which they began: step, host, part, outcome and exit status."""
    ended = {each.event.id: each.event for each in records(place) if isinstance(each.event, AttemptEnded)}
    begun = [each.event for each in records(place) if isinstance(each.event, AttemptStarted)]
    return [(each.step, each.host, each.part, ended[each.id].outcome, ended[each.id].exit) for each in begun]


def ends(place: Place) -> list[str]:
    return [each.event.outcome for each in records(place) if isinstance(each.event, Ended)]


def opened(place: Place) -> Opened:
    event = records(place)[0].event
    assert isinstance(event, Opened)
    return event


def announced(place: Place) -> list[tuple[str, str]]:
    found = [each.event for each in records(place) if isinstance(each.event, RollbackAnnounced)]
    return [(each.guard, each.rule) for each in found]


def test_what_went_well_goes_the_same_way_again() -> None:
    first = rehearsed("happy")
    second = rehearsed_again(first)
    assert (attempts(second), ends(second)) == (attempts(first), ["done"])
    assert opened(second).digest == opened(first).digest
    moments = [
        [round(each.at, 1) for each in records(one) if isinstance(each.event, SignedOff)] for one in (first, second)
    ]
    assert len(moments[0]) == 3
    assert moments[0] == moments[1]


def test_what_a_rule_rolled_back_is_rolled_back_by_it_again() -> None:
    first = rehearsed("errors")
    second = rehearsed_again(first)
    assert (attempts(second), ends(second)) == (attempts(first), ["rolled_back"])
    assert announced(second) == announced(first) == [("watch-first", "errors")]


def test_lost_hosts_and_failures_come_again(tmp_path: Path) -> None:
    scene = tmp_path / "much.yaml"
    scene.write_text(
        "scenario: Much\nplaybook: quickstart\nparams: {version: 1.1.0, previous: 1.0.0}\nends: failed\n"
        "steps:\n  backup-first: {exits: 3, tries: 1}\n"
        "faults:\n"
        "  - {fault: hang, with: deploy-first}\n"
        "  - {fault: host-down, with: deploy-others, on: web-3, for: 50s}\n"
    )
    first = rehearsed(str(scene))
    assert {"failed", "error", "stopped"} <= {outcome for *_, outcome, _ in attempts(first)}
    second = rehearsed_again(first)
    assert (attempts(second), ends(second)) == (attempts(first), ends(first))


async def test_live_release_goes_the_same_way_again() -> None:
    (Path.home() / "dial").write_text("1\n")
    async with driven(playbook(*LIVE, head=DIAL, back=UNDO)) as release:
        await release.waits("item")
        assert await release.ask(Tick(step="ready", item="all", evidence="seen")) is None
        await release.waits("answer")
        (Path.home() / "there").touch()
        assert await release.ask(Retry(step="two", host="here", note="it is there now")) is None
        await release.stands("rolled_back")
        place = release.place
        _, world = recorded(place)
    assert [(act.exits, act.prints) for act in world.acts["one"]] == [(0, "first\nsecond\n")]
    assert [(act.exits, act.prints) for act in world.acts["two"]] == [(7, "v1 is missing\n"), (0, "")]
    assert world.acts["one"][0].captures == {"key": "v1"}
    (series,) = world.series
    assert (series.host, series.shown[0], series.shown[-1]) == ("", 1.0, 9.0)
    second = rehearsed_again(place)
    assert (attempts(second), ends(second)) == (attempts(place), ["rolled_back"])
    assert announced(second) == announced(place) == [("watch", "high")]


async def test_what_people_ordered_is_ordered_again() -> None:
    gate = "{id: go, gate: Go, sign: {captain: 1}, after: []}"
    long = "{id: long, run: 'echo begun; sleep 600', on: here, takes: 20m}"
    async with driven(playbook(long, gate, back=UNDO)) as release:
        await release.prints("long", b"begun")
        _, world = recorded(release.place)
        (act,) = world.acts["long"]
        assert (act.takes, act.exits, act.prints) == (1200.0, 0, "begun\n"), "it goes on, and is to take so long"
        assert await release.ask(Hold(note="wait")) is None
        assert await release.ask(Resume(note="on")) is None
        assert await release.ask(Stop(step="long", host="here", note="too long")) is None
        await release.waits("answer")
        assert await release.ask(RollBack(confirm="rel", note="back")) is None
        await release.stands("rolled_back")
        _, world = recorded(release.place)
        said = [(type(each.intent), each.by, each.to) for each in world.spoken]
        assert said == [
            (Hold, "", None),
            (Resume, "", ("resume", "", "", "", "")),
            (Stop, "", None),
            (RollBack, "", None),
        ]
        second = rehearsed_again(release.place)
        assert (attempts(second), ends(second)) == (attempts(release.place), ["rolled_back"])


def test_scenario_is_whole_in_its_file() -> None:
    _, world = recorded(rehearsed("happy"))
    assert msgspec.json.decode(msgspec.json.encode(world), type=Scenario) == world


def test_broken_journal_is_refused_with_its_place() -> None:
    place = Home.default().create("broken")
    shutil.copytree(rehearsed("happy").folder, place.folder, dirs_exist_ok=True)
    data = place.journal.read_bytes()
    place.journal.write_bytes(data.replace(b'"yes":true', b'"yes":fals', 1))
    with pytest.raises(BrokenChain) as error:
        recorded(place)
    assert error.value.where == str(place.journal)
    assert error.value.hint


def test_release_that_never_began_is_refused() -> None:
    place = Home.default().create("empty")
    sqlite.create(place.journal).close()
    with pytest.raises(JournalError) as error:
        recorded(place)
    assert (error.value.what, error.value.where) == ("the release never began", str(place.journal))


def test_release_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no release nothing"):
        again("nothing")


@pytest.mark.parametrize("more", [["book.yaml"], ["-p", "version=1"], ["--scenario", "errors"]])
def test_recorded_release_goes_with_no_other_plan(more: list[str]) -> None:
    with pytest.raises(UsageError, match="does not go with --recorded"):
        rehearse.main([*more, "--recorded", "rel", "--headless"], standalone_mode=False)
