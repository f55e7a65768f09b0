"""Requests of steps and checks are answered as is expected of them, as far as nothing is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cockpit.execution.contract import Ended, HttpOrder
from tests.rehearsal.ground import Ground


def sent(ground: Ground, step: str = "look", host: str = "here", **more: Any) -> Ended:
    ended: Ended = ground.run(lambda: ground.send(step, host, **more))
    return ended


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"status": (204, 200)},
        {"contains": "all well"},
        {"contains": 'say "well", Grüße'},
        {"json": {"status": "ok", "version": "1.10"}},
        {"json": {"data.0.name": "x", "data.0.count": "3"}},
        {"json": {"status": "ok"}, "contains": '"status":"ok"'},
        {"json": {"a": "x", "b.c": "y"}, "status": (201,)},
    ],
)
def test_answer_is_what_is_expected(expected: dict[str, Any]) -> None:
    assert sent(Ground(), **expected).outcome == "passed"


def test_answer_shows_what_is_known_of_its_host() -> None:
    ground = Ground("hosts: {web: {version: '1.9'}}\n")
    ended = sent(ground, "look", "web-1", json={"version": "1.10"})
    assert (ended.outcome, ended.reason) == ("failed", "version is '1.9', expected '1.10'")
    assert json.loads(bytes(ground.output).partition(b"\n\n")[2])["version"] == "1.9"


def test_answer_is_what_the_scenario_prints() -> None:
    ground = Ground("steps: {look: {prints: out of order}}\n")
    assert sent(ground, contains="all well").reason == "'all well' is not in the answer"
    assert bytes(ground.output) == b"HTTP/1.1 200 OK\n\nout of order\n"


def test_server_that_fails_answers_503() -> None:
    ground = Ground()
    ground.strike("wrong-exit", step="look")
    assert sent(ground).reason == "answered HTTP/1.1 503 Service Unavailable, expected 200"


@pytest.mark.parametrize(("method", "outcome"), [("GET", "failed"), ("POST", "unknown")])
def test_deaf_server_lets_wait(method: str, outcome: str) -> None:
    ground = Ground()
    ground.strike("deaf", step="look", lasts=600.0)
    ended = sent(ground, method=method, timeout=12.0)
    assert (ended.outcome, ended.reason) == (outcome, "no answer within 12 s")
    assert ground.now == pytest.approx(12.0)


@pytest.mark.parametrize(("method", "outcome"), [("GET", "failed"), ("POST", "error")])
def test_server_on_a_host_that_is_down_is_not_there(method: str, outcome: str) -> None:
    ground = Ground()
    ground.strike("host-down", "web-1", lasts=600.0)
    ended = sent(ground, "look", "web-1", method=method)
    assert (ended.outcome, "connection refused" in ended.reason) == (outcome, True)


def test_paths_that_contradict_each_other_are_no_defect() -> None:
    assert sent(Ground(), json={"a": "x", "a.b": "y"}).outcome == "failed"


def test_request_that_is_given_up_is_as_it_is_everywhere() -> None:
    order = HttpOrder("1", "POST", "http://x/")
    assert Ground().requests.cancelled(order).outcome == "unknown"
