"""Scenarios in files, beside their playbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.errors import PlaybookError, UsageError
from cockpit.rehearsal.written.load import check, is_scenario, load, params_of
from cockpit.rehearsal.written.place import find, playbook_of, scenarios_of
from tests.rehearsal.written.scenes import BOOK, HEAD, plan_of


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A playbook in a folder, with a folder for its scenarios."""
    (tmp_path / "scenarios" / "shop").mkdir(parents=True)
    (tmp_path / "shop.yaml").write_text(BOOK)
    return tmp_path / "shop.yaml"


def beside(shop: Path, part: str, name: str = "bad") -> Path:
    path = shop.parent / "scenarios" / "shop" / f"{name}.yaml"
    path.write_text(HEAD + part)
    return path


def test_a_scenario_is_called_as_its_file(shop: Path) -> None:
    assert load(beside(shop, "", "quiet"), plan_of()).name == "quiet"


def test_every_problem_is_told_at_once(shop: Path) -> None:
    path = beside(shop, "ends: x\nvetoes: [y]\n")
    with pytest.raises(PlaybookError) as caught:
        load(path, plan_of())
    first, second = caught.value.problems
    assert first.startswith(f"{path}:3:7: S104 `ends` cannot be `x`")
    assert second.startswith(f"{path}:4:10: S209 unknown rule `y`")


def test_warnings_do_not_keep_it_from_being_loaded(shop: Path) -> None:
    assert load(beside(shop, "steps: {up: {hangs: true, takes: 5s}}"), plan_of()).acts["up"][0].hangs


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ":1:1: S006 "),
        (b"\xff", ":1:1: S003 "),
        (b"scenario: [", ":2:1: S005 "),
        (b"- a", ":1:1: S013 "),
        (b"scenario: s\nplaybook: shop\n---\n", ":3:1: S007 "),
    ],
)
def test_what_is_no_scenario_is_told_where(shop: Path, content: bytes, told: str) -> None:
    path = beside(shop, "")
    path.write_bytes(content)
    with pytest.raises(PlaybookError) as caught:
        params_of(path)
    assert caught.value.problems[0].startswith(f"{path}{told}")
    assert [str(problem) for problem in check(path)] == list(caught.value.problems)


def test_a_missing_file_is_told() -> None:
    (problem,) = check(Path("/nowhere/x.yaml"))
    assert (problem.code, problem.hint) == ("S001", "give the path of a scenario")


def test_params_are_there_before_the_plan(shop: Path) -> None:
    assert params_of(beside(shop, "params: {version: 1.10}\nvetoes: [unknown]")) == {"version": "1.10"}


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("params: {version: 1.10}", []),
        ("params: {verison: 1.1}", ["3:1: S222", "3:10: S221"]),
        ("params: {version: one}", ["3:19: S221"]),
        ("", ["1:1: S222"]),
        ("params: {version: 1.1}\nvetoes: [few]", ["4:10: S217"]),
    ],
)
def test_a_file_is_checked_with_the_playbook_that_it_lies_beside(shop: Path, part: str, wrong: list[str]) -> None:
    assert [f"{p.line}:{p.column}: {p.code}" for p in check(beside(shop, part))] == wrong


def test_a_playbook_that_cannot_be_used_is_told_at_its_name(shop: Path) -> None:
    shop.write_text(BOOK.replace("run: ./count, ", ""))
    (problem,) = check(beside(shop, "vetoes: [unknown]"))
    assert (problem.line, problem.column, problem.code) == (2, 11, "S220")
    assert problem.hint == f"`cockpit lint {shop}` says what is wrong with it"


def test_a_playbook_that_is_not_there_is_told_at_its_name(shop: Path) -> None:
    shop.unlink()
    (problem,) = check(beside(shop, ""))
    assert (problem.line, problem.code) == (2, "S220")


def test_a_playbook_can_be_given(shop: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "alone.yaml"
    elsewhere.write_text(HEAD + "params: {version: 1.1}")
    assert check(elsewhere, shop) == []


def test_scenarios_lie_beside_their_playbook(shop: Path) -> None:
    paths = (beside(shop, "", "a"), beside(shop, "", "b"))
    (shop.parent / "scenarios" / "shop" / "notes.txt").touch()
    assert scenarios_of(shop) == paths
    assert {playbook_of(path) for path in paths} == {shop}


def test_a_playbook_without_scenarios_has_none(tmp_path: Path) -> None:
    assert scenarios_of(tmp_path / "shop.yaml") == ()


def test_a_scenario_is_found_by_name_or_path(shop: Path) -> None:
    path = beside(shop, "", "down")
    assert find(shop, "down") == path
    assert find(shop, str(path)) == path
    assert find(shop, "./other.yaml") == Path("other.yaml")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("dwon", "did you mean down?"), ("x", "there are: down, late"), ("Nowhere", "there are: down, late")],
)
def test_an_unknown_scenario_is_told_with_what_there_is(shop: Path, name: str, hint: str) -> None:
    beside(shop, "", "down")
    beside(shop, "", "late")
    with pytest.raises(UsageError) as caught:
        find(shop, name)
    assert caught.value.hint == hint


def test_a_file_is_a_scenario_by_its_keys_or_by_where_it_lies(shop: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.yaml"
    alone.write_text(HEAD)
    broken = beside(shop, "")
    broken.write_text("playbook: [")
    assert (is_scenario(alone), is_scenario(broken), is_scenario(shop)) == (True, True, False)
