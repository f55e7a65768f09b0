"""The quickstart from its start to done."""

from __future__ import annotations

from tests.e2e.captain import Captain
from tests.e2e.conftest import Open
from tests.e2e.site import RELEASE, RUN, Site
from tests.loopback.pilot import Pilot


def test_keys_bring_a_release_from_start_to_done(site: Site, open_terminal: Open) -> None:
    captain = Captain(open_terminal(site.command(*RUN)))
    captain.start()
    captain.prepare()
    captain.open_gate("go")
    captain.awaits("go-on")
    assert site.versions() == ["1.1.0", "1.0.0", "1.0.0"]
    captain.open_gate("go-on")
    captain.stands("done")
    assert site.versions() == ["1.1.0"] * 3
    site.assert_once("1.1.0")
    captain.close()
    assert site.traces() == []
    assert captain.leave() == 0
    assert "the chain is whole" in site.cockpit.ask("verify", RELEASE).stdout


def test_command_line_brings_a_release_from_start_to_done(site: Site) -> None:
    follower = site.cockpit.open(*RUN, "--headless")
    assert Pilot(site.cockpit, RELEASE).fly(follower) == 0
    assert site.versions() == ["1.1.0"] * 3
    assert {event["step"] for event in site.log("step-passed")} >= {"watch-first", "watch-all"}
    site.assert_once("1.1.0")
    assert site.cockpit.ask("close", RELEASE).returncode == 0
    assert (site.status()["state"], site.traces()) == ("closed", [])


def test_refused_start_leaves_nothing(site: Site, open_terminal: Open) -> None:
    terminal = open_terminal(site.command(*RUN))
    terminal.wait("enter chooses")
    terminal.keys("Enter")
    assert terminal.exit_status() == 3
    assert site.cockpit.ask("status").stdout == ""
    assert site.traces() == []
