"""The checker sees what is wrong: defects planted in the world, in the core, and in what a flight left."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from cockpit.engine.engine import Asked, Engine, Item
from cockpit.release.events import AnyEvent
from cockpit.release.intents import Refusal
from cockpit.release.state import State
from tests.simulation import draw
from tests.simulation.campaign import rules
from tests.simulation.checker import check
from tests.simulation.simulate import Evidence, fly

SEEDS = range(160)


class Eager(Engine):
    """An engine whose core does not mind a hold."""

    def _decide(self, items: Any, now: float) -> tuple[State, list[AnyEvent], list[tuple[Asked, Refusal | None]]]:
        state, events, answers = super()._decide(items, now)
        return replace(state, held_by=""), events, answers


class Deaf(Engine):
    """An engine that does not hear of failing rules."""

    def _decide(self, items: Any, now: float) -> tuple[State, list[AnyEvent], list[tuple[Asked, Refusal | None]]]:
        return super()._decide([item for item in items if getattr(_event(item), "verdict", "") != "failing"], now)


def _event(item: Item) -> AnyEvent | None:
    return getattr(item, "event", None)


class Trusting(Engine):
    """An engine that takes the unknown for passed."""

    def _decide(self, items: Any, now: float) -> tuple[State, list[AnyEvent], list[tuple[Asked, Refusal | None]]]:
        return super()._decide([_passed(item) for item in items], now)


def _passed(item: Item) -> Item:
    event = getattr(item, "event", None)
    if event is not None and getattr(event, "outcome", "") == "unknown":
        item.event = replace(event, outcome="passed")  # type: ignore[union-attr]
    return item


def broken_by(rule: str, **planted: Any) -> bool:
    """Whether a rule is broken in some flight with a planted defect."""
    return any(rule in rules(check(fly(draw.scenario(seed), **planted))) for seed in SEEDS)


def test_a_host_that_forgets_its_claims_is_seen_to_run_twice() -> None:
    assert broken_by("twice", forgetful=True)


def test_a_core_that_starts_under_a_hold_is_seen() -> None:
    assert broken_by("held", engine=Eager)


def test_a_core_that_takes_the_unknown_for_passed_is_seen() -> None:
    assert broken_by("result", engine=Trusting)


def test_a_core_that_does_not_hear_of_failing_rules_is_seen() -> None:
    assert broken_by("verdict", engine=Deaf)


Row = dict[str, Any]
Tamper = Callable[[list[Row]], list[Row]]


def _flights() -> Iterator[Evidence]:
    for seed in SEEDS:
        yield fly(draw.scenario(seed))


def _index(rows: list[Row], kind: str, **fields: Any) -> int:
    """Where the first event of a kind is; IndexError when there is none."""
    found = (n for n, row in enumerate(rows) if row["event"]["event"] == kind)
    return next(n for n in found if all(rows[n]["event"].get(name) == value for name, value in fields.items()))


def _insert(before: str, event: Row, **fields: Any) -> Tamper:
    def tamper(rows: list[Row]) -> list[Row]:
        at = _index(rows, before, **fields)
        return [*rows[:at], {**rows[at], "event": event}, *rows[at:]]

    return tamper


def _drop(kind: str, **fields: Any) -> Tamper:
    def tamper(rows: list[Row]) -> list[Row]:
        at = _index(rows, kind, **fields)
        return rows[:at] + rows[at + 1 :]

    return tamper


def _change(kind: str, **changes: Any) -> Tamper:
    def tamper(rows: list[Row]) -> list[Row]:
        at = _index(rows, kind)
        return [*rows[:at], {**rows[at], "event": {**rows[at]["event"], **changes}}, *rows[at + 1 :]]

    return tamper


def _swap(first: str, second: str) -> Tamper:
    def tamper(rows: list[Row]) -> list[Row]:
        one, other = _index(rows, first), _index(rows, second)
        rows[one]["event"], rows[other]["event"] = rows[other]["event"], rows[one]["event"]
        return rows

    return tamper


def _twice(kind: str) -> Tamper:
    def tamper(rows: list[Row]) -> list[Row]:
        at = _index(rows, kind)
        return [*rows[: at + 1], rows[at], *rows[at + 1 :]]

    return tamper


def _left(evidence: Evidence, tamper: Tamper) -> Evidence:
    """The same remains with a journal that was tampered with, chained anew."""
    rows = tamper([json.loads(line) for line in evidence.releases[0]["lines"]])
    release = dict(evidence.releases[0])
    evidence = replace(evidence, releases=[release, *evidence.releases[1:]])
    last = len(release["lines"]) - 1
    moments, writers = release["moments"], release["writers"]
    release["lines"] = [json.dumps({**row, "seq": seq}).encode() for seq, row in enumerate(rows, 1)]
    release["moments"] = [moments[min(n, last)] for n in range(len(rows))]
    release["writers"] = [writers[min(n, last)] for n in range(len(rows))]
    release["hashes"], previous = [], b"0" * 64
    for line in release["lines"]:
        previous = hashlib.sha256(previous + b"\n" + line).hexdigest().encode()
        release["hashes"].append(previous.decode())
    return evidence


def _change_first(kind: str, changes: Row, **fields: Any) -> Tamper:
    def tamper(rows: list[Row]) -> list[Row]:
        at = _index(rows, kind, **fields)
        return [*rows[:at], {**rows[at], "event": {**rows[at]["event"], **changes}}, *rows[at + 1 :]]

    return tamper


def _without_undo(rows: list[Row]) -> list[Row]:
    """Without the attempts that undid something."""
    _index(rows, "back-done")
    undone = {
        row["event"]["id"] for row in rows if row["event"].get("step", "").endswith("-undo") and "id" in row["event"]
    }
    return [row for row in rows if row["event"].get("id") not in undone]


PASSES: Row = {"event": "verdict-changed", "rule": "r0", "verdict": "passing"}
HELD: Row = {"event": "held", "by": "cockpit"}
TAMPERED: dict[str, tuple[str, Tamper]] = {
    "a start under a hold": ("held", _insert("attempt-started", HELD, part="run")),
    "a step under a hold": ("held", _insert("step-started", HELD)),
    "a gate opened under a hold": ("held", _insert("gate-opened", HELD)),
    "a start after an abort": ("aborted", _insert("attempt-started", {"event": "aborted", "by": "cockpit"})),
    "a start after the end": ("aborted", _insert("attempt-started", {"event": "ended", "outcome": "done"})),
    "a start without credentials": (
        "credentials",
        _insert("attempt-started", {"event": "credentials-missed", "names": ["ssh login"]}),
    ),
    "a start before the step's turn": ("order", _drop("step-started")),
    "a start that was not journaled": ("journal", _drop("attempt-started")),
    "a start with another number": ("id", _change("attempt-started", number=7)),
    "a start on another boot": ("identity", _change("attempt-started", boot="other")),
    "a start twice": ("id", _twice("attempt-started")),
    "a start without the lock": ("lock", _drop("lock-taken")),
    "a start on a host that was lost": (
        "identity",
        _insert("attempt-started", {"event": "host-unreachable", "host": "web-1", "reason": ""}, host="web-1"),
    ),
    "a result that is not the host's": ("result", _change("attempt-ended", outcome="failed", exit=77)),
    "a result twice": ("result", _twice("attempt-ended")),
    "a pass that was not earned": ("passed", _swap("attempt-ended", "host-passed")),
    "a pass over a failure": ("passed", _change("host-failed", event="host-passed")),
    "a step passed too early": ("passed", _drop("host-passed")),
    "a checklist without its items": ("passed", _drop("item-ticked")),
    "a settlement of what is known": (
        "settle",
        lambda rows: _insert("host-passed", {**_settled(rows), "by": "cockpit"})(rows),
    ),
    "a gate without its sign-offs": ("gate", _drop("signed-off", yes=True)),
    "a gate opened by a guest": ("gate", _change("gate-opened", by="mallory")),
    "a hold by a guest": ("people", _change("held", by="mallory")),
    "a signature by a guest": ("people", _change("signed-off", by="mallory")),
    "something after the end": ("closed", _insert("host-cleaned", HELD)),
    "a cleaning before the end": ("cleaned", _drop("closed")),
    "an end without its steps": ("ended", _drop("step-passed")),
    "an end while something runs": ("ended", _drop("attempt-ended")),
    "a rollback step on the way forward": ("track", _drop("rollback-started")),
    "an older epoch": ("writer", _change("engine-started", epoch=0)),
    "a retry that nobody ordered": ("decision", _drop("retry-ordered")),
    "a verdict that is not true": (
        "verdict",
        _change_first("verdict-changed", {"verdict": "passing"}, verdict="failing"),
    ),
    "a verdict that was not told": ("verdict", _drop("verdict-changed", verdict="failing")),
    "a failure that caused nothing": ("missed", _drop("rollback-announced")),
    "a countdown without its end": ("countdown", _drop("rollback-started", by="cockpit")),
    "a countdown that is too short": ("guard", _change("rollback-announced", due=0.0)),
    "a rollback that nothing announced": ("guard", _change_first("rollback-started", {"by": "cockpit"}, by="ana")),
    "a hold that ended by itself": ("steady", _change_first("resumed", {"by": "cockpit"}, by="ana")),
    "a hold by a rule that is well": ("guard", _insert("held", PASSES, rules=["r0"])),
    "a question that was never asked": ("decision", _drop("decision-opened")),
    "a decision twice": ("decision", _twice("decided")),
    "a decision by a guest": ("decision", _change("decided", by="mallory")),
    "a default that is none": ("decision", _change_first("decided", {"option": "nothing"}, by="cockpit")),
    "a veto by a guest": ("veto", _change("vetoed", by="mallory")),
    "a waiver by a guest": ("waiver", _change("waived", by="mallory", role="qa")),
    "a guard that ended over a rule": ("guard", _drop("waived", role=None)),
    "a gate opened over a rule": ("criteria", _drop("waived", role="qa")),
    "a cutover without its baseline": ("baseline", _drop("baseline-recorded")),
    "a batch that is not the last": ("back", _change("back-ordered", hosts=["db-2"])),
    "a batch that was not undone": ("back", _without_undo),
}


@pytest.fixture(scope="module")
def flights() -> list[Evidence]:
    """Some flights in which every promise was kept."""
    return list(_flights())


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_seen(flights: list[Evidence], name: str) -> None:
    rule, tamper = TAMPERED[name]
    found: set[str] = set()
    for evidence in flights:
        try:
            left = _left(evidence, tamper)
        except (StopIteration, IndexError):
            continue
        found |= rules(check(left))
        if rule in found:
            return
    raise AssertionError(f"only {found} were seen")


def _settled(rows: list[Row]) -> Row:
    at = _index(rows, "attempt-ended", outcome="passed")
    return {"event": "attempt-settled", "id": rows[at]["event"]["id"], "outcome": "passed", "note": "seen"}


def test_a_secret_in_the_output_is_seen(flights: list[Evidence]) -> None:
    evidence = copy.deepcopy(flights[0])
    evidence.releases[0]["outputs"]["ab"] = evidence.releases[0]["secret"].encode()
    assert "secret" in rules(check(evidence))


def test_a_secret_in_the_journal_is_seen(flights: list[Evidence]) -> None:
    secret = flights[0].releases[0]["secret"]
    left = _left(flights[0], lambda rows: [*rows, {**rows[-1], "event": {"event": "held", "by": secret}}])
    assert "secret" in rules(check(left))


def test_time_that_runs_backwards_is_seen(flights: list[Evidence]) -> None:
    left = _left(flights[0], lambda rows: [*rows[:-1], {**rows[-1], "at": 5.0}])
    assert "time" in rules(check(left))


def test_a_broken_chain_is_seen(flights: list[Evidence]) -> None:
    evidence = copy.deepcopy(flights[0])
    evidence.releases[0]["lines"][2] += b" "
    assert "chain" in rules(check(evidence))


def test_a_release_that_never_ends_is_seen(flights: list[Evidence]) -> None:
    evidence = copy.deepcopy(flights[0])
    evidence.stuck = ["rel-0 has not ended"]
    assert "liveness" in rules(check(evidence))
