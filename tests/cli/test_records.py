"""The journal, outputs, and whether the chain is whole."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Flight, Say
from tests.journal.damage import DAMAGES, Damage


def test_log_has_a_line_an_event(there: Flight, say: Say) -> None:
    lines = say("log", there.release).out.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, len(lines) + 1))
    assert "release here-1 began" in lines[0]


def test_log_of_json_has_an_object_a_line(there: Flight, say: Say) -> None:
    records = [json.loads(line) for line in say("log", there.release, "--format", "json").out.splitlines()]
    assert records[0]["event"]["release"] == "here-1"


def test_following_a_closed_release_ends_at_once(there: Flight, say: Say) -> None:
    assert say("log", there.release, "--follow").out == say("log", there.release).out


def test_output_is_what_was_printed(done: Flight) -> None:
    assert done.ask("output", done.release, "hello") == "hello 1.0.0\n"


def test_output_of_an_attempt_that_is_over_is_followed_to_its_end(done: Flight) -> None:
    assert done.ask("output", done.release, "hello", "here", "--attempt", "1", "--follow") == "hello 1.0.0\n"


def test_wrong_step_host_or_attempt_is_told(there: Flight, say: Say) -> None:
    for arguments, what in (
        (("nope",), "hint: steps: ready, hello, go, bye, undo, proof"),
        (("hello", "web-1"), "nothing of hello was started on web-1"),
        (("undo",), "nothing of undo was started yet"),
        (("hello", "--attempt", "2"), "hint: attempts: 1"),
    ):
        said = say("output", there.release, *arguments)
        assert (said.code, what in said.err) == (2, True), said


def test_chain_that_is_whole_is_said_to_be(there: Flight, say: Say) -> None:
    said = say("verify", there.release)
    assert (said.code, said.out.endswith("the chain is whole\n")) == (0, True)


def damaged(done: Flight, folder: Path) -> Path:
    """A copy of the journal whose fifth event was changed."""
    path = folder / "journal.db"
    path.write_bytes((done.folder / "state/cockpit/releases/here-1/journal.db").read_bytes())
    database = sqlite3.connect(path)
    with database:
        database.execute("UPDATE records SET line = replace(line, 'a', 'b') WHERE seq = 5")
    database.close()
    return path


def test_first_bad_event_is_named(done: Flight, say: Say, tmp_path: Path) -> None:
    path = damaged(done, tmp_path)
    said = say("verify", str(path))
    assert (said.code, "event 5" in said.err) == (1, True)
    said = say("verify", str(path), "--format", "json")
    assert (said.code, json.loads(said.out)["first_bad"]) == (1, 5)


def test_file_that_is_no_journal_is_told(say: Say, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    assert (say("verify", str(path)).code, "Traceback" in say("verify", str(path)).err) == (1, False)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_verify_names_the_first_bad_event(there: Flight, say: Say, tmp_path: Path, damage: Damage) -> None:
    source = there.folder / "state" / "cockpit" / "releases" / there.release
    for name in ("journal.db", "journal.head"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    damage(tmp_path / "journal.db", 5)
    said = say("verify", str(tmp_path / "journal.db"), "--format", "json")
    assert (said.code, json.loads(said.out)["first_bad"]) == (1, 5)
    assert "event 5 " in said.err
