"""The open decision about a rule: the question, what can be chosen, and who decides."""

from __future__ import annotations

from cockpit.release.health import describe
from cockpit.release.people import rollback_word
from cockpit.release.state import State

ACCEPT = "accept"


def question_of(state: State, rule: str) -> str:
    """The question of an open decision about a rule."""
    one = state.rules[rule]
    match one.asked:
        case "decision":
            return f"{state.the_plan.decisions[rule].ask} ({describe(state, rule)})"
        case "no return":
            return f"roll back past what cannot be undone ({rollback_word(state)})? {describe(state, rule)}"
        case "end":
            return f"{one.guard} is over, but {describe(state, rule)}"
        case None:
            return ""


def options_of(state: State, rule: str) -> tuple[str, ...]:
    """What can be chosen in the open decision about a rule."""
    back = () if state.the_plan.rollback is None or state.rolling_back else ("roll back",)
    match state.rules[rule].asked:
        case "decision":
            return state.the_plan.decisions[rule].options
        case "no return":
            return (*back, "go on")
        case "end":
            return (ACCEPT, *back)
        case None:
            return ()


def owners_of(state: State, rule: str) -> tuple[str, ...]:
    """The roles that decide about a rule beside the captain."""
    decision = state.the_plan.decisions.get(rule) if state.rules[rule].asked == "decision" else None
    return decision.owner if decision else ()
