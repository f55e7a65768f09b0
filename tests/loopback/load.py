"""A small, steady load on the service: a process of its own, which asks for pages until it is told to end.

python -m tests.loopback.load RATE URL...    RATE requests a second from each URL, until standard input ends
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from typing import Final, Self

from tests.loopback.keeper import ROOT
from tests.loopback.service import Service

RATE: Final = 10
PAGES: Final = ("/", "/orders")
TIMEOUT: Final = 2.0


class Load:
    """Customers of the service on every host, who only read. Entering starts them; they end with this process."""

    def __init__(self, service: Service, rate: int = RATE) -> None:
        urls = [service.url(name, "") for name in service.fleet]
        self._command = [sys.executable, "-m", "tests.loopback.load", str(rate), *urls]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, cwd=ROOT)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.communicate()

    def is_alive(self) -> bool:
        """Whether they are there."""
        return self._process is not None and self._process.poll() is None


def ask_for(url: str, rate: float) -> None:
    """Ask for the pages of one host in turn, at a fixed rate; an answer that does not come is not missed."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    due = time.monotonic()
    for page in cycle(PAGES):
        due = max(due + 1 / rate, time.monotonic() - 1)
        time.sleep(max(0.0, due - time.monotonic()))
        with suppress(OSError), opener.open(url + page, timeout=TIMEOUT) as answer:
            answer.read()


def main(rate: float, urls: Sequence[str]) -> None:
    for url in urls:
        threading.Thread(target=ask_for, args=(url, rate), daemon=True).start()
    with suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
