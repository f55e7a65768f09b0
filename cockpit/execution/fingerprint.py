"""What a file on this machine is: its SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path


async def fingerprint(path: str) -> tuple[str, str]:
    """SHA-256 in hex of a file, or nothing and the reason why there is none; a relative path is in the home folder."""
    return await asyncio.to_thread(_fingerprint, path)


def _fingerprint(path: str) -> tuple[str, str]:
    try:
        with (Path.home() / Path(path).expanduser()).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), ""
    except OSError as error:
        return "", error.strerror or type(error).__name__
    except RuntimeError:
        return "", "no such home folder"
