"""Files that are not even YAML, or more than YAML should be."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cockpit.playbook.load import check, understand
from cockpit.playbook.node import Plain, data
from cockpit.playbook.problem import Problem
from cockpit.playbook.source import MAX_BYTES, parse

BOMB = "a: &a [x, x]\n" + "".join(
    f"{n}: &{n} [*{p}, *{p}, *{p}]\n" for p, n in zip("abcdefghijkl", "bcdefghijklm", strict=True)
)


STEPS = b"playbook: x\nphases:\n- phase: p\n  steps:\n" + b"  - wait: 1s\n" * 1001
HOSTS = b"playbook: x\nphases: [{phase: p, steps: [{wait: 1s}]}]\nhosts:\n"
HOSTS += b"".join(b"  g%d: 'x-[1:5000]'\n" % n for n in range(9_000))


def shell(command: str) -> bytes:
    """A playbook with as many such commands as a file may hold."""
    steps = [f"  - {{id: s{number}, on: w, run: '{command}'}}\n" for number in range(500_000 // len(command))]
    return "".join(
        ["playbook: x\n", "params: {version: }\n", "hosts: {w: a}\n", "phases:\n- phase: p\n  steps:\n", *steps]
    ).encode()


def found(content: bytes) -> list[str]:
    problems = understand("f", *parse(content)).problems
    return [f"{problem.line}:{problem.column}: {problem.code}" for problem in problems]


def many(key: str) -> bytes:
    """More entries of a part than a playbook can have."""
    return f"{key}:\n".encode() + b"".join(b"  n%d: {}\n" % number for number in range(1001))


JUDGED = b"playbook: x\nphases: [{phase: p, steps: [{wait: 1s}]}]\nhosts: {w: 'w-[1:5000]'}\nmetrics:\n" + b"".join(
    b"  m%d: {command: ls, on: w, no_data: hold}\n" % number for number in range(1000)
)
"""Few lines, and five million values to measure."""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"x" * (MAX_BYTES + 1), "1:1: P002", id="too large"),
        pytest.param(b"a: b\nc: \xc3\xa9\xff\n", "2:5: P003", id="latin"),
        pytest.param("playbook: x".encode("utf-16"), "1:1: P003", id="utf-16"),
        pytest.param(b"\xef\xbb\xbfa: \xff", "1:4: P003", id="latin behind a BOM"),
        pytest.param(b"a: b\nc: d\x00\n", "2:5: P004", id="nul"),
        pytest.param(b"a: b\r\nc: d\x1b[2J\n", "2:5: P004", id="escape"),
        pytest.param("a: b # \u202e\n".encode(), "1:8: P004", id="text turned around"),
        pytest.param("a: b # \u2028c: d\n".encode(), "1:8: P004", id="hidden line break"),
        pytest.param("a: b\u200bc\n".encode(), "1:5: P004", id="no width"),
        pytest.param(b'playbook: "a\\0b"\n', "1:11: P004", id="nul by an escape"),
        pytest.param(b"playbook: [\n", "2:1: P005", id="not closed"),
        pytest.param(b"hosts:\n\tweb: a\n", "2:1: P005", id="tab"),
        pytest.param(b"hosts: {web: [web-[1:3]]}\n", "1:19: P005", id="range without quotes"),
        pytest.param(b"title: a: b\n", "1:9: P005", id="colon without quotes"),
        pytest.param(b"a: b\n\xe2\x80\xa2\n", "3:1: P005", id="no key"),
        pytest.param(b"", "1:1: P006", id="empty"),
        pytest.param(b"  \n\n", "1:1: P006", id="blank"),
        pytest.param(b"# nothing\n", "1:1: P006", id="comment"),
        pytest.param(b"---\n...\n", "2:1: P006", id="nothing in a document"),
        pytest.param(b"a: b\n---\nc: d\n", "2:1: P007", id="two documents"),
        pytest.param(b"[" * 500_000, "1:51: P008", id="deep list"),
        pytest.param(b"{a: " * 100_000, "1:201: P008", id="deep mapping"),
        pytest.param(b"- " * 200_000, "1:101: P008", id="deep block"),
        pytest.param(b"a: &a [*a]\n", "1:8: P009", id="alias in itself"),
        pytest.param(b"a: *b\n", "1:4: P009", id="unknown alias"),
        pytest.param(BOMB.encode(), "10:4: P009", id="bomb"),
        pytest.param(b"a: b\na: c\n", "2:1: P010", id="same key"),
        pytest.param(b"[a]: b\n", "1:1: P011", id="list as key"),
        pytest.param(b"title: {{ version }}\n", "1:9: P011", id="template without quotes"),
        pytest.param(b"a: &a {b: c}\nd: {<<: *a}\n", "2:5: P011", id="merge"),
        pytest.param(b"a: !!python/object/apply:os.system [ls]\n", "1:4: P012", id="tag"),
        pytest.param(b"- a\n- b\n", "1:1: P013", id="list"),
        pytest.param(b"just text\n", "1:1: P013", id="text"),
        pytest.param(STEPS, "1005:5: P014", id="steps"),
        pytest.param(b"".join(b"k%d: v\n" % n for n in range(40_000)), "98:1: P014", id="unknown keys"),
        pytest.param(b"phases: [" + b"{phase: , steps: [{wait: }]}," * 900 + b"]\n", "1:1450: P014", id="gaps"),
        pytest.param(HOSTS, "8:3: P402", id="hosts"),
        pytest.param(many("metrics"), "1002:3: P014", id="metrics"),
        pytest.param(many("rules"), "1002:3: P014", id="rules"),
        pytest.param(JUDGED, "9:3: P014", id="values"),
        pytest.param(shell('echo "$version" | grep x;' * 300), "20:27: P014", id="shell"),
        pytest.param(shell("a|" * 4000), "7:26: P014", id="nonsense in shell"),
        pytest.param(shell("a=(" * 2700), "7:26: P014", id="arrays in shell"),
    ],
)
def test_what_is_no_playbook_is_said_in_little_time(content: bytes, expected: str) -> None:
    start = time.process_time()
    assert expected in found(content)
    assert time.process_time() - start < 3  # about 0.6 on a machine that does nothing else


RANGE = """\
f:1:10: P005 a list in [ ] that is not closed, or lacks a comma
hint: put host ranges such as 'web-[1:3]', and whatever holds [ ] { } , in quotes"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            'run: curl -H "X: $token" "$version"',
            "f:1:16: P005 a `:` where no key can stand\nhint: put a value that contains `: ` in quotes",
        ),
        (
            'run: "$version" --now',
            "f:1:17: P005 text behind the closing quote of a value\nhint: put the whole value in other quotes",
        ),
        (
            "on: [web-[1:3]]",
            RANGE,
        ),
    ],
)
def test_a_missing_quote_is_said_as_such(line: str, expected: str) -> None:
    assert str(understand("f", *parse(f"{line}\n".encode())).problems[0]) == expected


def test_aliases_in_a_row_count_where_they_are_used() -> None:
    chain = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "b: [" + ", ".join(["*a"] * 9500) + "]\n"
    assert found(chain.encode()) == ["2:36365: P009"]


def test_a_missing_file_is_a_problem() -> None:
    found = check(Path("/nowhere/at/all.yaml"))
    assert [(problem.line, problem.code) for problem in found] == [(1, "P001")]


def test_a_folder_is_a_problem(tmp_path: Path) -> None:
    assert [problem.code for problem in check(tmp_path)] == ["P001"]


def test_a_byte_order_mark_and_crlf_are_read_over() -> None:
    root, findings = parse(b"\xef\xbb\xbfplaybook: x\r\ntitle: |\r\n  a\r\n  b\r\n")
    assert (root and data(root), findings) == ({"playbook": "x", "title": "a\nb\n"}, [])


@pytest.mark.parametrize(
    "text", ["on", "yes", "no", "off", "y", "12:45", "2026-11-01", "1.10", "0o17", "1e3", "010", "0x1F"]
)
def test_plain_scalars_stay_as_written(text: str) -> None:
    root, _ = parse(f"a: {text}\n{text}: b\n".encode())
    assert root is not None
    assert data(root) == {"a": text, text: "b"}
    assert isinstance(data(root)["a"], Plain)  # type: ignore[index,call-overload]


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_nothing_unless_quoted(text: str) -> None:
    root, _ = parse(f"a: {text}\nb: '{text}'\n".encode())
    assert root is not None
    assert data(root) == {"a": None, "b": text}


def test_a_problem_reads_as_file_line_column_code_message_and_hint() -> None:
    problem = Problem("a.yaml", 3, 7, "P101", "unknown key `b`", "did you mean `c`?")
    assert str(problem) == "a.yaml:3:7: P101 unknown key `b`\nhint: did you mean `c`?"


def test_a_warning_says_so() -> None:
    assert str(Problem("a", 1, 2, "P604", "no quotes", severity="warning")) == "a:1:2: P604 warning: no quotes"
