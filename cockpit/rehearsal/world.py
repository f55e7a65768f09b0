"""The world of a rehearsal: what its hosts went through and what went wrong, folded from the journal alone.

An engine that is killed and started again finds it as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from cockpit.playbook.plan import HERE, Plan
from cockpit.rehearsal.acting import Acting, flooding
from cockpit.rehearsal.known import Blow, Facts, Habit
from cockpit.rehearsal.scenario import Fault, Scenario, When
from cockpit.release.events import (
    AttemptEnded,
    AttemptStarted,
    FaultBegan,
    FaultKind,
    Opened,
    Record,
    StepStarted,
)
from cockpit.release.practice import AT_NEXT, OFF

AWAY = 60.0
"""Seconds that a reboot takes, unless something else is said."""

_IN_HABITS = AT_NEXT | {"host-slow"}
"""Faults that make of an attempt what it is, and so have to be known when it starts."""


@dataclass
class Doing:
    """What one attempt does on its host since `began`; `refused` says why nothing was started.

    `stopped` is when it was killed, `lost` when its host lost it; seconds since 1970.
    """

    id: str
    step: str
    host: str
    began: float
    habit: Habit
    refused: str = ""
    stopped: float | None = None
    lost: float | None = None

    @property
    def ends(self) -> float | None:
        """When it ends by itself; None if that never happens."""
        disturbed = self.refused or self.stopped is not None or self.lost is not None
        return None if disturbed or self.habit.seconds is None else self.began + self.habit.seconds

    def printed(self, at: float) -> bytes:
        """What it has printed until then."""
        limit = min([each for each in (at, self.stopped, self.lost) if each is not None])
        return b"".join(piece for second, piece in self.habit.pieces if self.began + second <= limit)

    def next_piece(self, at: float) -> float | None:
        """When it prints something next."""
        return next((self.began + second for second, _ in self.habit.pieces if self.began + second > at), None)


@dataclass
class _Host:
    """`changes` are by the attempt that brings them about: when, and which facts."""

    first: Mapping[str, str]
    changes: dict[str, tuple[float, Mapping[str, str]]] = field(default_factory=dict)
    facts: tuple[Facts, ...] = ()
    boots: int = 0

    def __post_init__(self) -> None:
        self.changed()

    def changed(self) -> None:
        """Gather the facts anew."""
        known = dict(self.first)
        found = [Facts(0.0, dict(known))]
        for since, sets in sorted(self.changes.values(), key=lambda change: change[0]):
            known.update(sets)
            found.append(Facts(since, dict(known)))
        self.facts = tuple(found)


class Site:
    """Keeps `known.World`; `take` folds in one record after another."""

    def __init__(self, plan: Plan, scenario: Scenario, seed: int) -> None:
        self._acting = Acting(plan, scenario, seed)
        self._hosts: dict[str, _Host] = {}
        self._scenario = scenario
        self._attempts: dict[str, Doing] = {}
        self._spent: set[str] = set()
        self.began = scenario.starts
        self.steps: dict[str, float] = {}
        """When each step started first."""
        self.changes = 0
        self.blows: list[Blow] = []

    def take(self, record: Record) -> None:
        """Fold a record in."""
        match record.event:
            case Opened():
                self.began = record.at
            case StepStarted(step=step):
                self.steps.setdefault(step, record.at)
            case AttemptStarted():
                self._attempts[record.event.id] = self._begun(record.event, record.at)
            case AttemptEnded():
                self._ended(record.event, record.at)
            case FaultBegan():
                self._struck(record.event, record.at)
            case _:
                return

    def facts(self, host: str) -> Sequence[Facts]:
        """See `known.World`."""
        return self._host(host).facts

    def known(self, host: str, at: float) -> Facts:
        """What a host is like at a moment."""
        return next(facts for facts in reversed(self.facts(host)) if facts.since <= at)

    def doing(self, attempt: str) -> Doing:
        """What an attempt of the journal does."""
        return self._attempts[attempt]

    def boots(self, host: str) -> int:
        """How often a host was started anew."""
        return self._host(host).boots

    def struck(self, at: float, *kinds: FaultKind, host: str = "", step: str = "", role: str = "") -> Blow | None:
        """The latest fault of these kinds that is felt at a moment, by the host, step and role that are given."""
        return _latest(self.blows, at, kinds, host, step, role)

    def truth(self, attempt: str, at: float) -> bool | None:
        """How an attempt really ended: whether well; None while it goes on."""
        doing = self._attempts[attempt]
        if doing.refused or doing.stopped is not None or doing.lost is not None:
            return False
        return doing.habit.code == 0 if doing.ends is not None and doing.ends <= at else None

    def moment(self, when: When) -> float | None:
        """When that is; None as long as what it refers to has not begun."""
        since: float | None = self.began
        if when.since == "step":
            since = self.steps.get(when.name)
        elif when.since == "fault":
            since = next((blow.began for blow in self.blows if blow.fault.id == when.name), None)
        return None if since is None else since + when.later

    def away(self, host: str, at: float) -> Blow | None:
        """What keeps a host from answering at a moment."""
        return self.struck(at, *OFF, host=host)

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            self._hosts[host] = _Host(self._scenario.facts.get(host, {}))
        return self._hosts[host]

    def _felt(self, at: float) -> list[Blow]:
        """All faults, and those that begin now and are not recorded yet, as a step and its attempts start at once."""
        known = {blow.fault.id for blow in self.blows}
        ahead = [each for each in self._scenario.faults if each.kind in _IN_HABITS and each.id not in known]
        moments = ((fault, self.moment(fault.when)) for fault in ahead)
        return [*self.blows, *(_blow(fault, since) for fault, since in moments if since is not None and since <= at)]

    def _begun(self, event: AttemptStarted, at: float) -> Doing:
        host, step = event.host, event.step
        felt = self._felt(at)
        habit = self._acting.habit(step, host, event.part, event.number, self.known(host, at).known)
        if event.part == "run":
            habit = self._disturbed(felt, habit, step, host, at)
        if (slow := _latest(felt, at, ("host-slow",), host=host)) and habit.seconds is not None:
            habit = _stretched(habit, slow.fault.value or 5.0)
        doing = Doing(event.id, step, host, at, habit)
        if host != HERE and (away := self.away(host, at)):
            doing.refused = f"{host} does not answer: {away.fault.kind}"
        elif self.struck(at, "disk-full", host=host):
            doing.refused = "cannot write: is the disk full?"
        if not doing.refused and habit.seconds is not None:
            self._sets(doing, at + habit.seconds)
        return doing

    def _disturbed(self, felt: Sequence[Blow], habit: Habit, step: str, host: str, at: float) -> Habit:
        """What becomes of an attempt where a fault waits for the next one."""
        for kind in ("wrong-exit", "flood", "hang"):
            blow = next((each for each in felt if self._waits(each, at, kind, host, step)), None)
            if blow is None:
                continue
            self._spent.add(blow.fault.id)
            match kind:
                case "wrong-exit":
                    habit = Habit(habit.seconds, round(blow.fault.value or 1), habit.pieces)
                case "flood":
                    habit = flooding(habit)
                case _:
                    habit = Habit(None, 0, habit.pieces)
        return habit

    def _waits(self, blow: Blow, at: float, kind: str, host: str, step: str) -> bool:
        if blow.fault.kind != kind or blow.fault.id in self._spent:
            return False
        return _meets(blow, at, (blow.fault.kind,), host, step, "")

    def _sets(self, doing: Doing, at: float) -> None:
        if doing.habit.code == 0 and doing.habit.sets:
            one = self._host(doing.host)
            one.changes[doing.id] = (at, doing.habit.sets)
            self._changed(one)

    def _unset(self, doing: Doing, at: float) -> None:
        """What a command would have changed on its host does not happen once it is killed before."""
        one = self._host(doing.host)
        if doing.ends is not None and doing.ends > at and doing.id in one.changes:
            del one.changes[doing.id]
            self._changed(one)

    def _changed(self, one: _Host) -> None:
        one.changed()
        self.changes += 1

    def _ended(self, event: AttemptEnded, at: float) -> None:
        doing = self._attempts.get(event.id)
        if doing is not None and event.outcome == "stopped" and doing.stopped is None:
            self.stop(event.id, at)

    def stop(self, attempt: str, at: float) -> None:
        """Kill what an attempt does."""
        doing = self._attempts[attempt]
        self._unset(doing, at)
        doing.stopped = at

    def _struck(self, event: FaultBegan, at: float) -> None:
        fault = Fault.begun(event)
        if fault.kind == "host-reboot":
            fault = replace(fault, lasts=fault.lasts or AWAY)
            self._reboot(fault.hosts or tuple(self._hosts), at)
        self.blows.append(_blow(fault, at))

    def _reboot(self, hosts: Sequence[str], at: float) -> None:
        for host in hosts:
            self._host(host).boots += 1
        for doing in self._attempts.values():
            if doing.host in hosts and (doing.ends is None or doing.ends > at) and doing.stopped is None:
                self._unset(doing, at)
                doing.lost = doing.lost or at


def _blow(fault: Fault, at: float) -> Blow:
    return Blow(fault, at, at + fault.lasts if fault.lasts else None)


def _latest(
    blows: Sequence[Blow], at: float, kinds: Sequence[FaultKind], host: str = "", step: str = "", role: str = ""
) -> Blow | None:
    return next((blow for blow in reversed(blows) if _meets(blow, at, kinds, host, step, role)), None)


def _meets(blow: Blow, at: float, kinds: Sequence[FaultKind], host: str, step: str, role: str) -> bool:
    fault = blow.fault
    there = not (host and fault.hosts) or host in fault.hosts
    same = all(not (asked and said) or asked == said for asked, said in ((step, fault.step), (role, fault.role)))
    return fault.kind in kinds and there and same and blow.holds(at)


def _stretched(habit: Habit, factor: float) -> Habit:
    pieces = tuple((second * factor, piece) for second, piece in habit.pieces)
    assert habit.seconds is not None
    return replace(habit, seconds=habit.seconds * factor, pieces=pieces)
