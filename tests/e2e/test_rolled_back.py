"""The quickstart rolled back after its first host."""

from __future__ import annotations

from tests.e2e.captain import Captain
from tests.e2e.conftest import Open
from tests.e2e.site import RELEASE, RUN, Site


def test_keys_roll_a_release_back(site: Site, open_terminal: Open) -> None:
    before = site.orders()
    captain = Captain(open_terminal(site.command(*RUN)))
    captain.start()
    captain.prepare()
    captain.open_gate("go")
    captain.awaits("go-on")
    assert site.versions() == ["1.1.0", "1.0.0", "1.0.0"]
    captain.roll_back()
    captain.stands("rolled back")
    assert site.versions() == ["1.0.0"] * 3
    assert site.orders() == before
    assert site.checkouts() == {"web-1": ["1.1.0", "1.0.0"], "web-2": [], "web-3": []}
    assert captain.leave() == 5
    assert site.cockpit.ask("attach", RELEASE).returncode == 5
