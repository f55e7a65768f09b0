"""How long each step took, and how much of that was waiting for a person: told from one record after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from cockpit.playbook.plan import Assign, Checklist, Do, Document, Gate, Notice, Plan, Step
from cockpit.release import events as happened
from cockpit.release.events import Record
from cockpit.release.schedule import length
from cockpit.report.tally import ScoredStep


@dataclass
class _Spent:
    """One step: `since` is when it began, while it goes on; `idle` is since when it waits for a person.

    `cut`: it was under way when the release ended or turned back. `over` is when it was over. `open` are the items of a
    checklist that people are still to tick, `shut` is since when the calendar keeps a gate shut, `misfit` for how long
    it did before.
    """

    step: Step
    since: float | None = None
    idle: float | None = None
    actual: float = 0.0
    waited: float = 0.0
    done: bool = False
    over: float | None = None
    cut: bool = False
    live: set[str] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    shut: float | None = None
    misfit: float = 0.0

    @property
    def needs_a_person(self) -> bool:
        if isinstance(self.step, Checklist):
            return bool(self.open)
        if isinstance(self.step, Notice | Document):
            return bool(self.step.asks)
        return isinstance(self.step, Gate | Do | Assign) and self.shut is None

    def asked_anew(self) -> None:
        """It begins: nothing of a checklist was ticked."""
        items = self.step.items if isinstance(self.step, Checklist) else ()
        self.open = {item.id for item in items if not item.by}


class Spending:
    """The steps of one release that have begun; `take` folds in one record after another.

    What a person does waits for people all the while, a gate while what is ahead fits into the calendar, a checklist
    while items are open that people tick; what runs on hosts waits while nothing of it runs and a host has failed
    without an answer, or the release is held.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = {step.id: step for step in plan.every}
        self._steps: dict[str, _Spent] = {}
        self._attempts: dict[str, happened.AttemptStarted] = {}
        self._back = {step.id for step in plan.rollback or ()}
        self._late: dict[str, float] = {}
        self._held = False
        self._turned = False
        self._at = 0.0

    def take(self, record: Record) -> None:
        """Fold a record in."""
        self._at = record.at
        match record.event:
            case happened.StepStarted() | happened.StepPassed() | happened.StepSkipped():
                self._step(record.event)
            case happened.AttemptStarted():
                self._attempts[record.event.id] = record.event
                self._of(record.event.step).live.add(record.event.id)
            case happened.AttemptEnded(id=attempt):
                self._of(self._attempts[attempt].step).live.discard(attempt)
            case happened.AttemptSettled(id=attempt):
                self._of(self._attempts[attempt].step).asks.discard(self._attempts[attempt].host)
            case happened.HostFailed(step=step, host=host):
                self._of(step).asks.add(host)
            case happened.HostPassed(step=step, host=host) | happened.HostDropped(step=step, host=host):
                self._of(step).asks.discard(host)
            case happened.RetryOrdered(step=step, host=host):
                self._of(step).asks.discard(host)
            case happened.ItemTicked(step=step, item=item) | happened.ItemNotApplicable(step=step, item=item):
                self._of(step).open.discard(item)
            case happened.ItemLapsed(step=step, item=item):
                self._of(step).open.add(item)
            case happened.FitJudged(gate=step, fits=fits):
                self._fit(self._of(step), fits)
            case happened.Overdue(step=step, due=due):
                self._late[step] = due
            case happened.Held() | happened.Resumed():
                self._held = isinstance(record.event, happened.Held)
            case happened.RollbackStarted() | happened.Ended():
                self._turn(record.event)
            case _:
                pass
        for one in self._steps.values():
            if one.since is not None:
                self._wait(one)

    def scored(self) -> tuple[ScoredStep, ...]:
        """The steps as they stand, in the order in which they began."""
        found: list[ScoredStep] = []
        drift = 0.0
        for one in self._steps.values():
            planned = length(one.step) or None
            actual = one.actual + (0.0 if one.since is None else self._at - one.since)
            waited = one.waited + (0.0 if one.idle is None else self._at - one.idle)
            shut = one.misfit + (0.0 if one.shut is None else self._at - one.shut)
            drift += actual - planned if planned and one.done else 0.0
            step = one.step
            scored = ScoredStep(
                id=step.id,
                title=step.title,
                phase=step.phase,
                planned=planned,
                actual=actual,
                waited=waited,
                shut=shut,
                drift=drift,
                late=self._behind(one),
                done=one.done,
            )
            found.append(scored)
        return tuple(found)

    def _behind(self, one: _Spent) -> float | None:
        """How far behind its due time a step was over, or is; None where it was not late."""
        due = self._late.get(one.step.id)
        return None if due is None else (self._at if one.over is None else one.over) - due

    def _wait(self, one: _Spent) -> None:
        hosts_wait = bool(one.asks) or (self._held and bool(getattr(one.step, "hosts", ())))
        waits = one.needs_a_person or (hosts_wait and not one.live)
        if waits and one.idle is None:
            one.idle = self._at
        elif not waits and one.idle is not None:
            one.waited += self._at - one.idle
            one.idle = None

    def _fit(self, one: _Spent, fits: bool) -> None:
        if one.shut is not None:
            one.misfit += self._at - one.shut
        one.shut = None if fits else self._at

    def _of(self, step: str) -> _Spent:
        return self._steps.get(step) or _Spent(self._plan[step])

    def _step(self, event: happened.StepStarted | happened.StepPassed | happened.StepSkipped) -> None:
        one = self._of(event.step)
        match event:
            case happened.StepStarted():
                self._steps[event.step] = one
                one.asked_anew()
                one.since, one.done, one.over = self._at, False, None
            case happened.StepPassed():
                self._close(one, done=True)
            case happened.StepSkipped(host=""):
                self._close(one, done=False)
            case happened.StepSkipped():
                one.asks.discard(event.host)
            case _:
                assert_never(event)

    def _close(self, one: _Spent, *, done: bool) -> None:
        if one.since is not None:
            one.actual += self._at - one.since
        if one.idle is not None:
            one.waited += self._at - one.idle
        self._fit(one, fits=True)
        one.since, one.idle, one.done, one.over = None, None, done, self._at
        one.asks.clear()

    def _turn(self, event: happened.RollbackStarted | happened.Ended) -> None:
        """What was under way is over, done or not; a rollback that is ordered again goes on with its steps."""
        self._held = False
        again = self._turned and isinstance(event, happened.RollbackStarted)
        self._turned = self._turned or isinstance(event, happened.RollbackStarted)
        for one in self._steps.values():
            if again and one.cut and one.step.id in self._back:
                one.since, one.cut = self._at, False
            elif not again and one.since is not None:
                self._close(one, done=False)
                one.cut = True
