"""Items that tick themselves: when they do, what shows it, and when a person may instead."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Checklist, Gate, Item, Steady
from cockpit.release.events import ITSELF, AnyEvent, ItemTicked, StepSkipped
from cockpit.release.health import describe
from cockpit.release.intents import Decision, Refusal
from cockpit.release.state import COMPLETE, FAILING, Attempt, Dated, HostRun, State, StepState, Ticked
from cockpit.units import format_span

SHOWN = 5
"""Hosts that evidence names one by one."""


def ticked(state: State, _now: float) -> Iterator[AnyEvent]:
    """The items that are true, as the steps that tick them have shown."""
    for step in () if state.aborted or state.end else state.track:
        one = state.steps[step.id]
        for item in step.items if isinstance(step, Checklist) and one.status == "running" else ():
            if item.by and item.id not in one.items and has_shown(state.steps[item.by]):
                evidence = shown(state, state.steps[item.by])
                yield ItemTicked(step=step.id, item=item.id, by=ITSELF, evidence=evidence)


def lapses(state: State) -> Iterator[tuple[StepState, str, Ticked, float]]:
    """The ticks whose age counts, each with the moment from which on it is too old: until all gates behind are open."""
    for step in () if state.aborted or state.end else state.track:
        one = state.steps[step.id]
        if isinstance(step, Checklist) and any(item.fresh for item in step.items) and _matters(state, one):
            for item in step.items:
                tick = one.items.get(item.id)
                if item.fresh and tick and not tick.not_applicable:
                    yield one, item.id, tick, (tick.made if isinstance(tick, Dated) else tick.at) + item.fresh


def _matters(state: State, one: StepState) -> bool:
    """Whether a checklist is still open, or a gate behind it is still shut."""
    if one.status != "passed":
        return one.status == "running"
    gates = (state.steps[step.id] for step in state.track if isinstance(step, Gate))
    return any(each.status not in ("passed", "skipped") and _waits(state, each, one.step.id) for each in gates)


def _waits(state: State, one: StepState, name: str) -> bool:
    """Whether a step waits for another, however indirectly."""
    seen: set[str] = set()
    left = list(one.step.after)
    while left:
        if (each := left.pop()) not in seen:
            seen.add(each)
            left.extend(state.steps[each].step.after)
    return name in seen


def has_shown(one: StepState) -> bool:
    """Whether a step has passed wherever it was to: what was skipped shows nothing."""
    return one.status == "passed" and all(run.status == "passed" for run in one.hosts.values())


def is_open_to_people(state: State, item: Item) -> bool:
    """Whether only a person can still tick an item."""
    if not item.by:
        return True
    by = state.steps[item.by]
    return by.status in ("passed", "skipped") and not has_shown(by)


def shown(state: State, one: StepState) -> str:
    """What a step that passed is evidence of, in words."""
    if isinstance(one.step, Steady):
        return "; ".join(describe(state, rule) for rule in one.step.rules)
    hosts = [_on(state, run) for run in one.hosts.values()]
    more = f"; and {len(hosts) - SHOWN} more hosts" if len(hosts) > SHOWN else ""
    return "; ".join(hosts[:SHOWN]) + more


def _on(state: State, run: HostRun) -> str:
    attempt = state.attempts[run.run]
    took = f" in {format_span(attempt.seconds)}" if attempt.seconds is not None else ""
    return f"{run.host}: {_result(attempt)}{took}{_output(attempt)}"


def _result(attempt: Attempt) -> str:
    return f"exit {attempt.exit}" if attempt.exit is not None else attempt.reason or "passed"


def _output(attempt: Attempt) -> str:
    return f", {attempt.size} B of output, sha256 {attempt.sha256[:16]}…" if attempt.size and attempt.sha256 else ""


def by_hand(state: State, login: str, item: Item, evidence: str) -> Decision:
    """What becomes of the step that would tick an item which a person ticks now."""
    by = state.steps[item.by]
    if by.status in ("passed", "skipped"):
        return () if evidence.strip() else _needs_note(item)
    failing = any(run.status in FAILING for run in by.hosts.values())
    if not failing or any(run.trying for run in by.hosts.values()):
        hint = f"wait for it, or have it skipped: cockpit skip {state.release} {item.by} --note …"
        return Refusal(f"{item.title} ticks itself, by {item.by}", hint)
    if not evidence.strip():
        return _needs_note(item)
    left = [run.host for run in by.hosts.values() if run.status not in COMPLETE]
    note = f"{item.id} was ticked by hand"
    return tuple(StepSkipped(step=item.by, host=host, by=login, note=note) for host in left)


def _needs_note(item: Item) -> Refusal:
    return Refusal(f"{item.title} was not shown by its check", "say what shows it, with --evidence")
