"""Somebody who watches from another terminal."""

from __future__ import annotations

from tests.e2e.captain import Captain
from tests.e2e.conftest import Open
from tests.e2e.site import RELEASE, RUN, Site

ONLY_WATCHES = "you only watch"


def test_observer_sees_everything_and_changes_nothing(site: Site, open_terminal: Open) -> None:
    captain = Captain(open_terminal(site.command(*RUN)))
    captain.start()
    observer = Captain(open_terminal(site.command("attach", RELEASE, "--observe")))
    observer.arrive()
    captain.prepare()
    captain.sign("go", "captain")
    observer.awaits("go")
    for key, action in {"h": "hold", "g": "go / no-go", "R": "roll back", "A": "abort"}.items():
        observer.terminal.keys(key)
        observer.terminal.wait(f"{action}: {ONLY_WATCHES}")
    assert site.status()["state"] == "waiting"
    captain.go(RELEASE)
    observer.awaits("go-on")
    assert observer.leave() == 0
