"""The engine's client as a link: its messages become the screens' updates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from cockpit.engine import client
from cockpit.engine.client import Client, Place
from cockpit.release.intents import AnyIntent, Refusal
from screens.link import CaughtUp, Connect, Greeted, Heard, Metered, Records, Timed, Update, Watchers


class EngineLink:
    """One connection of the client; leaving it changes nothing in the release."""

    def __init__(self, client: Client, context: AbstractAsyncContextManager[Client]) -> None:
        self._client = client
        self._context = context

    async def updates(self) -> AsyncIterator[Update]:
        """What the engine says, as the screens know it; ends when it is gone."""
        welcome = self._client.welcome
        yield Greeted(welcome.login, welcome.role == "observer")
        async for message in self._client:
            match message:
                case client.Records():
                    yield Records(message.records)
                case client.CaughtUp():
                    yield CaughtUp()
                case client.Watchers():
                    yield Watchers(message.logins)
                case client.Live():
                    pulses = message.pulses
                    last, lost = ({one.attempt: one.last for one in pulses}, {one.attempt: one.lost for one in pulses})
                    yield Heard(last, lost, message.trouble)
                case client.Metrics():
                    yield Metered(message.measured, message.judgements)
                case client.Time():
                    yield Timed(message.at, message.speed)
                case _:
                    pass

    async def ask(self, intent: AnyIntent, played: str = "") -> Refusal | None:
        """Ask for something, as oneself or as somebody who is played; None when it was done."""
        return await self._client.ask(intent, played)

    def output(self, attempt: str, offset: int) -> AsyncIterator[bytes]:
        """What an attempt printed from `offset`, followed to its end."""
        return self._client.output(attempt, offset)

    async def series(self, metric: str, host: str, since: float) -> tuple[tuple[float, float | None], ...]:
        """What the engine has stored of a metric."""
        found = await self._client.series(metric, host, since)
        return tuple(zip(found.moments, found.values, strict=True))

    async def close(self) -> None:
        """Leave."""
        await self._context.__aexit__(None, None, None)


def connecting(place: Place, *, observe: bool = False) -> Connect:
    """Opens links to the engine of the release at this place."""

    async def connect(after: int) -> EngineLink:
        context = Client.connect(place, observe=observe, after=after, metrics=True, times=True)
        return EngineLink(await context.__aenter__(), context)

    return connect
