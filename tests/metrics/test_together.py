"""Many metrics of one Prometheus server in few requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.group import Ready
from cockpit.metrics.joined import LONGEST, Arm, is_selector, join, portions
from cockpit.metrics.together import MOST, Together
from cockpit.metrics.vector import Refusal, Vector, result
from cockpit.metrics.web import Answer, Web
from tests.metrics.promserver import PrometheusServer
from tests.metrics.readies import gap, promql
from tests.metrics.servers import Heard, Served, answer, as_json, serving, unanswered

Found = Mapping[str, Mapping[str, Reading]]


class Forward:
    """Stands before a Prometheus server and keeps the queries; those that hold `slow` are never answered."""

    def __init__(self, url: str, slow: str = "no such text") -> None:
        self.queries: list[str] = []
        self._address = url.removeprefix("http://").split(":")
        self._slow = slow

    async def __call__(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        query = parse_qs(heard.body.decode())["query"][0]
        self.queries.append(query)
        if self._slow in query:
            await unanswered(heard, writer)
        there, out = await asyncio.open_connection(self._address[0], int(self._address[1]))
        head = f"POST /api/v1/query HTTP/1.0\r\nContent-Length: {len(heard.body)}\r\n"
        out.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + heard.body)
        said = await there.read()
        writer.write(answer(said.split(b"\r\n", 1)[0].decode().split(" ", 1)[1], said.split(b"\r\n\r\n", 1)[1]))
        out.close()


def several(url: str, queries: Mapping[str, str], timeout: float = 10.0) -> list[Ready]:
    return [promql(url, query, name=name, timeout=timeout, retries=0) for name, query in queries.items()]


def values(found: Found) -> dict[str, float]:
    return {name: one.value for name, got in found.items() if isinstance(one := got[WHOLE], Sample)}


async def test_500_metrics_take_three_requests(web: Web, now: float, prometheus: PrometheusServer) -> None:
    forward = Forward(prometheus.url)
    async with serving(forward) as served:
        queries = {f"m{place}": f"sum(temperature) + {place}" for place in range(500)}
        found = await Together(several(served.url, queries), web).read(now)
    assert values(found) == {f"m{place}": 63 + place for place in range(500)}
    assert len(forward.queries) == 3


async def test_hosts_are_told_apart_in_a_joined_query(web: Web, now: float, prometheus: PrometheusServer) -> None:
    readies = [
        promql(prometheus.url, "temperature", "instance", name="warm", hosts=("web-1", "web-2")),
        promql(prometheus.url, "temperature * 2", "instance", name="twice", hosts=("web-1", "web-2")),
        promql(prometheus.url, "sum(temperature)", name="sum"),
    ]
    assert await Together(readies, web).read(now) == {
        "warm": {"web-1": Sample(now, 20), "web-2": Sample(now, 21)},
        "twice": {"web-1": Sample(now, 40), "web-2": Sample(now, 42)},
        "sum": {WHOLE: Sample(now, 63)},
    }


async def test_wrong_expression_takes_no_other_along(web: Web, now: float, prometheus: PrometheusServer) -> None:
    good = {f"m{place}": f"sum(temperature) + {place}" for place in range(9)}
    found = await Together(several(prometheus.url, {**good, "bad": "sum(", "text": '"a"'}), web).read(now)
    assert values(found) == {f"m{place}": 63 + place for place in range(9)}
    assert "unclosed left parenthesis" in gap(found["bad"][WHOLE]).reason


async def test_wrong_expression_is_asked_alone_from_then_on(web: Web, now: float, prometheus: PrometheusServer) -> None:
    forward = Forward(prometheus.url)
    async with serving(forward) as served:
        good = {f"m{place}": f"sum(temperature) + {place}" for place in range(9)}
        group = Together(several(served.url, {**good, "bad": "sum("}), web)
        await group.read(now)
        forward.queries.clear()
        assert len(values(await group.read(now))) == 9
    assert len(forward.queries) == 2
    assert "sum(" in forward.queries


async def test_scalar_is_found_out_and_joined_from_then_on(web: Web, now: float, prometheus: PrometheusServer) -> None:
    forward = Forward(prometheus.url)
    async with serving(forward) as served:
        group = Together(several(served.url, {"one": "1 + 1", "sum": "sum(temperature)"}), web)
        assert values(await group.read(now)) == {"one": 2, "sum": 63}
        forward.queries.clear()
        assert values(await group.read(now)) == {"one": 2, "sum": 63}
    assert len(forward.queries) == 1


async def test_slow_expression_takes_no_other_along(web: Web, now: float, prometheus: PrometheusServer) -> None:
    forward = Forward(prometheus.url, slow="count(temperature)")
    async with serving(forward) as served:
        queries = {"slow": "count(temperature)", "quick": "sum(temperature)", "other": "max(temperature)"}
        group = Together(several(served.url, queries, timeout=2.5), web)
        for _ in range(2):
            found = await group.read(now)
            assert values(found) == {"quick": 63, "other": 22}
            assert gap(found["slow"][WHOLE]).reason.startswith("no answer in ")


async def test_silent_server_is_not_asked_for_each_expression_again(web: Web, now: float) -> None:
    async with serving(unanswered) as served:
        group = Together(several(served.url, {f"m{place}": "up" for place in range(4)}, timeout=0.3), web)
        await group.read(now)
        heard = len(served.heard)
        assert values(await group.read(now)) == {}
        assert len(served.heard) == heard + 1


async def test_refused_connection_is_not_tried_for_each_expression(web: Web, now: float) -> None:
    readies = several("http://127.0.0.1:9", {f"m{place}": "up" for place in range(300)})
    found = await Together(readies, web).read(now)
    assert {gap(got[WHOLE]).reason for got in found.values()} == {"it refuses the connection"}


async def test_too_long_an_answer_is_asked_for_in_parts(web: Web, now: float, prometheus: PrometheusServer) -> None:
    wide = " or ".join(f'label_replace(vector(1),"text","{"x" * 90}{place}","","")' for place in range(100))
    queries = {f"m{place}": f"count({wide})" for place in range(3)}
    readies = [promql(prometheus.url, query, name=name) for name, query in queries.items()]
    assert values(await Together(readies, web).read(now)) == dict.fromkeys(queries, 100)


async def test_answer_over_the_limit_halves_what_is_joined(web: Web, now: float) -> None:
    async def reply(heard: Heard, writer: asyncio.StreamWriter) -> None:
        joined = parse_qs(heard.body.decode())["query"][0].count("label_replace")
        one = {"metric": {"pad": "x" * 2_000_000 if joined > 2 else "", "__cockpit": "0"}, "value": [now, "5"]}
        writer.write(as_json({"status": "success", "data": {"resultType": "vector", "result": [one]}}))

    async with serving(reply) as served:
        group = Together(several(served.url, {f"m{place}": f"sum(m{place})" for place in range(4)}), web)
        assert len(values(await group.read(now))) == 4
        served.heard.clear()
        await group.read(now)
        assert len(served.heard) == 2


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (answer("500 Internal Server Error", "boom"), "it answered 500 Internal Server Error"),
        (answer("401 Unauthorized", "<html>", "Content-Type: text/html"), "it answered 401 Unauthorized"),
        (answer("404 Not Found"), "it answered 404 Not Found"),
        (answer("200 OK", "<html>", "Content-Type: text/html"), "the answer is not Prometheus' JSON (text/html)"),
        (answer("200 OK", ""), "the answer is not Prometheus' JSON"),
        (answer("200 OK", "[" * 900_000), "the answer is not Prometheus' JSON"),
        (as_json({"status": "success"}), "it answered 200 OK"),
        (as_json({"status": "success", "data": {"resultType": "vector", "result": 7}}), "its answer is not as"),
        (as_json({"status": "success", "data": {"resultType": "vector", "result": [{"value": [1]}]}}), "its answer"),
        (as_json({"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}}]}}), "a histogram"),
        (as_json({"status": "error", "errorType": "internal", "error": "key geheim-1"}), "key ********"),
        (answer("200 OK", "x" * 1_100_000), "the answer is longer than 1,048,576 bytes"),
        (answer("302 Found", "", "Location: /login"), "it redirects a POST to http://127.0.0.1: write that URL"),
    ],
)
async def test_what_is_no_answer_of_prometheus_is_an_error(web: Web, now: float, raw: bytes, reason: str) -> None:
    async with serving(raw) as served:
        ready = promql(served.url, "sum(up)", retries=0)
        found = await Together([Ready(ready.metric, secrets=("geheim-1",))], web).read(now)
    got = gap(found["errors"][WHOLE])
    assert got.kind == "error"
    assert got.reason.startswith(reason)


async def test_query_is_posted_as_a_form_with_the_headers(web: Web, now: float) -> None:
    async with serving(answer("401 Unauthorized")) as served:
        await Together([promql(f"{served.url}/mimir/", "up > 0")], web).read(now)
        assert _form(served) == ("POST /mimir/api/v1/query HTTP/1.1", "up > 0")


def _form(served: Served) -> tuple[str, str]:
    heard = served.heard[0]
    return heard.line, parse_qs(heard.body.decode())["query"][0]


def test_portions_are_bounded_in_number_and_length() -> None:
    arms = [Arm(f"{place}", "x" * 1000) for place in range(1000)]
    found = list(portions(arms, MOST))
    assert [arm for portion in found for arm in portion] == arms
    assert all(len(portion) <= MOST and len(join(portion)) <= LONGEST for portion in found)


@pytest.mark.parametrize(
    "query", ["up", ' up{job="a"} ', 'node:load:avg{job=~"a|b", path!="/{x}"}', "up{}", "up{a='b',}"]
)
def test_bare_selector_is_known(query: str) -> None:
    assert is_selector(query)


@pytest.mark.parametrize(
    "query", ["sum(up)", "up[5m]", "up + 1", "up offset 5m", "1", "NaN", "inf", "", "up{", '"up"', "up # now"]
)
def test_what_is_no_bare_selector_is_known(query: str) -> None:
    assert not is_selector(query)


@given(st.binary(max_size=200) | st.sampled_from([b'{"status":"success","data":', b'{"status":"error"']))
def test_any_bytes_are_a_vector_or_a_refusal(body: bytes) -> None:
    assert isinstance(result(Answer(200, "200 OK", body, True, 0.1)), Vector | Refusal)
