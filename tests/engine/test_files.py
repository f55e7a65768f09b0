"""Files that must stay as they are, on a real disk and through the death of the engine."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from cockpit.execution.fingerprint import Fingerprints
from cockpit.release.events import FileSeen
from cockpit.release.intents import Done
from tests.engine.driven import driven, playbook

STEPS = playbook("{id: config, do: look at it, unchanged: release.yaml}", "{id: last, do: the rest}")
ONE = "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865"
"""SHA-256 of `1` and a line's end."""


async def test_file_is_recorded_before_anything_goes_on_and_a_change_holds_until_it_is_put_back() -> None:
    file = Path(os.environ["HOME"]) / "release.yaml"
    file.write_text("1\n")
    async with driven(STEPS) as release:
        state = await release.until(lambda state: state.files)
        assert next(iter(state.files.values())).was == ONE
        await release.ask(Done(step="config"))
        await release.waits("step", "last")
        file.write_text("2\n")
        release.kill()
        await release.waits("file")
        file.write_text("1\n")
        release.kill()
        await release.until(lambda state: [kept.now for kept in state.files.values()] == [ONE])
        await release.ask(Done(step="last"))
        await release.stands("done")
        assert [each.event.was == "" for each in release.records if isinstance(each.event, FileSeen)] == [
            True,
            False,
            False,
        ]


async def test_fingerprint_says_why_there_is_none(tmp_path: Path) -> None:
    files = Fingerprints()
    assert await files.of(str(tmp_path / "none")) == ("", "No such file or directory")
    assert await files.of(str(tmp_path)) == ("", "Is a directory")
    assert await files.of("~nobody-is-called-so/x") == ("", "no such home folder")


async def test_file_that_is_not_touched_is_read_once_and_one_that_is_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, file = Fingerprints(), tmp_path / "release.yaml"
    file.write_text("1\n")
    later = time.time() + 10.0
    monkeypatch.setattr(time, "time", lambda: later)
    assert await files.of(str(file)) == (ONE, "")
    with monkeypatch.context() as unread:
        unread.delattr(hashlib, "file_digest")
        assert await files.of(str(file)) == (ONE, "")
    (tmp_path / "other").write_text("2\n")
    (tmp_path / "other").replace(file)
    assert (await files.of(str(file)))[0] != ONE


async def test_file_that_was_just_written_is_read_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, file = Fingerprints(), tmp_path / "release.yaml"
    file.write_text("1\n")
    times = file.stat()
    monkeypatch.setattr(time, "time", lambda: times.st_ctime)
    assert await files.of(str(file)) == (ONE, "")
    with file.open("r+") as written:
        written.write("2")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (await files.of(str(file)))[0] != ONE
