"""Looks at servers from here."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.probe import ProbeSource
from cockpit.metrics.web import Web
from cockpit.playbook.plan import Expect, Probe, Request
from tests.metrics.readies import gap, probe, ready
from tests.metrics.servers import Heard, answer, as_json, certified, serving, unanswered

REFUSED = "http://127.0.0.1:9/"


async def look(web: Web, now: float, request: Request, take: str = "up", seconds: float = 10.0) -> Reading:
    return (await ProbeSource(probe(request, take, timeout=seconds, retries=0), web).read(now))[WHOLE]


@pytest.mark.parametrize(
    ("expect", "value"),
    [
        (Expect(), 1),
        (Expect(json={"version": "2.4.1", "ready": "true"}), 1),
        (Expect(contains="2.4"), 1),
        (Expect(status=(200, 204)), 1),
        (Expect(json={"version": "2.4.0"}), 0),
        (Expect(contains="2.5"), 0),
        (Expect(status=(204,)), 0),
    ],
)
async def test_up_is_1_only_as_expected(web: Web, now: float, expect: Expect, value: float) -> None:
    async with serving(as_json({"version": "2.4.1", "ready": True})) as served:
        assert await look(web, now, Request(url=served.url, expect=expect)) == Sample(now, value)


@pytest.mark.parametrize(
    "raw", [answer("500 Internal Server Error"), b"nonsense\r\n\r\n", answer("302 Found", "", "Location: /")]
)
async def test_up_is_0_where_the_answer_is_bad(web: Web, now: float, raw: bytes) -> None:
    async with serving(raw) as served:
        assert await look(web, now, Request(url=served.url)) == Sample(now, 0)


@pytest.mark.parametrize("url", [REFUSED, "http://no-such-host.invalid/", "tcp://127.0.0.1:9", "https://127.0.0.1:9"])
async def test_up_is_0_where_nothing_answers(web: Web, now: float, url: str) -> None:
    assert await look(web, now, Request(url=url)) == Sample(now, 0)


async def test_up_is_0_where_the_answer_does_not_come(web: Web, now: float) -> None:
    async with serving(unanswered) as served:
        assert await look(web, now, Request(url=served.url), seconds=0.3) == Sample(now, 0)


async def test_up_is_0_with_an_untrusted_certificate(web: Web, now: float, tmp_path: Path) -> None:
    async with serving(answer(), certified(tmp_path)[0]) as served:
        assert await look(web, now, Request(url=served.url)) == Sample(now, 0)


@pytest.mark.parametrize("take", ["latency", "status", "expiry"])
async def test_what_does_not_answer_is_a_gap_for_the_rest(web: Web, now: float, take: str) -> None:
    got = gap(await look(web, now, Request(url=REFUSED), take))
    assert (got.kind, got.reason) == ("error", "it refuses the connection")


@pytest.mark.parametrize("url", ["", "web-1", "tcp://web-1", "http://[", "http://web-1:99999999/", "ftp://127.0.0.1/"])
@pytest.mark.parametrize("take", ["up", "latency", "status"])
async def test_wrong_url_is_an_error_and_not_down(web: Web, now: float, url: str, take: str) -> None:
    assert gap(await look(web, now, Request(url=url), take)).kind == "error"


async def test_status_is_measured_whatever_it_is(web: Web, now: float) -> None:
    async with serving(answer("503 Service Unavailable")) as served:
        assert await look(web, now, Request(url=served.url), "status") == Sample(now, 503)


async def test_redirect_is_not_followed_where_it_is_expected(web: Web, now: float) -> None:
    async with serving(answer("301 Moved Permanently", "", "Location: https://example.invalid/")) as served:
        expect = Expect(status=(301,))
        assert await look(web, now, Request(url=served.url, expect=expect)) == Sample(now, 1)


async def test_latency_lasts_until_the_end_of_the_answer(web: Web, now: float) -> None:
    async def late(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
        await writer.drain()
        passed = asyncio.Event()
        asyncio.get_running_loop().call_later(0.2, passed.set)
        await passed.wait()
        writer.write(b"k")

    async with serving(late) as served:
        got = await look(web, now, Request(url=served.url), "latency")
    assert isinstance(got, Sample)
    assert 0.2 <= got.value < 9


async def test_probe_never_uses_an_old_connection(web: Web, now: float) -> None:
    async with serving(answer()) as served:
        for _ in range(3):
            await look(web, now, Request(url=served.url))
        assert served.connections == 3


@pytest.mark.parametrize(("take", "low", "high"), [("up", 1, 1), ("latency", 0, 9)])
async def test_tcp_connection_is_probed(web: Web, now: float, take: str, low: float, high: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        got = await look(web, now, Request(url=url), take)
    assert isinstance(got, Sample)
    assert low <= got.value <= high


async def test_tcp_connection_has_no_status(web: Web, now: float) -> None:
    assert gap(await look(web, now, Request(url="tcp://127.0.0.1:9"), "status")).kind == "error"


@pytest.mark.parametrize("days", [20.0, -3.0])
async def test_expiry_is_measured_of_an_untrusted_certificate_too(
    web: Web, now: float, tmp_path: Path, days: float
) -> None:
    async with serving(answer(), certified(tmp_path, days)[0]) as served:
        source = ProbeSource(probe(Request(url=served.url), "expiry"), web)
        got = (await source.read(now))[WHOLE]
    assert isinstance(got, Sample)
    assert got.value == pytest.approx(days, abs=0.01)
    assert source.seen.notes[WHOLE].startswith("its certificate is not trusted: ")


async def test_expiry_of_a_trusted_certificate_has_no_note(now: float, tmp_path: Path) -> None:
    tls, trust = certified(tmp_path, 12)
    web = Web(trust=trust)
    async with serving(answer(), tls) as served:
        source = ProbeSource(probe(Request(url=served.url.replace("https", "tcp")), "expiry"), web)
        got = (await source.read(now))[WHOLE]
    assert isinstance(got, Sample)
    assert got.value == pytest.approx(12, abs=0.01)
    assert source.seen.notes == {}
    await web.close()


async def test_expiry_of_a_server_without_tls_is_a_gap(web: Web, now: float) -> None:
    async with serving(answer()) as served:
        assert gap(await look(web, now, Request(url=served.url), "expiry")).kind == "error"


async def test_expiry_does_not_wait_for_ever(web: Web, now: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        assert gap(await look(web, now, Request(url=url), "expiry", 0.3)).reason == "no TLS connection in 0.3 s"


async def test_each_host_is_looked_at(web: Web, now: float) -> None:
    async with serving(answer()) as served:
        by = {"web-1": Probe(request=Request(url=served.url)), "web-2": Probe(request=Request(url=REFUSED))}
        made = replace(ready(by["web-1"], hosts=("web-1", "web-2"), retries=0), by=by)
        source = ProbeSource(made, web)
        got = await source.read(now)
    assert got == {"web-1": Sample(now, 1), "web-2": Sample(now, 0)}
    assert source.seen.notes == {"web-2": "it refuses the connection"}
