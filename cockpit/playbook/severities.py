"""How bad rules are: what each leads to by its severity, and which are at least so bad."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cockpit.playbook import plan
from cockpit.playbook.model.actions import BY_SEVERITY, Action, Led
from cockpit.playbook.model.playbook import Playbook
from cockpit.playbook.model.rules import Severity
from cockpit.playbook.model.steps import GuardStep


def severities(model: Playbook, text: Callable[[str], str]) -> tuple[plan.Severity, ...]:
    """The severities of a plan, the worst first."""
    return tuple(
        plan.Severity(
            name=name,
            means=text(said.means),
            action=said.action,
            owner=tuple(said.owner),
            deadline=said.deadline or 0.0,
        )
        for name, said in model.severities.items()
    )


def severity_of(model: Playbook, rule: str) -> Severity | None:
    """What is said of the severity of a rule; None where it has none."""
    found = model.rules.get(rule)
    return model.severities.get(found.severity) if found and found.severity else None


def actions(model: Playbook, guard: GuardStep) -> Mapping[str, Action]:
    """What each rule of a guard leads to; `warn` where that is left to a severity that it does not have."""
    return {rule: _action(model, rule, said) for rule, said in guard.guard.items()}


def _action(model: Playbook, rule: str, said: Led) -> Action:
    if said != BY_SEVERITY:
        return said
    severity = severity_of(model, rule)
    return severity.action if severity else "warn"


def at_least(model: Playbook, severity: str) -> tuple[str, ...]:
    """The rules of this severity and of worse ones, as written; none of a severity that is unknown."""
    order = list(model.severities)
    bad = order[: order.index(severity) + 1] if severity in order else []
    return tuple(name for name, rule in model.rules.items() if rule.severity in bad)
