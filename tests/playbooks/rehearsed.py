"""Shipped playbooks, rehearsed in their shipped scenarios: once each, in this process."""

from __future__ import annotations

import fcntl
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

from cockpit.cli.rehearsing import prepared
from cockpit.engine.place import Home
from cockpit.journal import sqlite
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.scenario import Scenario
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


FOLDERS: list[Path] = []
"""Where journals are kept for all processes of one test run: the last of them counts."""


@cache
def story(playbook: str, scene: str) -> Story:
    """A shipped playbook in a shipped scenario. It is rehearsed once, whichever process of the tests asks first."""
    plan, scenario = prepared(SHIPPED / f"{playbook}.yaml", {}, scene, LOGIN)
    kept = FOLDERS[-1] / f"{playbook}-{scene}.db"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _rehearse(kept, plan, scenario)
    journal = sqlite.open(kept)
    try:
        return Story(plan, tuple(journal.read()))
    finally:
        journal.close()


def _rehearse(kept: Path, plan: Plan, scenario: Scenario) -> None:
    with TemporaryDirectory(prefix="cockpit-") as folder:
        place = begin(Home(Path(folder) / "releases"), plan, scenario, setting(scenario, 1, 0.0, played=True), LOGIN)
        assert serve(place)
        shutil.copyfile(place.journal, kept.with_suffix(".new"))
    kept.with_suffix(".new").replace(kept)
