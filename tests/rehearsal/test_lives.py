"""One journal each time, whatever happens to engine and machine; and going on where an engine was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from cockpit.journal import sqlite
from cockpit.release.apply import fold
from cockpit.release.events import AttemptEnded, AttemptStarted, EngineStarted, Record
from tests.rehearsal.lives import BOOKS, begun, ended, rehearse

BRIEF = BOOKS / "brief.yaml"
SHARED = Path("/dev/shm")  # noqa: S108  folders in it are private
SEED = 20261121


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory, where there is one: a disk that is slow to sync is not what is tested here."""
    with TemporaryDirectory(prefix="cockpit-", dir=SHARED if SHARED.is_dir() else None) as made:
        yield Path(made)


def records(journal: str) -> list[Record]:
    found = sqlite.open(Path(journal))
    try:
        return [*found.read()]
    finally:
        found.close()


def started(found: list[Record]) -> list[tuple[str, str, str, int]]:
    """Every start of a command, by host."""
    events = [each.event for each in found if isinstance(each.event, AttemptStarted)]
    return [(event.host, event.step, event.part, event.number) for event in events]


def on_each_host(found: list[Record]) -> dict[str, list[tuple[str, ...]]]:
    """What ran on each host, in its order, and how it ended."""
    attempts = {each.event.id: each.event for each in found if isinstance(each.event, AttemptStarted)}
    ends = [each.event for each in found if isinstance(each.event, AttemptEnded)]
    order: dict[str, list[tuple[str, ...]]] = {}
    for end in ends:
        one = attempts[end.id]
        order.setdefault(one.host, []).append((one.step, one.part, str(one.number), end.outcome, end.sha256))
    return order


def test_20_rehearsals_with_faults_and_killed_engines_have_one_journal(folder: Path) -> None:
    """Two at a time: what else the machine does makes no difference."""
    with begun(folder / "a", BRIEF, "faults", 10) as one, begun(folder / "b", BRIEF, "faults", 10) as other:
        found = [*ended(one), *ended(other)]
    assert len(found) == 20
    assert {each.lives for each in found} == {("SIGKILL", "SIGKILL", "closed")}
    assert len({each.last for each in found}) == 1


def test_another_seed_has_another_journal(folder: Path) -> None:
    one, other = (rehearse(folder / str(seed), BRIEF, "faults", seed=seed)[0] for seed in (1, 2))
    assert one.last != other.last


@pytest.mark.parametrize("which", range(3))
def test_engine_that_is_killed_anywhere_goes_on_to_the_same_end(folder: Path, which: int) -> None:
    chance = Random(f"{SEED}-{which}")  # noqa: S311  no secret
    moments = [chance.uniform(0.004, 0.03) for _ in range(6)]
    found = rehearse(folder / "a", BRIEF, "faults", cpu=moments)[0]
    journal = records(found.journal)
    killed = len(found.lives) - 1
    assert killed > 2, found.lives
    assert sum(isinstance(each.event, EngineStarted) for each in journal) <= killed + 1
    assert [pair for pair, times in Counter(started(journal)).items() if times > 1] == []
    state = fold(journal)
    assert (state.end, state.closed) == ("done", True)


def test_hosts_that_are_real_do_the_same_in_the_same_order(folder: Path) -> None:
    found = rehearse(folder / "a", BRIEF, "faults", 3, speed=60.0)
    journals = [records(each.journal) for each in found]
    first, *others = map(on_each_host, journals)
    assert {fold(journal).end for journal in journals} == {"done"}
    assert others == [first, first]


def test_engine_of_real_hosts_that_is_killed_starts_no_command_twice(folder: Path) -> None:
    moments = [Random(SEED).uniform(0.5, 1.2) for _ in range(3)]  # noqa: S311  no secret
    found = rehearse(folder / "a", BRIEF, "faults", speed=60.0, real=moments)[0]
    journal = records(found.journal)
    assert len(found.lives) > 3
    assert [pair for pair, times in Counter(started(journal)).items() if times > 1] == []
    assert fold(journal).end == "done"
