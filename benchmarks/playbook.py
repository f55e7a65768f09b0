"""How long it takes to load and lint a playbook: `python -m benchmarks.playbook`.

Each run is a process of its own. `whole` is from its start to its end by the clock, imports included, and `cpu` what it
took of the processor; `check` is reading, modelling and linting alone, by the clock. The best of the runs is shown: it
is what the program needs when nothing else is in its way.
"""

from __future__ import annotations

import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

RUNS = 9
PLAYBOOKS = Path(__file__).parents[1] / "playbooks"

_ONCE = """
import time
from pathlib import Path
from cockpit.playbook.load import check
start = time.perf_counter()
found = check(Path({path!r}))
print(time.perf_counter() - start, len(found))
"""


def grown(text: str, times: int) -> str:
    """A playbook with its phases so many times over, each time with names of their own."""
    head, _, rest = text.partition("phases:\n")
    phases, mark, rollback = rest.partition("\nrollback:")
    copies = [phases if not number else _renamed(phases, number) for number in range(times)]
    return f"{head}phases:\n{''.join(copy.rstrip() + chr(10) for copy in copies)}{mark}{rollback}"


def _renamed(phases: str, number: int) -> str:
    return re.sub(r"(phase|id): ([\w-]+)|([&*])(\w+)", lambda found: _numbered(found, number), phases)


def _numbered(found: re.Match[str], number: int) -> str:
    return f"{found[1]}: {found[2]}-{number}" if found[1] else f"{found[3]}{found[4]}{number}"


class Run(NamedTuple):
    """Seconds by the clock, of the processor, and of the check alone; the problems found."""

    whole: float
    cpu: float
    check: float
    problems: int


def measure(path: Path) -> Run:
    """The best figures of all runs."""
    runs = [_run(path) for _ in range(RUNS)]
    return Run(*(min(figures) for figures in zip(*runs, strict=True)))


def _run(path: Path) -> Run:
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command_line = [sys.executable, "-c", _ONCE.format(path=str(path))]
    said = subprocess.run(command_line, check=True, capture_output=True, text=True)
    whole, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, problems = said.stdout.split()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(whole, cpu, float(seconds), int(problems))


def main() -> int:
    """Print a row for the largest shipped playbook and for one ten times as long."""
    largest = max(PLAYBOOKS.glob("*.yaml"), key=lambda path: path.stat().st_size)
    print(f"Python {platform.python_version()}, best of {RUNS}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("playbook                 lines  check s  cpu s  whole s  problems")
    _row(largest.name, largest)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(grown(largest.read_text(), 10))
        file.flush()
        _row(f"{largest.name} x10", Path(file.name))
    return 0


def _row(name: str, path: Path) -> None:
    run, lines = measure(path), len(path.read_text().splitlines())
    print(f"{name:<24} {lines:>5}  {run.check:>7.3f}  {run.cpu:>5.3f}  {run.whole:>7.3f}  {run.problems:>8}")


if __name__ == "__main__":
    sys.exit(main())
