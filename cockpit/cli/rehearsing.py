"""What a rehearsal needs before it begins, its begin, and following it to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from cockpit.cli.common import find, read_state
from cockpit.cli.console import talk
from cockpit.engine import supervisor
from cockpit.engine.place import Home, Place
from cockpit.errors import Unreachable, UsageError
from cockpit.playbook import load
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.recorded import recorded
from cockpit.rehearsal.scenario import Scenario
from cockpit.rehearsal.written import load as scenarios
from cockpit.rehearsal.written import place as scenario_files

SHIPPED = "quickstart.yaml"
HAPPY = "happy"
"""The playbook, and the scenario beside it, that are rehearsed where nothing else is said."""


def prepared(playbook: Path | None, params: Mapping[str, str], scenario: str, login: str) -> tuple[Plan, Scenario]:
    """The plan and the scenario of a rehearsal; PlaybookError and UsageError say what is wrong with them."""
    path = playbook or shipped()
    file = _file(path, scenario)
    if file is None:
        return load.plan(path, params, login), Scenario()
    plan = load.plan(path, {**scenarios.params_of(file), **params}, login)
    return plan, scenarios.load(file, plan)


def again(release: str) -> tuple[Plan, Scenario]:
    """The plan of a release that lies here, and what happened to it, so that it happens again."""
    return recorded(find(release))


def _file(playbook: Path, scenario: str) -> Path | None:
    """The scenario's file: the one that is named, else the happy one where there is one."""
    if scenario:
        return scenario_files.find(playbook, scenario)
    return next((path for path in scenario_files.scenarios_of(playbook) if path.stem == HAPPY), None)


def shipped() -> Path:
    """The playbook that comes with the cockpit."""
    path = Path(str(files("playbooks"))) / SHIPPED
    if not path.exists():
        raise UsageError("no playbook is shipped with this cockpit", where=str(path), hint="name one")
    return path


def start(plan: Plan, scenario: Scenario, seed: int, speed: float, login: str, *, alone: bool) -> Place:
    """Make the rehearsal and start its engine; `alone`: nobody sits there."""
    place = begin(Home.default(), plan, scenario, setting(scenario, seed, speed, played=alone), login)
    try:
        asyncio.run(supervisor.ensure(place))
    except Unreachable:
        if not read_state(place).closed:  # at full speed it may be over before anybody has looked
            raise
    except KeyboardInterrupt:
        talk(f"{place.release} may have begun: `cockpit status {place.release}` tells")
        raise
    return place
