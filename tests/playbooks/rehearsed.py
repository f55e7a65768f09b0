"""Shipped playbooks, rehearsed in their shipped scenarios: once each, in this process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

from cockpit.cli.rehearsing import prepared
from cockpit.engine.place import Home
from cockpit.journal import sqlite
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.serve import serve
from cockpit.release.apply import fold
from cockpit.release.events import AnyEvent, AttemptStarted, Record, StepPassed, StepStarted
from cockpit.release.state import State
from tests.playbooks.places import SHIPPED

E = TypeVar("E", bound=AnyEvent)

LOGIN = "root"


class Story(NamedTuple):
    """What happened in a rehearsal."""

    plan: Plan
    records: tuple[Record, ...]

    def of(self, kind: type[E]) -> list[E]:
        """The events of a kind, in order."""
        return [each.event for each in self.records if isinstance(each.event, kind)]

    def when(self, event: AnyEvent) -> float:
        """The moment of an event."""
        return next(each.at for each in self.records if each.event is event)

    def started(self, step: str) -> float:
        """When a step began, the last time."""
        return max(each.at for each in self.records if isinstance(each.event, StepStarted) and each.event.step == step)

    def passed(self, step: str) -> float:
        """When a step was complete, the last time."""
        return max(each.at for each in self.records if isinstance(each.event, StepPassed) and each.event.step == step)

    def ran(self, *among: str) -> list[str]:
        """The steps of which a command or a request was started, in order, each once; of all, or among these."""
        found = [each.step for each in self.of(AttemptStarted) if each.part == "run" and each.number == 1]
        return [step for step in dict.fromkeys(found) if not among or step in among]

    @property
    def state(self) -> State:
        """How it stood at the end."""
        return fold(self.records)


@cache
def story(playbook: str, scene: str) -> Story:
    """A shipped playbook in a shipped scenario."""
    plan, scenario = prepared(SHIPPED / f"{playbook}.yaml", {}, scene, LOGIN)
    with TemporaryDirectory(prefix="cockpit-") as folder:
        place = begin(Home(Path(folder) / "releases"), plan, scenario, setting(scenario, 1, 0.0, played=True), LOGIN)
        assert serve(place)
        journal = sqlite.open(place.journal)
        try:
            return Story(plan, tuple(journal.read()))
        finally:
            journal.close()
