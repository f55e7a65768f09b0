"""A process that outlives the one which started it, and then ends everything that lives in a folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from tests.loopback.processes import HOMES, sweep

ROOT = Path(__file__).resolve().parents[2]


class Keeper:
    """Keeps a folder: when it is closed, or its process ends in whatever way, nothing goes on running in the folder.

    With `remove` the folder is removed as well.
    """

    def __init__(self, folder: Path, *, remove: bool = False) -> None:
        command = [sys.executable, "-m", "tests.loopback.keeper", str(folder), *(["remove"] if remove else [])]
        elsewhere = {name: value for name, value in os.environ.items() if f"{name}=" not in HOMES}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, cwd=ROOT, env=elsewhere, start_new_session=True
        )

    def close(self) -> None:
        """Sweep the folder now, and wait until that is done."""
        self._process.communicate()


def main(folder: Path, *, remove: bool) -> None:
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    sweep(folder)
    if remove:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), remove="remove" in sys.argv[2:])
