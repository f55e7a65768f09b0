"""Metrics watched by a real engine: verdicts, sources that fail, hosts, baselines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from cockpit.release.events import (
    ITSELF,
    BaselineRecorded,
    EngineStarted,
    Held,
    Resumed,
    StepStarted,
    VerdictChanged,
)
from cockpit.release.intents import Go
from tests.conftest import Home
from tests.engine.watching import Dial, Source, book, source, watched
from tests.loopback.fleet import Fleet
from tests.metrics.servers import Heard, as_json, serving, unanswered

HIGH = "high: {metric: dial, bad: above 5}"
SHORT = "every: 300ms, stale: 1s, no_data: hold"


@pytest.fixture
def dial(home: Home) -> Dial:
    made = Dial()
    made.turn(1)
    return made


def json(made: Source, more: str = SHORT) -> str:
    return f"dial: {{json: '{made.url}', pick: value, {more}}}"


def guard(more: str = "", leads: str = "hold") -> str:
    return f"{{id: watch, guard: {{high: {leads}}}, for: 1h{more}}}"


async def test_change_of_a_verdict_is_told_with_its_numbers(dial: Dial) -> None:
    async with watched(book(dial.metric(), HIGH)) as seen:
        await seen.comes_to("passing")
        dial.turn(7.5)
        await seen.comes_to("failing")
        told = [(each.verdict, each.value, each.threshold, each.reason) for each in seen.verdicts()]
        assert told == [("passing", 1.0, 5.0, "1: not above 5"), ("failing", 7.5, 5.0, "7.5: above 5")]
        assert min(each.samples for each in seen.verdicts()) >= 1


async def test_verdict_that_stays_is_told_once(dial: Dial) -> None:
    async with watched(book(dial.metric(), HIGH)) as seen:
        await seen.comes_to("passing")
        for value in (2.0, 3.0):
            dial.turn(value)
            await seen.shows(value)
        assert [event.verdict for event in seen.verdicts()] == ["passing"]


async def test_source_that_hangs_holds_until_it_is_steady_again() -> None:
    async with source() as made, watched(book(json(made), HIGH, guard(", steady: 600ms"))) as seen:
        await seen.comes_to("passing")
        made.value = None
        state = await seen.release.stands("holding")
        assert (state.held_by, state.held_rules, state.rules["high"].verdict) == (ITSELF, ("high",), "error")
        assert "no answer in 0.3 s" in state.rules["high"].reason
        made.value = 2.0
        await seen.release.stands("running")
        assert [event.by for event in seen.of(Resumed)] == [ITSELF]
        (passed, resumed) = (seen.when(VerdictChanged)[-1], seen.when(Resumed)[-1])
        assert resumed - passed >= 0.6


async def test_source_that_dies_and_comes_back_is_measured_again(dial: Dial) -> None:
    async with watched(book(dial.metric(SHORT), HIGH, guard(", steady: 300ms"))) as seen:
        await seen.comes_to("passing")
        dial.path.unlink()
        event = await seen.comes_to("error")
        assert event.reason.startswith("not measured for ")
        assert "exit status 1" in event.reason
        dial.turn(1)
        await seen.release.until(lambda state: not state.held_by and seen.of(Resumed))
        assert [event.rules for event in seen.of(Held)] == [("high",)]


async def test_metric_whose_secret_is_missing_says_so_and_is_measured_once_it_is_there(dial: Dial) -> None:
    dial.turn(7)
    metric = f"dial: {{command: 'test -n \"$token\" && cat {dial.path}', on: here, {SHORT}}}"
    async with watched(book(metric, HIGH, more="secrets: {token: {env: TOKEN}}")) as seen:
        event = await seen.comes_to("error")
        assert event.reason == "not measured yet: needs credentials: token"
        await seen.release.supply({"token": "geheim-4711"})
        assert (await seen.comes_to("failing")).value == 7.0
        assert len(seen.of(EngineStarted)) == 1


async def test_secret_that_is_supplied_anew_is_used_at_once() -> None:
    metric = "dial: {{json: {{url: '{}', headers: {{Authorization: '{{{{ token }}}}'}}}}, pick: value, {}}}"
    async with serving(as_json({"value": 1})) as served:
        text = book(metric.format(served.url, SHORT), HIGH, more="secrets: {token: {env: TOKEN}}")
        async with watched(text) as seen:
            await seen.release.supply({"token": "first"})
            await seen.comes_to("passing")
            await seen.release.supply({"token": "second"})
            await seen.judged(lambda _: served.heard[-1].headers["authorization"] == "second")


@pytest.fixture
def web(hosts: Callable[..., Fleet], home: Home) -> Fleet:
    """Two hosts, which the settings of this test's login name."""
    fleet = hosts(["web-1", "web-2"], ["dash", "busybox ash"])
    folder = home.config / "cockpit"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
    for number, name in enumerate(fleet, 1):
        (fleet[name].home / "load").write_text(f"load {number}\n")
    return fleet


async def test_command_measures_each_host_over_ssh(web: Fleet) -> None:
    metric = "dial: {command: 'cat ~/load', on: web, every: 1s, no_data: hold}"
    async with watched(book(metric, HIGH, more="hosts: {web: 'web-[1:2]'}")) as seen:
        await seen.comes_to("passing")
        (web["web-2"].home / "load").write_text("load 9\n")
        event = await seen.comes_to("failing")
        assert (event.host, event.value) == ("web-2", 9.0)
        assert event.reason == "web-2: 9: above 5 (1 of 2 hosts failing, 1 needed)"
        values = {host: {value for _, value in await seen.series("dial", host)} for host in web}
        assert values == {"web-1": {1.0}, "web-2": {2.0, 9.0}}


async def test_host_that_does_not_answer_is_an_error_of_its_own(web: Fleet) -> None:
    metric = "dial: {command: 'cat ~/load', on: web, every: 1s, stale: 2s, no_data: hold}"
    async with watched(book(metric, HIGH, more="hosts: {web: 'web-[1:2]'}")) as seen:
        await seen.comes_to("passing")
        web["web-2"].kill()
        event = await seen.comes_to("error")
        assert event.host == "web-2"
        web["web-2"].start()
        await seen.comes_to("passing")


RELATIVE = "high: {metric: dial, bad: above 2x baseline}"
CUTOVER = ("{id: before, gate: Before}", "{id: cut, gate: Cut over}")


def before(samples: int = 3, over: str = "1m") -> str:
    return f"baseline: {{over: {over}, until: cut, samples: {samples}}}"


async def test_baseline_is_of_what_was_measured_where_there_is_no_history(dial: Dial) -> None:
    dial.turn(4)
    async with watched(book(dial.metric(), RELATIVE, *CUTOVER, more=before())) as seen:
        event = await seen.comes_to("inconclusive")
        assert event.reason == "no baseline yet"
        await seen.release.until(lambda state: state.rules["high"].verdict)
        await seen.stores("dial", 4)
        assert await seen.release.ask(Go(gate="before", confirm="rel")) is None
        await seen.comes_to("passing")
        (recorded,) = seen.of(BaselineRecorded)
        assert (recorded.hosts[""].mean, recorded.hosts[""].p95, recorded.hosts[""].samples >= 3) == (4.0, 4.0, True)
        assert seen.when(BaselineRecorded)[0] <= seen.when(StepStarted, lambda event: event.step == "cut")[0]
        dial.turn(9)
        assert (await seen.comes_to("failing")).threshold == 8.0


@pytest.mark.parametrize("hangs", [True, False])
async def test_baseline_of_a_dead_source_keeps_nobody_waiting(hangs: bool) -> None:
    async def reply(heard: Heard, writer: asyncio.StreamWriter) -> None:
        if "query_range" in heard.line and hangs:
            await unanswered(heard, writer)
        writer.write(as_json({"status": "success", "data": {"resultType": "vector", "result": []}}))

    async with serving(reply) as served:
        metric = f"dial: {{prometheus: up, url: '{served.url}', retries: 0, {SHORT}}}"
        async with watched(book(metric, RELATIVE, *CUTOVER, more=before())) as seen:
            await seen.comes_to("no data")
            assert await seen.release.ask(Go(gate="before", confirm="rel")) is None
            await seen.release.waits("gate", "cut")
            (recorded,) = seen.of(BaselineRecorded)
            assert recorded.hosts[""].reason == "the baseline has 0 samples and needs 3"
            passed = seen.when(StepStarted, lambda event: event.step == "cut")[0]
            assert passed - seen.when(BaselineRecorded)[0] < 5.0


async def test_rule_without_a_baseline_is_inconclusive(dial: Dial) -> None:
    async with watched(book(dial.metric(), RELATIVE, *CUTOVER, more=before(samples=500))) as seen:
        await seen.comes_to("inconclusive")
        assert await seen.release.ask(Go(gate="before", confirm="rel")) is None
        await seen.release.waits("gate", "cut")
        found = await seen.judged(lambda judgement: "needs 500" in judgement.reason)
        assert found.verdict == "inconclusive"
        assert [event.verdict for event in seen.verdicts()] == ["inconclusive"]
