"""Private files of a rehearsal."""

from __future__ import annotations

import os
from pathlib import Path


def make_folder(path: Path) -> Path:
    """A folder that only its owner may enter, like those above it that there were not."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True, mode=0o700)
    return path


def write(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read: all of it, or nothing if the process is killed meanwhile."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    part.replace(path)
