"""A version whose errors rise once customers use it: rolled back by itself, with nobody attached."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import Home
from tests.e2e.captain import Captain
from tests.e2e.conftest import Open
from tests.e2e.site import PLAYBOOK, Site, playbook
from tests.loopback.load import Load
from tests.loopback.pilot import Pilot
from tests.loopback.waiting import wait_until

RELEASE = "orders-1.2.0"
BRISK = {"wait: 10s": "wait: 4s", "samples: 5": "samples: 3", "for 5s": "for 2s", "countdown: 15s": "countdown: 8s"}
PARAMS = ("--release", RELEASE, "-p", "version=1.2.0", "-p", "previous=1.0.0")
RUN = ("run", "brisk.yaml", *PARAMS)
LONG = 120.0


@pytest.fixture
def bad(site: Site, home: Home) -> Iterator[Site]:
    """Where the version with the fault is released, to twice as many customers."""
    (home.user / "brisk.yaml").write_text(playbook(BRISK))
    with Load(site.service):
        yield replace(site, release=RELEASE)


@pytest.fixture
def watched(bad: Site) -> Site:
    """In the guard of the first host, with nobody attached: the run that began it was killed."""
    follower = bad.cockpit.open(*RUN, "--headless")
    fly_into_guard(bad)
    abandon(follower)
    return bad


def fly_into_guard(site: Site) -> None:
    pilot = Pilot(site.cockpit, RELEASE)

    def is_watching() -> bool:
        pilot.answer_next()
        return bool((site.cockpit.status(RELEASE) or {}).get("step") == "watch-first")

    wait_until(is_watching, "the first host is watched", LONG)


def abandon(follower: subprocess.Popen[bytes]) -> None:
    follower.kill()
    follower.wait()


def is_announced(site: Site) -> bool:
    return any(entry["what"] == "veto" for entry in site.status()["waiting_for"])


def stands(site: Site, state: str) -> None:
    wait_until(lambda: site.status()["state"] == state, f"it is {state}", LONG)


def attempts(site: Site, step: str) -> list[dict[str, Any]]:
    return [event for event in site.log("attempt-started") if (event["step"], event["part"]) == (step, "run")]


def assert_rolled_back_once(site: Site) -> None:
    stands(site, "rolled_back")
    assert site.versions() == ["1.0.0"] * 3
    assert site.checkouts() == {"web-1": ["1.2.0", "1.0.0"], "web-2": [], "web-3": []}
    assert [event["host"] for event in attempts(site, "undo-first")] == ["web-1"]
    (ordered,) = site.log("rollback-started")
    assert ordered["note"].startswith("errors is failing on web-1")
    assert site.cockpit.ask("attach", RELEASE).returncode == 5


def test_bad_version_is_rolled_back_with_nobody_attached(bad: Site) -> None:
    before = bad.orders()
    follower = bad.cockpit.open("run", str(PLAYBOOK), *PARAMS, "--headless")
    fly_into_guard(bad)
    abandon(follower)
    assert_rolled_back_once(bad)
    assert bad.orders() == before
    assert bad.status()["verdicts"]["errors"] == "passing"


def test_bad_version_is_rolled_back_after_its_captain_left(bad: Site, open_terminal: Open) -> None:
    captain = Captain(open_terminal(bad.command(*RUN)), RELEASE)
    captain.start()
    captain.prepare()
    captain.open_gate("go")
    captain.runs("watch-first")
    assert captain.leave() == 0
    assert_rolled_back_once(bad)


def test_keys_veto_a_rollback(bad: Site, home: Home, open_terminal: Open) -> None:
    (home.user / "brisk.yaml").write_text(playbook({**BRISK, "countdown: 15s": "countdown: 30s"}))
    captain = Captain(open_terminal(bad.command(*RUN)), RELEASE)
    captain.start()
    captain.prepare()
    captain.open_gate("go")
    captain.terminal.wait("rolls back by itself in", deadline=60)
    captain.veto("errors")
    wait_until(lambda: [event["rule"] for event in bad.log("vetoed")] == ["errors"], "it is vetoed", LONG)
    assert (bad.versions()[0], bad.log("rollback-started")) == ("1.2.0", [])
    captain.roll_back()
    captain.stands("rolled back")
    assert bad.versions() == ["1.0.0"] * 3


def test_engine_that_is_killed_in_a_guard_is_followed_by_one_that_watches(watched: Site) -> None:
    watched.kill_engine()
    assert_rolled_back_once(watched)
    assert len(watched.log("engine-started")) == 2


def test_engine_that_is_killed_in_a_countdown_is_followed_by_one_that_goes_back(watched: Site) -> None:
    wait_until(lambda: is_announced(watched), "a rollback is announced", LONG)
    watched.kill_engine()
    assert_rolled_back_once(watched)
    assert len(watched.log("engine-started")) == 2
    assert len(watched.log("rollback-announced")) <= 2, "once more where the gap began what must last anew"


def test_veto_in_time_leaves_the_version_where_it_is(watched: Site) -> None:
    wait_until(lambda: is_announced(watched), "a rollback is announced", LONG)
    said = watched.cockpit.ask("veto", RELEASE, "errors", "--note", "the customers are ours")
    assert said.returncode == 0, said.stderr
    wait_until(lambda: [each["what"] for each in watched.status()["waiting_for"]] == ["decision"], "it asks", LONG)
    assert (watched.versions()[0], watched.log("rollback-started")) == ("1.2.0", [])
    said = watched.cockpit.ask("decide", RELEASE, "errors", "roll back", "--note", "no, they are not")
    assert said.returncode == 0, said.stderr
    stands(watched, "rolled_back")
    assert watched.versions() == ["1.0.0"] * 3
