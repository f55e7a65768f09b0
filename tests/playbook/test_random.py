"""Whatever a file holds, there are problems or a plan: nothing is raised, and nothing takes long."""

from __future__ import annotations

import time
from pathlib import Path

import jmespath
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.playbook.hosts import expand
from cockpit.playbook.load import Loaded, understand
from cockpit.playbook.picks import wrong_pick
from cockpit.playbook.problem import RULES, errors
from cockpit.playbook.resolve import resolve
from cockpit.playbook.shell.code import dangers
from cockpit.playbook.source import parse
from cockpit.playbook.values import settle
from tests.playbook.books import HEAD
from tests.playbook.mistakes import PIECES, mistaken
from tests.playbook.test_rules import STEPS
from tests.playbook.watched import WATCHED, rule

QUICKSTART = (Path(__file__).parents[2] / "playbooks" / "quickstart.yaml").read_text()
BOOKS = [
    QUICKSTART,
    *(text for _, text, _ in WATCHED),
    *(HEAD + "".join(f"  {line}\n" for line in steps.split("\n")) for _, steps, _ in STEPS),
]
SECONDS = 1.0
FEW = settings(derandomize=True, deadline=None, max_examples=60, database=None)

pieces = st.sampled_from(
    [
        *PIECES,
        *("%", "@", "`", "?", "...\n", "$version", "$(", "eval ", "5ms", "-1", "for: 5m", "passing: r", "undo: ls"),
        *("guard: {r: back}", "above 2x baseline for 5m", "99.9% over 30d", "pick: a[0].b"),
        *("when: ", "after: [go]", "on: web", "run: "),
    ]
)


def checked(content: bytes) -> Loaded:
    """The playbook of these bytes, in time, with problems that are sound."""
    start = time.process_time()
    loaded = understand("f", *parse(content), "ana")
    assert time.process_time() - start < SECONDS
    for problem in loaded.problems:
        assert problem.code in RULES
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
    assert loaded.world is not None or errors(loaded.problems)
    return loaded


@given(st.binary(max_size=2000))
@FEW
def test_random_bytes_are_problems(content: bytes) -> None:
    assert errors(checked(content).problems)


@given(st.text(st.sampled_from(" \n-:{}[]'\"|>&*!%#,?@`abc019\t"), max_size=400))
@FEW
def test_random_yaml_is_problems(text: str) -> None:
    assert errors(checked(text.encode()).problems)


@given(mistaken(BOOKS, pieces))
@settings(FEW, max_examples=150)
def test_a_mutated_playbook_has_problems_or_a_plan(content: bytes) -> None:
    loaded = checked(content)
    if loaded.world is None or errors(loaded.problems):
        return
    given_values = dict.fromkeys(loaded.world.names.params, "1")
    values, refused = settle(loaded.world.book, given_values)
    if not refused:
        assert len(resolve(loaded.world, values, "ana").digest) == 64


@given(
    st.lists(pieces | st.sampled_from(["; ", " && ", " | ", "sh -c ", "echo ", "a=", "((", "))", "<<E\n", "E\n", "\\"]))
)
@FEW
def test_random_shell_is_read_in_time(parts: list[str]) -> None:
    start = time.process_time()
    found = dangers("".join(parts), {"version", "x"})
    assert time.process_time() - start < SECONDS
    assert all(danger.message for danger in found)


words = st.sampled_from(
    [
        *("above", "below", "at least", "outside", "between", "is", "fails", "grows", "falls to", "reaches", "spends"),
        *("burns", "higher than the other hosts", "mean over", "baseline", "slo", "for", "per", "within", "over", "by"),
        *(
            "to",
            "and",
            "times",
            "+",
            "-",
            "x",
            "%",
            "ms",
            "kB",
            "parsecs",
            "5",
            "0",
            "99.9",
            "1e9",
            "9" * 30,
            "30m",
            "\t",
        ),
    ]
)


@given(st.lists(words, max_size=9), st.lists(words, max_size=9), st.lists(words, max_size=5))
@settings(FEW, max_examples=200)
def test_a_random_rule_is_judged_or_refused_where_it_stands(ok: list[str], bad: list[str], slo: list[str]) -> None:
    texts = {"ok": " ".join(ok), "bad": " ".join(bad), "slo": " ".join(slo)}
    said = ", ".join(f"{key}: '{text}'" for key, text in texts.items() if text)
    loaded = checked(rule(said, "baseline: {over: 1h, until: up}\n").encode())
    wrong = [problem for problem in loaded.problems if problem.code == "P705"]
    assert all(problem.line == 11 for problem in wrong)
    assert wrong or not errors(loaded.problems) or {p.code for p in errors(loaded.problems)} <= {"P102", "P805", "P104"}


@given(st.lists(st.sampled_from([*"ab.[]()?*|&@{}:,'\"`<=0123 ", "length(", "[?", "sort_by("]), max_size=25))
@settings(FEW, max_examples=200)
def test_a_random_pick_is_jmespath_or_refused(parts: list[str]) -> None:
    text = "".join(parts)
    wrong = wrong_pick(text)
    if wrong is None:
        jmespath.compile(text)
    else:
        assert 0 <= wrong[0] <= len(text)
        assert wrong[1]


@given(st.text(st.sampled_from("ab-.[]:,0123456789"), max_size=30))
@FEW
def test_a_random_range_is_hosts_or_refused(text: str) -> None:
    try:
        names = expand(text)
    except ValueError:
        return
    assert names
    assert all(name for name in names)
