"""Words for what went wrong."""

from __future__ import annotations

import errno
import socket
import ssl

import httpx
import pytest

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.metrics.reasons import discreet, masked, plain, trouble


def every(kind: type[Exception]) -> set[type[Exception]]:
    return {kind, *(below for each in kind.__subclasses__() for below in every(each))}


NAMES = sorted(kind.__name__ for kind in every(httpx.TransportError) | {httpx.InvalidURL, httpx.TooManyRedirects})


@pytest.mark.parametrize("name", NAMES)
def test_every_error_of_httpx_has_words(name: str) -> None:
    assert not trouble(getattr(httpx, name)("x")).reason.startswith("unforeseen")


def test_cause_below_is_what_is_said() -> None:
    outer = httpx.ConnectError("all attempts failed")
    outer.__cause__ = OSError("Multiple")
    outer.__cause__.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert trouble(outer).reason == "its name cannot be resolved: Name or service not known"


def test_first_of_a_group_is_what_is_said() -> None:
    outer = httpx.ConnectError("x")
    outer.__cause__ = ExceptionGroup("all", [ConnectionRefusedError(errno.ECONNREFUSED, "refused")])
    assert trouble(outer).reason == "it refuses the connection"


def test_full_machine_is_at_fault_itself() -> None:
    got = trouble(OSError(errno.EMFILE, "Too many open files"))
    assert (got.cause, got.reason) == ("ours", "this machine has no room for a connection: Too many open files")


def test_unforeseen_error_is_named_by_its_kind_alone() -> None:
    assert trouble(KeyError("geheim")).reason == "unforeseen KeyError"


def test_errors_in_a_ring_end() -> None:
    first, second = ssl.SSLError(1, "a"), OSError(2, "b")
    first.__cause__, second.__cause__ = second, first
    assert trouble(first).reason


@pytest.mark.parametrize("shown", ["geheim+1/2", "geheim%2B1%2F2", "geheim%2B1/2"])
def test_secret_is_hidden_also_as_a_url_has_it(shown: str) -> None:
    assert masked(f"a {shown} b", ["geheim+1/2"]) == f"a {'*' * len(shown)} b"


def test_each_line_of_a_secret_is_hidden() -> None:
    assert masked("first line, other line", ["first line\nother line\n"]) == "**********, **********"


def test_only_reasons_change() -> None:
    readings: dict[str, Reading] = {"a": Sample(1, 2), "b": Gap(1, "error", "key geheim")}
    assert discreet(readings, ["geheim"]) == {"a": Sample(1, 2), "b": Gap(1, "error", "key ******")}


def test_foreign_words_are_one_plain_line() -> None:
    assert plain("a\x1b[31m\r\n\tb\u202e" + "c" * 900, 20) == "a [31m b " + "c" * 11
