"""A real terminal: tmux runs a command in it, keys go in, what is on the screen comes out."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self

DEADLINE: Final = 30.0
"""Seconds until something that should be on the screen counts as missing."""

LOOK: Final = 0.5
"""Seconds until it is looked at again when nothing was painted."""

TELL_STATUS: Final = 'trap : INT; "$@"; echo $? >"$0"'
"""The shell around the command; tmux itself at times misses the end of a child."""

OPTIONS: Final = {
    "remain-on-exit": "on",
    "status": "off",
    "default-terminal": "tmux-256color",
    "escape-time": "0",
}


class Terminal:
    """One tmux server with one window of `size` columns and lines.

    `folder` is made anew; it takes the server's socket and a pipe that tells when something was painted.
    """

    def __init__(self, folder: Path, command: Sequence[str], size: tuple[int, int] = (120, 36)) -> None:
        self._socket, self._paint, self._status = folder / "tmux", folder / "paint", folder / "status"
        self._command = ["sh", "-c", TELL_STATUS, str(self._status), *command]
        self._size = size
        folder.mkdir(mode=0o700)

    def __enter__(self) -> Self:
        os.mkfifo(self._paint)
        self._pipe = os.open(self._paint, os.O_RDWR | os.O_NONBLOCK)
        width, height = map(str, self._size)
        options = [word for name, value in OPTIONS.items() for word in ("set-option", "-g", name, value, ";")]
        window = ["new-session", "-d", "-s", "t", "-x", width, "-y", height, "--", *self._command, ";"]
        self._tmux("start-server", ";", *options, *window, "pipe-pane", "-t", "t", f"exec cat > '{self._paint}'")
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        os.close(self._pipe)

    def keys(self, *keys: str) -> None:
        """Press keys at once, by tmux's names (`Enter`, `C-p`, `y`); a text of several letters is typed."""
        self._tmux("send-keys", "-t", "t", *keys)

    def type(self, text: str) -> None:
        """Type text as it is."""
        self._tmux("send-keys", "-t", "t", "-l", text)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the terminal."""
        self._tmux("resize-window", "-t", "t", "-x", str(width), "-y", str(height))

    def screen(self) -> str:
        """What is on the screen now."""
        return self._tmux("capture-pane", "-p", "-t", "t")

    def wait(self, pattern: str, deadline: float = DEADLINE) -> str:
        """Wait until the screen matches a regular expression; the screen."""
        return self.until(lambda screen: re.search(pattern, screen) is not None, pattern, deadline)

    def wait_gone(self, pattern: str, deadline: float = DEADLINE) -> str:
        """Wait until nothing on the screen matches; the screen."""
        return self.until(lambda screen: re.search(pattern, screen) is None, f"no {pattern}", deadline)

    def until(self, holds: Callable[[str], bool], what: str, deadline: float = DEADLINE) -> str:
        """Wait until something holds of the screen, looking after each paint; the screen."""
        end = time.monotonic() + deadline
        while not holds(screen := self.screen()):
            assert time.monotonic() < end, f"after {deadline:g} s, never saw {what}:\n{screen}"
            self._await_paint()
        return screen

    def exit_status(self, deadline: float = DEADLINE) -> int:
        """Wait until the command has ended; its exit status."""
        self.until(lambda _: self._status.exists() and self._status.read_text() != "", "its end", deadline)
        return int(self._status.read_text())

    def _await_paint(self) -> None:
        if select.select([self._pipe], [], [], LOOK)[0]:
            os.read(self._pipe, 1 << 16)

    def kill(self) -> None:
        """Kill the terminal; what runs in it gets SIGHUP and finds its terminal gone, as with a lost connection."""
        subprocess.run(self._words("kill-server"), check=False, capture_output=True, env=environment())

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(self._words(*words), check=True, capture_output=True, text=True, env=environment())
        return done.stdout

    def _words(self, *words: str) -> list[str]:
        return ["tmux", "-S", str(self._socket), "-f", "/dev/null", *words]


def environment() -> dict[str, str]:
    """Ours, without the size of a terminal: readline in this process would hand that of our own down."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
