"""Small real servers that answer as a test says, and certificates for them."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Reply = Callable[["Heard", asyncio.StreamWriter], Awaitable[None]]


class Heard(msgspec.Struct):
    """One request: its first line, its headers (names in small letters) and its body."""

    line: str
    headers: dict[str, str]
    body: bytes


class Served(msgspec.Struct):
    """A server that runs: where it is, what it heard, and how many connections it got."""

    url: str
    heard: list[Heard]
    connections: int = 0


def answer(status: str = "200 OK", body: bytes | str = b"", *headers: str) -> bytes:
    """A whole HTTP answer."""
    raw = body.encode() if isinstance(body, str) else body
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", *headers, "", ""]).encode() + raw


def as_json(value: object) -> bytes:
    """An HTTP answer of JSON."""
    return answer("200 OK", json.dumps(value), "Content-Type: application/json")


@asynccontextmanager
async def serving(reply: bytes | Reply, tls: ssl.SSLContext | None = None) -> AsyncIterator[Served]:
    """A server on a free port of loopback. It answers each request with the bytes, or as `reply` does."""
    served = Served("", [])
    meetings: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        try:
            while True:
                heard = await _hear(reader)
                served.heard.append(heard)
                if isinstance(reply, bytes):
                    writer.write(reply)
                else:
                    await reply(heard, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meetings.add(asyncio.create_task(meet(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    served.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield served
        for meeting in meetings:
            meeting.cancel()
        await asyncio.gather(*meetings, return_exceptions=True)


async def _hear(reader: asyncio.StreamReader) -> Heard:
    first = await reader.readexactly(1)
    if first == b"\x16":
        raise ConnectionAbortedError("TLS, where HTTP is spoken")
    line, *rest = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (text.partition(": ") for text in rest if text)}
    return Heard(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def unanswered(_: Heard, writer: asyncio.StreamWriter) -> None:
    """A reply that never comes."""
    await asyncio.get_running_loop().create_future()
    writer.close()


def certified(folder: Path, days: float = 30.0, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with its own certificate, which ends in so many days, and one of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - dt.timedelta(days=1000))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}-{days}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=path)
