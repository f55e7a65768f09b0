"""Datadog metrics, from a server that answers as its API does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.analysis.rule import Gap, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.datadog import DatadogSource, decoded
from cockpit.metrics.group import Ready
from cockpit.metrics.reasons import Flaw
from cockpit.metrics.web import Answer, Web
from tests.metrics.readies import datadog, gap
from tests.metrics.servers import answer, as_json, serving


def series(*points: tuple[float, float | None], host: str = "web-1") -> dict[str, object]:
    return {
        "pointlist": [[at * 1000, value] for at, value in points],
        "scope": f"env:prod,host:{host}",
        "tag_set": ["env:prod", f"host:{host}"],
    }


def answered(*found: object) -> bytes:
    return as_json({"status": "ok", "series": list(found)})


async def test_latest_point_is_the_value_with_its_time(web: Web, now: float) -> None:
    async with serving(answered(series((now - 40, 1), (now - 20, 3), (now, None)))) as served:
        got = (await DatadogSource(datadog(served.url), web).read(now))[WHOLE]
    assert isinstance(got, Sample)
    assert got.value == 3
    assert got.at == pytest.approx(now - 20)


async def test_query_and_keys_are_sent(web: Web, now: float) -> None:
    async with serving(answered()) as served:
        await DatadogSource(datadog(served.url), web).read(now)
        heard = served.heard[0]
    assert heard.line == f"GET /api/v1/query?from={int(now - 300)}&to={int(now)}&query=avg%3Aerrors%7B%2A%7D HTTP/1.1"
    assert (heard.headers["dd-api-key"], heard.headers["dd-application-key"]) == ("geheim-1", "geheim-2")


async def test_tag_gives_each_host_its_value(web: Web, now: float) -> None:
    found = (series((now, 1)), series((now, 2), host="web-2"), series((now, 9), host="db-1"))
    async with serving(answered(*found)) as served:
        ready = datadog(served.url, "host", hosts=("web-1", "web-2", "web-3"))
        got = await DatadogSource(ready, web).read(now)
    assert [getattr(got[host], "value", None) for host in got] == [1, 2, None]
    assert gap(got["web-3"]).reason == "no series whose host is web-3"


async def test_points_of_the_future_are_an_error(web: Web, now: float) -> None:
    async with serving(answered(series((now + 600, 1)))) as served:
        got = gap((await DatadogSource(datadog(served.url), web).read(now))[WHOLE])
    assert (got.kind, got.reason) == ("error", "its time is 10:00 in the future: see the clocks")


@pytest.mark.parametrize(
    ("found", "kind", "reason"),
    [
        ((), "no data", "no series"),
        ((series(),), "no data", "its series has no points"),
        ((series((1, 1.0)), series((1, 2.0), host="web-2")), "error", "2 series, where one is needed: {env="),
    ],
)
async def test_what_is_no_value_is_a_gap(
    web: Web, now: float, found: tuple[object, ...], kind: str, reason: str
) -> None:
    async with serving(answered(*found)) as served:
        got = gap((await DatadogSource(datadog(served.url), web).read(now))[WHOLE])
    assert got.kind == kind
    assert got.reason.startswith(reason)


async def test_old_points_are_no_data(web: Web, now: float) -> None:
    async with serving(answered(series((now - 120, 1)))) as served:
        got = (await DatadogSource(datadog(served.url), web).read(now))[WHOLE]
    assert got == Gap(now, "no data", "its last sample is 2:00 old")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (answer("403 Forbidden", '{"errors": ["Forbidden"]}'), "it answered 403 Forbidden: Forbidden"),
        (answer("500 Internal Server Error", "<html>"), "it answered 500 Internal Server Error"),
        (answer("200 OK", "<html>", "Content-Type: text/html"), "the answer is not Datadog's JSON (text/html)"),
        (as_json({"status": "error", "error": "key geheim-1 is wrong"}), "it answered 200 OK: key ******** is wrong"),
        (as_json({"status": "ok", "series": [{"pointlist": [["a", 1]]}]}), "the answer is not Datadog's JSON"),
        (as_json([1]), "the answer is not Datadog's JSON"),
        (answer("200 OK", "[" * 1_000_000), "the answer is not Datadog's JSON"),
        (answer("200 OK", "x" * 1_100_000), "the answer is longer than 1,048,576 bytes"),
    ],
)
async def test_what_is_no_answer_of_datadog_is_an_error(web: Web, now: float, raw: bytes, reason: str) -> None:
    async with serving(raw) as served:
        made = Ready(datadog(served.url, retries=0).metric, secrets=("geheim-1",))
        got = gap((await DatadogSource(made, web).read(now))[WHOLE])
    assert got.kind == "error"
    assert got.reason.startswith(reason)


async def test_history_is_the_points_of_the_span(web: Web, now: float) -> None:
    async with serving(answered(series((now - 9, 9), (now - 40, 1), (now - 20, 3), (now - 10, None)))) as served:
        got = await DatadogSource(datadog(served.url), web).history(now - 30, now)
    assert got is not None
    assert [sample.value for sample in got[WHOLE]] == [3, 9]


async def test_history_is_none_when_the_server_refuses(web: Web, now: float) -> None:
    async with serving(answer("403 Forbidden")) as served:
        assert await DatadogSource(datadog(served.url), web).history(now - 30, now) is None


@given(st.binary(max_size=200) | st.sampled_from([b'{"series":[{"pointlist":[[1e300,1e308]]}]}', b'{"series":[{}]}']))
def test_any_bytes_are_series_or_a_flaw(body: bytes) -> None:
    assert isinstance(decoded(Answer(200, "200 OK", body, True, 0.1)), list | Flaw)
