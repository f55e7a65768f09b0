"""How a release begins."""

from __future__ import annotations

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Http, Plan, Run, Step
from cockpit.release.events import Opened
from cockpit.release.state import HostRun, HostState, Rehearsal, RuleState, State, StepState


def opened(event: Opened, at: float) -> State:
    """The first state: every step waits, and of no host anything is known."""
    plan = event.plan
    steps = plan.every
    names = [host for step in steps for host in _hosts_of(step)]
    firsts = [members[0] for members in plan.groups.values() if members]
    return State(
        release=event.release,
        nonce=event.nonce,
        mode=event.mode,
        rehearsal=Rehearsal(played, played.speed, played.played) if (played := event.rehearsal) else None,
        plan=plan,
        exchanges=event.exchanges,
        digest=event.digest,
        captain=event.captain,
        starter=event.captain,
        opened=at,
        day=event.day,
        not_before=event.not_before,
        steps={step.id: StepState(step, hosts={host: HostRun(host) for host in _hosts_of(step)}) for step in steps},
        hosts={name: HostState(name, _groups_of(plan, name)) for name in dict.fromkeys([*names, *firsts])},
        rules={name: _unjudged(rule, at) for name, rule in plan.rules.items()},
    )


def _unjudged(rule: Rule, at: float) -> RuleState:
    """A rule that nobody has judged yet: what people report is well until somebody does."""
    return RuleState(verdict="passing", since=at) if rule.reported else RuleState()


def _hosts_of(step: Step) -> tuple[str, ...]:
    return step.hosts if isinstance(step, Run | Http) else ()


def _groups_of(plan: Plan, host: str) -> tuple[str, ...]:
    return tuple(name for name, members in plan.groups.items() if host in members)
