"""Every demand of the five runbooks has its place in a playbook and a test: all are there, and none is made up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cockpit.playbook.load import check
from tests.playbooks import runbook_000, runbook_001, runbook_002, runbook_003, runbook_004
from tests.playbooks.places import BOOKS, SHIPPED, at, document, plain, shown, text_of
from tests.playbooks.row import Box, Line, Said
from tests.playbooks.test_thresholds import plan_of

ROOT = Path(__file__).parents[2]
RUNBOOKS = (runbook_000, runbook_001, runbook_002, runbook_003, runbook_004)
LINES: dict[str, Line] = {name: line for each in RUNBOOKS for name, line in each.LINES.items()}
BOXES: dict[str, Box] = {name: box for each in RUNBOOKS for name, box in each.BOXES.items()}
COMMANDS: dict[str, tuple[Said, ...]] = {name: said for each in RUNBOOKS for name, said in each.COMMANDS.items()}
COUNTS = {"000": (70, 0), "001": (31, 93), "002": (38, 16), "003": (40, 98), "004": (39, 7)}
BLOCKS = {"S000": (0, 9), "S002": (14, 7), "S003": (9, 1), "S004": (1, 10)}
MAY_WAIT = ("history across releases", "retention", "written records", "delivery", "import", "thinking lint")
COCKPIT = "cockpit: "


def placed(line: Line) -> Iterator[tuple[str, str]]:
    return ((place, text) for place, text in line.places.items() if not place.startswith(COCKPIT))


@pytest.mark.parametrize("runbook", COUNTS)
def test_every_demand_is_there(runbook: str) -> None:
    lines, boxes = COUNTS[runbook]
    assert [name for name in LINES if name[:3] == runbook] == [f"{runbook}-{n:02}" for n in range(1, lines + 1)]
    assert [name for name in BOXES if name[1:4] == runbook] == [f"S{runbook}-C{n:02}" for n in range(1, boxes + 1)]


@pytest.mark.parametrize("runbook", BLOCKS)
def test_every_command_is_there(runbook: str) -> None:
    blocks, words = BLOCKS[runbook]
    expected = [f"{runbook}-F{n:02}" for n in range(1, blocks + 1)] + [
        f"{runbook}-I{n:02}" for n in range(1, words + 1)
    ]
    assert sorted(name for name in COMMANDS if name.startswith(runbook)) == expected
    assert all(COMMANDS[name] for name in expected)


@pytest.mark.parametrize("name", LINES)
def test_place_says_what_the_runbook_wants(name: str) -> None:
    for place, text in placed(LINES[name]):
        assert plain(text) in shown(name[:3], place), place
    for place in LINES[name].places:
        assert not place.startswith(COCKPIT) or (ROOT / place.removeprefix(COCKPIT)).is_file(), place


@pytest.mark.parametrize("name", BOXES)
def test_box_keeps_its_words(name: str) -> None:
    found = at(name[1:4], BOXES[name].place)
    words = [text_of(found)]
    if isinstance(found, dict):
        words = [text_of(found["item"]), f"{text_of(found['item'])} \u2013 {text_of(found.get('text'))}"]
    assert plain(BOXES[name].words) in map(plain, words)


@pytest.mark.parametrize("runbook", BOOKS)
def test_every_box_has_a_place_of_its_own(runbook: str) -> None:
    places = [box.place for name, box in BOXES.items() if name[1:4] == runbook]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("name", COMMANDS)
def test_command_of_the_runbook_stands_in_the_playbook(name: str) -> None:
    for said in COMMANDS[name]:
        assert plain(said.playbook or said.runbook) in shown(name[1:4], said.place), said


@pytest.mark.parametrize("name", LINES)
def test_line_has_a_test_or_may_wait(name: str) -> None:
    line = LINES[name]
    if line.later:
        assert line.later.startswith(MAY_WAIT)
        assert (line.places, line.test) == ({}, "")
    else:
        assert line.places
        assert is_a_test(line.test), line.test


def is_a_test(node: str) -> bool:
    """Whether there is such a test, and what it names in brackets."""
    path, _, rest = node.partition("::")
    name, _, case = rest.removesuffix("]").partition("[")
    if name not in named_in(ROOT / path):
        return False
    if name == "test_scenario_ends_as_it_declares":
        return any(case == f"{path.parent.name}-{path.stem}" for path in SHIPPED.glob("scenarios/*/*.yaml"))
    known = {*BOOKS, *BOOKS.values()} | ({*LINES, *COMMANDS} if path == "tests/playbooks/test_table.py" else set())
    return not case or case in known or f'"{case}' in (ROOT / path).read_text()


@cache
def named_in(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("runbook", BOOKS)
def test_nothing_is_wrong_with_a_playbook_but_its_age(runbook: str) -> None:
    problems = check(SHIPPED / f"{BOOKS[runbook]}.yaml")
    assert [str(problem) for problem in problems if problem.code != "P212"] == []


def items(runbook: str) -> Iterator[dict[str, object]]:
    """The items of every checklist of a playbook."""

    def below(node: object) -> Iterator[dict[str, object]]:
        if isinstance(node, dict):
            yield from (item for item in node.get("checklist", ()) if isinstance(item, dict))
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from below(child)

    return below(document(runbook))


@pytest.mark.parametrize("runbook", BOOKS)
def test_every_box_has_a_number_or_a_person(runbook: str) -> None:
    loose = [item["id"] for item in items(runbook) if not {"run", "http", "passing", "evidence"} & item.keys()]
    assert loose == (["celebrate"] if runbook == "003" else [])


@pytest.mark.parametrize("runbook", ["000", "004"])
def test_worst_severity_stands_first(runbook: str) -> None:
    severities = at(runbook, "severities")
    assert isinstance(severities, dict)
    assert list(severities) == ["sev-1", "sev-2", "sev-3"]


def test_checklist_is_to_be_reviewed_every_thirty_days() -> None:
    assert (at("001", "review_every"), "$(" in shown("001", "reviewed")) == ("30d", False)


def test_breaker_is_reset_only_behind_its_question() -> None:
    everywhere = text_of(document("002")).count("redis-cli SET")
    assert (everywhere, shown("002", "manual.reset-breaker.confirm")) == (1, "FALSE ALARM")
    assert "Is it a false alarm?" in shown("002", "manual.reset-breaker.ask")


def test_secrets_are_named_and_never_written() -> None:
    text = (SHIPPED / "staged-rollout.yaml").read_text()
    assert not re.search(r"secure-pass|prod-user|postgres://|SECRET_KEY: [^'\n]*[a-z0-9]{12}", text)
    assert shown("003", "steps.deploy-canary.env.DATABASE_URL") == "{{ database_url }}"


def test_meeting_waits_for_every_item() -> None:
    steps = {step.id: step for step in plan_of("004").steps}
    before, waits = {"go-no-go"}, True
    while waits:
        more = {name for step in before for name in steps[step].after} - before
        before, waits = before | more, bool(more)
    assert {"ready", "announcement", "config", "smoke", "fast"} <= before
