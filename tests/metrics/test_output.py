"""Numbers in what commands print."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.analysis.rule import Gap, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.output import OutputSource, measured
from cockpit.metrics.reasons import Flaw
from cockpit.playbook.plan import Output
from tests.metrics.readies import gap, output

DOCKER = """\
CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     PIDS
6c2e4b4b3b8a   backend   12.50%    150MiB / 1.9GiB       14
7d2e4b4b3b8b   front     0.25%     20MiB / 1.9GiB        3
"""
DF = """\
Filesystem      Size  Used Avail Use% Mounted on
/dev/sda1       100G   20G   80G  20% /
tmpfs           2.0G     0  2.0G   0% /run
"""
PODS = """\
NAME                     READY   STATUS    RESTARTS      AGE
backend-7d4b9c-x2x1      1/1     Running   2 (5m ago)    10d
front-55c4b9-abcd        1/1     Running   0             10d
"""
PS = """\
USER       PID %CPU %MEM COMMAND
root         1  0.5  0.1 /sbin/init splash
deploy     812 42.0  3.5 python serve.py --port 80
"""


def found(text: str, column: str = "", row: str = "", pick: str = "") -> float | Flaw:
    return measured(text.encode(), Output(command="stats", column=column, row=row, pick=pick), {"Running": 1})


@pytest.mark.parametrize(
    ("text", "column", "row", "value"),
    [
        (DOCKER, "CPU %", "backend", 12.5),
        (DOCKER, "PIDS", "front", 3),
        (DOCKER, "CPU %", "", 12.5),
        (DF, "Use%", "/dev/sda1", 20),
        (DF, "5", "/run", 0),
        (PODS, "STATUS", "backend", 1),
        (PS, "%CPU", "serve.py", 42),
        (PS, "PID", "serve.py", 812),
        (PS, "2", "/sbin/init", 1),
        ("NAME\tCOUNT\nwith space\t5\n", "COUNT", "", 5),
        ("812 42.0\n", "2", "", 42),
    ],
)
def test_column_of_a_table_is_read(text: str, column: str, row: str, value: float) -> None:
    assert found(text, column, row) == value


@pytest.mark.parametrize(
    ("text", "column", "row", "kind", "reason"),
    [
        ("", "CPU %", "", "no data", "it printed nothing"),
        ("NAME CPU\n", "CPU", "", "no data", "its table has no rows"),
        (DOCKER, "CPU %", "cache", "no data", "no row holds 'cache'"),
        (DOCKER, "CPU %", "GiB", "error", "2 rows hold 'GiB', where one is needed"),
        (DOCKER, "DISK", "front", "error", "there is no column 'DISK'"),
        (DOCKER, "MEM USAGE / LIMIT", "front", "error", "no number: '20MiB / 1.9GiB'"),
        (DF, "9", "/run", "error", "there is no column 9"),
        (DF, "0", "/run", "error", "there is no column 0"),
        ("A  B\n1\n", "B", "", "error", "its row does not fit the header"),
    ],
)
def test_what_is_not_in_the_table_is_a_flaw(text: str, column: str, row: str, kind: str, reason: str) -> None:
    got = found(text, column, row)
    assert isinstance(got, Flaw)
    assert got.kind == kind
    assert got.reason.startswith(reason)


def test_first_number_is_read_without_a_column() -> None:
    assert found("12.5%\n") == 12.5


def test_json_is_looked_up() -> None:
    assert found('{"jobs": [{"state": "Running"}]}', pick="jobs[0].state") == 1


@pytest.mark.parametrize("pick", ["", "a"])
def test_nothing_printed_is_no_data(pick: str) -> None:
    assert found("\n", pick=pick) == Flaw("no data", "it printed nothing")


class Commands:
    """Answers for hosts, one after another; counts how often it was asked."""

    def __init__(self, said: Mapping[str, list[bytes | str]]) -> None:
        self.said = said
        self.asked: list[str] = []

    async def __call__(self, host: str) -> bytes | str:
        self.asked.append(host)
        return self.said[host].pop(0)


async def test_each_host_is_asked(now: float) -> None:
    commands = Commands({"web-1": [b"1\n"], "web-2": [b"2\n"]})
    got = await OutputSource(output(commands, hosts=("web-1", "web-2"))).read(now)
    assert got == {"web-1": Sample(now, 1), "web-2": Sample(now, 2)}


async def test_metric_without_hosts_is_measured_here(now: float) -> None:
    commands = Commands({"here": [b"3"]})
    assert await OutputSource(output(commands)).read(now) == {WHOLE: Sample(now, 3)}


async def test_command_without_output_is_tried_again(now: float) -> None:
    commands = Commands({"here": ["exit status 1", b"3"]})
    assert await OutputSource(output(commands, retries=1)).read(now) == {WHOLE: Sample(now, 3)}


async def test_reason_for_no_output_is_an_error(now: float) -> None:
    commands = Commands({"here": ["exit status 1", "exit status 2"]})
    assert await OutputSource(output(commands, retries=1)).read(now) == {WHOLE: Gap(now, "error", "exit status 2")}
    assert len(commands.asked) == 2


async def test_hanging_host_does_not_delay_another(now: float) -> None:
    async def ask(host: str) -> bytes | str:
        return b"1" if host == "web-1" else await asyncio.get_running_loop().create_future()

    got = await OutputSource(output(ask, hosts=("web-1", "web-2"), timeout=0.1)).read(now)
    assert got == {"web-1": Sample(now, 1), "web-2": Gap(now, "error", "no output in 0.1 s")}


async def test_endless_output_is_an_error(now: float) -> None:
    got = await OutputSource(output(Commands({"here": [b"1" * 1_048_577]}))).read(now)
    assert gap(got[WHOLE]).reason == "it printed more than 1,048,576 bytes"


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "1", "CPU", "99", "A B", "é"]),
    st.sampled_from(["", "a", " "]),
    st.sampled_from(["", "a", "@"]),
)
def test_any_output_is_a_finite_number_or_a_flaw(printed: bytes, column: str, row: str, pick: str) -> None:
    got = measured(printed, Output(command="x", column=column, row=row, pick=pick), {})
    assert isinstance(got, Flaw) or math.isfinite(got)
