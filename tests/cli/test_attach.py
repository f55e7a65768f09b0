"""Coming back to releases."""

from __future__ import annotations

from tests.cli.conftest import Flight, Say, following
from tests.loopback.processes import kill, living_in
from tests.loopback.waiting import wait_until


def test_closed_release_is_shown_and_nothing_hangs(there: Flight, say: Say) -> None:
    said = say("attach", there.release)
    assert (said.code, said.err) == (0, "here-1 is closed; it ended: done\n")
    assert said.out == say("log", there.release).out


def test_no_release_is_open(there: Flight, say: Say) -> None:
    assert (say("attach").code, say("attach").err) == (2, "cockpit: no release is open\n")


def engine_of(flight: Flight) -> None:
    """End every process of the release, as a reboot does."""
    kill(living_in(flight.folder))


def test_only_open_release_is_attached_to_and_its_engine_started_again(flight: Flight) -> None:
    flight.start()
    engine_of(flight)
    follower = flight.cockpit.open("attach")
    wait_until(lambda: (flight.cockpit.status(flight.release) or {}).get("engine") == "running", "an engine runs", 20)
    flight.ask("abort", flight.release, "--note", "test")
    assert follower.wait(20) == 1


def test_observer_starts_no_engine(flight: Flight) -> None:
    flight.start()
    engine_of(flight)
    done = flight.cockpit.ask("attach", flight.release, "--observe")
    assert (done.returncode, "an observer starts none" in done.stderr, living_in(flight.folder)) == (4, True, [])


def test_release_that_has_not_ended_goes_before_one_that_has(flight: Flight) -> None:
    flight.start()
    other = Flight(flight.cockpit, "here-2", flight.folder)
    other.start()
    flight.ask("abort", flight.release, "--note", "test")
    with following(flight, "attach") as follower:
        flight.ask("abort", "here-2", "--note", "test")
        follower.communicate(timeout=20)
        assert follower.returncode == 1
    done = flight.cockpit.ask("attach")
    assert (done.returncode, "open: here-1, here-2" in done.stderr) == (2, True)
