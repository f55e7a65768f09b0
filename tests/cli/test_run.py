"""Starting releases, and following them without a screen."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.books import HERE, QUICK, SECRET, write
from tests.cli.conftest import Flight, Say, following
from tests.conftest import Home
from tests.loopback.processes import kill, living_in


def test_headless_run_ends_with_0_when_the_release_is_done(flight: Flight) -> None:
    book = write(flight.folder, QUICK)
    done = flight.cockpit.ask("run", str(book), "--release", "quick-1", "--headless")
    assert (done.returncode, done.stdout.splitlines()[-1].endswith("ended: done")) == (0, True)


def test_headless_run_streams_json_an_object_a_line(flight: Flight) -> None:
    book = write(flight.folder, QUICK)
    done = flight.cockpit.ask("run", str(book), "--release", "quick-1", "--headless", "--format", "json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [records[0]["event"]["event"], records[-1]["event"]["event"]] == ["opened", "ended"]
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))


def running(flight: Flight) -> list[str]:
    """The words of a headless run."""
    return ["run", str(write(flight.folder, HERE)), "--release", flight.release, "--headless"]


def test_headless_run_ends_with_1_when_the_release_is_aborted(flight: Flight) -> None:
    with following(flight, *running(flight)) as follower:
        flight.ask("abort", flight.release, "--note", "test")
        follower.communicate(timeout=20)
        assert follower.returncode == 1


def test_headless_run_ends_with_5_when_the_release_is_rolled_back(flight: Flight) -> None:
    with following(flight, *running(flight)) as follower:
        flight.ask("rollback", flight.release, "--confirm", flight.release, "--note", "test")
        follower.communicate(timeout=20)
        assert follower.returncode == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_the_follower_and_not_the_release(flight: Flight, number: signal.Signals) -> None:
    with following(flight, *running(flight)) as follower:
        follower.send_signal(number)
        _, err = follower.communicate(timeout=20)
    assert (follower.returncode, f"{flight.release} goes on" in err) == (130, True)
    status = flight.cockpit.status(flight.release)
    assert status is not None
    assert (status["state"], status["engine"]) == ("waiting", "running")


def test_used_name_is_refused(waiting: Flight) -> None:
    book = write(waiting.folder, QUICK, "again.yaml")
    done = waiting.cockpit.ask("run", str(book), "--release", waiting.release, "--headless")
    assert (done.returncode, "there is a release here-1 already" in done.stderr) == (3, True)


def test_missing_secret_is_named_and_nothing_is_made(say: Say, home: Home, tmp_path: Path) -> None:
    said = say("run", str(write(tmp_path, SECRET)), "--release", "secret-1", "--headless")
    assert (said.code, "token ($SHOP_TOKEN), short ($SHOP_SHORT)" in said.err) == (4, True)
    assert list(home.state.iterdir()) == []


def test_wrong_playbook_makes_nothing(say: Say, home: Home, tmp_path: Path) -> None:
    said = say("run", str(tmp_path / "no.yaml"), "--release", "x-1", "--headless")
    assert (said.code, "P001" in said.err, list(home.state.iterdir())) == (2, True, [])


@pytest.mark.parametrize("name", ["", "../x", "-x", "a/b", "x" * 81, "a\nb", "\x1b[2J", "."])
def test_odd_names_are_usage_errors(say: Say, home: Home, tmp_path: Path, name: str) -> None:
    said = say("run", str(write(tmp_path, QUICK)), f"--release={name}", "--headless")
    assert (said.code, "not a release's name" in said.err, "\x1b" in said.err) == (2, True, False)
    assert list(home.state.iterdir()) == []


def test_engine_that_does_not_start_is_told_with_its_log_and_attach_tries_again(flight: Flight) -> None:
    flight.start()
    kill(living_in(flight.folder))
    settings = flight.folder / "config" / "cockpit" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text("nonsense")
    done = flight.cockpit.ask("attach", flight.release)
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert "settings.toml" in done.stderr
    assert f"`cockpit attach {flight.release}` tries again" in done.stderr
    settings.unlink()
    with following(flight, "attach", flight.release) as follower:
        flight.ask("abort", flight.release, "--note", "test")
        follower.communicate(timeout=20)
        assert follower.returncode == 1
