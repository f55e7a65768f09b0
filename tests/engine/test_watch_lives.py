"""An engine that is killed while it watches, and the one that comes after it."""

from __future__ import annotations

import pytest

from cockpit.release.events import (
    ITSELF,
    EngineStarted,
    Held,
    RollbackAnnounced,
    RollbackStarted,
    SoakBegan,
    Soaked,
    VerdictChanged,
)
from tests.conftest import Home
from tests.engine.watching import Dial, Watched, book, watched

UNDO = "{id: undo, run: 'echo undone >> ~/ran', on: here}"
DONE = "{id: done, run: 'echo done >> ~/ran', on: here}"


@pytest.fixture
def dial(home: Home) -> Dial:
    made = Dial()
    made.turn(1)
    return made


def guard(more: str) -> str:
    return f"{{id: watch, guard: {{high: roll back}}, for: 1h, {more}}}"


async def revived(seen: Watched) -> float:
    """Kill the engine; the moment at which the next one has begun."""
    lives = len(seen.of(EngineStarted))
    seen.release.kill()
    await seen.release.until(lambda _: len(seen.of(EngineStarted)) > lives)
    return seen.when(EngineStarted)[-1]


def failed(seen: Watched) -> float:
    return seen.when(VerdictChanged, lambda event: event.verdict == "failing")[-1]


async def test_what_was_measured_before_is_judged_again(dial: Dial) -> None:
    dial.turn(9)
    metric = dial.metric("every: 4s, no_data: hold")
    async with watched(book(metric, "high: {metric: dial, bad: above 5 for 8s}")) as seen:
        (first, _), *_ = await seen.stores("dial", 2)
        again = await revived(seen)
        assert again - first < 8
        await seen.comes_to("failing")
        assert failed(seen) - first < 8 + 4 + 1
        assert failed(seen) - again < 8


async def test_row_that_nobody_measured_starts_anew(dial: Dial) -> None:
    dial.turn(9)
    metric = dial.metric("every: 300ms, no_data: hold")
    async with watched(book(metric, "high: {metric: dial, bad: above 5 for 2s}")) as seen:
        await seen.stores("dial", 3)
        again = await revived(seen)
        await seen.comes_to("failing")
        gap = [moment for moment, value in await seen.series("dial") if value is None]
        assert failed(seen) - again >= 2
        assert gap == [], "the gap is judged, and not measured"


async def test_verdict_that_was_told_is_not_told_again(dial: Dial) -> None:
    async with watched(book(dial.metric(), "high: {metric: dial, bad: above 5}")) as seen:
        await seen.comes_to("passing")
        await revived(seen)
        dial.turn(2)
        await seen.shows(2.0)
        assert [event.verdict for event in seen.verdicts()] == ["passing"]


async def test_silence_before_the_first_sample_of_a_new_engine_holds_nothing(dial: Dial) -> None:
    metric = dial.metric("every: 300ms, stale: 400ms, no_data: hold")
    text = book(metric, "high: {metric: dial, bad: above 5}", "{id: watch, guard: {high: hold}, for: 1h}")
    async with watched(text) as seen:
        await seen.comes_to("passing")
        await revived(seen)
        dial.turn(2)
        await seen.shows(2.0)
        assert seen.of(Held) == []


async def test_release_is_rolled_back_by_the_engine_that_comes_after(dial: Dial, home: Home) -> None:
    rule = "high: {metric: dial, bad: above 5 for 1s}"
    async with watched(book(dial.metric(), rule, DONE, guard("countdown: 1s"), back=UNDO)) as seen:
        await seen.release.until(lambda state: "watch" in state.steps and state.steps["watch"].status == "running")
        await seen.comes_to("passing")
        seen.release.kill()
        dial.turn(9)
        await seen.release.stands("rolled_back")
        assert [event.by for event in seen.of(RollbackStarted)] == [ITSELF]
    assert (home.user / "ran").read_text().split() == ["done", "undone"]


async def test_countdown_goes_on_while_no_engine_lives(dial: Dial, home: Home) -> None:
    rule = "high: {metric: dial, bad: above 5}"
    async with watched(book(dial.metric(), rule, DONE, guard("countdown: 2s"), back=UNDO)) as seen:
        await seen.comes_to("passing")
        await seen.release.until(lambda state: state.steps["watch"].status == "running")
        dial.turn(9)
        await seen.release.until(lambda _: seen.of(RollbackAnnounced))
        await revived(seen)
        await seen.release.stands("rolled_back")
        assert len(seen.of(RollbackAnnounced)) == 1
        assert seen.when(RollbackStarted)[0] >= seen.of(RollbackAnnounced)[0].due
    assert (home.user / "ran").read_text().split() == ["done", "undone"]


async def test_next_engine_says_when_the_one_before_it_last_measured(dial: Dial) -> None:
    metric = dial.metric("every: 300ms, no_data: hold")
    async with watched(book(metric, "high: {metric: dial, bad: above 5}")) as seen:
        (moment, _) = (await seen.stores("dial", 3))[-1]
        again = await revived(seen)
        first, second = (event.alive for event in seen.of(EngineStarted))
        assert first is None
        assert second is not None
        assert moment <= second < again


async def test_time_without_an_engine_is_taken_off_a_soak(dial: Dial) -> None:
    metric = dial.metric("every: 100ms, stale: 300ms, timeout: 100ms, no_data: hold")
    text = book(metric, "high: {metric: dial, bad: above 5}", "{id: calm, soak: high, for: 2s}")
    async with watched(text) as seen:
        await seen.release.until(lambda _: seen.of(SoakBegan))
        again = await revived(seen)
        await seen.release.stands("done")
        alive = seen.of(EngineStarted)[-1].alive
        [soaked] = seen.of(Soaked)
        assert alive is not None
        assert 0 < again - alive - 0.3 == pytest.approx(soaked.gaps)
