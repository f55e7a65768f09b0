"""Peers of a real engine's socket that send nonsense, or nothing, while a release goes on."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from hashlib import shake_256
from pathlib import Path

import pytest

from cockpit.engine import protocol
from cockpit.engine.place import Place
from cockpit.engine.protocol import Bye, Hello
from cockpit.release.events import EngineStarted
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import Lived, living, settle_in
from tests.engine.test_server import SEEN_BY_NOBODY, WATCH, answer_to, framed, raw
from tests.loopback.fleet import Fleet

SLOW = "echo slow >> ~/ran; echo begun; until test -e ~/go; do sleep 0.05; done; echo over"
TEXT = playbook(f"{{id: slow, on: web, run: '{SLOW}'}}", head="hosts: {web: [web-1]}")
NONSENSE = {
    "huge": b"\xff\xff\xff\xff" + bytes(1 << 16),
    "cut": WATCH[:-3],
    "random": shake_256(b"stream").digest(1 << 16),
    "random frame": framed(shake_256(b"frame").digest(900)),
    "nested": framed(b"\x91" * 50_000 + b"\x90"),
    "random behind a hello": WATCH + framed(shake_256(b"message").digest(900)),
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "nothing": b"",
}


@pytest.fixture(autouse=True)
def hosts_at_rest(fleet: Fleet, home: Home) -> None:
    """The shared hosts, without leftovers."""
    settle_in(fleet, home)


async def finish(release: Lived, fleet: Fleet) -> None:
    """The command ran once, and no other engine was needed."""
    (fleet["web-1"].home / "go").touch()
    await release.stands("done")
    assert release.output("slow", "web-1") == b"begun\nover\n"
    assert sum(isinstance(each.event, EngineStarted) for each in release.records) == 1
    assert (fleet["web-1"].home / "ran").read_text() == "slow\n"


async def test_release_goes_on_whatever_peers_send(fleet: Fleet) -> None:
    async with living(TEXT) as release, AsyncExitStack() as silent:
        await release.prints("slow", b"begun", "web-1")
        for _ in range(100):
            await silent.enter_async_context(raw(release.place))
        for stream in NONSENSE.values():
            await answer_to(release.place, stream)
        await finish(release, fleet)


async def test_client_of_another_version_is_told_and_harms_nothing(fleet: Fleet) -> None:
    async with living(TEXT) as release:
        await release.prints("slow", b"begun", "web-1")
        hello = protocol.encode(Hello(oldest=90, newest=99), protocol.TO_ENGINE)
        (bye,) = await answer_to(release.place, hello)
        assert isinstance(bye, Bye)
        assert "the client 90 to 99" in bye.reason
        await finish(release, fleet)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another login")
async def test_another_login_gets_nothing_even_where_the_folders_are_open(fleet: Fleet, ground: Path) -> None:
    async with living(TEXT) as release:
        await release.prints("slow", b"begun", "web-1")
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
        command = [*nobody, "/usr/bin/python3", "-c", SEEN_BY_NOBODY, str(release.place.socket)]
        shut = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        assert b"PermissionError" in shut.stderr
        with opened_up(release.place, ground):
            told = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        assert b"belongs to another login" in told.stdout
        assert b"slow" not in told.stdout
        await finish(release, fleet)


@contextmanager
def opened_up(place: Place, ground: Path) -> Iterator[None]:
    """Let everybody reach the socket, as a careless administrator would."""
    folders = [each for each in (place.folder, *place.folder.parents) if each.is_relative_to(ground)]
    modes = {path: path.stat().st_mode for path in (*folders, place.socket)}
    for path in modes:
        path.chmod(0o777 if path == place.socket else 0o755)
    yield
    for path, mode in modes.items():
        path.chmod(mode)
