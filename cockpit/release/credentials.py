"""The credentials that a release lacks."""

from __future__ import annotations

from cockpit.playbook.plan import (
    Http,
    Run,
    Step,
)
from cockpit.release.order import is_complete
from cockpit.release.state import State


def lacking(state: State) -> tuple[str, ...]:
    """The credentials that are missed and still needed: to log in, or by a step that may yet run."""
    if not state.missing:
        return ()
    ahead = [step for step in (*state.track, *state.backward) if not is_complete(state.steps[step.id])]
    spare = set(state.the_plan.secrets) - {name for step in ahead for name in _secrets_of(step)}
    return tuple(name for name in state.missing if name not in spare)


def _secrets_of(step: Step) -> tuple[str, ...]:
    if isinstance(step, Run):
        return (*step.secrets, *(step.check.secrets if step.check else ()))
    return step.secrets if isinstance(step, Http) else ()
