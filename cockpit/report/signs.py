"""What shows that something is wrong, what is done about it, and what shows that it is well again: event by event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cockpit.analysis.rule import Verdict
from cockpit.playbook.plan import Http, Plan
from cockpit.release import events as happened
from cockpit.release.events import ITSELF, AnyEvent, AttemptStarted

CHECK = "check"
"""`by` of what a step's check settled."""


class Subject(msgspec.Struct, frozen=True):
    """What an event is about. `rule`: a rule, decided on `host` if that is named · `host`: whether it answers ·
    `work`: a step on a host ("": on all of them) · `gate`: the gate `step`, and a role there · `all`: the release.

    `attempt` is the id of the attempt that it was.
    """

    what: Literal["rule", "host", "work", "gate", "all"]
    rule: str = ""
    host: str = ""
    step: str = ""
    role: str = ""
    attempt: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What stays the same from the first sign to the end of it."""
        return (self.what, self.rule, self.host if self.what in ("host", "work") else "", self.step)


ALL = Subject("all")


class Reading:
    """Reads events in their order; it remembers attempts, verdicts and whether the release has turned back."""

    def __init__(self, plan: Plan) -> None:
        self._requests = {step.id for step in plan.steps if isinstance(step, Http)}
        self._verdicts: dict[str, Verdict] = {}
        self._stopped: set[str] = set()
        self._turned = False
        self.attempts: dict[str, AttemptStarted] = {}

    def remember(self, event: AnyEvent) -> None:
        """Fold an event in, after it was asked about."""
        match event:
            case AttemptStarted():
                self.attempts[event.id] = event
            case happened.StopOrdered():
                self._stopped.add(event.id)
            case happened.VerdictChanged():
                self._verdicts[event.rule] = event.verdict
            case happened.BackOrdered() | happened.Aborted() | happened.RollbackStarted():
                self._turned = True
            case happened.BackDone():
                self._turned = False
            case _:
                pass

    def sign(self, event: AnyEvent) -> Subject | None:
        """What an event shows to be wrong, without a person.

        A verdict that is not passing (the first one of a rule only if it fails) · a host that does not answer, or a
        link that is lost · an attempt that did not pass, or is stopped at its time; of one that is repeated until it
        passes only where it could not be made · a host of a step that failed · a refused signature.
        """
        match event:
            case happened.VerdictChanged() if event.verdict != "passing":
                known = event.rule in self._verdicts or event.verdict == "failing"
                return Subject("rule", rule=event.rule, host=event.host) if known else None
            case happened.HostUnreachable(host=host) | happened.LinkLost(host=host):
                return Subject("host", host=host)
            case happened.AttemptEnded() if event.outcome != "passed" and event.id not in self._stopped:
                return self._failed(event)
            case happened.StopOrdered(by=by) if by == ITSELF and not self._turned:
                return self._work(event.id)
            case happened.HostFailed() if not (self._turned and event.outcome == "stopped"):
                return Subject("work", host=event.host, step=event.step)
            case happened.SignedOff(yes=False):
                return Subject("gate", step=event.gate, role=event.role)
            case _:
                return None

    def act(self, event: AnyEvent) -> tuple[Subject, ...]:
        """What an event does something about: answers, holds, vetoes, decisions, retries, and ways back that begin or
        are announced, by a person or by itself."""
        match event:
            case happened.RetryOrdered() | happened.HostDropped():
                return (Subject("work", host=event.host, step=event.step),)
            case happened.StepSkipped(by=by) if by != ITSELF:
                return (Subject("work", host=event.host, step=event.step),)
            case happened.AttemptSettled(by=by) if by != CHECK:
                return (self._work(event.id),)
            case happened.StopOrdered(by=by) if by != ITSELF:
                return (self._work(event.id),)
            case happened.Decided(rule=rule) | happened.Vetoed(rule=rule) | happened.RollbackAnnounced(rule=rule):
                return (Subject("rule", rule=rule),)
            case happened.Waived(what=rule):
                return (Subject("rule", rule=rule),)
            case happened.Held(rules=rules) if rules:
                return tuple(Subject("rule", rule=rule) for rule in rules)
            case happened.BackOrdered(rule=rule) if rule:
                return (Subject("rule", rule=rule),)
            case (
                happened.Held()
                | happened.BackOrdered()
                | happened.Aborted()
                | happened.RollbackStarted()
                | happened.GateRefused()
            ):
                return (ALL,)
            case _:
                return ()

    def cure(self, event: AnyEvent) -> Subject | None:
        """What an event shows to be well again, or not to matter any more: a rule that passes, a host that is reached
        or dropped, a step that passed or was left out, a yes, a go, a release that is done or rolled back."""
        match event:
            case happened.VerdictChanged(verdict="passing"):
                return Subject("rule", rule=event.rule)
            case happened.HostReached() | happened.HostDropped():
                return Subject("host", host=event.host)
            case happened.HostPassed() | happened.StepSkipped():
                return Subject("work", host=event.host, step=event.step)
            case happened.StepPassed():
                return Subject("work", step=event.step)
            case happened.AttemptSettled(outcome="passed"):
                return self._work(event.id)
            case happened.SignedOff(yes=True):
                return Subject("gate", step=event.gate, role=event.role)
            case happened.GateOpened():
                return Subject("gate", step=event.gate)
            case happened.Ended(outcome="done" | "rolled_back"):
                return ALL
            case _:
                return None

    def _work(self, attempt: str) -> Subject:
        known = self.attempts[attempt]
        return Subject("work", host=known.host, step=known.step, attempt=attempt)

    def _failed(self, event: happened.AttemptEnded) -> Subject | None:
        attempt = self.attempts[event.id]
        repeated = attempt.part == "check" or attempt.step in self._requests
        if attempt.sought or (repeated and event.outcome == "failed"):
            return None
        return self._work(event.id)


def is_cured(sign: Subject, cure: Subject) -> bool:
    """Whether what a sign showed is well again."""
    match cure.what:
        case "all":
            return True
        case "rule":
            return sign.what == "rule" and sign.rule == cure.rule
        case "host":
            return sign.what == "host" and sign.host == cure.host
        case "work":
            return sign.what == "work" and sign.step == cure.step and cure.host in ("", sign.host)
        case "gate":
            return sign.what == "gate" and sign.step == cure.step and cure.role in ("", sign.role)


def is_answered(signs: Mapping[tuple[str, ...], Subject], act: Subject) -> bool:
    """Whether what is done is about one of these signs."""
    match act.what:
        case "all":
            return True
        case "rule":
            return any(each.rule == act.rule for each in signs.values() if each.rule)
        case _:
            return any(_is_same_work(each, act) for each in signs.values())


def _is_same_work(sign: Subject, act: Subject) -> bool:
    if sign.what == "work":
        return sign.step == act.step and act.host in ("", sign.host)
    return sign.what in ("host", "rule") and bool(act.host) and sign.host == act.host
