"""A site for each test, and terminals on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from tests.conftest import Home
from tests.e2e.site import HURRIED, SHORTER, Site, playbook, write_hooks
from tests.e2e.terminal import Terminal
from tests.loopback.fleet import Fleet
from tests.loopback.keeper import Keeper
from tests.loopback.load import Load
from tests.loopback.pilot import Cockpit
from tests.loopback.service import Service

Open = Callable[..., Terminal]


@pytest.fixture
def site(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Three hosts at 1.0.0 whose settings this test's login has; nothing of it goes on after the test."""
    folder = home.user.parent
    monkeypatch.chdir(home.user)
    (home.user / HURRIED).write_text(playbook(SHORTER))
    keeper = Keeper(folder)
    with Fleet(folder / "hosts") as fleet, Service(fleet) as service, Load(service):
        settings = home.config / "cockpit"
        settings.mkdir(mode=0o700)
        (settings / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
        write_hooks(fleet)
        yield Site(fleet, service, Cockpit({}))
    keeper.close()


@pytest.fixture
def open_terminal(home: Home) -> Iterator[Open]:
    """Opens terminals of the test's own: `open_terminal(command, (80, 24))`."""
    with ExitStack() as opened:
        count = iter(range(100))

        def open_(command: Sequence[str], size: tuple[int, int] = (120, 36)) -> Terminal:
            folder = home.user.parent / f"terminal-{next(count)}"
            return opened.enter_context(Terminal(folder, command, size))

        yield open_
