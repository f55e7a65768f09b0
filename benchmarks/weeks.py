"""Four weeks of a staged rollout, rehearsed at full speed: hosts, metrics, people and the clock are played.

`python -m benchmarks.weeks`. Processor time is that of the engine's process, its journal and samples on the disk.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from cockpit.engine.place import Home
from cockpit.journal import sqlite
from cockpit.playbook import load
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.scenario import Scenario
from cockpit.rehearsal.serve import serve

BOOK: Final = Path(__file__).parents[1] / "tests/rehearsal/books/staged.yaml"
SECONDS: Final = 60.0
DAY: Final = 86400.0


def main() -> None:
    """Measure; the exit status is 1 where it takes a minute or more."""
    plan, scenario = load.plan(BOOK, {}, "captain"), Scenario()
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        place = begin(Home.default(), plan, scenario, setting(scenario, 1, 0.0, played=True), "captain")
        begun, used = time.perf_counter(), time.process_time()
        serve(place)
        wall, used = time.perf_counter() - begun, time.process_time() - used
        journal = sqlite.open(place.journal)
        records = [*journal.read()]
        journal.close()
    days = (records[-1].at - records[0].at) / DAY
    print(f"{days:.1f} days, {len(records)} events: {wall:.1f} s, {used:.1f} s of processor time")
    sys.exit(used >= SECONDS)


if __name__ == "__main__":
    main()
