"""Processor time of a benchmark and of everything that it starts, detached commands and servers among it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

ACCOUNTS: Final = Path("/sys/fs/cgroup/cpuacct")


class Cost(msgspec.Struct):
    """Seconds: on the clock, of this process, of all processes (0 where the kernel does not tell)."""

    wall: float = 0.0
    client: float = 0.0
    total: float = 0.0


class Account:
    """A control group of its own, if we may make one: a shared machine's other load is not counted then."""

    def __init__(self) -> None:
        self._group: Path | None = ACCOUNTS / f"cockpit-bench-{os.getpid()}"
        try:
            self._group.mkdir()
            (self._group / "cgroup.procs").write_text(str(os.getpid()))
        except OSError:
            self._group = None

    @contextmanager
    def measure(self) -> Iterator[Cost]:
        """What the block costs, filled in at its end."""
        cost = Cost()
        before = self._now()
        yield cost
        cost.wall, cost.client, cost.total = (now - then for now, then in zip(self._now(), before, strict=True))

    def close(self) -> None:
        """Leave the group, and remove it if it is empty."""
        if self._group is None:
            return
        try:
            (ACCOUNTS / "cgroup.procs").write_text(str(os.getpid()))
            self._group.rmdir()
        except OSError:
            return

    def _now(self) -> tuple[float, float, float]:
        total = int((self._group / "cpuacct.usage").read_text()) / 1e9 if self._group else 0.0
        return time.perf_counter(), time.process_time(), total
