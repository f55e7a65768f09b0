"""Commands that only look: on real hosts and here, with values, in time, and without a trace."""

from __future__ import annotations

import pytest

from cockpit.execution.contract import HERE, Question
from cockpit.execution.machine import MOST
from tests.execution.conftest import EVERY, Bench

NASTY = 'it\'s $(echo x) `echo y` "z" \\ ! é'


@pytest.mark.parametrize("host", EVERY)
async def test_command_sees_its_values_and_prints(bench: Bench, host: str) -> None:
    hosts = bench.hosts
    exports = {"value": NASTY, "host": host}
    found = await hosts.ask(Question(host, 'printf "%s|%s" "$host" "$value"', 10, exports))
    assert found == f"{host}|{NASTY}".encode()


@pytest.mark.parametrize("host", EVERY)
async def test_command_that_takes_too_long_is_killed_on_the_host(bench: Bench, host: str) -> None:
    hosts = bench.hosts
    script = "echo $$ > looked; exec sleep 300"
    assert await hosts.ask(Question(host, script, 1, directory="~")) == "no output in 1 s"
    state = 'cut -d" " -f3 "/proc/$(cat looked)/stat" 2>/dev/null'
    gone = f'case $({state}) in ""|Z|X) echo gone;; *) echo alive;; esac'
    assert await hosts.ask(Question(host, gone, 10, directory="~")) == b"gone\n"


@pytest.mark.parametrize("host", EVERY)
async def test_failure_says_its_status_and_its_last_words(bench: Bench, host: str) -> None:
    hosts = bench.hosts
    found = await hosts.ask(Question(host, "echo first >&2; echo no such thing >&2; exit 3", 10))
    assert found == "exit status 3: no such thing"


async def test_unset_variable_is_an_error(bench: Bench) -> None:
    found = await bench.hosts.ask(Question(HERE, 'echo "$nothing"', 10))
    assert isinstance(found, str)
    assert "nothing" in found


async def test_command_does_not_wait_for_input(bench: Bench) -> None:
    assert await bench.hosts.ask(Question("web-1", "cat; echo done", 10)) == b"done\n"


@pytest.mark.parametrize("host", ["web-1", HERE])
async def test_endless_output_is_cut_off(bench: Bench, host: str) -> None:
    found = await bench.hosts.ask(Question(host, "yes", 10))
    assert found == f"it printed more than {MOST:,} bytes"


async def test_reason_does_not_show_a_secret(bench: Bench) -> None:
    question = Question("web-2", 'echo "bad token: $token" >&2; exit 1', 10, secrets={"token": "hunter22"})
    found = await bench.hosts.ask(question)
    assert isinstance(found, str)
    assert "hunter22" not in found


async def test_host_that_is_not_there_is_said(bench: Bench) -> None:
    found = await bench.hosts.ask(Question("nowhere.invalid", "true", 10))
    assert isinstance(found, str)
    assert found.startswith("nowhere.invalid is not reached: ")
