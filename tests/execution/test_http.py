"""HTTP steps against a small server of our own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cockpit.execution.contract import Ended, HttpOrder
from cockpit.execution.http import MOST, Requests, judge

Reply = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def answer(status: str, body: bytes = b"", *more: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


@asynccontextmanager
async def server(
    reply: bytes | None, seen: list[bytes] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Answers every request with `reply`, and with nothing but a closed connection when it is None."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await reader.readexactly(int(length[0].split()[1])) if length else b""
        if seen is not None:
            seen.append(head + body)
        if reply is not None:
            writer.write(reply)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"


@pytest.fixture
async def requests() -> AsyncIterator[Requests]:
    made = Requests()
    yield made
    await made.close()


async def send(requests: Requests, order: HttpOrder) -> tuple[Ended, bytes]:
    out = bytearray()
    ended = await requests.send(order, out.extend)
    return ended, bytes(out)


async def test_expected_answer_passes(requests: Requests) -> None:
    async with server(answer("200 OK", b'{"version": "2.4.1"}')) as url:
        ended, out = await send(requests, HttpOrder("a1", "GET", url, json={"version": "2.4.1"}))
    assert (ended.outcome, out) == ("passed", b'HTTP/1.1 200 OK\n\n{"version": "2.4.1"}')
    assert ended.seconds is not None


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({"status": (204,)}, "answered HTTP/1.1 200 OK, expected 204"),
        ({"contains": "ready"}, "'ready' is not in the answer"),
        ({"json": {"version": "2.4.0"}}, "version is '2.4.1', expected '2.4.0'"),
        ({"json": {"nodes.2.up": "true"}}, "nodes.2.up is not in the answer, expected 'true'"),
        ({"json": {"nodes.1.up": "true"}}, "nodes.1.up is 'false', expected 'true'"),
    ],
)
async def test_other_answer_fails_with_the_reason(requests: Requests, order: dict[str, object], reason: str) -> None:
    body = b'{"version": "2.4.1", "nodes": [{"up": true}, {"up": false}]}'
    async with server(answer("200 OK", body)) as url:
        ended, _ = await send(requests, HttpOrder("a1", "GET", url, **order))  # type: ignore[arg-type]
    assert (ended.outcome, ended.reason) == ("failed", reason)


async def test_method_headers_and_body_are_sent(requests: Requests) -> None:
    seen: list[bytes] = []
    async with server(answer("201 Created"), seen) as url:
        order = HttpOrder("a1", "POST", f"{url}/hooks?x=1", {"X-Token": "t"}, '{"a": 1}', (200, 201))
        assert (await send(requests, order))[0].outcome == "passed"
    assert seen[0].startswith(b"POST /hooks?x=1 HTTP/1.1\r\n")
    assert b"X-Token: t\r\n" in seen[0]
    assert seen[0].endswith(b'\r\n\r\n{"a": 1}')


@pytest.mark.parametrize(
    ("method", "outcome"), [("GET", "failed"), ("HEAD", "failed"), ("POST", "unknown"), ("DELETE", "unknown")]
)
async def test_no_answer_is_unknown_unless_it_changes_nothing(requests: Requests, method: str, outcome: str) -> None:
    async with server(None) as url:
        ended, out = await send(requests, HttpOrder("a1", method, url))
    assert (ended.outcome, out) == (outcome, b"")


@pytest.mark.parametrize(("method", "outcome"), [("GET", "failed"), ("PUT", "unknown")])
async def test_late_answer_counts_as_none(requests: Requests, method: str, outcome: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ended, _ = await send(requests, HttpOrder("a1", method, url, timeout=0.3))
    assert (ended.outcome, ended.reason) == (outcome, "no answer in time")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_refused_connection_sent_nothing(requests: Requests, method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ended, _ = await send(requests, HttpOrder("a1", method, f"http://127.0.0.1:{port}"))
    assert ended.outcome == "error"
    assert ended.reason.startswith("nothing was sent: it refuses the connection")


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "no url", "http://[::1", "http://no-such-host.invalid/"])
async def test_bad_url_sends_nothing(requests: Requests, url: str) -> None:
    assert (await send(requests, HttpOrder("a1", "POST", url)))[0].outcome == "error"


async def test_certificate_is_verified(requests: Requests, tmp_path: Path) -> None:
    async with server(answer("200 OK"), tls=self_signed(tmp_path)) as url:
        ended, _ = await send(requests, HttpOrder("a1", "POST", url))
    assert ended.outcome == "error"
    assert ended.reason.startswith("nothing was sent: its certificate is not trusted")


def self_signed(folder: Path) -> ssl.SSLContext:
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_redirects_of_a_get_are_followed_and_bounded(requests: Requests) -> None:
    async with (
        server(answer("200 OK", b"there")) as there,
        server(answer("302 Found", b"", f"Location: {there}")) as url,
    ):
        assert (await send(requests, HttpOrder("a1", "GET", url)))[1].endswith(b"there")
    async with server(answer("302 Found", b"", "Location: /again")) as url:
        ended, _ = await send(requests, HttpOrder("a1", "GET", url))
    assert (ended.outcome, ended.reason.partition(":")[0]) == ("failed", "too many redirects")


async def test_redirect_of_a_post_is_not_followed(requests: Requests) -> None:
    async with server(answer("307 Temporary Redirect", b"", "Location: /again")) as url:
        ended, _ = await send(requests, HttpOrder("a1", "POST", url))
    assert (ended.outcome, ended.reason) == ("failed", "answered HTTP/1.1 307 Temporary Redirect, expected 200")


async def test_long_answer_is_cut(requests: Requests) -> None:
    async with server(answer("200 OK", b"x" * (MOST + 100))) as url:
        ended, out = await send(requests, HttpOrder("a1", "GET", url))
    assert (ended.outcome, len(out)) == ("passed", MOST + len("HTTP/1.1 200 OK\n\n"))


async def test_secret_is_in_no_output_and_no_reason(requests: Requests) -> None:
    async with server(answer("200 OK", b'{"token": "hunter22"}')) as url:
        order = HttpOrder("a1", "GET", f"{url}/?key=hunter22", json={"token": "x"}, secrets=("hunter22",))
        ended, out = await send(requests, order)
    assert b"hunter22" not in out
    assert ended.reason == "token is '********', expected 'x'"


def test_cancelled_post_is_unknown(requests: Requests) -> None:
    assert requests.cancelled(HttpOrder("a1", "POST", "http://x")).outcome == "unknown"
    assert requests.cancelled(HttpOrder("a1", "GET", "http://x")).outcome == "stopped"


@pytest.mark.parametrize(
    ("value", "written", "same"),
    [
        ("1", "1", True),
        ("1.0", "1", True),
        ("true", "1", False),
        ('"1"', "1", True),
        ("null", "null", True),
        ("[1]", "[1]", True),
    ],
)
def test_json_values_compare_by_what_is_written(value: str, written: str, same: bool) -> None:
    from cockpit.execution.http import Answer  # noqa: PLC0415

    problem = judge(
        HttpOrder("a1", "GET", "", json={"v": written}), Answer(200, "", f'{{"v": {value}}}'.encode(), whole=True)
    )
    assert (problem == "") is same
