"""Starting, finding and stopping a release's supervisor, which keeps its engine running."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cockpit.engine import arguments
from cockpit.engine.client import greeting
from cockpit.engine.exits import FINAL, meaning
from cockpit.engine.launch import environment, outlives_login, systemd_run
from cockpit.engine.peer import login_of
from cockpit.engine.place import Place
from cockpit.engine.protocol import Welcome
from cockpit.errors import Unreachable
from cockpit.journal.lock import holder

ENGINE = (sys.executable, "-P", "-m", "cockpit.engine")
REHEARSAL = (sys.executable, "-P", "-m", "cockpit.rehearsal")
"""The command that starts an engine, and one that starts the engine of a rehearsal; the words of its place follow."""

_PARENT = (sys.executable, "-P", "-m", "cockpit.engine.parent")
_WITHIN = 20.0
_LOOK = 0.03
_LOG_LIMIT = 8 << 20
_TAIL = 1500


async def ensure(place: Place, *, engine: Sequence[str] = (), within: float = _WITHIN) -> Welcome:
    """The welcome of the engine that runs, under a supervisor; whichever is missing is started.

    `engine` is the command for it, where it is another than the one that fits.
    """
    welcome = await greeting(place)
    if welcome is not None and holder(place.supervisor_lock) is not None:
        return welcome
    return await start(place, engine=engine, within=within)


async def start(place: Place, *, engine: Sequence[str] = (), within: float = _WITHIN) -> Welcome:
    """Start a supervisor, wait for its engine, and return what that says; harmless where there is one already.

    Unreachable, with the end of the log, when no engine answers within so many seconds, or none ever will.
    """
    place.check()
    began = time.monotonic()
    command = engine or (REHEARSAL if place.scenario.exists() else ENGINE)
    with contextlib.closing(await _launch(place, command)) as reports:
        while True:
            reports.read()
            welcome = await greeting(place) if reports.is_settled else None
            if welcome is not None and holder(place.supervisor_lock) is not None:
                return welcome
            if reports.status in FINAL or time.monotonic() - began > within:
                raise _not_started(place, reports.status)
            await asyncio.sleep(_LOOK)


async def stop(place: Place, *, within: float = _WITHIN) -> bool:
    """Stop the supervisor, and with it the engine; whether there was any. Commands on hosts go on."""
    supervisor = await _end(place.supervisor_lock, within)
    engine = await _end(place.lock, within)  # one that a dead supervisor has left
    return supervisor or engine


async def _end(lock: Path, within: float) -> bool:
    """Tell the holder of a lock to end, and wait until it has; whether there was one."""
    pid = holder(lock)
    if not pid:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    began = time.monotonic()
    while holder(lock) == pid:
        if time.monotonic() - began > within:
            raise Unreachable(f"process {pid} does not end", where=str(lock))
        await asyncio.sleep(_LOOK)
    return True


class _Reports:
    """The reading end of a supervisor's reports."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.is_settled = False
        """Whether it is clear who supervises: the process that was started, or one that was there."""
        self.status: int | None = None
        """The exit status of the latest engine that ended."""

    def read(self) -> None:
        """Take in what there is."""
        with contextlib.suppress(BlockingIOError):
            lines = os.read(self._descriptor, 4096).decode().splitlines()
            self.is_settled = True
            self.status = next((int(line) for line in reversed(lines) if line.lstrip("-").isdigit()), self.status)

    def close(self) -> None:
        """Listen no more."""
        os.close(self._descriptor)


async def _launch(place: Place, engine: Sequence[str]) -> _Reports:
    """Start the supervisor: by systemd where that outlives the login, else as a process of a session of its own."""
    command = (*_PARENT, *arguments.words(place))
    reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    reports = _Reports(reading)
    try:
        if not await _by_systemd(place, (*command, "--stay", "--", *engine)):
            await _detached(place, (*command, "--report", str(writing), "--", *engine), writing)
    except BaseException:
        reports.close()
        raise
    finally:
        os.close(writing)
    return reports


async def _detached(place: Place, command: Sequence[str], report: int) -> None:
    log = _open_log(place)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment(os.environ),
            pass_fds=(report,),
            start_new_session=True,
        )
    finally:
        os.close(log)
    if await process.wait() != 0:
        raise _not_started(place, None)


def _open_log(place: Place) -> int:
    with contextlib.suppress(FileNotFoundError):
        if place.log.stat().st_size > _LOG_LIMIT:
            place.log.replace(place.log.with_suffix(".log.1"))
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, place.file_mode)
    with contextlib.suppress(PermissionError):  # in a shared folder it may be another's
        os.fchmod(log, place.file_mode)
    return log


def _not_started(place: Place, status: int | None) -> Unreachable:
    why = meaning(status) if status is not None else "it does not answer"
    text = place.log.read_text(errors="replace")[-_TAIL:].strip() if place.log.exists() else ""
    return Unreachable(
        f"the engine of {place.release} did not start: {why}" + (f"\n{text}" if text else ""),
        where=str(place.folder),
        hint=f"all of it is in {place.log}",
    )


async def _by_systemd(place: Place, command: Sequence[str]) -> bool:
    """Whether systemd has taken it."""
    if not outlives_login(os.environ, login_of(os.geteuid())):
        return False
    kept = environment(os.environ)
    process = await asyncio.create_subprocess_exec(
        *systemd_run(place, command, sorted(kept)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return await process.wait() == 0
