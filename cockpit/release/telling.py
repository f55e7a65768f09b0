"""What a release tells people and keeps as records: texts filled in with what is known at the moment. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import Document, Notice
from cockpit.playbook.templates import names, render
from cockpit.release.events import ITSELF, AnyEvent, NoticeTold, RecordMade
from cockpit.release.facts import values
from cockpit.release.state import State, StepState
from cockpit.units import utc

UNKNOWN = "(not known)"
"""What stands in a text for what has no value: a notice never stops a release."""


def tellings(state: State, now: float) -> Iterator[AnyEvent]:
    """What is told now: by steps whose turn it is, and once more by those that repeat it."""
    for one in _telling(state):
        if isinstance(one.step, Document) and _is_ready(one):
            yield _record(state, one, one.step, now)
        elif isinstance(one.step, Notice) and (_is_ready(one) or _again(one, one.step, now)):
            yield _notice(state, one, one.step, now)


def tellings_due(state: State) -> Iterator[float]:
    """The moments at which something is told again."""
    for one in _telling(state):
        if isinstance(one.step, Notice) and one.step.repeat and one.told_at is not None:
            yield one.told_at + one.step.repeat


def said_by(state: State) -> tuple[str, ...]:
    """The people who have signed, ticked or done something, and the captain."""
    logins = [state.captain, state.starter]
    for one in state.steps.values():
        logins += [one.by, *(each.by for each in one.signatures), *(each.by for each in one.items.values())]
        logins += [each.by for each in one.waived.values()]
    return tuple(sorted({login for login in logins if login not in ("", ITSELF)}))


def _telling(state: State) -> Iterator[StepState]:
    if state.end or state.aborted or state.closed:
        return
    for step in state.track:
        if isinstance(step, Notice | Document) and state.steps[step.id].status in ("running", "passed"):
            yield state.steps[step.id]


def _is_ready(one: StepState) -> bool:
    step = one.step
    assert isinstance(step, Notice | Document)
    return one.status == "running" and not one.told and (not step.asks or bool(one.fields))


def _again(one: StepState, step: Notice, now: float) -> bool:
    return bool(step.repeat) and one.told_at is not None and now >= one.told_at + step.repeat


def _notice(state: State, one: StepState, step: Notice, now: float) -> NoticeTold:
    text = _filled(step.text, _known(state, one, now))
    return NoticeTold(step=step.id, notice=step.name, to=step.to, text=text, number=one.told + 1)


def _record(state: State, one: StepState, step: Document, now: float) -> RecordMade:
    known = _known(state, one, now)
    text = _filled(step.text, known)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return RecordMade(step=step.id, path=_filled(step.path, known), text=text, sha256=digest)


def _known(state: State, one: StepState, now: float) -> Mapping[str, str]:
    return {
        "captain": state.captain,
        "participants": ", ".join(said_by(state)),
        "started": utc(state.opened),
        "now": utc(now),
        "outcome": "rolled back" if state.rolling_back else "released",
        "reason": (state.rollback_note if state.rolling_back else state.held_note) or UNKNOWN,
        **values(state),
        **one.fields,
    }


def _filled(template: str, known: Mapping[str, str]) -> str:
    used = {name for name, _ in names(template)}
    try:
        return render(template, {**dict.fromkeys(used, UNKNOWN), **known})
    except ExpressionError as error:
        return f"{template} ({error})"
