"""Where a redirect leads, and whether it is gone there."""

from __future__ import annotations

from typing import Final

import httpx
import msgspec

from cockpit.metrics.reasons import Trouble, plain

MOVED: Final = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}


class Moved(msgspec.Struct, frozen=True):
    """The next URL; `same` when it is of the same scheme, host and port, which alone may see the headers again."""

    url: str
    same: bool


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL."""
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def redirected(url: str, method: str, status: int, location: str) -> Moved | Trouble:
    """What a redirect asks for. A request with a body is only repeated as it is, and only at the same server."""
    try:
        here = httpx.URL(url)
        there = here.join(location)
    except (httpx.InvalidURL, ValueError):
        return Trouble("it redirects to what is no URL", "wrong")
    if there.scheme not in _PORTS or not there.host:
        return Trouble(f"it redirects to {plain(there.scheme, 20)}:, which is not followed", "wrong")
    same = origin(here) == origin(there)
    if method.upper() not in ("GET", "HEAD") and not (same and status in (307, 308)):
        where = f"{there.scheme}://{plain(there.host, 100)}"
        return Trouble(f"it redirects a {plain(method, 10)} to {where}: write that URL", "wrong")
    return Moved(str(there), same)
