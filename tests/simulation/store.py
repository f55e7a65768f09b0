"""Journal and output in memory: they keep the contracts, and fail and lose what real ones may."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.errors import StaleWriter, StorageFull, WriterBusy
from cockpit.journal import chain
from cockpit.release.events import AnyEvent, Record

RESERVE = 6
"""Appends that fit into the reserve."""

UNSYNCED = 3
"""Readings of each metric that are lost with the power."""


class Disk:
    """Where one release's journal and output lie; `full` is what its machine's disk is now."""

    def __init__(self) -> None:
        self.rows: list[chain.Row] = []
        self.writers: list[int] = []
        self.moments: list[float] = []
        self.now: Callable[[], float] = float
        self.epoch = 0
        self.appends = 0
        self.full = False
        self.reserved = True
        self.room = 0
        self.owner: object | None = None
        self.outputs: dict[str, bytearray] = {}
        self.sealed: dict[str, int] = {}
        self.readings: dict[tuple[str, str], list[Reading]] = {}

    def lose_power(self) -> None:
        """What was not yet on the disk is gone."""
        for attempt, data in self.outputs.items():
            kept = self.sealed.get(attempt, 0)
            del data[kept + (len(data) - kept) // 2 :]
        for readings in self.readings.values():
            del readings[max(0, len(readings) - UNSYNCED) :]


class MemoryJournal:
    """See `contract.Journal`. `crash` is asked before and after each append and may raise `Killed`."""

    def __init__(self, disk: Disk, crash: Callable[[int, bool], None]) -> None:
        self._disk, self._crash = disk, crash
        self._claimed = -1

    @property
    def epoch(self) -> int:
        return self._disk.epoch

    @property
    def last(self) -> int:
        return len(self._disk.rows)

    def read(self, after: int = 0) -> Iterator[Record]:
        return map(chain.record, self._disk.rows[after:])

    def verify(self) -> int:
        return sum(1 for _ in chain.checked(self._disk.rows))

    def claim(self, *, force: bool = False) -> int:
        """Become the writer; with `force` although another lives, as from a machine that does not see its lock."""
        if self._disk.owner is not None and not force:
            raise WriterBusy("another engine writes this journal")
        self.verify()
        self._disk.owner = self
        self._disk.epoch += 1
        self._claimed = self._disk.epoch
        return self._claimed

    def append(self, happened: Sequence[AnyEvent], at: float) -> tuple[Record, ...]:
        disk = self._disk
        if disk.epoch != self._claimed:
            raise StaleWriter(f"engine {disk.epoch} has taken over from engine {self._claimed}")
        self._make_room()
        disk.appends += 1
        number = disk.appends
        self._crash(number, True)
        last = disk.rows[-1] if disk.rows else (0, chain.GENESIS, b"")
        rows = chain.extend(last[0], last[1], happened, at)
        disk.rows += rows
        disk.writers += [self._claimed] * len(rows)
        disk.moments += [disk.now()] * len(rows)
        self._crash(number, False)
        return tuple(map(chain.record, rows))

    def release_reserve(self) -> bool:
        had, self._disk.reserved = self._disk.reserved, False
        self._disk.room = RESERVE if had else 0
        return had

    def close(self) -> None:
        if self._disk.owner is self:
            self._disk.owner = None

    def _make_room(self) -> None:
        disk = self._disk
        if not disk.full:
            disk.reserved, disk.room = True, 0
        elif disk.room <= 0:
            raise StorageFull("the disk is full")
        else:
            disk.room -= 1


class MemorySamples:
    """See `samples.Samples`: what it gives back of a gap is its kind."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def append(self, metric: str, host: str, reading: Reading) -> None:
        if self._disk.full:
            raise StorageFull("the disk is full")
        kept = Gap(reading.at, reading.kind, "then") if isinstance(reading, Gap) else Sample(reading.at, reading.value)
        self._disk.readings.setdefault((metric, host), []).append(kept)

    def since(self, metric: str, host: str, moment: float) -> Iterator[Reading]:
        readings = self._disk.readings.get((metric, host), [])
        return iter(readings[bisect_left(readings, moment, key=lambda each: each.at) :])

    def close(self) -> None: ...


class MemoryOutput:
    """See `tap.Output`."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def write(self, attempt: str, offset: int, data: bytes) -> int:
        held = self._disk.outputs.setdefault(attempt, bytearray())
        assert offset <= len(held), f"output has {len(held)} bytes, these begin at {offset}"
        rest = data[len(held) - offset :]
        if self._disk.full and rest:
            held += rest[: len(rest) // 2]
            raise StorageFull("the disk is full")
        held += rest
        return len(held)

    def size(self, attempt: str) -> int:
        return len(self._disk.outputs.get(attempt, b""))

    def read(self, attempt: str, offset: int, length: int) -> bytes:
        return bytes(self._disk.outputs.get(attempt, b"")[offset : offset + length])

    async def sealed(self, attempt: str) -> tuple[int, str]:
        if self._disk.full:
            raise StorageFull("the disk is full")
        data = self._disk.outputs.setdefault(attempt, bytearray())
        self._disk.sealed[attempt] = len(data)
        return len(data), hashlib.sha256(data).hexdigest()
