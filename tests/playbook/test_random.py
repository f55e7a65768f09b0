"""Whatever a file holds, there are problems or a plan: nothing is raised, and nothing takes long."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.playbook.hosts import expand
from cockpit.playbook.load import Loaded, understand
from cockpit.playbook.problem import RULES, errors
from cockpit.playbook.resolve import resolve
from cockpit.playbook.shell.code import dangers
from cockpit.playbook.source import parse
from cockpit.playbook.values import settle
from tests.playbook.books import HEAD
from tests.playbook.test_rules import STEPS

QUICKSTART = (Path(__file__).parents[2] / "playbooks" / "quickstart.yaml").read_text()
BOOKS = [QUICKSTART, *(HEAD + "".join(f"  {line}\n" for line in steps.split("\n")) for _, steps, _ in STEPS)]
SECONDS = 1.0
FEW = settings(derandomize=True, deadline=None, max_examples=60, database=None)

pieces = st.sampled_from(
    [
        *(
            "",
            "\n",
            "  ",
            "- ",
            ": ",
            "{",
            "}",
            "[",
            "]",
            "'",
            '"',
            "|\n",
            "&a ",
            "*a",
            "!!x ",
            "#",
            "\t",
            "\0",
            "\ufeff",
        ),
        *(
            "%",
            "@",
            "`",
            "?",
            "---\n",
            "...\n",
            "<<: ",
            "null",
            "{{ version }}",
            "{{",
            "}}",
            "$version",
            "$(",
            "\u202e",
        ),
        *(
            "eval ",
            "when: ",
            "after: [go]",
            "on: web",
            "run: ",
            "1e999",
            "-1",
            "9" * 400,
            "[" * 60,
            "web-[1:9]",
            "é",
            "😀",
        ),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A playbook with pieces of it left out, doubled, moved and replaced by what means something in YAML or shell."""
    text = draw(st.sampled_from(BOOKS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        to = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["cut", "double", "move", "replace"])):
            case "cut":
                text = text[:start] + text[end:]
            case "double":
                text = text[:end] + text[start:end] + text[end:]
            case "move":
                text = text[:to] + text[start:end] + text[to:]
            case _:
                text = text[:start] + draw(pieces) + text[end:]
    return text.encode(errors="replace")


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


@given(mutated())
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


@given(st.text(st.sampled_from("ab-.[]:,0123456789"), max_size=30))
@FEW
def test_a_random_range_is_hosts_or_refused(text: str) -> None:
    try:
        names = expand(text)
    except ValueError:
        return
    assert names
    assert all(name for name in names)
