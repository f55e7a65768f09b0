"""A place for a release, and an engine that serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from cockpit.engine.place import Home, Place
from cockpit.engine.server import Server
from tests.engine.memory import Memory, serving

settings.register_profile("bounded", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("bounded")


@pytest.fixture
def place() -> Place:
    """Where a new release lies."""
    return Home.default().create("shop-1.2")


@pytest.fixture
async def served(place: Place) -> AsyncIterator[tuple[Memory, Server]]:
    """An engine of memory, serving at `place`."""
    async with serving(place) as (memory, server):
        yield memory, server


@pytest.fixture
def memory(served: tuple[Memory, Server]) -> Memory:
    """What the engine holds."""
    return served[0]


@pytest.fixture
def server(served: tuple[Memory, Server]) -> Server:
    """What serves it."""
    return served[1]
