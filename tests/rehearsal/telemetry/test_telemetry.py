"""Our own clients of metrics, reading from a rehearsal's telemetry over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.metrics.group import Ready
from cockpit.metrics.sources import groups_of, source_of
from cockpit.metrics.web import Web
from cockpit.rehearsal.scenario import STARTS, Curve, Fault
from cockpit.rehearsal.telemetry.signal import Signal
from cockpit.rehearsal.telemetry.telemetry import Served, Telemetry
from tests.rehearsal.telemetry.worlds import Earth, plan_of, signal_of

NOW = STARTS + 3600.0
HOLD = "no_data: hold"
FINE = "{contains: fine, json: {a.version: '2'}}"
URL = "url: 'http://prometheus.invalid:9090', no_data: hold"
PLAN = plan_of(
    f"""
errors: {{prometheus: 'sum(rate(errors[5m])) # all', unit: '%', {URL}}}
load: {{prometheus: 'node_load1{{group="web"}}', on: web, label: instance, {URL}}}
again: {{prometheus: 'node_load1{{group="web"}}', on: web, label: instance, {URL}}}
calls: {{datadog: 'sum:calls{{*}}', url: 'https://dd.invalid', no_data: hold}}
health: {{probe: 'https://{{{{ host }}}}.invalid/', expect: {FINE}, on: web, {HOLD}}}
speed: {{probe: 'https://x.invalid/', take: latency, no_data: hold}}
status: {{probe: 'https://x.invalid/', take: status, no_data: hold}}
queue: {{json: 'http://x.invalid/', pick: 'a[0].b', moment: t, no_data: hold}}
disk: {{command: df, on: web, column: Use, no_data: hold}}
"""
)


@pytest.fixture
def earth() -> Earth:
    return Earth(version="2")


@pytest.fixture
def signal(earth: Earth) -> Signal:
    return signal_of(PLAN, earth, errors=Curve(steady=2.0, noise=0.2), queue=Curve(steady=7.0, noise=0.3))


@pytest.fixture
async def telemetry(signal: Signal) -> AsyncIterator[Telemetry]:
    made = Telemetry(signal, lambda: NOW)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    made = Web()
    yield made
    await made.close()


async def read(telemetry: Telemetry, web: Web, *names: str) -> dict[tuple[str, str], Reading]:
    """Every reading, as the engine's own groups take them."""
    readies = [telemetry.pointed(Ready(PLAN.metrics[name])) for name in names or PLAN.metrics]
    found: dict[tuple[str, str], Reading] = {}
    for group in groups_of(readies, web):
        got: Mapping[str, Mapping[str, Reading]] = await group.read(NOW)
        found |= {(name, host): reading for name, hosts in got.items() for host, reading in hosts.items()}
    return found


def values(found: Mapping[tuple[str, str], Reading]) -> dict[tuple[str, str], float]:
    return {key: each.value for key, each in found.items() if isinstance(each, Sample)}


async def test_every_metric_reads_as_the_signal_says(telemetry: Telemetry, signal: Signal, web: Web) -> None:
    found = values(await read(telemetry, web))
    hosts = {name: metric.hosts or ("",) for name, metric in PLAN.metrics.items()}
    assert found == {(name, host): signal.value(name, host, NOW) for name in hosts for host in hosts[name]}


async def test_joined_queries_travel_in_one_request(telemetry: Telemetry, web: Web) -> None:
    readies = [telemetry.pointed(Ready(PLAN.metrics[name])) for name in ("errors", "load", "again", "calls")]
    assert len(groups_of(readies, web)) == 1
    assert len(values(await read(telemetry, web, "errors", "load", "again", "calls"))) == 10


async def test_silence_is_no_data(telemetry: Telemetry, earth: Earth, web: Web) -> None:
    for name in ("errors", "queue"):
        earth.strikes(Fault(id=name, kind="silence", metric=name), 0.0)
    found = await read(telemetry, web, "errors", "queue")
    assert {each.kind for each in found.values() if isinstance(each, Gap)} == {"no data"}
    assert not values(found)


async def test_other_version_fails_the_look(telemetry: Telemetry, earth: Earth, web: Web) -> None:
    earth.becomes("web-3", 0.0, version="1")
    found = values(await read(telemetry, web, "health"))
    assert [found["health", f"web-{number}"] for number in (1, 2, 3, 4)] == [1.0, 1.0, 0.0, 1.0]


async def test_host_that_is_down_closes_its_connections(telemetry: Telemetry, earth: Earth, web: Web) -> None:
    earth.strikes(Fault(id="f", kind="host-down", hosts=("web-1",)), 0.0)
    found = await read(telemetry, web, "health", "disk")
    assert values(found)["health", "web-1"] == 0.0
    down = found["disk", "web-1"]
    assert isinstance(down, Gap)
    assert down.kind == "error"


async def test_history_holds_what_was(telemetry: Telemetry, signal: Signal, web: Web) -> None:
    source = source_of(telemetry.pointed(Ready(PLAN.metrics["load"])), web)
    found = await source.history(NOW - 600, NOW + 600)
    assert found is not None
    assert {host: len(samples) for host, samples in found.items()} == {f"web-{each}": 41 for each in (1, 2, 3, 4)}
    assert all(signal.value("load", "web-1", each.at) == each.value for each in found["web-1"])


async def test_nothing_of_the_playbook_is_asked(telemetry: Telemetry) -> None:
    ready = Ready(PLAN.metrics["health"], by={"web-1": PLAN.metrics["health"].source})
    assert ".invalid" not in repr(telemetry.pointed(ready))


async def test_engine_is_given_what_it_asks_for(telemetry: Telemetry, signal: Signal) -> None:
    sources = Served(telemetry)
    (group,) = sources.groups([Ready(PLAN.metrics["errors"])])
    found = await group.read(NOW)
    assert found["errors"][""] == Sample(NOW, signal.value("errors", "", NOW) or 0.0)
    await sources.close()


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("query?query=unknown", 400, "bad_data"),
        ("query", 400, "bad_data"),
        ("query_range?query=unknown&start=1&end=2&step=1", 400, "bad_data"),
        ("query_range?query=x&start=1&end=2&step=0", 400, "bad_data"),
        ("query_range?query=x&start=1&end=999999&step=1", 400, "bad_data"),
        ("query_range?query=x&start=nan&end=2&step=1", 400, "bad_data"),
        ("labels", 404, "not_found"),
    ],
)
async def test_what_is_wrong_is_said_as_prometheus_says_it(
    telemetry: Telemetry, path: str, status: int, kind: str
) -> None:
    async with httpx.AsyncClient() as client:
        got = await client.get(f"{telemetry.url}/api/v1/{path}")
    assert (got.status_code, got.json()["status"], got.json()["errorType"]) == (status, "error", kind)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff\x16\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        b"BREW /look/health/web-1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /look/%ff/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET " + b"a" * 100_000,
        b"POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n" + b"a" * 2_000_000,
        b"POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n\xff\xfe=",
        b"POST /api/v1/query HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nhalf",
    ],
)
async def test_who_speaks_badly_does_no_harm(telemetry: Telemetry, web: Web, sent: bytes) -> None:
    _, _, port = telemetry.url.rpartition(":")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(sent)
    writer.write_eof()
    try:
        async with asyncio.timeout(10):
            await reader.read()
    except ConnectionError:
        pass
    writer.close()
    assert len(values(await read(telemetry, web, "errors"))) == 1
