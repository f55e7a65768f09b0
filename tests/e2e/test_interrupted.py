"""A terminal, an engine and a supervisor that die in the middle of a command on a host."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.captain import Captain
from tests.e2e.conftest import Open
from tests.e2e.site import RELEASE, RUN, Pause, Site
from tests.loopback.waiting import wait_until

ATTACH = ("attach", RELEASE)


@pytest.fixture
def captain(site: Site, open_terminal: Open) -> Captain:
    """At the gate before the other hosts."""
    captain = Captain(open_terminal(site.command(*RUN)))
    captain.start()
    captain.prepare()
    captain.open_gate("go")
    captain.awaits("go-on")
    return captain


@pytest.fixture
def pause(site: Site, captain: Captain) -> Iterator[Pause]:
    """In the middle of the checkout on web-2."""
    with site.paused("web-2") as pause:
        captain.open_gate("go-on")
        pause.reached()
        yield pause


def finish(site: Site, captain: Captain) -> None:
    """From the middle of web-2 to done, with nothing run twice."""
    captain.stands("done")
    assert site.versions() == ["1.1.0"] * 3
    site.assert_once("1.1.0")
    captain.close()
    assert site.traces() == []
    assert captain.leave() == 0


def test_release_outlives_its_terminal(site: Site, captain: Captain, pause: Pause, open_terminal: Open) -> None:
    captain.terminal.kill()
    assert site.status()["step"] == "deploy-others"
    again = Captain(open_terminal(site.command(*ATTACH)))
    again.runs("deploy-others")
    pause.end()
    finish(site, again)


def test_release_goes_on_while_nobody_watches(site: Site, captain: Captain, pause: Pause, open_terminal: Open) -> None:
    captain.terminal.kill()
    pause.end()
    wait_until(lambda: site.status()["state"] == "done", "the release is done", 60)
    finish(site, Captain(open_terminal(site.command(*ATTACH))))


def test_killed_engine_comes_back_by_itself(site: Site, captain: Captain, pause: Pause) -> None:
    site.kill_engine()
    wait_until(lambda: len(site.log("engine-started")) == 2, "its supervisor has started another", 60)
    captain.arrive()
    pause.end()
    finish(site, captain)


def test_attach_starts_an_engine_whose_supervisor_died_too(
    site: Site, captain: Captain, pause: Pause, open_terminal: Open
) -> None:
    site.kill_engine(with_parent=True)
    captain.terminal.wait("engine lost")
    captain.terminal.kill()
    again = Captain(open_terminal(site.command(*ATTACH)))
    again.runs("deploy-others")
    pause.end()
    finish(site, again)
