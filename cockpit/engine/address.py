"""Unix sockets in folders with long names: the kernel takes 107 bytes, so the folder is named by an open descriptor."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LIMIT = 100
_BACKLOG = 128


def listen(path: Path, mode: int) -> socket.socket:
    """A listening socket at `path`; whatever socket was there is replaced at once, with no moment without one."""
    fresh = path.with_name(path.name + ".new")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        fresh.unlink(missing_ok=True)
        with _short(fresh) as address:
            listener.bind(address)
        fresh.chmod(mode)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
        fresh.replace(path)
    except BaseException:
        listener.close()
        raise
    return listener


def remove(path: Path, inode: int) -> None:
    """Remove the socket at `path`, if it is still the one with that inode."""
    with contextlib.suppress(FileNotFoundError):
        status = path.lstat()
        if stat.S_ISSOCK(status.st_mode) and status.st_ino == inode:
            path.unlink()


def connect(path: Path) -> socket.socket:
    """A connected, non-blocking socket, or OSError: a Unix socket connects at once or not at all."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        with _short(path) as address:
            connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def answers(path: Path) -> bool:
    """Whether somebody listens at `path`."""
    try:
        connect(path).close()
    except OSError:
        return False
    return True


@contextmanager
def _short(path: Path) -> Iterator[str]:
    if len(os.fsencode(path)) <= _LIMIT:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
