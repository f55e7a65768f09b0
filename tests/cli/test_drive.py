"""Driving a release by the command line, from its checklist to its end."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cockpit.cli.answering import command_for
from cockpit.cli.drive import shown
from cockpit.release.waiting import Waiting
from tests.cli.conftest import Flight, Say
from tests.loopback.processes import kill, living_in


def refusal(flight: Flight, *arguments: str) -> str:
    """What a command says that is refused."""
    done = flight.cockpit.ask(*arguments)
    assert done.returncode == 3, done
    return done.stderr


def test_release_is_driven_from_its_checklist_to_its_close(flight: Flight) -> None:
    flight.start()
    release = flight.release
    flight.ask("tick", release, "disk-space")
    assert "evidence" in refusal(flight, "tick", release, "tests-passed")
    flight.ask("tick", release, "ready/tests-passed", "--evidence", "https://ci/1")
    flight.waits_for("sign-off")
    assert "captain must still sign" in refusal(flight, "go", release, "go", "--confirm", "1.0.0")
    assert "no step 'gone'" in refusal(flight, "sign", release, "gone", "yes", "--role", "captain")
    flight.ask("sign", release, "go", "yes", "--role", "captain")
    assert "--confirm 1.0.0" in refusal(flight, "go", release, "go")
    flight.ask("go", release, "go", "--confirm", "1.0.0")
    with flight.cockpit.open("attach", release) as follower:
        assert follower.wait(30) == 0
    flight.ask("close", release)
    assert "is closed" in refusal(flight, "hold", release)


def test_failed_command_is_answered_by_hand(flight: Flight) -> None:
    flight.start("-p", "way=bad")
    for item in ("disk-space", "tests-passed"):
        flight.ask("tick", flight.release, item, "--evidence", "seen")
    flight.waits_for("answer")
    flight.ask("retry", flight.release, "hello", "--note", "once more")
    flight.waits_for("answer")
    assert flight.ask("output", flight.release, "hello", "--attempt", "1") == "hello 1.0.0\n"
    flight.ask("skip", flight.release, "hello", "--host", "here", "--note", "not needed")
    flight.waits_for("sign-off")


def test_hold_waits_for_resume_and_a_wrong_word_holds_nothing(flight: Flight) -> None:
    flight.start()
    assert "not the name" in refusal(flight, "hold", flight.release, "--confirm", "here-2")
    flight.ask("hold", flight.release, "--note", "a look")
    assert "resume" in flight.waiting()
    flight.ask("resume", flight.release)
    assert "resume" not in flight.waiting()


def test_rollback_asks_for_the_name(flight: Flight) -> None:
    flight.start()
    assert f"--confirm {flight.release}" in refusal(flight, "rollback", flight.release, "--note", "x")


def test_closed_release_refuses(there: Flight, say: Say) -> None:
    said = say("hold", there.release)
    assert (said.code, "a closed release cannot change" in said.err) == (3, True)


def test_engine_that_is_gone_is_unreachable_and_the_way_back_is_told(flight: Flight) -> None:
    flight.start()
    kill(living_in(flight.folder))
    done = flight.cockpit.ask("hold", flight.release)
    assert (done.returncode, f"`cockpit attach {flight.release}` starts it" in done.stderr) == (4, True)


@pytest.mark.parametrize(
    "arguments", [("settle", "x", "hello", "here", "maybe"), ("sign", "x", "go", "perhaps"), ("tick",)]
)
def test_wrong_words_are_usage_errors_with_a_hint(say: Say, arguments: tuple[str, ...]) -> None:
    said = say(*arguments)
    assert (said.code, f"hint: cockpit {arguments[0]} --help" in said.err) == (2, True)


def test_evidence_that_is_a_file_becomes_path_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(b"well")
    assert shown(str(path)) == f"{path} sha256:{hashlib.sha256(b'well').hexdigest()}"


@pytest.mark.parametrize("text", ["", "42 % free", "https://ci/1", "~nobody-here", "x" * 300, "/" * 9000, "a\nb", "\0"])
def test_evidence_that_is_no_file_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


ROLES = ("captain",)


@pytest.mark.parametrize(
    ("entry", "command"),
    [
        (Waiting("gate", "go", ROLES, "", confirm="a b"), "cockpit go r go --confirm 'a b'"),
        (Waiting("sign-off", "go", ROLES, "", role="sre"), "cockpit sign r go yes|no --role sre"),
        (Waiting("sign-off", "go", ("sre", "qa"), ""), "cockpit sign r go yes|no --role sre|qa"),
        (Waiting("step", "look", ROLES, ""), "cockpit done r look"),
        (Waiting("settle", "s", ROLES, "", host="h"), "cockpit settle r s h passed|failed --note TEXT"),
        (Waiting("resume", "", ROLES, ""), "cockpit resume r"),
        (Waiting("credentials", "", ROLES, ""), "cockpit attach r"),
        (
            Waiting("lock", "lock-h", ROLES, "", options=("take over",)),
            "cockpit decide r lock-h 'take over' --note TEXT",
        ),
        (Waiting("condition", "s", ROLES, "", options=("run", "skip")), "cockpit decide r s run|skip --note TEXT"),
        (
            Waiting("answer", "s", ROLES, "", host="h", options=("retry", "drop", "skip", "hold")),
            "cockpit retry|drop|skip r s --host h --note TEXT",
        ),
    ],
)
def test_command_that_answers_is_spelled(entry: Waiting, command: str) -> None:
    assert command_for("r", entry) == command
