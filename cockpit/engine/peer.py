"""Who is at the other end of a Unix socket, as the kernel says."""

from __future__ import annotations

import functools
import pwd
import socket
import struct

_LOCAL_PEERCRED = 1


def uid_of(connection: socket.socket) -> int:
    """The uid of the process that opened the other end."""
    if hasattr(socket, "SO_PEERCRED"):
        answer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", answer)[1])
    answer = connection.getsockopt(0, _LOCAL_PEERCRED, struct.calcsize("2I"))
    return int(struct.unpack("2I", answer)[1])


@functools.lru_cache
def login_of(uid: int) -> str:
    """The login of a uid; `uid:1234` where the system has no name for it, which no login can be."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid:{uid}"
