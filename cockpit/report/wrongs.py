"""How long each fault of a rehearsal took to be noticed, decided and put right: told from one record after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from cockpit.playbook.plan import HERE, Plan
from cockpit.release import events as happened
from cockpit.release.chronicle import say
from cockpit.release.events import ITSELF, FaultBegan, Record
from cockpit.release.practice import AT_NEXT, OFF, ON_HOSTS, ON_METRICS, ON_SIGNERS
from cockpit.report.signs import ALL, Reading, Subject, is_answered, is_cured
from cockpit.report.tally import ScoredFault

AFTER = 600.0
"""Seconds after the end of a fault in which a verdict may still come from it: rules look back."""


@dataclass
class _Watched:
    """A fault. `signs` are all that it showed, `open` those that are not well again; `taken` is the attempt that
    took it upon itself."""

    fault: FaultBegan
    began: float
    noticed: float | None = None
    decided: float | None = None
    restored: float | None = None
    sign: str = ""
    answer: str = ""
    by_person: bool = False
    taken: Subject | None = None
    signs: dict[tuple[str, ...], Subject] = field(default_factory=dict)
    open: dict[tuple[str, ...], Subject] = field(default_factory=dict)

    @property
    def over(self) -> float:
        return self.began + self.fault.lasts if self.fault.lasts else inf


class Wrongs:
    """The faults of one rehearsal; `take` folds in one record after another.

    A fault is noticed by the first sign (see `Reading.sign`) that is about what it meets while it lasts, a verdict also
    some minutes later; else by a person's act, if no other fault was noticed that could have caused it. It is decided
    by the first act after that which is about one of its signs, or about the whole release; it is restored when all its
    signs are well again. A late signature restores what nobody noticed. A killed engine is noticed, decided and
    restored by its next start.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._reading = Reading(plan)
        self._watched: list[_Watched] = []
        self.unexplained: dict[str, float] = {}
        """When a rule first caused something that no fault explains."""

    def take(self, record: Record) -> None:
        """Fold a record in."""
        event, at = record.event, record.at
        sign, acts, cure = self._reading.sign(event), self._reading.act(event), self._reading.cure(event)
        for one in self._watched:
            if sign and self._shows(one, sign, at):
                self._notice(one, sign, record)
            for act in acts:
                self._act(one, act, record)
            if cure:
                self._cure(one, cure, at)
        self._fired(event, at)
        self._reading.remember(event)
        match event:
            case FaultBegan():
                self._watched.append(_Watched(event, at))
            case happened.AttemptStarted(part="run"):
                self._spend(Subject("work", host=event.host, step=event.step, attempt=event.id), at)
            case happened.EngineStarted():
                self._started_again(record)
            case happened.FileSeen():
                self._file_seen(event, record)
            case _:
                pass

    def scored(self) -> tuple[ScoredFault, ...]:
        """The faults as they stand, in the order in which they began."""
        return tuple(_scored(one) for one in self._watched)

    def by_person(self) -> frozenset[str]:
        """The ids of those that only a person noticed."""
        return frozenset(one.fault.fault for one in self._watched if one.by_person)

    def disturbed(self) -> frozenset[str]:
        """The steps that faults were felt in: how long these took says nothing of the plan."""
        return frozenset(sign.step for one in self._watched for sign in (*one.signs.values(), one.taken) if sign)

    def _shows(self, one: _Watched, sign: Subject, at: float) -> bool:
        fault = one.fault
        here = not fault.hosts or sign.host in fault.hosts
        match sign.what:
            case "rule" if fault.kind in ON_METRICS:
                same = fault.metric in ("", self._plan.rules[sign.rule].metric)
                return same and (here or not sign.host) and at <= one.over + AFTER
            case "rule":
                return fault.kind in ON_HOSTS - AT_NEXT and bool(sign.host) and here and at <= one.over + AFTER
            case "host":
                return fault.kind in OFF and here and at <= one.over + AFTER
            case "work" if fault.kind in AT_NEXT:
                return one.taken is not None and one.taken.key == sign.key and sign.attempt in ("", one.taken.attempt)
            case "work":
                near = sign.host != HERE or fault.kind not in OFF
                meets = fault.kind in ON_HOSTS or fault.kind == "deaf"
                return meets and near and here and fault.step in ("", sign.step) and at <= one.over + AFTER
            case "gate":
                return fault.kind in ON_SIGNERS and fault.role in ("", sign.role)
            case "all":
                return False

    def _notice(self, one: _Watched, sign: Subject, record: Record) -> None:
        one.signs[sign.key] = one.open[sign.key] = sign
        one.restored = None
        if one.noticed is None:
            one.noticed = record.at
            one.sign = self._words(record)

    def _act(self, one: _Watched, act: Subject, record: Record) -> None:
        if one.noticed is None and self._is_persons_guess(one, act, record):
            one.by_person = True
            self._notice(one, act, record)
        if one.noticed is not None and one.decided is None and is_answered(one.signs, act):
            one.decided = record.at
            one.answer = self._words(record)

    def _is_persons_guess(self, one: _Watched, act: Subject, record: Record) -> bool:
        if getattr(record.event, "by", ITSELF) == ITSELF or record.at > one.over:
            return False
        if act.what == "work":
            return self._shows(one, act, record.at)
        others = (each for each in self._watched if each is not one and each.noticed is not None)
        return act == ALL and not any(each.restored is None for each in others)

    def _cure(self, one: _Watched, cure: Subject, at: float) -> None:
        if one.fault.kind in ON_SIGNERS and cure.what == "gate" and one.fault.role in ("", cure.role):
            one.open.clear()
            one.restored = one.restored or at
        elif one.taken and not one.signs and is_cured(one.taken, cure):
            one.restored = at
        elif one.open:
            one.open = {key: sign for key, sign in one.open.items() if not is_cured(sign, cure)}
            one.restored = None if one.open else at

    def _spend(self, attempt: Subject, at: float) -> None:
        for one in self._watched:
            fault = one.fault
            here = not fault.hosts or attempt.host in fault.hosts
            waits = fault.kind in AT_NEXT and one.taken is None and at <= one.over
            if waits and here and fault.step in ("", attempt.step):
                one.taken = attempt
                return

    def _started_again(self, record: Record) -> None:
        for one in self._watched:
            if one.fault.kind == "engine-killed" and one.noticed is None:
                one.noticed = one.decided = one.restored = record.at
                one.sign = one.answer = self._words(record)

    def _file_seen(self, event: happened.FileSeen, record: Record) -> None:
        """A file that has changed holds the release by itself, until it is again what it was."""
        for one in self._watched:
            if one.fault.kind != "file-changed" or one.fault.step not in ("", event.step) or not event.was:
                continue
            if event.sha256 == event.was:
                one.restored = record.at if one.noticed is not None else None
            elif one.noticed is None:
                one.noticed = one.decided = record.at
                one.sign = one.answer = self._words(record)

    def _fired(self, event: happened.AnyEvent, at: float) -> None:
        match event:
            case happened.Held(rules=rules):
                fired = rules
            case happened.RollbackAnnounced(rule=rule) | happened.DecisionOpened(rule=rule, about="decision"):
                fired = (rule,)
            case happened.BackOrdered(rule=rule) if rule:
                fired = (rule,)
            case _:
                return
        known = {sign.rule for one in self._watched for sign in one.signs.values()}
        for rule in fired:
            if rule not in known:
                self.unexplained.setdefault(rule, at)

    def _words(self, record: Record) -> str:
        return say(record.event, self._reading.attempts)[0]


def _scored(one: _Watched) -> ScoredFault:
    fault = one.fault

    def after(moment: float | None) -> float | None:
        return None if moment is None else moment - one.began

    return ScoredFault(
        id=fault.fault,
        kind=fault.kind,
        where=", ".join(filter(None, (*fault.hosts, fault.step, fault.metric, fault.role))),
        began=one.began,
        noticed=after(one.noticed),
        decided=after(one.decided),
        restored=after(one.restored),
        sign=one.sign,
        answer=one.answer,
    )
