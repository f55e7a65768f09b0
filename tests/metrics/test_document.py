"""Numbers in JSON over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.document import DocumentSource
from cockpit.metrics.group import Ready
from cockpit.metrics.pick import parsed, picked
from cockpit.metrics.reasons import Flaw
from cockpit.metrics.web import Web
from cockpit.playbook.plan import Expect, Json, Request
from cockpit.units import utc
from tests.metrics.readies import document, gap, ready
from tests.metrics.servers import answer, as_json, serving

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


async def one(web: Web, now: float, raw: bytes, pick: str = "value", **more: object) -> Reading:
    async with serving(raw) as served:
        made = document(served.url, pick, str(more.pop("moment", "")), **more)
        return (await DocumentSource(made, web).read(now))[WHOLE]


@pytest.mark.parametrize(
    ("pick", "value"),
    [
        ("length(incidents)", 2),
        ("nodes[?name=='b'].load", 0.5),
        ("sum(nodes[].load)", 0.75),
        ("state", 1),
        ("up", 1),
        ("text", 12.5),
    ],
)
async def test_value_is_picked(web: Web, now: float, pick: str, value: float) -> None:
    raw = as_json(
        {
            "incidents": [1, 2],
            "nodes": [{"name": "a", "load": 0.25}, {"name": "b", "load": 0.5}],
            "state": "OPEN",
            "up": True,
            "text": "12.5",
        }
    )
    assert await one(web, now, raw, pick, values={"OPEN": 1, "true": 1, "false": 0}) == Sample(now, value)


@pytest.mark.parametrize(
    ("raw", "kind", "reason"),
    [
        (as_json({}), "no data", "value: null, or not in the answer"),
        (as_json({"value": None}), "no data", "value: null, or not in the answer"),
        (as_json({"value": []}), "no data", "value: an empty list"),
        (as_json({"value": [1, 2]}), "error", "value: 2 values, where one is needed"),
        (as_json({"value": False}), "error", "value: no number: 'false'"),
        (as_json({"value": {}}), "error", "value: an object, where a number is needed"),
        (as_json({"value": "NaN"}), "no data", "value: NaN"),
        (as_json({"value": float("nan")}), "error", "not JSON: "),
        (answer("200 OK", '{"value": 1e999}'), "error", "not JSON: "),
        (answer("200 OK", f'{{"value": {"9" * 5000}}}'), "error", "not JSON: "),
        (answer("200 OK", "<!doctype html><p>Log in"), "error", "HTML or XML, where JSON is needed"),
        (answer("200 OK", ""), "error", "empty, where JSON is needed"),
        (answer("200 OK", b"\xff\xfe"), "error", "not JSON: "),
        (answer("200 OK", '{"value": 1'), "error", "not JSON: "),
        (answer("200 OK", "[" * 900_000), "error", "JSON that is nested too deep"),
        (answer("200 OK", "[" + "1," * 600_000), "error", "the answer is longer than 1,048,576 bytes"),
        (answer("500 Internal Server Error", '{"value": 1}'), "error", "answered 500 Internal Server Error"),
        (answer("401 Unauthorized", '{"value": 1}'), "error", "answered 401 Unauthorized, expected 200"),
        (answer("302 Found", "", "Location: /"), "error", "more than 5 redirects"),
    ],
)
async def test_what_is_no_value_is_a_gap(web: Web, now: float, raw: bytes, kind: str, reason: str) -> None:
    got = gap(await one(web, now, raw, retries=0))
    assert got.kind == kind
    assert got.reason.startswith(reason)


@pytest.mark.parametrize("pick", ["a[", "nope(value)", "abs(text)", "", "(" * 5000])
async def test_wrong_path_is_an_error(web: Web, now: float, pick: str) -> None:
    assert gap(await one(web, now, as_json({"text": "a"}), pick)).kind == "error"


@pytest.mark.parametrize("shape", [lambda at: at, lambda at: at * 1000, utc, lambda at: f"{at:.0f}"])
async def test_time_of_the_value_is_read(web: Web, now: float, shape: Any) -> None:
    at = float(int(now) - 20)
    got = await one(web, now, as_json({"value": 5, "at": shape(at)}), moment="at")
    assert got == Sample(at, 5)


async def test_old_value_is_no_data(web: Web, now: float) -> None:
    got = await one(web, now, as_json({"value": 5, "at": now - 60}), moment="at")
    assert got == Gap(now, "no data", "its last sample is 1:00 old")


async def test_value_of_the_future_is_an_error(web: Web, now: float) -> None:
    assert gap(await one(web, now, as_json({"value": 5, "at": now + 60}), moment="at")).kind == "error"


async def test_clock_a_little_ahead_is_borne(web: Web, now: float) -> None:
    assert await one(web, now, as_json({"value": 5, "at": now + 5}), moment="at") == Sample(now, 5)


async def test_missing_time_is_an_error(web: Web, now: float) -> None:
    got = gap(await one(web, now, as_json({"value": 5}), moment="at"))
    assert got.reason == "no time for it: null, or not in the answer"


async def test_each_host_has_its_own_request(web: Web, now: float) -> None:
    async with serving(as_json({"value": 1})) as first, serving(answer("404 Not Found")) as second:
        by = {
            "web-1": Json(request=Request(url=first.url), pick="value"),
            "web-2": Json(request=Request(url=second.url), pick="value"),
        }
        made = replace(ready(by["web-1"], hosts=("web-1", "web-2")), by=by)
        got = await DocumentSource(made, web).read(now)
    assert got == {"web-1": Sample(now, 1), "web-2": Gap(now, "error", "answered 404 Not Found, expected 200")}


async def test_expectations_of_the_request_hold(web: Web, now: float) -> None:
    request = Request(url="", expect=Expect(json={"version": "2.4.1"}))
    async with serving(as_json({"value": 1, "version": "2.4.0"})) as served:
        made = ready(Json(request=replace(request, url=served.url), pick="value"))
        got = gap((await DocumentSource(made, web).read(now))[WHOLE])
    assert got.reason == "version is '2.4.0', expected '2.4.1'"


async def test_body_and_method_are_sent(web: Web, now: float) -> None:
    async with serving(as_json({"value": 1})) as served:
        request = Request(
            url=served.url, method="POST", body='{"q": "ü"}', headers={"Content-Type": "application/json"}
        )
        await DocumentSource(ready(Json(request=request, pick="value")), web).read(now)
        assert served.heard[0].body.decode() == '{"q": "ü"}'


async def test_secret_in_an_answer_is_hidden(web: Web, now: float) -> None:
    async with serving(as_json({"value": "key geheim-1 is wrong"})) as served:
        made = Ready(document(served.url).metric, secrets=("geheim-1",))
        got = gap((await DocumentSource(made, web).read(now))[WHOLE])
    assert got.reason == "value: no number: 'key ******** is wrong'"


async def test_large_answer_is_looked_through(web: Web, now: float) -> None:
    raw = as_json({"items": [{"state": "open"}] * 20_000})
    assert await one(web, now, raw, "length(items[?state=='open'])") == Sample(now, 20_000)


async def test_there_is_no_history(web: Web, now: float) -> None:
    assert await DocumentSource(document("http://127.0.0.1:9"), web).history(now - 60, now) is None


@given(JSON, st.sampled_from(["value", "[0]", "*", "length(@)", "sort(@)", "to_number(@)", "max(@)", "sum(@)", "@"]))
def test_anything_picked_is_json_or_a_flaw(value: object, path: str) -> None:
    document_ = parsed(json.dumps(value).encode())
    got = picked(document_, path)
    assert isinstance(got, Flaw) or json.dumps(got)


@given(st.binary(max_size=100))
def test_any_bytes_are_json_or_a_flaw(body: bytes) -> None:
    got = parsed(body)
    assert isinstance(got, Flaw) or json.dumps(got)


@example("``")
@given(st.text(max_size=40))
def test_any_path_finds_something_or_is_a_flaw(path: str) -> None:
    picked({"a": [1, {"b": 2}]}, path)
