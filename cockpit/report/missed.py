"""What nobody did in time: told from one record after another."""

from __future__ import annotations

from cockpit.playbook.plan import Guard, Plan, Soak
from cockpit.release import events as happened
from cockpit.release.events import ITSELF, Record
from cockpit.units import clock, format_duration


class Missed:
    """Decisions that went by default, rules that nobody acknowledged within `answer_within` while a guard or a
    soak watched them, steps that were late, gates that were refused, and what an end left unknown; `take` folds in one
    record after another.
    """

    def __init__(self, plan: Plan) -> None:
        self._within = {name: rule.answer_within for name, rule in plan.rules.items() if rule.answer_within}
        self._guards = {
            step.id: step for step in (*plan.steps, *(plan.rollback or ())) if isinstance(step, Guard | Soak)
        }
        self._watching: set[str] = set()
        self._unwell: set[str] = set()
        self._unseen: dict[str, float] = {}
        self.texts: list[str] = []

    def take(self, record: Record) -> None:
        """Fold a record in."""
        self._overdue(record.at)
        match record.event:
            case happened.VerdictChanged(rule=rule, verdict=verdict) if rule in self._within:
                if verdict == "passing":
                    self._unwell.discard(rule)
                    self._unseen.pop(rule, None)
                elif rule not in self._unwell:
                    self._unwell.add(rule)
                    self._unseen[rule] = record.at + self._within[rule]
            case happened.Acknowledged(rule=rule):
                self._unseen.pop(rule, None)
            case happened.StepStarted(step=step) if step in self._guards:
                self._watching.add(step)
            case happened.StepPassed(step=step) | happened.StepSkipped(step=step):
                self._watching.discard(step)
            case happened.RollbackStarted() | happened.Aborted():
                self._watching.clear()
            case happened.Decided(by=by, rule=rule, option=option) if by == ITSELF:
                self.texts.append(f"nobody decided about {rule} in time: {option} was the default")
            case happened.Overdue(step=step, due=due):
                self.texts.append(f"{step} was not complete by {clock(due)}, when it was due")
            case happened.GateRefused(gate=gate, by=by):
                self.texts.append(f"{by} said no-go for {gate} at {clock(record.at)}: it had to be asked for again")
            case happened.Ended(reason=reason) if reason:
                self.texts.append(f"it ended with something {reason}")
            case _:
                pass

    def _overdue(self, at: float) -> None:
        for rule, due in [*self._unseen.items()]:
            if due <= at and any(rule in self._guards[guard].rules for guard in self._watching):
                del self._unseen[rule]
                within = format_duration(self._within[rule])
                self.texts.append(f"nobody acknowledged {rule} by {clock(due)}, within {within}")
