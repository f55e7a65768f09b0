"""A process that appends for ever, and says after each append how many records are durable."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cockpit.journal import sqlite
from tests.journal.events import some


def main(path: Path) -> None:
    """Append groups of one to seven records."""
    journal = sqlite.open(path)
    journal.claim()
    group = 0
    while True:
        group = group % 7 + 1
        records = journal.append(some(group), 1.0)
        os.write(1, f"{records[-1].seq}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
