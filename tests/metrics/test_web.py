"""Requests against servers that behave badly."""

from __future__ import annotations

import asyncio
import gzip
import socket
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.metrics.reasons import Trouble
from cockpit.metrics.web import AT_ONCE, MOST, Answer, Call, Web
from tests.metrics.conftest import hurry
from tests.metrics.servers import Heard, Served, answer, certified, serving, unanswered


async def answered(web: Web, url: str, call: Call | None = None) -> Answer:
    got = await web.ask(replace(call or Call(url=url), url=url))
    assert isinstance(got, Answer)
    return got


async def troubled(web: Web, url: str, call: Call | None = None) -> Trouble:
    got = await web.ask(replace(call or Call(url=url), url=url))
    assert isinstance(got, Trouble)
    return got


def leading(location: str, status: str = "307 Temporary Redirect") -> AbstractAsyncContextManager[Served]:
    return serving(answer(status, "", f"Location: {location}"))


async def test_answer_has_status_and_body(web: Web) -> None:
    async with serving(answer("404 Not Found", "nothing", "Content-Type: text/plain")) as served:
        got = await answered(web, served.url)
    assert (got.status, got.line, got.body, got.whole, got.kind) == (
        404,
        "404 Not Found",
        b"nothing",
        True,
        "text/plain",
    )


async def test_connection_is_kept_for_the_next_request(web: Web) -> None:
    async with serving(answer()) as served:
        for _ in range(3):
            await answered(web, served.url)
        assert served.connections == 1


async def test_fresh_request_has_a_connection_of_its_own(web: Web) -> None:
    async with serving(answer()) as served:
        for _ in range(3):
            await answered(web, served.url, Call(url="", fresh=True))
        assert served.connections == 3


async def test_100_mb_are_cut_off_early(web: Web) -> None:
    sent = 0

    async def pour(_: Heard, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        while sent < 104_857_600:
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    async with serving(pour) as served:
        got = await answered(web, served.url)
    assert (len(got.body), got.whole) == (MOST, False)
    assert sent < 30_000_000


async def test_packed_answer_is_unpacked(web: Web) -> None:
    async with serving(answer("200 OK", gzip.compress(b"4.2"), "Content-Encoding: gzip")) as served:
        assert (await answered(web, served.url)).body == b"4.2"


async def test_packed_answer_is_unpacked_only_up_to_the_limit(web: Web) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    async with serving(answer("200 OK", bomb, "Content-Encoding: gzip")) as served:
        got = await answered(web, served.url)
    assert (len(got.body), got.whole) == (MOST, False)


@pytest.mark.parametrize(
    ("headers", "cause"), [(("Content-Encoding: gzip",), "ours"), (("Content-Encoding: br",), "wrong")]
)
async def test_encoding_that_cannot_be_read_is_a_trouble(web: Web, headers: tuple[str, ...], cause: str) -> None:
    async with serving(answer("200 OK", b"nonsense", *headers)) as served:
        assert (await troubled(web, served.url)).cause in (cause, "wrong")


async def test_trickling_server_is_cut_off_at_the_deadline(web: Web) -> None:
    async def trickle(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        loop = asyncio.get_running_loop()
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            turn = asyncio.Event()
            loop.call_later(0.01, turn.set)
            await turn.wait()

    begun = time.monotonic()
    async with serving(trickle) as served:
        assert await troubled(web, served.url, Call(url="", timeout=0.3)) == Trouble("no answer in 0.3 s", "late")
    assert time.monotonic() - begun < 5


async def test_late_answer_is_not_asked_for_again(web: Web) -> None:
    async with serving(unanswered) as served:
        got = await troubled(web, served.url, Call(url="", timeout=0.2, retries=5))
        assert (got.cause, len(served.heard)) == ("late", 1)


@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"])
async def test_failing_server_is_asked_again(web: Web, status: str) -> None:
    async with serving(answer(status)) as served:
        got = await answered(web, served.url, Call(url="", retries=2))
        assert (got.line, len(served.heard)) == (status, 3)


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "404 Not Found"])
async def test_refused_request_is_not_made_again(web: Web, status: str) -> None:
    async with serving(answer(status)) as served:
        await answered(web, served.url, Call(url="", retries=2))
        assert len(served.heard) == 1


async def test_reset_in_the_middle_is_tried_again(web: Web) -> None:
    async def reset(_: Heard, writer: asyncio.StreamWriter) -> None:
        if len(served.heard) > 1:
            writer.write(answer("200 OK", "9"))
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        await writer.drain()
        writer.transport.abort()

    async with serving(reset) as served:
        assert (await answered(web, served.url, Call(url="", retries=1))).body == b"9"


async def test_reset_without_another_try_is_a_broken_connection(web: Web) -> None:
    async def reset(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with serving(reset) as served:
        assert (await troubled(web, served.url, Call(url="", retries=0))).cause == "broken"


async def test_no_http_is_a_broken_connection(web: Web) -> None:
    async def greet(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with serving(greet) as served:
        got = await troubled(web, served.url, Call(url="", retries=0))
    assert got == Trouble("it broke off, or does not speak HTTP", "broken")


async def test_endless_header_is_a_broken_connection(web: Web) -> None:
    async with serving(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2_000_000) as served:
        assert (await troubled(web, served.url, Call(url="", retries=0))).cause == "broken"


async def test_refused_connection_is_said(web: Web) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        got = await troubled(web, f"http://127.0.0.1:{held.getsockname()[1]}")
    assert got == Trouble("it refuses the connection", "unreached")


async def test_unknown_name_is_said(web: Web) -> None:
    got = await troubled(web, "http://no-such-host.invalid/", Call(url="", retries=0))
    assert got.reason.startswith("its name cannot be resolved")


@pytest.mark.parametrize(
    "url", ["ftp://web-1/", "http://[", "web-1/x", "", "http://web\n1/", "http://" + "a" * 70 + "/"]
)
async def test_wrong_url_is_a_trouble(web: Web, url: str) -> None:
    assert (await troubled(web, url, Call(url="", retries=0))).cause in ("ours", "unreached")


async def test_header_that_cannot_be_sent_is_not_repeated_in_the_reason(web: Web) -> None:
    async with serving(answer()) as served:
        got = await troubled(web, served.url, Call(url="", headers={"X-Key": "geheim\nnis"}))
    assert got.cause == "ours"
    assert "geheim" not in got.reason


async def test_self_signed_certificate_is_not_trusted(web: Web, tmp_path: Path) -> None:
    async with serving(answer(), certified(tmp_path)[0]) as served:
        got = await troubled(web, served.url)
    assert (got.cause, got.reason) == ("untrusted", "its certificate is not trusted: self-signed certificate")


async def test_expired_certificate_is_not_trusted(tmp_path: Path) -> None:
    tls, trust = certified(tmp_path, days=-2)
    web = Web(trust=trust)
    async with serving(answer(), tls) as served:
        assert (await troubled(web, served.url)).reason.endswith("certificate has expired")
    await web.close()


async def test_certificate_of_another_name_is_not_trusted(tmp_path: Path) -> None:
    tls, trust = certified(tmp_path, name="127.0.0.2")
    web = Web(trust=trust)
    async with serving(answer(), tls) as served:
        assert (await troubled(web, served.url)).cause == "untrusted"
    await web.close()


async def test_trusted_certificate_is_answered(tmp_path: Path) -> None:
    tls, trust = certified(tmp_path)
    web = Web(trust=trust)
    async with serving(answer("200 OK", "1"), tls) as served:
        assert (await answered(web, served.url)).body == b"1"
    await web.close()


async def test_plain_server_at_an_https_url_is_unreached(web: Web) -> None:
    async with serving(answer()) as served:
        assert (
            await troubled(web, served.url.replace("http:", "https:"), Call(url="", retries=0))
        ).cause == "unreached"


async def test_redirect_is_followed_with_the_headers_at_the_same_server(web: Web) -> None:
    async def reply(heard: Heard, writer: asyncio.StreamWriter) -> None:
        moved = answer("302 Found", "", "Location: /there")
        writer.write(moved if heard.line.startswith("GET / ") else answer("200 OK", "there"))

    async with serving(reply) as served:
        got = await answered(web, served.url, Call(url="", headers={"X-Key": "geheim"}))
        assert (got.body, served.heard[1].headers["x-key"]) == (b"there", "geheim")


async def test_redirect_to_another_server_leaves_the_headers_behind(web: Web) -> None:
    async with serving(answer("200 OK", "there")) as other, leading(f"{other.url}/") as served:
        headers = {"X-Key": "geheim", "Authorization": "Bearer geheim"}
        sent = Call(url="", headers=headers, body=b"geheim")
        assert (await answered(web, served.url, sent)).body == b"there"
        assert "geheim" in served.heard[0].headers["x-key"]
        assert "geheim" not in str(other.heard)


async def test_redirect_loop_ends(web: Web) -> None:
    async with leading("/") as served:
        assert await troubled(web, served.url) == Trouble("more than 5 redirects", "wrong")
        assert len(served.heard) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://web-1/", "gopher://x", "https:///x"])
async def test_redirect_to_what_is_not_http_is_not_followed(web: Web, location: str) -> None:
    async with leading(location) as served:
        assert (await troubled(web, served.url)).reason.startswith("it redirects to")


async def test_redirected_post_names_where_to(web: Web) -> None:
    async with serving(
        answer("301 Moved Permanently", "", "Location: https://prometheus.example/x?key=geheim")
    ) as served:
        got = await troubled(web, served.url, Call(url="", method="POST", body=b"query=up"))
    assert got.reason == "it redirects a POST to https://prometheus.example: write that URL"


async def test_cookies_are_not_kept(web: Web) -> None:
    async with serving(answer("200 OK", "", "Set-Cookie: session=1")) as served:
        await answered(web, served.url)
        await answered(web, served.url)
        assert "cookie" not in served.heard[1].headers


async def test_proxy_of_the_environment_is_not_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(answer("200 OK", "direct")) as served:
        assert (await answered(web, served.url)).body == b"direct"


async def test_proxy_that_is_named_is_used() -> None:
    async with serving(answer("200 OK", "by proxy")) as served:
        web = Web(proxy=served.url, sleep=hurry)
        assert (await answered(web, "http://prometheus.invalid/")).body == b"by proxy"
        await web.close()


async def test_hanging_server_does_not_delay_another(web: Web) -> None:
    async with serving(unanswered) as hanging, serving(answer("200 OK", "quick")) as served:
        waiting = [asyncio.create_task(web.ask(Call(url=hanging.url, timeout=30))) for _ in range(200)]
        await asyncio.wait_for(answered(web, served.url), 10)
        assert hanging.connections <= AT_ONCE
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_clock_of_the_server_is_compared(web: Web) -> None:
    async with serving(answer("200 OK", "", "Date: Wed, 01 Jan 2020 00:00:00 GMT")) as served:
        skew = (await answered(web, served.url)).skew
    assert skew is not None
    assert abs(time.time() + skew - 1_577_836_800) < 5


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Jan 2020 00:00:00 GMT", "Wed, 01 Jan 99999 00:00:00 GMT"])
async def test_damaged_date_is_no_skew(web: Web, date: str) -> None:
    async with serving(answer("200 OK", "", f"Date: {date}")) as served:
        assert (await answered(web, served.url)).skew is None
