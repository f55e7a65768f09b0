"""What was lost behind the end of a broken journal: which steps it leaves in doubt, and what hosts still know of it."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Http, Run, Step
from cockpit.release.credentials import lacking
from cockpit.release.draft import Draft
from cockpit.release.events import JournalContinued
from cockpit.release.order import is_complete
from cockpit.release.ready import Next
from cockpit.release.state import COMPLETE, Attempt, Break, State, StepState

HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Requests that may be sent twice."""

GONE = "another machine answers, or the run folder is gone"


def continued(draft: Draft, event: JournalContinued, at: float) -> None:
    """Whatever was not complete at the break may have gone on, and what was not begun may have been."""
    draft.set(broken=Break(event.journal, event.first_bad, event.problem, at))
    for name, host in draft.state.hosts.items():
        draft.set_host(name, marked=host.marker)
    for one in list(draft.state.steps.values()):
        if one.step in draft.state.manual:
            _lose_ordered(draft, one)
        elif not is_complete(one):
            draft.set_step(one.step.id, lost=True)
            _lose(draft, one)


def _lose(draft: Draft, one: StepState) -> None:
    if one.step in draft.state.backward:  # its commands are known to hosts by their ids, so they are found again there
        if _may_be_sent_twice(one.step) and not any(run.trying for run in one.hosts.values()):
            draft.set_step(one.step.id, status="pending")
        return
    for host, run in one.hosts.items():
        if run.status not in COMPLETE:
            draft.set_run(one.step.id, host, lost="ask" if isinstance(one.step, Run) else "unknown")


def _lose_ordered(draft: Draft, one: StepState) -> None:
    """What a person orders may have been ordered once more, also where it had passed."""
    draft.set_step(one.step.id, lost=True)
    for host in one.hosts:
        draft.set_run(one.step.id, host, lost="ask")


def _may_be_sent_twice(step: Step) -> bool:
    return isinstance(step, Http) and step.request.method.upper() not in HARMLESS


def is_doubtful(one: StepState) -> bool:
    """Whether a step of the rollback may have been done already, and must not be done again unasked."""
    return one.lost and _may_be_sent_twice(one.step)


def sought(state: State) -> Iterator[Next]:
    """Attempts that may have been started unrecorded: the next of each host, until one is found that never was."""
    if state.broken is None or not state.rolling_back:
        return
    if state.held_by or state.aborted or state.end or state.closed or lacking(state):
        return
    for one in state.steps.values():
        for host, run in one.hosts.items():
            if run.lost == "ask" and not run.trying:
                yield Next(one.step.id, host, "run", run.tries + 1)


def found(draft: Draft, attempt: Attempt) -> None:
    """Take in what a host says of an attempt that was sought."""
    step, host = attempt.step, attempt.host
    match attempt.outcome:
        case "error":
            draft.set_run(step, host, trying=False, lost="", tries=attempt.number)
        case "unknown":
            draft.set_run(step, host, trying=False, lost="unknown", unsettled=True, **_seen(attempt))
        case _:
            draft.set_run(step, host, trying=False, tries=attempt.number, begun=True, unsettled=False, **_seen(attempt))


def _seen(attempt: Attempt) -> dict[str, object]:
    return {"run": attempt.id, "status": attempt.outcome, "ended": attempt.ended, "reason": attempt.reason}


def settled_by_person(draft: Draft, attempt: Attempt) -> None:
    """Take in what a person says of it: how it ended, and not that it ever began."""
    draft.set_run(attempt.step, attempt.host, unsettled=False, status=attempt.outcome, reason=attempt.reason)


def ask_again(draft: Draft) -> None:
    """Hosts that could not tell are asked anew."""
    for one in list(draft.state.steps.values()):
        for host, run in one.hosts.items():
            if run.lost == "unknown" and run.unsettled and draft.state.attempts[run.run].sought:
                draft.set_run(one.step.id, host, lost="ask", unsettled=False)
