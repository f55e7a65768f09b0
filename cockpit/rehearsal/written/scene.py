"""A scenario beside the plan that it is for: what it names, looked up there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice

import msgspec

from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.hosts import HostError, UnknownHostError, targets
from cockpit.playbook.model.fit import Fitted
from cockpit.playbook.names import unique
from cockpit.playbook.plan import Guard, Http, Plan, Run, Step
from cockpit.playbook.shell.captures import captured
from cockpit.playbook.templates import render
from cockpit.rehearsal.scenario import CAPTAIN
from cockpit.rehearsal.written import model

MAX_NAMED = 500_000
"""How many hosts all different places of a scenario may name together."""

Book = Fitted[model.Scenario]
"""A scenario with its tree."""


class Scene(msgspec.Struct, frozen=True, dict=True):
    """A scenario and its plan. What cannot be looked up is left as it is, or out: rules say what is wrong with it."""

    book: Book
    plan: Plan

    @property
    def model(self) -> model.Scenario:
        """The scenario as it is written."""
        return self.book.model

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Every step of the plan, by id."""
        every = self.plan.every
        return {step.id: step for step in every}

    @cached_property
    def of_rollback(self) -> frozenset[str]:
        """The ids of the steps of the way back."""
        return frozenset(step.id for step in self.plan.rollback or ())

    @cached_property
    def hosts(self) -> dict[str, None]:
        """Every host, in the order of the groups."""
        return dict.fromkeys(host for hosts in self.plan.groups.values() for host in hosts)

    @cached_property
    def guarded(self) -> dict[str, frozenset[str]]:
        """What each rule that a guard watches leads to."""
        guards = [step for step in self.steps.values() if isinstance(step, Guard)]
        rules = dict.fromkeys(rule for guard in guards for rule in guard.rules)
        return {rule: frozenset(guard.rules[rule] for guard in guards if rule in guard.rules) for rule in rules}

    @cached_property
    def people(self) -> dict[str, None]:
        """Who can be played: every role, and the captain."""
        return dict.fromkeys((*self.plan.roles, CAPTAIN))

    @cached_property
    def _named(self) -> dict[tuple[str, ...], tuple[tuple[int, str], ...]]:
        return {}

    def named(self, on: Sequence[str]) -> tuple[tuple[int, str], ...]:
        """The hosts that `on` names, each with the index of the entry that names it; HostError, UnknownHostError."""
        key = tuple(on)
        if key not in self._named:
            left = MAX_NAMED - sum(map(len, self._named.values()))
            found = tuple(islice(targets(key, self.plan.groups), left + 1))
            if len(found) > left:
                raise HostError(f"more than {MAX_NAMED} hosts are named up to here: name groups, or leave `on` out")
            self._named[key] = found
        return self._named[key]

    def on(self, on: Sequence[str] | None) -> tuple[str, ...]:
        """The hosts that `on` names, each once; none where it names none, or what is none."""
        try:
            return tuple(dict.fromkeys(host for _, host in self.named(on or ())))
        except (HostError, UnknownHostError):
            return ()

    def text(self, template: str) -> str:
        """A template with the params in it; as it is where it is wrong."""
        try:
            return render(template, self.plan.params)
        except ExpressionError:
            return template

    def texts(self, templates: Mapping[str, str]) -> dict[str, str]:
        """Templates with the params in them, by the same keys."""
        return {key: self.text(template) for key, template in templates.items()}

    @cached_property
    def fault_ids(self) -> tuple[str, ...]:
        """The id of each fault, as written: its own, or that of its kind, with a number where that is taken."""
        taken = {fault.id for fault in self.model.faults if fault.id}
        found = []
        for fault in self.model.faults:
            found.append(fault.id or unique(fault.fault, taken))
            taken.add(found[-1])
        return tuple(found)


def captures_of(step: Run) -> frozenset[str]:
    """The names that a step hands on."""
    return captured(step.command) | frozenset(step.captures)


def hosts_of(step: Step) -> tuple[str, ...]:
    """The hosts of a step; none where it has none."""
    return step.hosts if isinstance(step, (Run, Http)) else ()
