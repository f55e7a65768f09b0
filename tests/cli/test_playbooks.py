"""lint, schema and plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.books import HERE, QUICK, WRONG, write
from tests.cli.conftest import Say
from tests.loopback.keeper import ROOT

QUICKSTART = str(ROOT / "playbooks" / "quickstart.yaml")


def test_lint_tells_problems_on_stdout_with_line_code_and_hint(say: Say, tmp_path: Path) -> None:
    book = write(tmp_path, WRONG)
    said = say("lint", str(book))
    assert said.out.startswith(f"{book}:4:60: P202 ")
    assert (said.code, said.err) == (1, "1 playbook, 1 error, 0 warnings\n")


def test_lint_is_well_where_there_are_only_warnings(say: Say, tmp_path: Path) -> None:
    book = write(tmp_path, QUICK.replace("on: here", "on: a") + "hosts: {a: a}\n")
    said = say("lint", str(book))
    assert (said.code, "warning" in said.out) == (0, True), said


def test_lint_gives_json(say: Say, tmp_path: Path) -> None:
    (problem,) = json.loads(say("lint", str(write(tmp_path, WRONG)), "--format", "json").out)
    assert problem.keys() == {"file", "line", "column", "code", "message", "hint", "severity"}


def test_lint_checks_every_playbook(say: Say, tmp_path: Path) -> None:
    said = say(
        "lint", str(write(tmp_path, WRONG, "a.yaml")), str(write(tmp_path, QUICK, "b.yaml")), str(tmp_path / "c")
    )
    assert (said.code, said.err) == (1, "3 playbooks, 2 errors, 0 warnings\n")


def test_lint_checks_scenarios_with_the_playbook_that_they_lie_beside(say: Say, tmp_path: Path) -> None:
    folder = tmp_path / "scenarios" / "a"
    folder.mkdir(parents=True)
    book, scene = write(tmp_path, QUICK, "a.yaml"), folder / "bad.yaml"
    scene.write_text("scenario: Bad\nplaybook: quick\nvetoes: [none]\n")
    said = say("lint", str(book), str(scene))
    assert said.out.startswith(f"{scene}:3:10: S209 unknown rule `none`")
    assert (said.code, said.err) == (1, "1 playbook, 1 scenario, 1 error, 0 warnings\n")


def test_schema_of_scenarios_is_another_one(say: Say) -> None:
    assert "faults" in json.loads(say("schema", "--scenario").out)["properties"]


def test_schema_is_json(say: Say) -> None:
    assert json.loads(say("schema").out)["$schema"].endswith("/schema")


def test_plan_shows_commands_with_hosts_variables_and_sources(say: Say) -> None:
    said = say("plan", QUICKSTART, "-p", "version=1.1.0", "-p", "previous=1.0.0")
    lines = [line.strip() for line in said.out.splitlines()]
    for expected in (
        "in ~/app",
        "version=1.1.0",
        "$ ./service restart",
        "release (the release's name)",
        "on batch 1 of 2: web-2",
        "the captain types 1.1.0",
    ):
        assert expected in lines


def test_same_command_is_shown_once_with_its_hosts(say: Say) -> None:
    document = json.loads(
        say("plan", QUICKSTART, "-p", "version=1.1.0", "-p", "previous=1.0.0", "--format", "json").out
    )
    commands = [each for each in document["commands"] if each["step"] == "deploy-others"]
    assert [each["hosts"] for each in commands] == [["web-2", "web-3"]]


def test_plan_tells_words_that_are_numbers_who_reports_and_how_often_is_looked(say: Say, tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text("""
playbook: book
roles: {captain: {people: [ana]}, sre: {people: [chen]}}
metrics: {breaker: {command: redis-cli GET state, on: here, values: {OPEN: 1, TRIPPED: 0}, no_data: hold}}
rules: {breaker: {metric: breaker, ok: is 1}, broken: {reported: It is broken, by: [captain, sre]}}
phases: [{phase: main, steps: [{id: up, http: 'https://shop.example.com/', times: 3, every: 5s, deadline: 2m}]}]
""")
    text = say("plan", str(path)).out
    assert "the first number, OPEN for 1, TRIPPED for 0 of here:" in text
    assert "by the captain, sre" in text
    assert "expects 200, tried every 0:05 until it is so 3 times in a row, for 2:00 at most" in text


def test_folder_is_rendered_for_each_host(say: Say, tmp_path: Path) -> None:
    text = QUICK.replace("on: here", "on: [a, b], dir: '/srv/{{ host }}'") + "hosts: {a: a, b: b}\n"
    document = json.loads(say("plan", str(write(tmp_path, text)), "--format", "json").out)
    assert [(each["hosts"], each["directory"]) for each in document["commands"]] == [
        (["a"], "/srv/a"),
        (["b"], "/srv/b"),
    ]


def test_plan_of_json_has_the_digest_of_the_text(say: Say, tmp_path: Path) -> None:
    book = str(write(tmp_path, HERE))
    document = json.loads(say("plan", book, "--format", "json").out)
    assert f"digest {document['digest']}\n" in say("plan", book).out


def test_value_that_paints_is_shown_as_escapes(say: Say, tmp_path: Path) -> None:
    said = say("plan", str(write(tmp_path, HERE)), "-p", "way=\x1b[2J\nnew line")
    assert ("\x1b" in said.out, "way='\\x1b[2J\\nnew line'" in said.out.replace(" = ", "=")) == (False, True)


@pytest.mark.parametrize(
    ("params", "what"),
    [
        (("-p", "version"), "not a param: 'version'"),
        (("-p", "=1"), "not a param: '=1'"),
        (("-p", "version=1", "-p", "version=2"), "param version is given twice"),
    ],
)
def test_wrong_params_are_usage_errors(say: Say, tmp_path: Path, params: tuple[str, ...], what: str) -> None:
    said = say("plan", str(write(tmp_path, HERE)), *params)
    assert (said.code, what in said.err) == (2, True)


def test_plan_of_a_wrong_playbook_names_its_problems_and_is_usage(say: Say, tmp_path: Path) -> None:
    book = write(tmp_path, WRONG)
    said = say("plan", str(book))
    assert (said.code, said.err.startswith(f"{book}:4:60: P202"), said.out) == (2, True, "")
