"""The sample store: what each metric measured, a file for each of its hosts, sixteen bytes a reading."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import struct
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.journal.border import disk

OPEN_FILES = 64

_PAIR = struct.Struct("<dd")
_NO_DATA, _ERROR = math.nan, math.inf


class Samples:
    """The readings in one folder, oldest first: moment and value as two little-endian doubles.

    No data is NaN there and an error infinity; their reasons are in the journal, with the verdicts that they caused.
    """

    def __init__(self, folder: Path, mode: int = 0o600, open_files: int = OPEN_FILES) -> None:
        self._folder, self._mode, self._limit = folder, mode, open_files
        self._files: OrderedDict[Path, int] = OrderedDict()

    def append(self, metric: str, host: str, reading: Reading) -> None:
        """Store one more reading; StorageFull when there is no room, and then nothing of it is stored."""
        path = self.path(metric, host)
        with disk(path):
            descriptor = self._opened(path)
            pair = _PAIR.pack(reading.at, _number(reading))
            written = os.write(descriptor, pair)
            if written < len(pair):
                os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
                os.write(descriptor, pair)

    def since(self, metric: str, host: str, moment: float) -> Iterator[Reading]:
        """The readings from a moment on, oldest first."""
        path = self.path(metric, host)
        if not path.exists():
            return
        with disk(path), path.open("rb") as file:
            file.seek(self._first(file.fileno(), moment) * _PAIR.size)
            while len(pair := file.read(_PAIR.size)) == _PAIR.size:
                yield _reading(*_PAIR.unpack(pair))

    def path(self, metric: str, host: str) -> Path:
        """The file of a metric's readings on a host."""
        return self._folder / hashlib.sha256(f"{metric}\0{host}".encode()).hexdigest()[:24]

    def close(self) -> None:
        """Close every file."""
        while self._files:
            os.close(self._files.popitem()[1])

    def _opened(self, path: Path) -> int:
        if path not in self._files:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, self._mode)
            self._files[path] = descriptor
            with contextlib.suppress(PermissionError):  # in a shared folder it may be another's
                os.fchmod(descriptor, self._mode)
            size = os.fstat(descriptor).st_size
            os.ftruncate(descriptor, size - size % _PAIR.size)
        self._files.move_to_end(path)
        if len(self._files) > self._limit:
            os.close(self._files.popitem(last=False)[1])
        return self._files[path]

    def _first(self, descriptor: int, moment: float) -> int:
        """The number of the first reading at or after a moment, by bisection."""
        low, high = 0, os.fstat(descriptor).st_size // _PAIR.size
        while low < high:
            middle = (low + high) // 2
            at, _ = _PAIR.unpack(os.pread(descriptor, _PAIR.size, middle * _PAIR.size))
            low, high = (middle + 1, high) if at < moment else (low, middle)
        return low


def _number(reading: Reading) -> float:
    if isinstance(reading, Sample):
        return reading.value
    return _NO_DATA if reading.kind == "no data" else _ERROR


def _reading(at: float, value: float) -> Reading:
    if math.isnan(value):
        return Gap(at, "no data", "no data then")
    return Sample(at, value) if math.isfinite(value) else Gap(at, "error", "an error then")
