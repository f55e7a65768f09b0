"""What conditions may ask: params, captured variables, and facts of steps."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.playbook.conditions import evaluate
from cockpit.release.state import FAILING, HostRun, State, StepState


def holds(state: State, condition: str) -> bool | None:
    """Whether a step's `when` holds; None when it depends on what is unknown."""
    if not condition:
        return True
    return evaluate(condition, values(state), lambda step, fact: known(state.steps[step], fact))


def known(one: StepState, fact: str) -> bool | None:
    """A fact of a step (`started`, `passed`, `failed`, `unknown`); None while what is unknown leaves it open."""
    runs = one.hosts.values()
    unknown = any(run.unsettled for run in runs)
    lost = any(run.lost for run in runs) if one.hosts else one.lost
    match fact:
        case "started":
            begun = any(map(has_begun, runs)) if one.hosts else one.begun or one.started is not None
            return begun or (None if lost else False)
        case "unknown":
            return unknown or (None if lost else False)
        case "failed":
            failed = any(run.status in FAILING and not run.unsettled for run in runs)
            return failed or (None if unknown or lost else False)
        case "passed":
            return None if unknown or lost else one.status == "passed" or _was_found_passed(one)
        case _:
            raise ValueError(f"no such fact: {fact}")


def _was_found_passed(one: StepState) -> bool:
    """Whether a step that was lost with a journal's end is known to have passed, by its hosts."""
    return one.lost and bool(one.hosts) and all(run.status == "passed" for run in one.hosts.values())


def has_begun(run: HostRun) -> bool:
    """Whether a command was started on a host, or is perhaps being started now."""
    return run.begun or (run.status == "running" and run.trying)


def values(state: State, host: str = "") -> Mapping[str, str]:
    """Params and captured variables, as seen on a host: its own capture, else the one that all others agree on.

    Where they differ the variable is left out: a command stops at it, rather than work with another host's value.
    """
    found = {**state.the_plan.params, "release": state.release, "login": state.starter}
    for name, by_host in state.captures.items():
        seen = {by_host[host]} if host in by_host else set(by_host.values())
        if len(seen) == 1:
            found |= dict.fromkeys([name], *seen)
    return found
