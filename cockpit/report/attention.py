"""How people looked, and who had to be told: told from one record after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cockpit.release import events as happened
from cockpit.release.events import Record
from cockpit.units import clock, format_duration


class Attention:
    """Looks, those that were late or missed, and escalations; `take` folds in one record after another."""

    def __init__(self) -> None:
        self.looks = 0
        self._late: defaultdict[str, list[float]] = defaultdict(list)
        self._missed: defaultdict[str, list[float]] = defaultdict(list)
        self._told: list[str] = []

    def take(self, record: Record) -> None:
        """Fold a record in."""
        match record.event:
            case happened.Looked(step=step, late=late):
                self.looks += 1
                if late:
                    self._late[step].append(late)
            case happened.LookMissed(step=step, due=due, count=count):
                self._missed[step].extend([due] * count)
            case happened.Escalated(to=to, rule=rule, step=step):
                what = f"saw {rule}" if rule else f"looked at {step}"
                self._told.append(f"nobody {what} in time: {to} was told at {clock(record.at)}")
            case _:
                pass

    @property
    def late(self) -> int:
        """How many looks were late."""
        return sum(map(len, self._late.values()))

    @property
    def missed(self) -> int:
        """How many looks were missed."""
        return sum(map(len, self._missed.values()))

    @property
    def escalations(self) -> int:
        """How often somebody had to be told."""
        return len(self._told)

    @property
    def texts(self) -> Iterator[str]:
        """The same in words."""
        for step, dues in self._missed.items():
            yield f"nobody looked at {step} {_times(len(dues))}, for the first time when it was due at {clock(dues[0])}"
        for step, late in self._late.items():
            yield f"{step} was looked at too late {_times(len(late))}, by up to {format_duration(max(late))}"
        yield from self._told


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
