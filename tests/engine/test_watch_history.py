"""A real Prometheus under a real engine: what it knows from before the engine began."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.release.events import BaselineRecorded, EngineStarted, RollbackStarted
from cockpit.release.intents import Go
from tests.conftest import Home
from tests.engine.watching import book, watched
from tests.metrics.promserver import PrometheusServer

LONG = "high: {metric: warmth, bad: above 20.5 for 30m}"
DONE = "{id: done, run: 'echo done >> ~/ran', on: here}"
UNDO = "{id: undo, run: 'echo undone >> ~/ran', on: here}"
QUICK = "every: 1s, no_data: hold"


@pytest.fixture(scope="module")
def prometheus(ground: Path) -> Iterator[PrometheusServer]:
    with PrometheusServer(ground / "prometheus-watched") as started:
        yield started


def warmth(prometheus: PrometheusServer) -> str:
    query = 'max(temperature{instance=~"web-[12].*"})'
    return f"warmth: {{prometheus: '{query}', url: '{prometheus.url}', {QUICK}}}"


async def test_guard_goes_back_at_once_for_what_lasts_since_before_it(prometheus: PrometheusServer, home: Home) -> None:
    guard = "{id: watch, guard: {high: roll back}, for: 1h, countdown: 1s}"
    async with watched(book(warmth(prometheus), LONG, DONE, guard, back=UNDO)) as seen:
        await seen.release.stands("rolled_back")
        (event,) = [each for each in seen.verdicts() if each.verdict == "failing"]
        assert (event.value, event.threshold) == (21.0, 20.5)
        assert seen.when(RollbackStarted)[0] - seen.when(EngineStarted)[0] < 30
    assert (home.user / "ran").read_text().split() == ["done", "undone"]


async def test_history_fills_what_a_killed_engine_missed(prometheus: PrometheusServer) -> None:
    async with watched(book(warmth(prometheus), LONG)) as seen:
        await seen.comes_to("failing")
        seen.release.kill()
        await seen.release.until(lambda _: len(seen.of(EngineStarted)) == 2)
        judgement = await seen.judged(lambda each: each.at > seen.when(EngineStarted)[-1])
        assert (judgement.verdict, judgement.pending > 1800) == ("failing", True)
        assert [event.verdict for event in seen.verdicts()] == ["failing"]


async def test_baseline_is_of_the_source_s_history(prometheus: PrometheusServer) -> None:
    rule = "high: {metric: warmth, bad: above 2x baseline}"
    steps = ("{id: before, gate: Before}", "{id: cut, gate: Cut over}")
    more = "baseline: {over: 30m, until: cut, samples: 1000}"
    async with watched(book(warmth(prometheus), rule, *steps, more=more)) as seen:
        await seen.comes_to("inconclusive")
        assert await seen.release.ask(Go(gate="before", confirm="rel")) is None
        assert (await seen.comes_to("passing")).threshold == 42.0
        (recorded,) = seen.of(BaselineRecorded)
        assert (recorded.hosts[""].median, recorded.hosts[""].samples > 1700) == (21.0, True)
