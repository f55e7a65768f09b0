"""`cockpit rehearse`, and what can be done to a rehearsal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

import playbooks
from cockpit.cli.rehearsing import prepared
from cockpit.engine.address import answers
from cockpit.engine.place import Place
from cockpit.rehearsal.written.place import playbook_of, scenarios_of
from tests.cli.books import HERE, write
from tests.cli.conftest import Flight, a_flight
from tests.loopback.processes import kill, living_in
from tests.loopback.waiting import wait_until

SHIPPED = Path(playbooks.__path__[0])
BOOKS = sorted(SHIPPED.glob("*.yaml"))
SCENES = sorted(SHIPPED.glob("scenarios/*/*.yaml"))
CODES: Final = {"done": 0, "failed": 1, "aborted": 1, "rolled_back": 5}
REAL: Final = ("quickstart-happy", "quickstart-errors")
"""What is rehearsed on real hosts too: the others take a day or more, or want more than hosts."""
FIRST = "rehearsal-quickstart-1"
SLOW = ("rehearse", "--headless", "--speed", "5")


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def rehearsed(flight: Flight, scene: Path, *words: str) -> None:
    """Rehearse it, and see that it ends as it declares, with the exit status of that."""
    ends = prepared(playbook_of(scene), {}, scene.stem, "ana")[1].ends
    book = str(playbook_of(scene))
    done = flight.cockpit.ask("rehearse", book, "--scenario", scene.stem, "--headless", *words)
    assert done.returncode == CODES[ends], done.stderr
    assert f"ended: {ends.replace('_', ' ')}" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_every_shipped_playbook_has_scenarios(book: Path) -> None:
    assert scenarios_of(book)


@pytest.mark.parametrize("scene", [each for each in SCENES if each.parent.name == "quickstart"], ids=name_of)
def test_quickstart_scenario_ends_as_it_declares(flight: Flight, scene: Path) -> None:
    rehearsed(flight, scene)


@pytest.mark.parametrize("scene", [each for each in SCENES if name_of(each) in REAL], ids=name_of)
def test_shipped_scenario_ends_as_it_declares_on_real_hosts_too(flight: Flight, scene: Path) -> None:
    rehearsed(flight, scene, "--speed", "60")


def test_without_a_playbook_a_shipped_one_is_rehearsed(flight: Flight) -> None:
    done = flight.cockpit.ask("rehearse")
    assert (done.returncode, done.stderr.splitlines()[0][:32]) == (0, f"REHEARSAL {FIRST}")


@pytest.fixture(scope="session")
def over(ground: Path) -> Flight:
    """A rehearsal that is done and closed: to be looked at only."""
    made = a_flight(ground)
    made.ask("rehearse", "--headless")
    made.ask("log", FIRST, "--follow")
    return made


@pytest.mark.parametrize(
    "words",
    [("log", FIRST), ("status", FIRST), ("status",), ("output", FIRST, "deploy-first"), ("attach", FIRST)],
    ids=lambda words: words[0] + str(len(words)),
)
def test_whatever_is_shown_of_it_says_rehearsal(over: Flight, words: tuple[str, ...]) -> None:
    done = over.cockpit.ask(*words)
    assert done.returncode == 0, done.stderr
    assert "REHEARSAL" in done.stderr + done.stdout


def test_documents_of_it_say_rehearsal(over: Flight) -> None:
    status = json.loads(over.ask("status", FIRST, "--format", "json"))
    first = json.loads(over.ask("log", FIRST, "--format", "json").splitlines()[0])
    assert (status["mode"], first["event"]["mode"]) == ("rehearsal", "rehearsal")


def test_output_is_marked_and_stays_as_it_was_printed(over: Flight) -> None:
    done = over.cockpit.ask("output", FIRST, "smoke-first")
    assert done.stdout.startswith("HTTP/1.1 200 OK")
    assert done.stderr.startswith(f"REHEARSAL {FIRST}")


@pytest.mark.parametrize(
    "words", [("fault", FIRST, "host-down"), ("speed", FIRST, "2"), ("abort", FIRST, "--note", "x")], ids=lambda w: w[0]
)
def test_nothing_is_done_to_a_rehearsal_that_is_over(over: Flight, words: tuple[str, ...]) -> None:
    done = over.cockpit.ask(*words)
    assert (done.returncode, "is closed" in done.stderr) == (3, True)


@pytest.mark.parametrize("words", [("fault", "here-1", "host-down"), ("speed", "here-1", "max")], ids=lambda w: w[0])
def test_no_live_release_is_practised_on(waiting: Flight, words: tuple[str, ...]) -> None:
    before = waiting.ask("log", "here-1")
    done = waiting.cockpit.ask(*words)
    assert (done.returncode, "this is no rehearsal" in done.stderr) == (3, True)
    assert waiting.ask("log", "here-1") == before


@contextmanager
def going(flight: Flight, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """The follower of a release that has begun; it does not outlive what is done with it."""
    with flight.cockpit.open(*(words or SLOW)) as follower:
        try:
            wait_until(lambda: answers(flight.place(FIRST).socket), "its engine answers", 30)
            yield follower
        finally:
            follower.kill()


@pytest.mark.parametrize(("order", "code"), [("abort", 1), ("rollback", 5)])
def test_rehearsal_is_ended_like_a_release(flight: Flight, order: str, code: int) -> None:
    with going(flight) as follower:
        confirm = ("--confirm", FIRST) if order == "rollback" else ()
        flight.ask(order, FIRST, *confirm, "--note", "test")
        assert follower.wait(30) == code


def test_rehearsal_is_held_until_its_captain_lets_it_go_on(flight: Flight) -> None:
    with going(flight) as follower:
        flight.ask("hold", FIRST, "--note", "test")
        flight.ask("speed", FIRST, "60")
        assert follower.wait(60) == 0
    log = flight.ask("log", FIRST)
    assert "held by" in log
    assert "resumed by" in log


def test_fault_that_is_thrown_is_in_the_log_and_what_cannot_be_is_refused(flight: Flight) -> None:
    with going(flight) as follower:
        assert flight.cockpit.ask("close", FIRST).returncode == 3
        flight.ask("fault", FIRST, "host-slow", "--host", "web-1", "--for", "1m")
        assert flight.cockpit.ask("fault", FIRST, "host-down", "--host", "web-9").returncode == 3
        assert flight.cockpit.ask("speed", FIRST, "max").returncode == 3
        flight.ask("abort", FIRST, "--note", "test")
        follower.wait(30)
    assert "fault host-slow-1: host-slow on web-1" in flight.ask("log", FIRST)


def test_command_that_is_killed_leaves_the_rehearsal_as_it_was(flight: Flight) -> None:
    with going(flight) as follower:
        follower.kill()
    flight.ask("speed", FIRST, "60")
    done = flight.cockpit.ask("attach", FIRST)
    assert (done.returncode, "REHEARSAL" in done.stdout.splitlines()[0]) == (0, True)


def test_engine_and_supervisor_that_are_killed_are_started_again(flight: Flight) -> None:
    with going(flight) as follower:
        kill(each for each in living_in(flight.folder) if each.pid != follower.pid)
        flight.cockpit.ask("attach", FIRST, "--observe")
        flight.ask("status", FIRST)
        follower.kill()
    with flight.cockpit.open("attach", FIRST) as again:
        wait_until(lambda: "epoch 3" in flight.ask("log", FIRST), "there is another engine", 30)
        flight.ask("speed", FIRST, "60")
        assert again.wait(60) == 0


def test_command_that_is_interrupted_leaves_its_engine(flight: Flight) -> None:
    with going(flight) as follower:
        follower.send_signal(signal.SIGINT)
        assert follower.wait(20) == 130
    status = flight.cockpit.status(FIRST)
    assert status is not None
    assert status["engine"] == "running"


@pytest.mark.parametrize("made", ["", FIRST, f"{FIRST}/journal.db"])
def test_interrupt_while_it_begins_leaves_a_rehearsal_or_none(flight: Flight, made: str) -> None:
    """It comes once so much of it is there."""
    path = flight.place(FIRST).folder.parent / made
    environment = {**os.environ, **flight.cockpit.environment}
    with subprocess.Popen(flight.cockpit.command(*SLOW), env=environment, stderr=subprocess.PIPE) as begun:
        wait_until(path.exists, f"there is {path}", 30)
        begun.send_signal(signal.SIGINT)
        _, said = begun.communicate(timeout=30)
    assert (begun.returncode, b"Traceback" in said) == (130, False), said
    listed = flight.cockpit.ask("status", "--format", "json")
    assert listed.returncode == 0, listed.stderr
    assert [each["release"] for each in json.loads(listed.stdout)] in ([], [FIRST])


def test_two_at_once_have_names_of_their_own(flight: Flight) -> None:
    with flight.cockpit.open("rehearse", "--headless") as one, flight.cockpit.open("rehearse", "--headless") as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    listed = json.loads(flight.ask("status", "--format", "json"))
    assert {each["release"] for each in listed} == {FIRST, "rehearsal-quickstart-2"}


def test_nothing_is_left_where_there_is_no_room_for_it(flight: Flight) -> None:
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *flight.cockpit.command("rehearse", "--headless")]
    environment = {**os.environ, **flight.cockpit.environment, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(limited, check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "no room" in done.stderr
    assert "Traceback" not in done.stderr
    assert [*(flight.folder / "state/cockpit/releases").iterdir()] == []
    assert flight.cockpit.ask("rehearse", "--headless").returncode == 0


@pytest.fixture
def dead(flight: Flight) -> Place:
    """A rehearsal whose engine and supervisor are gone."""
    with going(flight) as follower:
        kill(living_in(flight.folder))
        follower.wait(20)
    return flight.place(FIRST)


def drive(module: str, place: Place) -> subprocess.CompletedProcess[str]:
    """Let such an engine drive what lies there."""
    command = [sys.executable, "-P", "-m", module, place.release, "--home", str(place.folder.parent)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)


def test_engine_of_live_releases_does_not_drive_a_rehearsal(dead: Place) -> None:
    done = drive("cockpit.engine", dead)
    assert (done.returncode != 0, "this is a rehearsal" in done.stderr) == (True, True)


def test_engine_of_rehearsals_does_not_drive_a_live_release(flight: Flight) -> None:
    flight.start()
    kill(living_in(flight.folder))
    place = flight.place("here-1")
    before = place.journal.read_bytes()
    done = drive("cockpit.rehearsal", place)
    assert (done.returncode != 0, "this is no rehearsal" in done.stderr) == (True, True)
    place.scenario.write_text("{}")
    assert "this is no rehearsal" in flight.cockpit.ask("attach", "here-1").stderr
    assert place.journal.read_bytes() == before


def test_rehearsal_without_its_scenario_goes_no_further_and_says_why(flight: Flight, dead: Place) -> None:
    for text in ("", '{"faults": 3}', "\0" * 4096, None):
        dead.scenario.unlink()
        if text is not None:
            dead.scenario.write_text(text)
        done = flight.cockpit.ask("attach", FIRST)
        assert done.returncode == 4
        assert "`cockpit rehearse`" in done.stderr
        assert "Traceback" not in done.stderr
    assert "REHEARSAL" in flight.ask("log", FIRST)


def test_live_release_may_be_called_like_a_rehearsal(flight: Flight) -> None:
    """What a release is is in its journal, and not in its name."""
    book = write(flight.folder, HERE)
    with going(flight, "run", str(book), "--release", FIRST, "--headless") as follower:
        assert flight.cockpit.ask("fault", FIRST, "host-down").returncode == 3
        flight.ask("abort", FIRST, "--note", "test")
        follower.wait(30)
