"""When the terminal goes, so does this process, at once; told to end, it first puts the terminal in order."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from contextlib import suppress
from threading import Thread
from typing import Any

from textual.app import App

HUNG_UP = 128 + signal.SIGHUP
"""Exit code of a process whose terminal went away."""


def ends_with_terminal(app: App[Any]) -> None:
    """From now on a closed terminal ends the process, and SIGTERM leaves in order."""
    if app.is_headless or not sys.__stdin__ or not sys.__stdin__.isatty():
        return
    with suppress(ValueError, NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.exit)
        signal.signal(signal.SIGHUP, lambda *_: os._exit(HUNG_UP))
    Thread(target=_wait_for_hangup, args=(sys.__stdin__.fileno(),), name="hangup", daemon=True).start()


def _wait_for_hangup(terminal: int) -> None:
    """Textual's reader spins on a terminal that is gone: nothing is left to be told, so the process ends here."""
    poll = select.poll()
    poll.register(terminal, 0)
    while not any(what & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, what in poll.poll()):
        pass
    os._exit(HUNG_UP)
