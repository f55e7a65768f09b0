"""Every rule over a whole playbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from cockpit.playbook.lint.calendar import calendar
from cockpit.playbook.lint.captures import captures
from cockpit.playbook.lint.commands import commands
from cockpit.playbook.lint.failures import advice, failures, streams, timeouts, tolerance, twice
from cockpit.playbook.lint.gates import assigned, gates
from cockpit.playbook.lint.guards import decisions, guards, passing, severities, unused
from cockpit.playbook.lint.hosts import batches, groups, targets_of
from cockpit.playbook.lint.judging import agreement, baseline, failing, faulty, hosts_judged, references, texts, timing
from cockpit.playbook.lint.manual import manual, review
from cockpit.playbook.lint.metrics import amount, metrics, picks, probes
from cockpit.playbook.lint.names import applicability, conditions_of, ids, items, notices, roles, steps, variables
from cockpit.playbook.lint.order import cycles, gates_passed_by, left_out_by_gates
from cockpit.playbook.lint.params import params
from cockpit.playbook.lint.rollback import backward, checks, proofs, verify, way_back
from cockpit.playbook.lint.templates import templates
from cockpit.playbook.lint.times import times
from cockpit.playbook.lint.watching import escalation, lengths, looks, soaks
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import World

MAX_FINDINGS = 200
"""Of one rule: more would not be read."""

ALL: tuple[Callable[[World], Iterator[Finding]], ...] = (
    variables,
    params,
    roles,
    assigned,
    calendar,
    groups,
    targets_of,
    batches,
    ids,
    items,
    applicability,
    steps,
    cycles,
    gates_passed_by,
    left_out_by_gates,
    times,
    conditions_of,
    notices,
    manual,
    review,
    templates,
    captures,
    commands,
    amount,
    metrics,
    picks,
    probes,
    baseline,
    texts,
    faulty,
    references,
    agreement,
    hosts_judged,
    failing,
    timing,
    unused,
    guards,
    severities,
    passing,
    decisions,
    lengths,
    soaks,
    looks,
    escalation,
    checks,
    failures,
    twice,
    timeouts,
    streams,
    advice,
    tolerance,
    way_back,
    verify,
    backward,
    proofs,
)


def lint(world: World, login: str = "") -> list[Finding]:
    """What the rules find; `login` takes the place of '{{ login }}' where it is known."""
    found = [finding for rule in ALL for finding in islice(rule(world), MAX_FINDINGS)]
    return [*found, *islice(gates(world, login), MAX_FINDINGS)]
