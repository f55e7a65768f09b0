"""What an attempt's shell is told."""

from __future__ import annotations

import pytest

from cockpit.execution.contract import Identity, Order
from cockpit.execution.payload import folder_of, mark_of, payload, program, refusal, spot_of

SOMEWHERE = Identity("", "boot", "marker")


def order(**more: object) -> Order:
    return Order("a1", "web-1", "make deploy", SOMEWHERE, **more)  # type: ignore[arg-type]


def test_program_sets_shell_script_folder_and_values() -> None:
    told = program(order(exports={"version": "2.4.1"}, secrets={"token": "it's"}, directory="/opt/app"))
    assert told == "set -- 'sh' 'make deploy' '/opt/app'; export version='2.4.1'; export token='it'\\''s'"


@pytest.mark.parametrize(
    ("directory", "word"),
    [("", "''"), ("/srv/a b", "'/srv/a b'"), ("app", "'./app'"), ("~", "\"$HOME\"''"), ("~/app", "\"$HOME\"'/app'")],
)
def test_folder_is_quoted_and_home_is_the_hosts(directory: str, word: str) -> None:
    assert program(order(directory=directory)) == f"set -- 'sh' 'make deploy' {word}"


def test_payload_ends_with_the_id() -> None:
    assert payload(order(), "n1").decode().splitlines()[2] == "end a1"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"exports": {"a": "x\0y"}}, "NUL"),
        ({"exports": {"a-b": "x"}}, "no name of a shell variable"),
        ({"exports": {"a": "x" * 130_000}}, "too long"),
        ({"exports": {f"v{number}": "x" * 110_000 for number in range(10)}}, "too long"),
        ({"user": "root; reboot"}, "no login name"),
        ({"shell": "zsh"}, "none of the shells"),
    ],
)
def test_what_no_host_could_run_is_refused(more: dict[str, object], reason: str) -> None:
    assert reason in refusal(order(**more))


def test_ordinary_order_is_not_refused() -> None:
    assert refusal(order(exports={"version": "1"}, user="deploy-bot", shell="bash")) == ""  # noqa: S604  a field of ours


def test_id_that_is_no_file_name_gets_a_digest() -> None:
    assert folder_of("deploy.web-1.1") == "deploy.web-1.1"
    assert len(folder_of("../../etc")) == 40


def test_mark_differs_by_release_and_by_attempt() -> None:
    assert len({mark_of("n1", "a1"), mark_of("n1", "a2"), mark_of("n2", "a1")}) == 3


def test_mark_cannot_be_told_from_what_a_command_sees() -> None:
    assert mark_of("n1", "a1") != spot_of("n1", "a1")
