"""Every foreign error has its meaning."""

from __future__ import annotations

import errno
import inspect
import socket
import ssl
from types import ModuleType

import asyncssh
import httpx
import pytest

from cockpit.execution.foreign import HTTP, SSH, SYSTEM, meaning

BORDER = (*SSH, *HTTP, *SYSTEM)


def errors_of(module: ModuleType) -> list[type[Exception]]:
    found = [value for name, value in inspect.getmembers(module, inspect.isclass) if issubclass(value, Exception)]
    return sorted(set(found), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", [*errors_of(asyncssh), *errors_of(httpx)], ids=lambda kind: kind.__name__)
def test_every_public_error_is_in_the_table(kind: type[Exception]) -> None:
    catch_all = (asyncssh.Error, OSError, ValueError)
    rule = next(listed for listed, _ in BORDER if issubclass(kind, listed))
    assert rule is kind or rule not in catch_all


@pytest.mark.parametrize("table", [SSH, HTTP, SYSTEM], ids=["ssh", "http", "system"])
def test_most_specific_comes_first(table: tuple[tuple[type[Exception], object], ...]) -> None:
    kinds = [kind for kind, _ in table]
    hidden = [late for at, late in enumerate(kinds) for early in kinds[:at] if issubclass(late, early)]
    assert hidden == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "it refuses the connection"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "its name cannot be resolved"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no route to it"),
        (asyncssh.ConnectionLost("Connection lost"), "the connection was lost"),
        (ssl.SSLCertVerificationError("self-signed certificate"), "its certificate is not trusted"),
        (KeyError("x"), "unforeseen KeyError"),
    ],
)
def test_reason_is_in_plain_words(error: Exception, reason: str) -> None:
    assert meaning(error).reason.startswith(reason)


def test_reason_repeats_nothing() -> None:
    assert meaning(asyncssh.ConnectionLost("connection was lost")).reason == "the connection was lost"


def test_missing_login_is_no_final_failure() -> None:
    found = meaning(asyncssh.PermissionDenied("no more methods"))
    assert (found.credentials, found.final) == (True, False)
