"""A Python in which every process notes down whom it talks to, what it starts and which secrets it reads.

It is an environment of its own around the one that the tests run in, so that also processes which are started with a
new environment are recorded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HOOK = """\
import json, os, socket, sys
_record = os.open({record!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
os.set_inheritable(_record, False)
_STARTS = {{"subprocess.Popen": 1, "os.exec": 1, "os.posix_spawn": 1, "os.system": 0}}

def _is_number():
    frame = sys._getframe(2)
    return frame.f_code.co_name == "getaddrinfo" and frame.f_locals.get("flags", 0) & socket.AI_NUMERICHOST

def _note(event, args):
    if event == "socket.getaddrinfo" and _is_number():
        return
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname", "socket.sethostname"):
        peer = args[0]
        family = getattr(peer, "family", None)
        what = [event, getattr(family, "name", ""), repr(args[1] if family is not None and len(args) > 1 else args)]
    elif event in _STARTS:
        what = [event, "", repr(args[_STARTS[event]])]
    elif event == "open" and {secret!r} in str(args[0]):
        what = [event, "", str(args[0])]
    else:
        return
    os.write(_record, (json.dumps([os.getpid(), *what]) + "\\n").encode())

sys.addaudithook(_note)
"""

UP = """\
import fcntl, socket, struct
with socket.socket() as made:
    fcntl.ioctl(made, 0x8914, struct.pack("16sH14x", b"lo", 0x49))
"""
"""Lets loopback of a new network namespace be used: SIOCSIFFLAGS, up and running."""


@dataclass(frozen=True)
class Noted:
    """Something that a process did: the audit event of Python, the socket's family, and to whom or what."""

    pid: int
    event: str
    family: str
    what: str


class Recorder:
    """Makes such a Python below a folder; `home` is where secrets lie, in `secret`."""

    def __init__(self, folder: Path) -> None:
        self._record = folder / "record"
        self.python = folder / "venv" / "bin" / "python"
        self.python.parent.mkdir(parents=True)
        self.python.symlink_to(Path(sys.executable).resolve())
        base = Path(sys.base_prefix) / "bin"
        (folder / "venv" / "pyvenv.cfg").write_text(f"home = {base}\ninclude-system-site-packages = false\n")
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = folder / "venv" / "lib" / version / "site-packages"
        packages.mkdir(parents=True)
        (packages / "real.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        (packages / "sitecustomize.py").write_text(HOOK.format(record=str(self._record), secret="/secret/"))

    def run(
        self, script: str, *words: str, loopback: bool, under: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run this Python script in a network namespace where nobody can be reached, but by loopback if that is up.

        `under` is a command that runs the Python.
        """
        up = UP if loopback else ""
        command = [*NAMESPACE, *under, str(self.python), "-P", "-c", up + script, *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    def noted(self) -> Iterator[Noted]:
        """Everything so far."""
        if self._record.exists():
            yield from (Noted(*json.loads(line)) for line in self._record.read_text().splitlines())


NAMESPACE: Sequence[str] = ("unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--net")


def refused() -> str:
    """Why there can be no network namespace here; empty where there can."""
    try:
        done = subprocess.run([*NAMESPACE, "true"], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return "there is no unshare"
    return "" if done.returncode == 0 else f"no network namespaces: {done.stderr.strip()}"
