"""One attempt on one machine: started at most once, followed to its end through lost links, stopped for certain."""

from __future__ import annotations

import asyncio
import random
import secrets
from functools import partial

from cockpit.execution.contract import Ended, LinkReport, NotReached, Order, Sink
from cockpit.execution.ear import Ear, Word
from cockpit.execution.machine import Call, Hangup, Machine
from cockpit.execution.payload import folder_of, mark_of, payload, refusal
from cockpit.execution.settings import Limits, Run
from cockpit.execution.words import LAST, plain, settled

SLOWEST = 5.0
NUDGE = 0.3
"""Seconds after which a follower begins to look for output; what ends before costs the host least."""
MUTE = 3
"""So many calls in a row may end by themselves without a word before we believe that the host cannot do it."""


class Attempt:
    """Follows one order; `sink` takes the output as the host wrote it, `link` hears of a lost link and its return."""

    def __init__(self, machine: Machine, run: Run, limits: Limits, order: Order, sink: Sink, link: LinkReport) -> None:
        self._machine, self._run, self._limits, self._order = machine, run, limits, order
        self._sink, self._link = sink, link
        self._mark = mark_of(run.nonce, order.id)
        self._offset = order.offset
        self._started = not order.fresh
        self._known = False
        self._last: Word | None = None
        self._lost_at: float | None = None
        self._mute = self._tries = 0

    async def follow(self) -> Ended:
        """Start it unless the host knows it, and stay until it has ended or nobody can tell."""
        if problem := refusal(self._order):
            return Ended("error", reason=f"nothing was started: {problem}")
        while True:
            ear = self._ear()
            hangup = await self._machine.talk(self._call(), ear, partial(self._enough, ear), self._order.identity.key)
            before, self._started = self._started or hangup.again, self._started or hangup.sent
            if hangup.exit is not None:
                ear.end()
            self._offset += ear.taken
            if ended := self._ended(ear, hangup, before) or self._given_up(ear, hangup):
                return ended
            await self._pause(ear)

    def _call(self) -> Call:
        order, limits = self._order, self._limits
        same = (self._run.nonce, order.identity.boot, order.identity.marker, folder_of(order.id))
        if self._known:
            return Call("follow", (*same, str(self._offset)), limits.answer, limits.silence)
        arguments = (*same, order.user, str(self._offset))
        return Call("start", arguments, limits.answer, limits.silence, payload(order, self._run.nonce), NUDGE)

    def _ear(self) -> Ear:
        self._last = None
        return Ear(secrets.token_hex(8), self._hear, self._sink, self._mark)

    def _hear(self, word: Word) -> None:
        if word.verb in ("started", "known"):
            self._known = True
        if self._lost_at is not None:
            self._lost_at = None
            self._link("")
        if word.verb in LAST:
            self._last = word

    def _enough(self, ear: Ear) -> bool:
        return ear.marked and self._last is not None and self._last.verb == "ended"

    def _ended(self, ear: Ear, hangup: Hangup, started: bool) -> Ended | None:
        if self._last is None:
            return None
        if self._last.verb == "ended" and not ear.marked and hangup.exit is None:
            return None
        return settled(self._last, ear.captured, ear.marked, started)

    def _given_up(self, ear: Ear, hangup: Hangup) -> Ended | None:
        self._mute = self._mute + 1 if hangup.exit is not None and not ear.words else 0
        if hangup.other_key:
            reason = "the host answers with another key than before"
            return Ended("unknown", reason=reason) if self._started else _not_started(reason)
        if self._mute >= MUTE:
            return Ended(
                "unknown",
                reason=f"the host's shell does not run the wrapper: {plain(ear.noise.decode('utf-8', 'replace'))}",
            )
        if hangup.why is not None and not self._started:
            return _not_started(hangup.why.reason)
        return self._out_of_patience(hangup)

    def _out_of_patience(self, hangup: Hangup) -> Ended | None:
        now = asyncio.get_running_loop().time()
        if self._lost_at is None:
            self._link(_reason(hangup))
        if self._lost_at is None or (hangup.why and hangup.why.credentials):
            self._lost_at = now  # a person who is to supply them may take their time
        if now - self._lost_at < self._limits.patience:
            return None
        return Ended("unknown", reason=f"the link stayed lost for {self._limits.patience:.0f} s: {_reason(hangup)}")

    async def _pause(self, ear: Ear) -> None:
        self._tries = 0 if ear.words else self._tries + 1
        longest = min(SLOWEST, 0.2 * 2.0 ** min(self._tries, 10))
        await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  jitter


async def halt(machine: Machine, run: Run, limits: Limits, order: Order) -> Ended | None:
    """Stop an attempt; None when nobody can say that it is stopped."""
    words: list[Word] = []
    ear = Ear(secrets.token_hex(8), words.append)
    same = (run.nonce, order.identity.boot, order.identity.marker, folder_of(order.id))
    wait = limits.answer + 4 * limits.grace
    call = Call("halt", (*same, str(max(1, round(limits.grace * 10)))), wait, wait)
    await machine.talk(call, ear, lambda: any(word.verb in LAST for word in words), order.identity.key)
    last = next((word for word in words if word.verb in LAST), None)
    if last is None or last.verb in ("unsure", "error") or last == Word("differs", "marker"):
        return None
    return settled(last, ear.captured, True, True)


def _not_started(reason: str) -> Ended:
    return Ended("error", reason=f"nothing was started: {reason}")


def _reason(hangup: Hangup) -> str:
    why: NotReached | None = hangup.why
    return why.reason if why else "the connection was closed"
