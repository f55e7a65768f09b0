"""Rehearsals in processes that are killed: each life of an engine is a process of its own, and the next one goes on.

`python -m tests.rehearsal.lives FOLDER PLAYBOOK SCENARIO RUNS` rehearses so often, each time in a folder of its
own, and prints a line of JSON for each. An engine dies after so many seconds of processor time (`--cpu`), or of real
time (`--real`), one life after another; then they live as long as they like.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cockpit.cli.rehearsing import prepared
from cockpit.engine.place import Home, Place
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.serve import serve

LOGIN = "ana"
ROOT = Path(__file__).resolve().parents[2]
BOOKS = Path(__file__).with_name("books")
LONGEST = 12


@dataclass(frozen=True)
class Lived:
    """One rehearsal: its journal's file, the hash of its last record, how each of its engines ended, and the most
    memory that one of them took, in KB."""

    journal: str
    last: str
    lives: tuple[str, ...]
    memory: int


def rehearse(
    folder: Path,
    playbook: Path,
    scenario: str,
    runs: int = 1,
    *,
    seed: int = 1,
    speed: float = 0.0,
    cpu: Sequence[float] = (),
    real: Sequence[float] = (),
) -> list[Lived]:
    """Run it, in a process of its own, to its end."""
    with begun(folder, playbook, scenario, runs, seed=seed, speed=speed, cpu=cpu, real=real) as process:
        return ended(process)


def begun(
    folder: Path,
    playbook: Path,
    scenario: str,
    runs: int = 1,
    *,
    seed: int = 1,
    speed: float = 0.0,
    cpu: Sequence[float] = (),
    real: Sequence[float] = (),
) -> subprocess.Popen[str]:
    """The process that does it."""
    words = [str(folder), str(playbook), scenario, str(runs), "--speed", str(speed), "--seed", str(seed)]
    words += ["--cpu", *map(str, cpu), "--real", *map(str, real)]
    command = [sys.executable, "-m", "tests.rehearsal.lives", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> list[Lived]:
    """What such a process has done."""
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    said = map(json.loads, out.splitlines())
    return [Lived(each["journal"], each["last"], tuple(each["lives"]), each["memory"]) for each in said]


def _one(
    folder: Path, playbook: Path, scenario: str, seed: int, speed: float, ends: Iterator[tuple[int, float]]
) -> Lived:
    folder.mkdir(mode=0o700, parents=True)
    os.environ["XDG_STATE_HOME"] = str(folder)
    plan, played = prepared(playbook, {}, scenario, LOGIN)
    place = begin(Home.default(), plan, played, setting(played, seed, speed, played=True), LOGIN)
    lives: list[str] = []
    most = 0
    while not lives or lives[-1] != "closed":
        assert len(lives) < LONGEST and not (lives and lives[-1].startswith("exit")), (lives, place.journal)  # noqa: PT018
        how, memory = _life(place, *next(ends, (0, 0.0)))
        lives.append(how)
        most = max(most, memory)
    return Lived(str(place.journal), _last(place), tuple(lives), most)


def _life(place: Place, clock: int, seconds: float) -> tuple[str, int]:
    """Drive it in a child; how that ended, and how much memory it took, in KB."""
    pid = os.fork()
    if not pid:
        log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 2)
        if seconds:
            signal.setitimer(clock, seconds)
        try:
            os._exit(0 if serve(place) else 3)
        except BaseException:  # noqa: BLE001  this process must end here
            sys.excepthook(*sys.exc_info())
            os._exit(4)
    _, status, used = os.wait4(pid, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name, used.ru_maxrss
    code = os.WEXITSTATUS(status)
    return "closed" if code == 0 else f"exit {code}: {place.log.read_text()[-2000:]}", used.ru_maxrss


def _last(place: Place) -> str:
    database = sqlite3.connect(f"file:{place.journal}?mode=ro", uri=True)
    (last,) = database.execute("SELECT hash FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    database.close()
    return str(last)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("playbook", type=Path)
    asked.add_argument("scenario")
    asked.add_argument("runs", type=int)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--speed", type=float, default=0.0)
    asked.add_argument("--cpu", type=float, nargs="*", default=[])
    asked.add_argument("--real", type=float, nargs="*", default=[])
    found = asked.parse_args()
    ends = iter(
        [(signal.ITIMER_VIRTUAL, each) for each in found.cpu] + [(signal.ITIMER_REAL, each) for each in found.real]
    )
    for number in range(found.runs):
        lived = _one(found.folder / str(number), found.playbook, found.scenario, found.seed, found.speed, ends)
        sys.stdout.write(f"{json.dumps(asdict(lived))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
