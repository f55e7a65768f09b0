"""A real Prometheus server on loopback, with data made for the tests."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from tests.loopback.sshd import program
from tests.loopback.waiting import wait_until

STEP: Final = 5
PAST, FUTURE = 3600, 1200
LAST_OF_STALE: Final = 150
"""Seconds before the start at which `queue_depth` ends: within the 5 minutes that Prometheus looks back."""
READY: Final = b"ready to receive web requests"
_LISTENING = re.compile(rb'msg="Listening on" address=(\S+)')


class PrometheusServer:
    """Runs `prometheus` in a folder, over series from an hour before until twenty minutes after its start.

    `began` is its start in seconds since 1970, `url` where it answers.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.began = int(time.time())
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir()
        (self.folder / "prometheus.yml").write_text("global: {}\n")
        (self.folder / "data.txt").write_text("\n".join([*lines(self.began), "# EOF", ""]))
        made = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--quiet", "data.txt", "data"]
        subprocess.run(made, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)
        arguments = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address=127.0.0.1:0"]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [program("prometheus"), *arguments, "--query.lookback-delta=5m"],
                cwd=self.folder,
                env=os.environ | {"HOME": str(self.folder)},
                stderr=log,
            )
        wait_until(lambda: READY in self._log(), "prometheus is ready")
        found = _LISTENING.search(self._log())
        assert found is not None
        self.url = f"http://{found[1].decode()}"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _log(self) -> bytes:
        return (self.folder / "log").read_bytes()


def lines(began: int) -> Iterator[str]:
    """The series, in the OpenMetrics format."""
    moments = range(began - PAST, began + FUTURE, STEP)
    hosts = ("web-1:9100", "web-2:9100", "web-3")
    yield "# TYPE temperature gauge"
    for place, host in enumerate(hosts):
        yield from (f'temperature{{instance="{host}"}} {20 + place} {at}' for at in moments)
    yield "# TYPE requests counter"
    for host in hosts[:2]:
        yield from (f'requests_total{{instance="{host}"}} {(at - began + PAST) * 2} {at}' for at in moments)
    yield "# TYPE queue_depth gauge"
    yield from (f"queue_depth 7 {at}" for at in range(began - PAST, began - LAST_OF_STALE, STEP))
    yield "# TYPE undefined gauge"
    yield from (f"undefined NaN {at}" for at in moments)
    yield "# TYPE endless gauge"
    yield from (f"endless +Inf {at}" for at in moments)
