"""What is stored of metrics: readable back, no secret in it, and never at the journal's expense."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.analysis.rule import Sample
from cockpit.engine.client import Client
from cockpit.engine.readings import Readings
from cockpit.engine.store import KEPT, free
from cockpit.errors import StorageFull
from cockpit.journal import sqlite
from cockpit.journal.samples import Samples
from tests.conftest import Home
from tests.engine.test_full_disk import hears
from tests.engine.watching import Dial, book, watched
from tests.journal.tmpfs import mounted
from tests.metrics.servers import Heard, answer, serving

HIGH = "high: {metric: dial, bad: above 5}"
SECRET = "geheim-4711-und-mehr"


@pytest.fixture
def dial(home: Home) -> Dial:
    made = Dial()
    made.turn(1)
    return made


async def test_series_is_what_the_files_hold(dial: Dial) -> None:
    async with watched(book(dial.metric(), HIGH)) as seen:
        await seen.stores("dial", 3)
        dial.path.unlink()
        await seen.comes_to("error")
        told = await seen.series("dial")
    stored = list(Samples(seen.release.place.samples).since("dial", "", 0.0))
    values = [(each.at, each.value if isinstance(each, Sample) else None) for each in stored]
    assert values[: len(told)] == told
    assert {value for _, value in told} == {1.0, None}


async def test_series_begins_where_it_is_asked_for(dial: Dial) -> None:
    async with watched(book(dial.metric(), HIGH)) as seen:
        third, _ = (await seen.stores("dial", 4))[2]
        async with Client.connect(seen.release.place, records=False) as client:
            assert (await client.series("dial", since=third)).moments[0] == third
            assert (await client.series("nothing")).moments == ()


@pytest.fixture
def disk(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file system of 12 MB that everything of the release lies on."""
    with mounted(home.state / "small", megabytes=12) as folder:
        monkeypatch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


def leave(disk: Path, room: int) -> Path:
    """Let others take all but so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free(disk) - room)
    return ballast


def test_samples_leave_as_much_as_output_does(disk: Path) -> None:
    readings = Readings(Samples(disk / "samples"), disk)
    readings.append("dial", "", Sample(1.0, 1.0))
    leave(disk, KEPT)
    readings = Readings(Samples(disk / "samples"), disk)
    with pytest.raises(StorageFull):
        readings.append("dial", "", Sample(2.0, 1.0))
    assert readings.since("dial", "", 0.0) == [Sample(1.0, 1.0)]


async def test_full_disk_costs_samples_and_no_verdict(disk: Path, dial: Dial) -> None:
    async with watched(book(dial.metric(), HIGH)) as seen:
        await seen.stores("dial", 2)
        ballast = leave(disk, KEPT // 2)
        await hears(seen.release, "samples are not kept: no room")
        before = await seen.series("dial")
        dial.turn(9)
        await seen.comes_to("failing")
        assert await seen.series("dial") == before
        assert (seen.release.place.reserve.stat().st_size, free(disk) > KEPT // 4) == (KEPT, True)
        ballast.unlink()
        await hears(seen.release, "")
        await seen.stores("dial", len(before) + 2)
        log = seen.release.place.log.read_text()
        assert (log.count("samples are not kept"), log.count("samples are kept again")) == (1, 1)
    assert sqlite.open(seen.release.place.journal).verify() == seen.release.state.seq


METRICS = """\
asked: {{json: {{url: '{url}/{{{{ token }}}}', headers: {{X-Key: '{{{{ token }}}}'}}}}, pick: value, {quick}}}
said: {{command: 'echo "it is $token"; echo "no $token here" >&2; exit 3', on: here, {quick}}}
picked: {{command: 'echo "{{\\"a\\": \\"$token\\"}}"', pick: a, on: here, {quick}}}
dark: {{probe: '{url}/{{{{ token }}}}', expect: {{contains: well}}, {quick}}}
"""
RULES = """\
asked: {metric: asked, bad: above 5}
said: {metric: said, bad: above 5}
picked: {metric: picked, bad: above 5}
dark: {metric: dark, bad: fails 2 times}
"""


async def test_secrets_are_nowhere(home: Home) -> None:
    async def echo(heard: Heard, writer: object) -> None:
        body = f"{heard.line} {heard.headers.get('x-key', '')}"
        writer.write(answer(f"500 {SECRET}", body))  # type: ignore[attr-defined]

    async with serving(echo) as served:
        quick = "every: 300ms, stale: 600ms, no_data: hold, timeout: 300ms"
        text = book(METRICS.format(url=served.url, quick=quick), RULES, more="secrets: {token: {env: TOKEN}}")
        async with watched(text) as seen:
            await seen.release.supply({"token": SECRET})
            for rule, verdict in {"asked": "error", "said": "error", "picked": "error", "dark": "failing"}.items():
                await seen.comes_to(verdict, rule)
                await seen.judged(lambda judgement: "credentials" not in judgement.reason, rule)
            shown = await seen.judged(lambda judgement: judgement.reason, "said")
            assert (SECRET in shown.reason, "exit status 3" in shown.reason) == (False, True)
            heard = [request.line for request in served.heard]
    assert any(SECRET in line for line in heard)
    written = [path for path in home.state.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if SECRET.encode() in path.read_bytes()] == []
