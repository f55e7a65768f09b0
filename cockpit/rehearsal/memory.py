"""What played people know of a release that was recorded: who said what to which question, and when."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from cockpit.rehearsal.replies import Reply
from cockpit.rehearsal.scenario import Scenario, Spoken
from cockpit.release.gates import covers
from cockpit.release.intents import AnyIntent, Go, RollBack, Sign
from cockpit.release.people import rollback_word
from cockpit.release.state import State
from cockpit.release.waiting import Key, Waiting

QUIET = 3600.0
"""Seconds that nobody says anything to what was left unanswered: then it has gone another way than it did."""

SOON = 60.0
"""Seconds after what somebody said by himself, in which that may take effect."""


class Memory:
    """What a scenario has `spoken`. Moments are seconds after the beginning."""

    def __init__(self, scenario: Scenario) -> None:
        self._told = scenario.told
        self._answers: defaultdict[Key, list[Spoken]] = defaultdict(list)
        for each in scenario.spoken:
            if each.to is not None:
                self._answers[each.to].append(each)
        self.unasked = tuple(each for each in scenario.spoken if each.to is None)

    @property
    def last(self) -> float:
        """When a rollback was ordered for the last time, which may be after an end."""
        return max((each.after for each in self.unasked if isinstance(each.intent, RollBack)), default=0.0)

    def answer(self, key: Key, asked: int) -> Spoken | None:
        """What was said to this, the `asked`th time (from 0)."""
        said = self._answers.get(key, ())
        return said[asked] if asked < len(said) else None

    def delay(self, key: Key, asked: int, now: float, usual: float) -> float:
        """Seconds until somebody says something to it: at the moment at which it was said, else rather nothing."""
        if said := self.answer(key, asked):
            return max(0.0, said.after - now)
        following = next((each.after for each in self.unasked if each.after >= now), -QUIET)
        return max(usual, min(self._told, max(now + QUIET, following + SOON)) - now)


def reply(said: Spoken, state: State, waiting: Waiting | None = None) -> Reply:
    """The same as it is said to the release as it is now."""
    return Reply(said.by or state.captain, _fitted(said.intent, state, waiting))


def _fitted(intent: AnyIntent, state: State, waiting: Waiting | None) -> AnyIntent:
    match intent:
        case Sign():
            return replace(intent, covers=covers(state, intent.gate))
        case Go() if waiting is not None:
            return replace(intent, confirm=waiting.confirm)
        case RollBack():
            return replace(intent, confirm=rollback_word(state))
        case _:
            return intent
