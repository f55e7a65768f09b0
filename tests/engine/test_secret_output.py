"""A secret that a command prints while its engine is killed: it is nowhere to be found, and the rest is whole."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cockpit.release.state import State
from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import living, settle_in
from tests.engine.test_hostile_output import painted, terminal
from tests.loopback.fleet import Fleet
from tests.loopback.pilot import Cockpit
from tests.loopback.waiting import wait_until

FIRST: Final = "Zk4-first-half-of-it"
SECOND: Final = "Qx9-second-half-of-it"
SECRET: Final = FIRST + SECOND
CUT: Final = len(FIRST)

COMMAND: Final = (
    'echo x >> ~/ran; printf "whole %s.\\n" "$token"; '
    f'a=$(printf %s "$token" | cut -c1-{CUT}); printf "split %s" "$a"; '
    f'touch ~/half; until test -e ~/go; do sleep 0.05; done; printf %s "$token" | cut -c{CUT + 1}-; '
    'echo "value=<$token>" >> "$COCKPIT_CAPTURE"; echo the end; exit 4'
)
STARS: Final = b"*" * len(SECRET)
PRINTED: Final = b"whole %s.\nsplit %s\nthe end\n" % (STARS, STARS)


@pytest.fixture(autouse=True)
def hosts_at_rest(fleet: Fleet, home: Home) -> None:
    """The shared hosts, without leftovers."""
    settle_in(fleet, home, "half")


def holding(folder: Path) -> list[str]:
    """The files below a folder that hold a half of the secret."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(half.encode() in path.read_bytes() for half in (FIRST, SECOND))]


def argument_lists() -> Iterator[bytes]:
    """The command lines of every process of this machine."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield file.read_bytes()
        except OSError:
            continue


def supplied(state: State) -> bool:
    return bool(state.plan) and not state.missing


async def shown() -> bytes:
    """What the command line and the screen show of the release."""
    commands = (("log", "rel", "--format", "json"), ("output", "rel", "use"), ("status", "rel"))
    said = [await asyncio.to_thread(subprocess.check_output, Cockpit({}).command(*words)) for words in commands]
    with terminal("attach", "rel", "--observe") as master:
        screen = await asyncio.to_thread(painted, master, b"the end")
    return b"".join([*said, screen])


async def test_secret_split_by_the_death_of_its_engine_is_nowhere(fleet: Fleet) -> None:
    text = playbook(
        f"{{id: use, on: web, captures: [value], run: '{COMMAND}'}}",
        head="hosts: {web: [web-1]}\nsecrets: {token: {env: TOKEN}}",
    )
    async with living(text) as release:
        await release.waits("credentials")
        await release.supply({"token": SECRET})
        await asyncio.to_thread(wait_until, (fleet["web-1"].home / "half").exists, "half of it is printed", 30)
        await release.prints("use", b"split", "web-1")
        assert not [line for line in argument_lists() if FIRST.encode() in line]
        release.kill()
        await release.until(lambda state: state.missing)
        assert holding(release.place.folder) == []
        (fleet["web-1"].home / "go").touch()
        await release.supply({"token": SECRET})
        await release.waits("answer", "use")
        assert release.output("use", "web-1") == PRINTED
        assert release.state.captures["value"]["web-1"] == f"<{STARS.decode()}>"
        assert holding(release.place.folder) == []
        seen = await shown()
        assert b"the end" in seen
        assert not [half for half in (FIRST, SECOND) if half.encode() in seen]
    assert (fleet["web-1"].home / "ran").read_text() == "x\n"
