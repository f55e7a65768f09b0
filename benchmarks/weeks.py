"""Weeks of a staged rollout, a small one and the shipped one, rehearsed at full speed: all but the engine is played.

`python -m benchmarks.weeks`. Processor time is that of the engine's process, its journal and samples on the disk.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from cockpit.cli.rehearsing import prepared
from cockpit.engine.place import Home
from cockpit.journal import sqlite
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.serve import serve

ROOT: Final = Path(__file__).parents[1]
BOOKS: Final = (ROOT / "tests/rehearsal/books/staged.yaml", ROOT / "playbooks/staged-rollout.yaml")
SECONDS: Final = 60.0
DAY: Final = 86400.0


def main() -> int:
    """Print a line for each; the exit status is 1 where one takes a minute or more."""
    return int(max([weeks(book) for book in BOOKS]) >= SECONDS)


def weeks(book: Path) -> float:
    """Seconds of processor time that this playbook's happy scenario takes."""
    plan, scenario = prepared(book, {}, "", "captain")
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        place = begin(Home.default(), plan, scenario, setting(scenario, 1, 0.0, played=True), "captain")
        begun, before = time.perf_counter(), time.process_time()
        serve(place)
        wall, used = time.perf_counter() - begun, time.process_time() - before
        journal = sqlite.open(place.journal)
        records = [*journal.read()]
        journal.close()
    days = (records[-1].at - records[0].at) / DAY
    print(f"{book.name}: {days:.1f} days, {len(records)} events: {wall:.1f} s, {used:.1f} s of processor time")
    return used


if __name__ == "__main__":
    sys.exit(main())
