"""A place where shipped playbooks are flown for real."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

import pytest

from tests.conftest import Home
from tests.loopback.fleet import Fleet
from tests.playbooks import rehearsed
from tests.playbooks.site import Site, folders

MakeSite = Callable[[Sequence[str], Callable[[Site, str], object], Mapping[str, float]], Site]


@pytest.fixture(scope="session", autouse=True)
def stories(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One folder for the rehearsals of all processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "stories"
    folder.mkdir(mode=0o700, exist_ok=True)
    rehearsed.FOLDERS.append(folder)


@pytest.fixture
def site_of(hosts: Callable[..., Fleet], home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeSite]:
    """Makes a site of these hosts, of what a web server answers, and of what each metric shows."""
    with ExitStack() as running:

        def make(names: Sequence[str], answer: Callable[[Site, str], object], metrics: Mapping[str, float]) -> Site:
            fleet = hosts(names, ["bash", "dash"])
            folder = home.config / "cockpit"
            folder.mkdir(mode=0o700)
            (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
            folders([home.user, *(host.home for host in fleet.values())])
            (home.user / "metrics").mkdir()
            for name, value in metrics.items():
                (home.user / "metrics" / name).write_text(f"{value}\n")
            site = Site(home.user / "site", fleet, lambda path: answer(site, path))
            monkeypatch.setenv("PATH", f"{site.path('here')}:{os.environ['PATH']}")
            return running.enter_context(site)

        yield make
