"""One release being driven: intents and results in, events into the journal, effects out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import msgspec

from cockpit.engine.clock import Clock
from cockpit.engine.store import is_urgent
from cockpit.errors import StaleWriter, StorageFull
from cockpit.journal.contract import Journal
from cockpit.release.advance import advance, due, lapsed
from cockpit.release.apply import apply, fold
from cockpit.release.decide import decide
from cockpit.release.effects import Effect, wanted
from cockpit.release.events import (
    Aborted,
    AnyEvent,
    AttemptEnded,
    BackOrdered,
    CredentialsMissed,
    FileSeen,
    Held,
    Record,
    RehearsalFound,
    RollbackAnnounced,
    RollbackStarted,
)
from cockpit.release.files import watched
from cockpit.release.gates import unpractised
from cockpit.release.intents import Abort, AnyIntent, Hold, Refusal, RollBack
from cockpit.release.state import State

log = logging.getLogger(__name__)

FULL_PAUSE = 2.0
"""Seconds until results are offered to a full disk again."""

FENCE = 10.0
"""Seconds between two looks whether another engine has taken over."""

URGENT = (Hold, Abort, RollBack)
"""What the reserve is kept for."""

URGENT_BY_ITSELF = (Held, Aborted, RollbackAnnounced, RollbackStarted, BackOrdered)
"""The same, where guards or failures cause it."""


class Asked(msgspec.Struct):
    """An intent of a login, and where its answer is awaited: None when it was carried out."""

    login: str
    intent: AnyIntent
    answer: asyncio.Future[Refusal | None]


class Happened(msgspec.Struct):
    """A result of the outside world."""

    event: AnyEvent


class Over(msgspec.Struct):
    """An effect has come to its end; what it reported came before this."""

    effect: Effect


Item = Asked | Happened | Over


class Engine:
    """Turns what is asked and what happened into records, one transaction for all that waits; says what is wanted.

    `want` is told the state, every wanted effect, and those that have come to their end, after each change; `tell`
    gets the new records. An engine with nothing to record looks every `fence` seconds whether another has taken over.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        want: Callable[[State, frozenset[Effect], tuple[Effect, ...]], None],
        tell: Callable[[tuple[Record, ...]], None],
        fence: float = FENCE,
    ) -> None:
        self._fence = fence
        self._journal = journal
        self._clock = clock
        self._want = want
        self._tell = tell
        self._inbox: asyncio.Queue[Item] = asyncio.Queue()
        self._epoch = journal.epoch
        self.state = fold(journal.read())
        self.trouble = ""
        """Why nothing can be recorded at this moment; empty when it can."""

    def happened(self, event: AnyEvent) -> None:
        """Take in a result; it becomes a record before anything is decided from it."""
        self._inbox.put_nowait(Happened(event))

    def over(self, effect: Effect) -> None:
        """Take in that an effect has come to its end: if it is still wanted then, it starts anew."""
        self._inbox.put_nowait(Over(effect))

    async def ask(self, login: str, intent: AnyIntent) -> Refusal | None:
        """Take in an intent; the answer comes once its events are durable."""
        answer: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait(Asked(login, intent, answer))
        return await answer

    async def run(self) -> None:
        """Drive the release until it is closed and every host is cleaned; StaleWriter and BrokenChain end it."""
        items = self._waiting()
        while True:
            full = not self._step(items)
            if self.is_over:
                return
            items = [item for item in items if not isinstance(item, Asked)] if full else []
            items += await self._next(full=full)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen: closed, and nothing left to clean up."""
        return self.state.closed and not wanted(self.state)

    def _step(self, items: Sequence[Item]) -> bool:
        """Everything that follows from these items, durable in one transaction; False when the disk is full."""
        now = self._clock.now()
        state, events, answers = self._decide(items, now)
        events += advance(state, now)
        try:
            urgent = is_urgent(state) or any(map(_is_urgent, items)) or any(map(_is_urgent_by_itself, events))
            records = self._append(events, now, urgent=urgent)
        except StorageFull as error:
            self._be_in_trouble(error)
            self._answer([(item, Refusal(error.what, error.hint)) for item, _ in answers])
            return False
        self.trouble = ""
        self.state = fold(records, self.state)
        self._answer(answers)
        if records:
            self._tell(records)
        over = tuple(item.effect for item in items if isinstance(item, Over))
        self._want(self.state, wanted(self.state), over)
        return True

    def _be_in_trouble(self, error: StorageFull) -> None:
        if not self.trouble:  # once: the log may lie on the same disk
            log.warning("nothing can be recorded: %s", error)
        self.trouble = "nothing can be recorded"

    def _decide(
        self, items: Sequence[Item], now: float
    ) -> tuple[State, list[AnyEvent], list[tuple[Asked, Refusal | None]]]:
        state, events, answers = self.state, list[AnyEvent](), list[tuple[Asked, Refusal | None]]()
        for item in items:
            follows: tuple[AnyEvent, ...] = ()
            match item:
                case Happened(event):
                    follows = () if is_stale(state, event) else (event,)
                case Asked(login, intent):
                    late = tuple(lapsed(state, now))  # nobody passes a gate by what was too long ago a moment before
                    decision = decide(_after(state, late, now), login, intent, now)
                    answers.append((item, decision if isinstance(decision, Refusal) else None))
                    follows = late if isinstance(decision, Refusal) else (*late, *decision)
                case Over():
                    pass
            state = _after(state, follows, now)
            events.extend(follows)
        return state, events, answers

    def _append(self, events: list[AnyEvent], now: float, *, urgent: bool) -> tuple[Record, ...]:
        if not events:
            return ()
        try:
            return self._journal.append(events, now)
        except StorageFull:
            if not urgent:
                raise
            self._journal.release_reserve()
            return self._journal.append(events, now)

    def _answer(self, answers: Sequence[tuple[Asked, Refusal | None]]) -> None:
        for asked, refusal in answers:
            if not asked.answer.done():
                asked.answer.set_result(refusal)

    async def _next(self, *, full: bool) -> list[Item]:
        """What came in, all of it; or nothing, once something is due by itself."""
        items: list[Item] = []
        with suppress(TimeoutError):
            items.append(await asyncio.wait_for(self._inbox.get(), self._patience(full=full)))
        if not items and self._journal.epoch != self._epoch:
            raise StaleWriter(f"engine {self._journal.epoch} has taken over from engine {self._epoch}")
        return items + self._waiting()

    def _waiting(self) -> list[Item]:
        return [self._inbox.get_nowait() for _ in range(self._inbox.qsize())]

    def _patience(self, *, full: bool) -> float:
        if full:
            return FULL_PAUSE
        now = self._clock.now()
        moment = due(self.state, now)
        return self._fence if moment is None else min(self._fence, max(0.0, moment - now))


def _after(state: State, events: Iterable[AnyEvent], now: float) -> State:
    for event in events:
        state = apply(state, Record(state.seq + 1, now, event))
    return state


def is_stale(state: State, event: AnyEvent) -> bool:
    """Whether a result says nothing new: of an attempt that has ended or was replaced, or what is missed or known, or
    of a file that is not looked at any more, or from the time before its step began anew.
    """
    if isinstance(event, CredentialsMissed):
        return set(event.names) <= set(state.missing)
    if isinstance(event, RehearsalFound):
        return all(gate.id != event.gate for gate in unpractised(state))
    if isinstance(event, FileSeen):
        kept = state.files.get(event.path)
        return event.was != (kept.was if kept else "") or (event.path, event.step) not in watched(state)
    if not isinstance(event, AttemptEnded):
        return False
    attempt = state.attempts.get(event.id)
    return attempt is None or attempt.outcome is not None


def _is_urgent(item: Item) -> bool:
    return isinstance(item, Asked) and isinstance(item.intent, URGENT)


def _is_urgent_by_itself(event: AnyEvent) -> bool:
    return isinstance(event, URGENT_BY_ITSELF)
