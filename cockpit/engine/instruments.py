"""What each metric is read with: its templates filled, its command given its values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Protocol, assert_never

from msgspec.structs import replace

from cockpit.analysis.rule import Gap, Reading
from cockpit.engine.vault import Vault
from cockpit.execution.contract import Question
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.group import Group, Observed, Ready
from cockpit.metrics.sources import groups_of, source_of
from cockpit.metrics.web import Web
from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import HERE, Datadog, Json, Metric, Output, Probe, Prometheus
from cockpit.playbook.plan import Source as Written
from cockpit.playbook.templates import fill, names, render, texts
from cockpit.release.facts import values
from cockpit.release.state import State

GLANCE = 1.0
"""Seconds between two looks at what has changed in a live release."""

Asked = Callable[[Question], Awaitable[bytes | str]]
"""Runs a command that only looks."""


class Mute:
    """A metric that cannot be read now, and the `reason`; a group of its own."""

    def __init__(self, metric: Metric, reason: str) -> None:
        self.every = metric.every
        self.keys = {metric.name: metric.hosts or (WHOLE,)}
        self.reason = reason

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        """A gap for each of its hosts."""
        gap = Gap(now, "error", self.reason)
        return {name: dict.fromkeys(hosts, gap) for name, hosts in self.keys.items()}

    async def close(self) -> None:
        """Nothing is open."""


class Sources(Protocol):
    """Where readings come from: the outside, or a model of it.

    `glance` is how many seconds at most may lie between two looks at what has changed. Where nothing `lapses`, every
    reading that matters comes, and what is not fresh any more has not changed.
    """

    glance: float
    lapses: bool

    def groups(self, readies: Iterable[Ready]) -> tuple[Group, ...]:
        """What is read together."""

    def stirred(self) -> frozenset[str]:
        """The metrics that are to be read at once, rather than when it is their turn."""

    def source(self, ready: Ready) -> Observed:
        """What reads one metric, and its history."""

    async def close(self) -> None:
        """Drop what is held open."""


class Outside:
    """The sources that the playbook names."""

    glance, lapses = GLANCE, True

    def __init__(self) -> None:
        self._web = Web()

    def groups(self, readies: Iterable[Ready]) -> tuple[Group, ...]:
        """See `Sources`."""
        return groups_of(readies, self._web)

    def stirred(self) -> frozenset[str]:
        """None: each has its own fixed interval."""
        return frozenset()

    def source(self, ready: Ready) -> Observed:
        """See `Sources`."""
        return source_of(ready, self._web)

    async def close(self) -> None:
        """See `Sources`."""
        await self._web.close()


def instrument(metric: Metric, state: Callable[[], State], vault: Vault, ask: Asked) -> Ready | Mute:
    """What reads a metric in this state; Mute where a value that it needs is missing."""
    missing = set(metric.secrets) & set(vault.missing)
    if missing:
        return Mute(metric, f"needs credentials: {', '.join(sorted(missing))}")
    now, secrets = state(), vault.pick(metric.secrets)
    try:
        by = {host: _filled(metric.source, {**_known(now, host), **secrets}) for host in metric.hosts or (WHOLE,)}
    except ExpressionError as error:
        return Mute(metric, f"cannot be asked: {error}")
    asks = partial(_ask, metric, state, secrets, ask) if isinstance(metric.source, Output) else None
    return Ready(metric, by, vault.values, asks)


def signature(metric: Metric, state: State, vault: Vault) -> object:
    """What an instrument was made from besides the plan: while it is the same, it need not be made anew."""
    used = {name for template in _templates(metric.source) for name, _ in names(template)}
    addresses = [_address(state, host) for host in metric.hosts or (WHOLE,)] if "address" in used else []
    return (
        vault.pick(metric.secrets),
        addresses,
        [state.captures[name] for name in sorted(used & state.captures.keys())],
    )


def _known(state: State, host: str) -> Mapping[str, str]:
    if host in (WHOLE, HERE):
        return values(state)
    return {**values(state, host), "host": host, "address": _address(state, host)}


def _address(state: State, host: str) -> str:
    """Where a host is; until it was reached, by its name."""
    return (state.hosts[host].address if host in state.hosts else "") or host


def _templates(source: Written) -> Iterable[str]:
    match source:
        case Prometheus() | Datadog():
            return source.url, source.query, *source.headers.values()
        case Json() | Probe():
            return texts(source.request)
        case Output():
            return (source.directory,)
        case _:
            assert_never(source)


def _filled(source: Written, known: Mapping[str, str]) -> Written:
    match source:
        case Prometheus() | Datadog():
            headers = {name: render(value, known, "header") for name, value in source.headers.items()}
            url, query = render(source.url, known, "url"), render(source.query, known, "json")
            return replace(source, url=url, query=query, headers=headers)
        case Json() | Probe():
            return replace(source, request=fill(source.request, known))
        case Output():
            return replace(source, directory=render(source.directory, known))
        case _:
            assert_never(source)


async def _ask(
    metric: Metric, state: Callable[[], State], secrets: Mapping[str, str], ask: Asked, host: str
) -> bytes | str:
    source = metric.source
    assert isinstance(source, Output)
    known = _known(state(), host)
    question = Question(
        host=host,
        script=source.command,
        seconds=metric.timeout,
        exports=known,
        secrets=secrets,
        directory=render(source.directory, known),
        user=source.user,
        shell=source.shell,
    )
    return await ask(question)
