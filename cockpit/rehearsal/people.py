"""The people of a rehearsal who are played: each notices what is waited for, takes a while, and says something."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, assert_never

from cockpit.playbook.plan import Gate
from cockpit.rehearsal.chance import chance
from cockpit.rehearsal.memory import Memory, reply
from cockpit.rehearsal.replies import Replies, Reply, is_for_others, is_played, roles_of
from cockpit.rehearsal.scenario import CAPTAIN, Fault, Scenario, Spoken, Word
from cockpit.rehearsal.world import Site
from cockpit.release.events import FaultKind
from cockpit.release.gates import gate_criteria, missing_signatures
from cockpit.release.intents import Abort, AnyIntent, Back, Close, Hold, Refusal, Report, Resume, RollBack
from cockpit.release.people import rollback_word
from cockpit.release.state import State
from cockpit.release.waiting import IN_PASSING, Key, Waiting, waiting_for

AGAIN = 60.0
"""Seconds until somebody tries again what was refused, or looks again where there was nothing to say."""

EARLY = 2.0
"""Seconds before it is due that somebody looks at the latest, unless something keeps them."""

LATE = 300.0
"""Seconds by which a signer is late, unless something else is said."""

GIVES_UP = 4 * 3600.0
"""Seconds after which a played captain no longer waits for somebody who says nothing."""

INSISTS = 30
"""How often, once in a second, somebody says again what was refused and nobody had asked for."""

MOST = 20
"""How often a played person says something to the same thing, before the captain gives up."""


class Drives(Protocol):
    """The engine, as people use it."""

    @property
    def state(self) -> State: ...

    async def ask(self, login: str, intent: AnyIntent) -> Refusal | None: ...


class People:
    """Plays everyone whom nobody sits there for."""

    def __init__(self, scenario: Scenario, site: Site, seed: int, now: Callable[[], float]) -> None:
        self._scenario, self._site, self._seed, self._now = scenario, site, seed, now
        self._replies = Replies(scenario, self._truth)
        self._busy: dict[Key, asyncio.Task[None]] = {}
        self._asked: Counter[Key] = Counter()
        self._words: dict[Word | Spoken, asyncio.Task[None]] = {}
        self._memory = Memory(scenario)
        self._began = 0.0
        self._engine: Drives

    def meet(self, engine: Drives) -> None:
        """Play for this engine from now on."""
        self._engine, self._began = engine, self._now()
        self.look()

    def look(self) -> None:
        """See what is waited for now; whoever is concerned begins to think about it."""
        state = self._engine.state
        if state.closed:
            return
        if state.end is not None:
            self._close(state)
            return
        for waiting in self._concerning(state):
            key = waiting.key
            if key not in self._busy:
                self._busy[key] = asyncio.create_task(self._think(key, self._delay(state, waiting, key)))
        for word in self._scenario.words if is_played(state) else ():
            moment = self._site.moment(word.when)
            if moment is not None and moment >= self._began and word not in self._words:
                self._words[word] = asyncio.create_task(self._speak(word, moment))
        for said in self._memory.unasked:
            if self._site.began + said.after >= self._began and said not in self._words:
                self._words[said] = asyncio.create_task(self._repeat(said))

    async def close(self) -> None:
        """Play no more."""
        tasks = [*self._busy.values(), *self._words.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def waits_for_somebody_real(self) -> bool:
        """Whether it does not go on without whoever sits there."""
        state = self._engine.state
        if state.end is not None or is_played(state):
            return state.end is not None
        waits = (each for each in waiting_for(state) if each.due is None and each.what not in ("early", "redeploy"))
        asked = any(not is_for_others(state, each) for each in waits)
        return asked or any(not missing_signatures(state, state.steps[gate.id]) for gate in _shut(state))

    def _concerning(self, state: State) -> Iterable[Waiting]:
        played = is_played(state)
        waited = (each for each in waiting_for(state) if each.what != "early")  # that comes by itself
        found = [each for each in waited if played or is_for_others(state, each) or _wants_more(each)]
        shut = _shut(state) if played else ()
        return [*found, *(Waiting("gate", gate.id, (state.captain,), "", item="waiver") for gate in shut)]

    def _delay(self, state: State, waiting: Waiting, key: Key) -> float:
        role = next(iter(roles_of(state, waiting)), CAPTAIN)
        draw = chance(self._seed, *key, self._asked[key])
        if waiting.what == "look" and waiting.due is not None and waiting.since is not None:
            usual = max(0.0, draw.uniform(waiting.since, waiting.due - EARLY) - self._now())
            return self._memory.delay(key, self._asked[key], self._now() - self._site.began, usual)
        usual = self._replies.person(role).answers * draw.uniform(0.7, 1.3)
        return self._memory.delay(key, self._asked[key], self._now() - self._site.began, usual)

    async def _think(self, key: Key, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if late := self._lateness(key):
            await asyncio.sleep(late)
        since = self._now()
        while waiting := next((each for each in self._concerning(self._engine.state) if each.key == key), None):
            known = self._memory.answer(key, self._asked[key])
            said = self._reply(self._engine.state, waiting, key, self._now() - since)
            is_done = said is not None and self._may_say(said) and await self._engine.ask(*said) is None
            self._asked[key] += bool(is_done or known)
            if is_done:
                break
            await asyncio.sleep(AGAIN)
        del self._busy[key]
        self.look()

    def _may_say(self, said: Reply) -> bool:
        """Nobody speaks for a captain who sits there."""
        state = self._engine.state
        return is_played(state) or said.login != state.captain

    def _lateness(self, key: Key) -> float:
        """By how many seconds more than usual somebody is late now."""
        waiting = next((each for each in self._concerning(self._engine.state) if each.key == key), None)
        role = next(iter(roles_of(self._engine.state, waiting)), CAPTAIN) if waiting else CAPTAIN
        late = self._felt("signer-late", role)
        return (late.value or LATE) if late else 0.0

    def _reply(self, state: State, waiting: Waiting, key: Key, waited: float) -> Reply | None:
        if (
            waiting.what != "look"
            and self._asked[key] >= MOST
            and not self._memory.answer(key, self._asked[key])
            and is_played(state)
        ):
            return Reply(state.captain, self._replies.giving_up(state, f"it went on like that {MOST} times"))
        if waiting.due is None and (enough := self._patience(state, waited)):
            return enough
        if waiting.what == "gate" and waiting.item == "waiver":
            return self._waiver(state, waiting)
        if waiting.what == "sign-off" and self._felt("signer-silent", waiting.role):
            return None
        if waiting.what in IN_PASSING and self._felt("signer-silent", self._replies.attentive(state, waiting)):
            return None
        no = waiting.what == "sign-off" and self._felt("signer-no", waiting.role) is not None
        if (known := self._memory.answer(key, self._asked[key])) and not no:
            return reply(known, state, waiting)
        return self._replies.reply(state, waiting, self._asked[key], no=no)

    def _waiver(self, state: State, waiting: Waiting) -> Reply | None:
        one = state.steps[waiting.step]
        assert isinstance(one.step, Gate)
        criteria = gate_criteria(state, one, one.step)
        return self._replies.waiver(state, waiting.step, criteria, one.step.waiver)

    def _patience(self, state: State, waited: float) -> Reply | None:
        if waited < GIVES_UP or not is_played(state):
            return None
        why = f"nobody let it go on for {GIVES_UP / 3600:.0f} hours"
        return Reply(state.captain, self._replies.giving_up(state, why))

    def _felt(self, kind: FaultKind, role: str) -> Fault | None:
        blow = self._site.struck(self._now(), kind, role=role)
        return blow.fault if blow else None

    def _truth(self, step: str, host: str) -> bool | None:
        run = self._engine.state.steps[step].hosts[host].run
        return self._site.truth(run, self._now()) if run else False

    async def _speak(self, word: Word, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self._now()))
        state = self._engine.state
        if is_played(state):
            await self._engine.ask(state.captain, _ordered(word, state))

    async def _repeat(self, said: Spoken) -> None:
        """Say what was said unasked, and again for a little while, if it comes before its time."""
        await asyncio.sleep(max(0.0, self._site.began + said.after - self._now()))
        for _ in range(INSISTS):
            state = self._engine.state
            if state.closed or not (said.by or is_played(state)):
                return
            if await self._engine.ask(*reply(said, state)) is None:
                return
            await asyncio.sleep(1.0)

    def _close(self, state: State) -> None:
        key = ("close", "", "", "", "")
        if is_played(state) and key not in self._busy:
            self._busy[key] = asyncio.create_task(self._closed(state.captain))

    async def _closed(self, captain: str) -> None:
        """Close it, once nothing more is said that was said then."""
        while self._engine.state.end is not None:
            left = self._site.began + self._memory.last - self._now()
            if left < 0:
                await self._engine.ask(captain, Close(note="the rehearsal is over"))
                return
            await asyncio.sleep(left + 1.0)
        del self._busy["close", "", "", "", ""]


def _shut(state: State) -> Iterator[Gate]:
    """Open gates whose criteria do not hold."""
    if state.aborted:
        return
    for step in state.track:
        one = state.steps[step.id]
        if isinstance(step, Gate) and one.status == "running" and gate_criteria(state, one, step):
            yield step


def _wants_more(waiting: Waiting) -> bool:
    """Whether a gate wants more people, of whichever of its roles."""
    return waiting.what == "sign-off" and not waiting.role


def _ordered(word: Word, state: State) -> AnyIntent:
    note = word.note or "as the scenario says"
    match word.does:
        case "hold":
            return Hold(note=note)
        case "resume":
            return Resume(note=note)
        case "abort":
            return Abort(note=note)
        case "back":
            return Back(note=note)
        case "roll back":
            return RollBack(confirm=rollback_word(state), note=note)
        case "report" | "clear":
            return Report(rule=word.rule, note=note, clear=word.does == "clear")
        case _:
            assert_never(word.does)
