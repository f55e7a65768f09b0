"""HTTP targets: can a connection be made, with TLS where it is asked for. No request is ever sent."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection, Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import msgspec

from cockpit.cli.checks.finding import Finding, Verdict
from cockpit.execution.foreign import meaning
from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import Request
from cockpit.playbook.templates import render

CONNECT_WITHIN: Final = 10.0
AT_ONCE: Final = 32
PORTS: Final = {"http": 80, "https": 443}


class Target(msgspec.Struct, frozen=True):
    """A server to connect to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def target_of(request: Request, values: Mapping[str, str]) -> Target | str:
    """Where a request goes; why that is not known yet, where it depends on more than these values."""
    try:
        parts = urlsplit(render(request.url, values, "url"))
        scheme, host = parts.scheme.lower(), parts.hostname
        if scheme not in PORTS or not host:
            return f"{request.url} is no URL of HTTP"
        return Target(scheme, host, parts.port or PORTS[scheme])
    except ExpressionError:
        return f"{request.url} depends on what is known only later"
    except ValueError as error:
        return f"{request.url}: {error}"


class Targets:
    """The servers that steps send requests to, each tried once, as soon as it is known."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tries: dict[Target, asyncio.Task[Exception | None]] = {}
        self._steps: dict[Target | str, dict[str, None]] = {}

    def want(self, step: str, target: Target | str) -> None:
        """A step needs this one; a text says why it is not known which."""
        self._steps.setdefault(target, {})[step] = None
        if isinstance(target, Target) and target not in self._tries:
            self._tries[target] = asyncio.create_task(self._try(target))

    async def findings(self, ours: Collection[str]) -> list[Finding]:
        """What came of it. `ours` are the addresses of the release's hosts: what it starts need not listen yet."""
        found = []
        for target, steps in self._steps.items():
            names = f"for {', '.join(steps)}"
            if isinstance(target, Target):
                found.append(_finding(names, target, await self._tries[target], ours))
            else:
                found.append(Finding("targets", "", "", "note", f"not checked: {target}, {names}"))
        return found

    async def _try(self, target: Target) -> Exception | None:
        async with self._room:
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    proxy = _proxy(target)
                    await _connect(proxy or target, tls=target.scheme == "https" and proxy is None)
            except (OSError, ValueError) as error:
                return error
        return None


def _finding(steps: str, target: Target, error: Exception | None, ours: Collection[str]) -> Finding:
    def finding(verdict: Verdict, text: str, hint: str = "") -> Finding:
        return Finding("targets", str(target), "", verdict, f"{text}, {steps}", hint)

    proxy = _proxy(target)
    if error is None and proxy is not None:
        return finding("note", f"the proxy {proxy} answers, what is behind it is not known")
    if error is None:
        return finding("ok", "connects, its certificate is trusted" if target.scheme == "https" else "connects")
    if isinstance(error, ConnectionRefusedError) and target.host in ours:
        return finding("warning", "nothing listens there yet", "well if the release starts it; else see the service")
    found = meaning(error)
    return finding("problem", f"{found.reason}{f' (the proxy {proxy})' if proxy else ''}", found.hint)


async def _connect(target: Target, *, tls: bool) -> None:
    _, writer = await asyncio.open_connection(target.host, target.port, ssl=_trust() if tls else None)
    writer.transport.abort()


@cache
def _trust() -> ssl.SSLContext:
    """What requests trust."""
    return httpx.create_ssl_context()


def _proxy(target: Target) -> Target | None:
    """The proxy that a request would go by, as the environment has it."""
    proxies = getproxies()
    url = proxies.get(target.scheme) or proxies.get("all")
    if not url or proxy_bypass(f"{target.host}:{target.port}"):
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return Target("http", parts.hostname or "", parts.port or 80)
