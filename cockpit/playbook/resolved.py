"""A step as it is written to a step of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TypedDict, assert_never

import msgspec
from msgspec.structs import replace

from cockpit.playbook import plan
from cockpit.playbook.batches import split
from cockpit.playbook.checklists import item_ids
from cockpit.playbook.given import Given
from cockpit.playbook.model.commands import Advice, Check
from cockpit.playbook.model.criteria import FITS, no_severity, rehearsed_within
from cockpit.playbook.model.items import Item
from cockpit.playbook.model.steps import (
    AnyStep,
    AssignStep,
    ChecklistStep,
    DoStep,
    GateStep,
    GuardStep,
    HttpStep,
    Look,
    Manual,
    NoticeStep,
    PassingStep,
    RecordStep,
    RunStep,
    SoakStep,
    WaitStep,
)
from cockpit.playbook.plan import HERE
from cockpit.playbook.requested import request_of, secrets_of
from cockpit.playbook.reserved import BUILTINS
from cockpit.playbook.severities import actions, at_least
from cockpit.playbook.templates import texts, uses
from cockpit.playbook.timed import Timing
from cockpit.playbook.titled import title
from cockpit.playbook.world import BACK, PROVEN, Placed, World

DEFAULT_TIMEOUT = 1800.0
"""Seconds after which a command is stopped where the playbook does not say."""


class _Common(TypedDict):
    id: str
    phase: str
    title: str
    after: tuple[str, ...]
    when: str
    owner: tuple[str, ...]
    takes: float | None
    no_return: bool
    ticks: str
    unchanged: tuple[str, ...]
    planned: plan.Moment | None
    not_before: plan.Moment | None
    due: plan.Moment | None
    if_late: plan.IfLate


class Resolver(msgspec.Struct, frozen=True):
    """Makes the steps of one plan. `timings` are by step."""

    world: World
    given: Given
    metrics: Mapping[str, plan.Metric]
    timings: Mapping[str, Timing]

    def steps(self, placed: tuple[Placed, ...]) -> tuple[plan.Step, ...]:
        """Those of these steps that are there with what is given."""
        return tuple(self._step(step) for step in placed if not self._leaves_out(step))

    def _step(self, placed: Placed) -> plan.Step:
        match placed.step:
            case RunStep():
                return self._run(placed, placed.step)
            case HttpStep():
                return self._http(placed, placed.step)
            case ChecklistStep():
                return self._checklist(placed, placed.step)
            case DoStep():
                look = self._look(placed.step.look)
                return plan.Do(**self._base(placed), text=self.given.text(placed.step.do), look=look)
            case NoticeStep():
                return self._notice(placed, placed.step)
            case RecordStep() as record:
                return plan.Document(**self._base(placed), path=record.record, text=record.text, asks=dict(record.asks))
            case AssignStep():
                return plan.Assign(**self._base(placed), role=placed.step.assign)
            case WaitStep() as wait:
                return plan.Wait(**self._base(placed), seconds=self.given.length(wait.wait), look=self._look(wait.look))
            case GateStep() as gate:
                return self._gate(placed, gate)
            case GuardStep() as guard:
                return plan.Guard(
                    **self._base(placed),
                    rules=dict(actions(self.world.book.model, guard)),
                    seconds=self.given.length(guard.seconds),
                    steady=guard.steady or 0.0,
                    countdown=guard.countdown,
                    look=self._look(guard.look),
                )
            case PassingStep() as steady:
                names = tuple(dict.fromkeys(steady.passing))
                seconds = 0.0 if steady.seconds is None else self.given.length(steady.seconds)
                return plan.Steady(**self._base(placed), rules=names, seconds=seconds)
            case SoakStep() as soak:
                return self._soak(placed, soak)
            case never:
                assert_never(never)

    def _base(self, placed: Placed) -> _Common:
        step = placed.step
        return {
            "id": placed.id,
            "phase": placed.phase,
            "title": self.given.text(title(self.world, placed, self.given)),
            "after": placed.after,
            "when": step.when or "",
            "owner": tuple(step.owner),
            "takes": step.takes,
            "no_return": step.point_of_no_return,
            "ticks": placed.ticks,
            "unchanged": tuple(self._file(placed, path) for path in step.unchanged or ()),
            **self.timings[placed.id],
        }

    def _file(self, placed: Placed, path: str) -> str:
        """Where a file lies: relative ones beside the command's folder, where it has one that is known."""
        folder = placed.step.directory if isinstance(placed.step, RunStep) else ""
        inside = folder if not uses(folder, self.world.names.captures | BUILTINS.keys()) else ""
        return str(PurePosixPath(self.given.text(inside) or "~", self.given.text(path)))

    def _notice(self, placed: Placed, step: NoticeStep) -> plan.Notice:
        said = self.world.book.model.notices[step.notice]
        return plan.Notice(
            **self._base(placed),
            name=step.notice,
            to=tuple(said.to),
            text=said.text,
            asks=dict(said.asks),
            repeat=said.repeat or 0.0,
        )

    def _soak(self, placed: Placed, soak: SoakStep) -> plan.Soak:
        redeploy = tuple(dict.fromkeys(soak.redeploy))
        base = self._base(placed)
        base["after"] = tuple(dict.fromkeys((*base["after"], *redeploy)))
        return plan.Soak(
            **base,
            rules=tuple(dict.fromkeys(soak.soak)),
            seconds=self.given.length(soak.seconds),
            redeploy=redeploy,
            look=self._look(soak.look),
        )

    def _look(self, look: Look | None) -> plan.Look | None:
        if look is None:
            return None
        return plan.Look(
            paces=tuple(plan.Pace(every=pace.every, until=pace.until) for pace in look.every),
            boards=tuple(
                plan.Board(title=self.given.text(each.title), url=self.given.text(each.url)) for each in look.boards
            ),
            owner=tuple(look.owner),
        )

    def _gate(self, placed: Placed, gate: GateStep) -> plan.Gate:
        spans = ((name, rehearsed_within(name)) for name in gate.passing)
        rehearsed = {name: span for name, span in spans if span is not None}
        return plan.Gate(
            **self._base(placed),
            sign=dict(gate.sign),
            distinct=gate.distinct or 0,
            expires=gate.expires or 0.0,
            without_starter=gate.without_starter,
            confirm=self.given.text(gate.confirm or "").strip(),
            passing=self._must_pass(gate, rehearsed),
            without=tuple(filter(None, map(no_severity, dict.fromkeys(gate.passing)))),
            proven=PROVEN in gate.passing,
            fits=FITS in gate.passing,
            rehearsed=min(rehearsed.values(), default=0.0),
            zones=gate.zones or 0,
            waiver=tuple(gate.waiver),
            waiver_expires=gate.waiver_expires or 0.0,
        )

    def _must_pass(self, gate: GateStep, others: Iterable[str]) -> tuple[str, ...]:
        """The rules that a gate names, and those that are as bad as it wants none."""
        found: dict[str, None] = {}
        for name in gate.passing:
            if severity := no_severity(name):
                found.update(dict.fromkeys(at_least(self.world.book.model, severity)))
            elif name not in (PROVEN, FITS, *others):
                found[name] = None
        return tuple(found)

    def _run(self, placed: Placed, step: RunStep) -> plan.Run:
        hosts = self._hosts(step.on)
        secrets = self.world.names.secrets
        check = None if step.check is None else self._check(step.check)
        return plan.Run(
            **self._base(placed),
            undo=placed.undo_id,
            command=step.run,
            group=", ".join(step.on),
            batches=split(hosts, step.batches or (), first_alone=bool(step.batches or step.check)),
            directory=step.directory,
            env={name: value for name, value in step.env.items() if not uses(value, secrets)},
            secret_env={name: value for name, value in step.env.items() if uses(value, secrets)},
            secrets=secrets_of(self.world, step.run, *step.env.values()),
            user=step.user,
            shell=step.shell,
            timeout=DEFAULT_TIMEOUT if step.timeout is None else step.timeout,
            quiet=step.quiet,
            stream=step.stream or 0.0,
            check=check,
            fail_above=step.fail_above,
            if_fails=step.if_fails,
            fails_twice=step.fails_twice or "",
            captures=tuple(step.captures),
            advice=self._advice(step.advice),
            waiver=tuple(step.waiver),
        )

    def manual(self, placed: Placed, step: AnyStep) -> plan.Manual:
        """What only a person orders."""
        assert isinstance(step, Manual)
        run = self._run(placed, step)
        return plan.Manual(ask=self.given.text(step.ask), confirm=self.given.text(step.confirm or "").strip(), step=run)

    def undo(self, placed: Placed, run: plan.Run) -> plan.Run | None:
        """What takes a step back, on the same hosts."""
        undo = placed.step.undo if isinstance(placed.step, RunStep) else None
        if undo is None:
            return None
        return replace(
            run,
            id=placed.undo_id,
            phase=BACK,
            title=f"{run.title} back",
            after=(),
            when="",
            takes=None,
            no_return=False,
            planned=None,
            not_before=None,
            due=None,
            undo="",
            captures=(),
            advice=(),
            waiver=(),
            command=undo.run,
            secrets=secrets_of(self.world, undo.run, *run.env.values(), *run.secret_env.values()),
            check=None if undo.check is None else self._check(undo.check),
            fail_above=0.0,
            if_fails="ask",
            fails_twice="",
            stream=0.0,
        )

    def _http(self, placed: Placed, step: HttpStep) -> plan.Http:
        request = request_of(step.http)
        return plan.Http(
            **self._base(placed),
            request=request,
            hosts=(HERE,) if step.on is None else self._hosts(step.on),
            group=HERE if step.on is None else ", ".join(step.on),
            times=step.times,
            every=5.0 if step.every is None else step.every,
            deadline=step.deadline or 0.0,
            secrets=secrets_of(self.world, "", *texts(request)),
            timeout=step.timeout,
            if_fails=step.if_fails,
            fails_twice=step.fails_twice or "",
            advice=self._advice(step.advice),
            waiver=tuple(step.waiver),
        )

    def _advice(self, advice: list[Advice]) -> tuple[plan.Advice, ...]:
        return tuple(
            plan.Advice(
                say=self.given.text(each.say),
                commands=tuple(each.run or ()),
                output=tuple(each.output or ()),
                exit=tuple(each.exit or ()),
            )
            for each in advice
        )

    def _check(self, check: Check) -> plan.Check:
        request = None if check.http is None else request_of(check.http)
        if check.probe is not None and isinstance(source := self.metrics[check.probe].source, plan.Probe):
            request = source.request
        return plan.Check(
            command=check.run or "",
            request=request,
            times=check.times,
            every=check.every,
            deadline=check.deadline,
            secrets=secrets_of(self.world, check.run or "", *(texts(request) if request else ())),
        )

    def _checklist(self, placed: Placed, checklist: ChecklistStep) -> plan.Checklist:
        """A checklist; where it does not say itself how long it takes, as long as rules must pass to tick its items."""
        base = self._base(placed)
        if base["takes"] is None:
            longest = max(
                (item.seconds or 0.0 for item in checklist.checklist if self.given.applies(item)), default=0.0
            )
            base["takes"] = longest or None
        return plan.Checklist(**base, items=self._items(placed, checklist.checklist))

    def _items(self, placed: Placed, items: list[Item]) -> tuple[plan.Item, ...]:
        titles = [self.given.text(item.item) for item in items]
        by = {self.world.by_id[name].path: name for name in placed.ticked}
        return tuple(
            plan.Item(
                id=name,
                title=title,
                text=self.given.text(item.text),
                evidence=item.evidence == "required",
                not_applicable=item.not_applicable == "allowed",
                by=by.get((*placed.path, "checklist", index), ""),
                fresh=item.fresh or 0.0,
            )
            for index, (item, name, title) in enumerate(zip(items, item_ids(items, titles), titles, strict=True))
            if self.given.applies(item)
        )

    def _leaves_out(self, placed: Placed) -> bool:
        """Whether a step ticks an item that is not there."""
        checklist = self.world.by_id[placed.ticks].step if placed.ticks else None
        index = placed.path[-1]
        return isinstance(checklist, ChecklistStep) and not self.given.applies(checklist.checklist[int(index)])

    def _hosts(self, on: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(host for _, host in self.world.hosts_of(on)))
