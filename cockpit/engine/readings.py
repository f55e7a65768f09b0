"""The sample store beside a journal: samples leave the room on the disk that output leaves."""

from __future__ import annotations

import logging
from pathlib import Path

from cockpit.analysis.rule import Reading
from cockpit.engine.store import KEPT, free
from cockpit.errors import CockpitError, StorageFull
from cockpit.journal.border import NO_ROOM
from cockpit.journal.samples import Samples

log = logging.getLogger(__name__)

_STRIDE = 64
"""So many samples, each perhaps the first of its file's block, between two looks at the disk."""

_BLOCK = 4096


class Readings:
    """Stores readings as `Samples` does, unless too little room would be left: StorageFull, and nothing is stored."""

    def __init__(self, samples: Samples, folder: Path) -> None:
        self._samples, self._folder = samples, folder
        self._credit = 0

    def append(self, metric: str, host: str, reading: Reading) -> None:
        """Store one more reading."""
        if not self._credit:
            if free(self._folder) < KEPT + _STRIDE * _BLOCK:
                raise StorageFull("no room", where=str(self._folder), hint=NO_ROOM)
            self._credit = _STRIDE
        self._credit -= 1
        self._samples.append(metric, host, reading)

    def since(self, metric: str, host: str, moment: float) -> list[Reading]:
        """The readings from a moment on, oldest first; none where they cannot be read."""
        try:
            return list(self._samples.since(metric, host, moment))
        except CockpitError as error:
            log.warning("samples of %s cannot be read: %s", metric, error)
            return []

    def close(self) -> None:
        """Close every file."""
        self._samples.close()
