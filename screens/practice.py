"""What the app keeps of a rehearsal: its time, its records, the speed that was asked for, and whether it was scored."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.release.events import Record, SpeedChanged
from cockpit.release.intents import Hurry
from cockpit.release.state import State
from cockpit.report.score import Score, score
from screens.wall import Wall


class Practice:
    """Of a live release it is but real time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.wall = Wall(clock)
        self._records: list[Record] = []
        self._asked: float | None = None
        self._scored: float | None = None

    def take(self, records: tuple[Record, ...], state: State) -> None:
        """These happened, and led to this state."""
        if state.mode != "rehearsal":
            return
        self.wall.recorded(state.at)
        self._records += records
        if any(isinstance(one.event, SpeedChanged) and one.event.speed == self._asked for one in records):
            self._asked = None

    def hurry(self, speed: float, step: Callable[[float], float | None]) -> Hurry | None:
        """A step from this speed. Keys may come faster than answers: each goes on from what was asked for last."""
        wanted = step(speed if self._asked is None else self._asked)
        if wanted is None:
            return None
        self._asked = wanted
        return Hurry(speed=wanted)

    def refused(self) -> None:
        """What was asked for last was not done."""
        self._asked = None

    def ended_anew(self, state: State) -> bool:
        """Whether it has ended and was not scored since; true once."""
        if state.mode != "rehearsal" or state.end is None or state.ended == self._scored:
            return False
        self._scored = state.ended
        return True

    def score(self) -> Score:
        """How it went."""
        return score(self._records)
