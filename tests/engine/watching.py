"""Releases that are watched: a source that a test turns as it likes, and what the engine made of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from cockpit.analysis.rule import Judgement
from cockpit.engine.client import Client
from cockpit.engine.protocol import Metrics
from cockpit.release.events import Event, VerdictChanged
from tests.engine.driven import DEADLINE, Driven, driven, playbook
from tests.metrics.servers import Heard, as_json, serving, unanswered

T = TypeVar("T", bound=Event)

QUICK = "every: 300ms, no_data: hold"
GATE = "{id: go, gate: Go}"


class Dial:
    """A file whose number the metric of `metric` reads."""

    def __init__(self) -> None:
        self.path = Path(os.environ["HOME"]) / "dial"

    def turn(self, value: object) -> None:
        """Show this from now on."""
        new = self.path.with_suffix(".new")
        new.write_text(f"{value}\n")
        new.rename(self.path)

    def metric(self, more: str = QUICK) -> str:
        return f"dial: {{command: 'cat {self.path}', on: here, {more}}}"


class Source:
    """An HTTP server that shows `value` as JSON; None: it answers nobody."""

    def __init__(self) -> None:
        self.value: float | None = 1.0
        self.url = ""

    async def reply(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        if self.value is None:
            await unanswered(heard, writer)
        writer.write(as_json({"value": self.value}))


@asynccontextmanager
async def source() -> AsyncIterator[Source]:
    """A source that runs."""
    made = Source()
    async with serving(made.reply) as served:
        made.url = served.url
        yield made


def book(metrics: str, rules: str, *steps: str, more: str = "", back: str = "") -> str:
    """A playbook with metrics and rules (lines of their mappings), which waits at a gate unless steps are given."""
    listed = "\n".join(f"  {line}" for line in metrics.strip().splitlines())
    ruled = "\n".join(f"  {line}" for line in rules.strip().splitlines())
    head = f"{more}\nmetrics:\n{listed}\nrules:\n{ruled}"
    return playbook(*(steps or (GATE,)), head=head, back=back)


@asynccontextmanager
async def watched(text: str) -> AsyncIterator[Watched]:
    """Start a release of a playbook's text; at the end its engine is stopped."""
    async with driven(text) as release:
        yield Watched(release)


class Watched:
    """What a release's engine measured and judged."""

    def __init__(self, release: Driven) -> None:
        self.release = release

    async def comes_to(self, verdict: str, rule: str = "high") -> VerdictChanged:
        """Wait until the rule has that verdict; the event that says so."""
        await self.release.until(lambda state: rule in state.rules and state.rules[rule].verdict == verdict)
        return [event for event in self.verdicts(rule) if event.verdict == verdict][-1]

    def verdicts(self, rule: str = "high") -> list[VerdictChanged]:
        """Every change of a rule's verdict."""
        return [event for event in self.of(VerdictChanged) if event.rule == rule]

    def of(self, kind: type[T]) -> list[T]:
        """Every event of a kind."""
        return [record.event for record in self.release.records if isinstance(record.event, kind)]

    def when(self, kind: type[Event], holds: Callable[[Any], object] = lambda _: True) -> list[float]:
        """The moments of such events."""
        records = self.release.records
        return [record.at for record in records if isinstance(record.event, kind) and holds(record.event)]

    async def judged(self, holds: Callable[[Judgement], object], rule: str = "high") -> Judgement:
        """Wait until the engine shows such a judgement."""
        async with asyncio.timeout(DEADLINE), Client.connect(self.release.place, records=False, metrics=True) as client:
            async for message in client:
                for each in message.judgements if isinstance(message, Metrics) else ():
                    if each.rule == rule and holds(each):
                        return each
        raise AssertionError("the engine went away")

    async def shows(self, value: float, rule: str = "high") -> Judgement:
        """Wait until the engine judges that value."""
        return await self.judged(lambda judgement: judgement.value == value, rule)

    async def stores(self, metric: str, count: int, host: str = "") -> list[tuple[float, float | None]]:
        """Wait until so many readings of a metric are stored; they."""
        async with asyncio.timeout(DEADLINE), Client.connect(self.release.place, records=False, metrics=True) as client:
            async for _ in client:
                if len(found := await self.series(metric, host)) >= count:
                    return found
        raise AssertionError("the engine went away")

    async def series(self, metric: str, host: str = "") -> list[tuple[float, float | None]]:
        """What the engine has stored of a metric."""
        async with Client.connect(self.release.place, records=False) as client:
            found = await client.series(metric, host)
        return list(zip(found.moments, found.values, strict=True))
