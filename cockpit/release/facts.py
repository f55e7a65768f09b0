"""What conditions may ask: params, captured variables, and facts of steps."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.playbook.conditions import evaluate
from cockpit.release.state import FAILING, State, StepState


def holds(state: State, condition: str) -> bool | None:
    """Whether a step's `when` holds; None when it depends on what is unknown."""
    if not condition:
        return True
    return evaluate(condition, values(state), lambda step, fact: known(state.steps[step], fact))


def known(one: StepState, fact: str) -> bool | None:
    """A fact of a step (`started`, `passed`, `failed`, `unknown`); None while an unknown attempt leaves it open."""
    statuses = {run.status for run in one.hosts.values()}
    match fact:
        case "started":
            return one.started is not None and (not one.hosts or any(run.run for run in one.hosts.values()))
        case "unknown":
            return "unknown" in statuses
        case "failed":
            return True if statuses & (FAILING - {"unknown"}) else None if "unknown" in statuses else False
        case "passed":
            return None if "unknown" in statuses else one.status == "passed"
        case _:
            raise ValueError(f"no such fact: {fact}")


def values(state: State, host: str = "") -> Mapping[str, str]:
    """Params and captured variables, as seen on a host: its own capture before any other's."""
    found = dict(state.the_plan.params)
    for name, by_host in state.captures.items():
        found[name] = by_host[host] if host in by_host else list(by_host.values())[-1]
    return found
