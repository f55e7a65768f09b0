"""Moments as they are written, and what becomes of the times of steps and phases in a plan."""

from __future__ import annotations

import pytest

from cockpit.playbook.load import understand
from cockpit.playbook.moments import Behind, Lasting, Time, read, read_due
from cockpit.playbook.plan import After, At, Plan, Within
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import parse
from tests.playbook.books import found, problems


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("13:00", Time(780)),
        ("9:05", Time(545)),
        ("24:00", Time(1440)),
        ("day 2 13:00", Time(780, 2)),
        ("day 7", Time(0, 7)),
        ("15m after stage", Behind(900.0, "stage")),
        ("1h 30m after go-no-go", Behind(5400.0, "go-no-go")),
        ("24h after start", Behind(86400.0, "start")),
    ],
)
def test_moment_is_read(text: str, moment: object) -> None:
    assert read(text) == read_due(text) == moment


@pytest.mark.parametrize(
    "text", ["", "13", "13:60", "25:00", "day 0", "day 367", "day", "15m", "after stage", "0s after a", "400d after a"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a moment|days go from 1|the time must be"):
        read(text)


def test_length_of_time_alone_is_a_due_time() -> None:
    assert read_due("10m") == Lasting(600.0)


def made(steps: str, phase: str = "") -> Plan:
    """The plan of a playbook with one phase of these steps, a line each, and what the phase says."""
    head = f"playbook: p\nphases:\n- phase: one\n{phase}  steps:\n"
    text = head + "".join(f"  - {line}\n" for line in steps.splitlines())
    loaded = understand("p", *parse(text.encode()))
    assert not loaded.problems, loaded.problems
    assert loaded.world is not None
    return resolve(loaded.world, {}, "ana")


def test_times_of_a_step_are_on_its_day() -> None:
    (step,) = made("{id: a, do: x, day: 2, planned: 9:00, not_before: day 2 8:00, due: 10m, if_late: hold}").steps
    assert (step.planned, step.not_before) == (At(day=2, minute=540), At(day=2, minute=480))
    assert (step.due, step.if_late) == (Within(seconds=600.0), "hold")


def test_moment_after_a_phase_is_after_all_its_steps() -> None:
    steps = made("{id: a, do: x}\n{id: b, do: x, after: []}\n{id: c, do: x, not_before: 5m after a}").steps
    assert steps[2].not_before == After(seconds=300.0, steps=("a",))
    text = "playbook: p\nphases:\n- {phase: one, steps: [{id: a, do: x}, {id: b, do: x}]}\n"
    text += "- {phase: two, steps: [{id: c, do: x, not_before: 5m after one, planned: 1h after start}]}\n"
    world = understand("p", *parse(text.encode())).world
    assert world is not None
    step = resolve(world, {}, "ana").steps[2]
    assert (step.not_before, step.planned) == (After(seconds=300.0, steps=("a", "b")), After(seconds=3600.0))


def test_phase_begins_with_its_first_steps_and_is_due_with_its_last() -> None:
    said = "  day: 2\n  planned: 9:00\n  not_before: 8:00\n  due: 1h\n  if_late: hold\n"
    first, side, last = made("{id: a, do: x}\n{id: b, do: x, after: [], planned: 9:30}\n{id: c, do: x}", said).steps
    assert (first.planned, first.not_before, first.due) == (At(day=2, minute=540), At(day=2, minute=480), None)
    assert (side.planned, side.not_before) == (At(day=2, minute=570), At(day=2, minute=480))
    assert (last.planned, last.not_before, last.if_late) == (None, None, "hold")
    assert last.due == Within(seconds=3600.0, steps=("a", "b"))


def test_step_alone_takes_no_time_from_nowhere() -> None:
    (step,) = made("{id: a, do: x}").steps
    assert (step.planned, step.not_before, step.due, step.if_late) == (None, None, None, "warn")


HEAD = "playbook: p\nphases:\n- phase: main\n  steps:\n"
WRONG: list[tuple[str, str | list[str]]] = [
    ("- {id: a, do: x, planned: noon}", "5:29: P104"),
    ("- {id: a, do: x, not_before: 10m}", "5:32: P104"),
    ("- {id: a, do: x, day: 0, planned: 9:00}", "5:25: P104"),
    ("- {id: a, do: x, due: 5m after b}", "5:25: P202"),
    ("- {id: a, do: x, due: 5m after undo}", "5:25: P202"),
    ("- {id: a, do: x, not_before: 5m after a}", "5:32: P303"),
    ("- {id: a, do: x, not_before: 5m after b}\n  - {id: b, do: x}", "5:32: P303"),
    (
        "- {id: a, do: x, after: [], not_before: 5m after b}\n  - {id: b, do: x, after: [], not_before: 5m after a}",
        ["5:43: P303", "6:43: P303"],
    ),
    ("- {id: a, do: x, day: 2}", "5:20: P803"),
    ("- {id: a, do: x, if_late: hold}", "5:20: P803"),
    ("- {id: a, do: x, due: 10m, if_late: roll back}", "5:39: P802"),
    ("- {id: a, do: x, planned: 9:00, due: 9:00}", "5:40: P303"),
    ("- {id: a, do: x, planned: 9:00, not_before: 9:30}", "5:29: P303"),
]


@pytest.mark.parametrize(("step", "place"), WRONG)
def test_wrong_times_are_told_where_they_are(step: str, place: str | list[str]) -> None:
    back = "" if "roll back" in step else "rollback: {steps: [{id: undo, do: x}], verify: [{id: seen, do: x}]}\n"
    text = f"{HEAD}  {step}\n{back}"
    assert found(text) == ([place] if isinstance(place, str) else place)
    assert all(problem.hint or problem.code == "P104" for problem in problems(text))


def test_phase_that_counts_from_its_own_step_is_wrong() -> None:
    text = "playbook: p\nphases:\n- phase: main\n  not_before: 5m after b\n  steps: [{id: a, do: x}, {id: b, do: x}]\n"
    assert found(text) == ["4:15: P303"]


def test_rollback_that_is_late_cannot_be_rolled_back() -> None:
    back = "rollback: {steps: [{id: undo, do: x, due: 5m, if_late: roll back}], verify: [{id: seen, do: x}]}\n"
    assert found(f"{HEAD}  - {{id: a, do: x}}\n{back}") == ["6:56: P802"]
