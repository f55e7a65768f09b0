"""Why nothing was measured: what errors of httpx and the system mean, in words without secrets."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal
from urllib.parse import quote, quote_plus

import httpx
import msgspec

from cockpit.analysis.rule import Gap, Reading

Cause = Literal["late", "unreached", "untrusted", "broken", "wrong", "ours"]
"""late: no time was left · unreached: no connection · untrusted: its certificate · broken: the connection, on the way ·
wrong: what answered cannot be used · ours: this machine, or the request, is at fault."""

SHORTEST: Final = 4
_FULL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Trouble(msgspec.Struct, frozen=True):
    """That there is no answer, and why; `late` where more time or a smaller request might have helped."""

    reason: str
    cause: Cause


class Flaw(msgspec.Struct, frozen=True):
    """That an answer holds no number, and why: a `Gap` without its moment."""

    kind: Literal["no data", "error"]
    reason: str

    def gap(self, at: float) -> Gap:
        """The same, at a moment."""
        return Gap(at, self.kind, self.reason)


# What errors say is left out where it may repeat a header or a URL, of which secrets are a part.
_TABLE: Final[tuple[tuple[type[BaseException], Cause, str], ...]] = (
    (ssl.SSLCertVerificationError, "untrusted", "its certificate is not trusted"),
    (ssl.SSLError, "unreached", "TLS failed"),
    (socket.gaierror, "unreached", "its name cannot be resolved"),
    (ConnectionRefusedError, "unreached", "it refuses the connection"),
    (httpx.ConnectTimeout, "unreached", "no connection in time"),
    (httpx.TimeoutException, "late", "no answer in time"),
    (httpx.UnsupportedProtocol, "ours", "the URL is neither http nor https"),
    (httpx.LocalProtocolError, "ours", "the request is not valid HTTP: see its headers"),
    (httpx.RemoteProtocolError, "broken", "it broke off, or does not speak HTTP"),
    (httpx.ProxyError, "unreached", "the proxy refused"),
    (httpx.ConnectError, "unreached", "no connection"),
    (httpx.NetworkError, "broken", "the connection broke"),
    (httpx.TransportError, "broken", "the transport failed"),
    (httpx.HTTPError, "wrong", "the request failed"),
    (httpx.InvalidURL, "ours", "the URL is not valid"),
    (ConnectionError, "broken", "the connection broke"),
    (TimeoutError, "unreached", "no connection in time"),
    (OSError, "unreached", "no connection"),
    (ValueError, "ours", "the request is not valid: see its URL and headers"),
)


def trouble(error: BaseException) -> Trouble:
    """What an error means; the deepest of what caused it that the table knows."""
    deepest = [each for each in _chain(error) if isinstance(each, (ssl.SSLError, OSError)) and each.args]
    known = deepest[-1] if deepest and not isinstance(error, httpx.TimeoutException) else error
    if isinstance(known, OSError) and known.errno in _FULL and not isinstance(known, (ssl.SSLError, socket.gaierror)):
        return Trouble(f"this machine has no room for a connection: {os.strerror(known.errno)}", "ours")
    for kind, cause, said in _TABLE:
        if isinstance(known, kind):
            return Trouble(said + _detail(known), cause)
    return Trouble(f"unforeseen {type(error).__name__}", "ours")


def plain(text: str, most: int = 200) -> str:
    """Foreign words on one line, without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * most]).split())[:most]


def discreet(readings: Mapping[str, Reading], secrets: Iterable[str]) -> dict[str, Reading]:
    """The same readings, whose reasons hold no secret."""
    needles = tuple(_needles(secrets))
    return {
        host: Gap(reading.at, reading.kind, _masked(reading.reason, needles)) if isinstance(reading, Gap) else reading
        for host, reading in readings.items()
    }


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text with asterisks for each secret, also where it is quoted as in a URL."""
    return _masked(text, tuple(_needles(secrets)))


def _masked(text: str, needles: Iterable[str]) -> str:
    for needle in needles:
        text = text.replace(needle, "*" * len(needle))
    return text


def _needles(secrets: Iterable[str]) -> list[str]:
    lines = {line.strip() for secret in secrets for line in (secret, *secret.splitlines())}
    forms = {
        form for line in lines for form in (line, plain(line), quote(line, safe=""), quote(line), quote_plus(line))
    }
    return sorted((form for form in forms if len(form) >= SHORTEST), key=len, reverse=True)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from, outermost first; of a group, the first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        group = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else None
        error = group or error.__cause__ or error.__context__


def _detail(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            said = error.verify_message
        case ssl.SSLError():
            said = (error.reason or "").replace("_", " ").lower()
        case OSError(errno=int(number)) if not isinstance(error, (ConnectionRefusedError, TimeoutError)):
            said = error.strerror or os.strerror(number)
        case _:
            said = ""
    return f": {plain(said)}" if said else ""
