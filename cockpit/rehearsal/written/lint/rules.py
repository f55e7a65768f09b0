"""Every rule in its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from cockpit.playbook.model.fit import MAX_FINDINGS
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.written.lint.acts import acts, facts
from cockpit.rehearsal.written.lint.faults import circles, faults, ids, times
from cockpit.rehearsal.written.lint.metrics import metrics
from cockpit.rehearsal.written.lint.people import answers, decisions, orders, people, vetoes, waives
from cockpit.rehearsal.written.lint.places import facts as places
from cockpit.rehearsal.written.lint.reach import unreached
from cockpit.rehearsal.written.lint.texts import texts
from cockpit.rehearsal.written.lint.whole import ends, playbook
from cockpit.rehearsal.written.scene import Scene

RULES: tuple[Callable[[Scene], Iterator[Finding]], ...] = (
    playbook,
    ends,
    places,
    acts,
    facts,
    metrics,
    faults,
    times,
    ids,
    circles,
    people,
    answers,
    decisions,
    vetoes,
    waives,
    orders,
    texts,
)


def lint(scene: Scene) -> list[Finding]:
    """Everything that is wrong between a scenario and its plan; what can never be only where all else is well."""
    found = [finding for rule in RULES for finding in islice(rule(scene), MAX_FINDINGS)]
    wrong = any(finding.severity == "error" for finding in found)
    return found if wrong else [*found, *islice(unreached(scene), MAX_FINDINGS)]
