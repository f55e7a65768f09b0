"""What tests of metrics share: one Prometheus server, a web of connections, and metrics in short."""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from cockpit.metrics.web import Web
from tests.metrics.promserver import PrometheusServer


@pytest.fixture(scope="session")
def prometheus(ground: Path) -> Iterator[PrometheusServer]:
    """A Prometheus server that runs during all tests."""
    with PrometheusServer(ground / "prometheus") as started:
        yield started


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """The known authorities, read once."""
    return httpx.create_ssl_context()


@pytest.fixture
async def web(trust: ssl.SSLContext) -> AsyncIterator[Web]:
    """Connections that end with the test, and never pause before they try again."""
    made = Web(trust=trust, sleep=hurry)
    yield made
    await made.close()


async def hurry(_: float) -> None:
    """A pause without waiting."""


@pytest.fixture
def now() -> float:
    """This moment."""
    return time.time()
