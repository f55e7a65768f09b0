"""The core as a script: lines in (`< …`), lines out; what happened in between is compared as text.

In: `< +30s` time passes · `< reached web-1` · `< locked web-1` · `< unreachable web-1 reason…` · `< lost web-1` ·
`< hosts answer` every host that is wanted is reached and its lock taken · `< all pass` (or fail) what runs passes ·
`< ended STEP HOST PART N` exit status, or an outcome · `< LOGIN go gate word`, and the other intents ·
`< RULE is VERDICT` (`no-data` for no data).
Out: events as `name subject…`, wanted effects that are new as `! effect subject`, refusals as `refused: reason`.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from cockpit.analysis.rule import Baseline
from cockpit.playbook.plan import (
    Assign,
    Check,
    Checklist,
    Do,
    Document,
    Gate,
    Guard,
    Http,
    Notice,
    Phase,
    Plan,
    Request,
    Role,
    Rollback,
    Run,
    Soak,
    Steady,
    Step,
    Wait,
)
from cockpit.release import events, intents
from cockpit.release.advance import advance
from cockpit.release.apply import apply
from cockpit.release.decide import decide
from cockpit.release.effects import Effect, KeepLock, Kill, Reach, Try, wanted
from cockpit.release.events import AnyEvent, Opened, Outcome, Record
from cockpit.release.files import watched
from cockpit.release.gates import covers
from cockpit.release.intents import AnyIntent, Refusal
from cockpit.release.standing import running
from cockpit.release.state import State
from cockpit.release.waiting import Waiting, waiting_for
from cockpit.units import parse_duration

NONCE = "n0nce"
_KINDS: dict[str, type[Step]] = {
    "run": Run,
    "http": Http,
    "checklist": Checklist,
    "do": Do,
    "assign": Assign,
    "notice": Notice,
    "record": Document,
    "wait": Wait,
    "gate": Gate,
    "guard": Guard,
    "steady": Steady,
    "soak": Soak,
}


def step(kind: str, name: str, /, **fields: Any) -> Step:
    """A step with sensible fields; `hosts` of a run become one batch each unless `batches` is given."""
    if kind == "run":
        hosts = fields.pop("hosts", ("web-1",))
        fields = {"command": "true", "group": "web", "batches": (tuple(hosts),), **fields}
    if kind == "http":
        fields = {"request": Request(url="http://here/"), **fields}
    return _KINDS[kind](id=name, phase=fields.pop("phase", "main"), **fields)


def make_plan(*steps: Step, back: tuple[Step, ...] = (), verify: tuple[Step, ...] = (), **fields: Any) -> Plan:
    """A plan in which a step without `after` waits for the one before."""
    groups = {"web": tuple(dict.fromkeys(host for each in steps if isinstance(each, Run) for host in each.hosts))}
    defaults: dict[str, Any] = {
        "playbook": "test",
        "title": "Test",
        "revision": 1,
        "params": {"version": "2"},
        "roles": {"captain": Role(title="Captain", people=("ana",)), "sre": Role(title="SRE", people=("chen", "bo"))},
        "groups": {name: hosts for name, hosts in groups.items() if hosts},
        "rollback": _rollback(back, verify),
    }
    return Plan(phases=(Phase(name="main", steps=_chained(steps)),), **{**defaults, **fields})


def _rollback(back: tuple[Step, ...], verify: tuple[Step, ...]) -> Rollback | None:
    chained = _chained((*back, *verify))
    return Rollback(steps=chained[: len(back)], verify=chained[len(back) :]) if back else None


def _chained(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    chained: list[Step] = []
    for each in steps:
        if chained and not each.after:
            each = msgspec.structs.replace(each, after=(chained[-1].id,))  # noqa: PLW2901
        chained.append(each)
    return tuple(chained)


class Script:
    """A release that is played by lines."""

    def __init__(self, plan: Plan, **said: Any) -> None:
        self.now = 1000.0
        self.state = State()
        self.wanted: frozenset[Effect] = frozenset()
        self.records: list[Record] = []
        self.names: dict[str, str] = {}
        self.out: list[str] = []
        opened = Opened(release="rel", nonce=NONCE, mode="live", plan=plan, digest=plan.digest, captain="ana", **said)
        self._record(opened, quiet=True)

    def play(self, text: str) -> None:
        """Carry out the lines in, and compare what comes out with the lines out."""
        expected = [line.strip() for line in text.strip().splitlines() if line.strip()]
        self.out = []
        for line in expected:
            if line.startswith("<"):
                self.out.append(line)
                self._line(shlex.split(line[1:]))
                self.settle()
        assert self.out == expected, "\n".join(["came out:", *self.out])

    def feed(self, text: str) -> Script:
        """Carry out lines in, whatever comes out."""
        self.settle()
        for line in filter(None, map(str.strip, text.splitlines())):
            self._line(shlex.split(line))
            self.settle()
        return self

    def refusal(self, line: str) -> str:
        """The reason for which a line in is refused."""
        before = self.state
        self.out = []
        self._line(shlex.split(line))
        assert self.state is before, "it was not refused"
        return self.out[0].removeprefix("refused: ")

    def entries(self) -> list[Waiting]:
        """What is waited for."""
        return list(waiting_for(self.state))

    def waiting(self) -> list[str]:
        """What is waited for, as `what step host-or-role`."""
        return [
            " ".join(filter(None, (each.what, each.step, each.host or each.item or each.role)))
            for each in waiting_for(self.state)
        ]

    def statuses(self, step: str) -> dict[str, str]:
        """Where each host of a step stands."""
        return {name: run.status for name, run in self.state.steps[step].hosts.items()}

    def settle(self) -> None:
        """Let everything follow that follows by itself."""
        for event in advance(self.state, self.now):
            self._record(event)
        effects = wanted(self.state)
        self.out += sorted(f"! {self._effect(each)}" for each in effects - self.wanted)
        self.wanted = effects

    def _line(self, words: list[str]) -> None:
        verb, *rest = words
        if verb.startswith("+"):
            self.now += parse_duration(verb[1:])
        elif verb == "start":
            return
        elif verb == "hosts":
            self._answer_all()
        elif verb == "all":
            for attempt in running(self.state):
                self._record(events.AttemptEnded(id=attempt.id, outcome=_ALL[rest[0]]), quiet=True)
        elif verb in _HAPPENS:
            self._record(_HAPPENS[verb](self, *rest), quiet=True)
        elif rest[0] == "is":
            verdict = rest[1].replace("-", " ")
            self._record(events.VerdictChanged(rule=verb, verdict=verdict), quiet=True)  # type: ignore[arg-type]
        else:
            self._ask(verb, _INTENTS[rest[0]](self, *rest[1:]))

    def _answer_all(self) -> None:
        while effects := sorted(filter(self._is_unanswered, wanted(self.state)), key=repr):
            for each in effects:
                name = "reached" if isinstance(each, Reach) else "locked"
                self._record(_HAPPENS[name](self, each.host), quiet=True)  # type: ignore[union-attr]

    def _is_unanswered(self, effect: Effect) -> bool:
        return isinstance(effect, Reach) or (
            isinstance(effect, KeepLock) and self.state.hosts[effect.host].lock in ("none", "taking")
        )

    def _ask(self, login: str, intent: AnyIntent) -> None:
        decision = decide(self.state, login, intent, self.now)
        if isinstance(decision, Refusal):
            self.out.append(f"refused: {decision.reason}")
            return
        for event in decision:
            self._record(event)

    def _record(self, event: AnyEvent, *, quiet: bool = False) -> None:
        record = Record(self.state.seq + 1, self.now, event)
        self.records.append(record)
        self.state = apply(self.state, record)
        if isinstance(event, events.AttemptStarted):
            self.names[event.id] = f"{event.step} {event.host} {event.part} {event.number}"
        if not quiet:
            self.out.append(self._event(event))

    def _event(self, event: AnyEvent) -> str:
        fields = msgspec.to_builtins(event)
        shown = [fields.pop("event")]
        named = fields.pop("id", None)
        if named and not isinstance(event, events.AttemptStarted):
            shown.append(self.names[named])
        hidden = {"boot", "key", "marker", "by", "note", "covers", "sha256"}
        return " ".join([*shown, *(_word(value) for name, value in fields.items() if name not in hidden)])

    def _effect(self, effect: Effect) -> str:
        name = type(effect).__name__.lower()
        if isinstance(effect, Try | Kill):
            return f"{name} {self.names[effect.id]}"
        return " ".join([name, *(_word(value) for value in msgspec.structs.astuple(effect) if value is not False)])

    def id_of(self, words: str) -> str:
        """The id of a started attempt, by `step host part number`."""
        return next(key for key, name in self.names.items() if name == words)


def _word(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _ended(script: Script, step: str, host: str, part: str, number: str, how: str) -> AnyEvent:
    key = script.id_of(f"{step} {host} {part} {number}")
    if how.isdigit():
        return events.AttemptEnded(id=key, outcome="passed" if how == "0" else "failed", exit=int(how))
    return events.AttemptEnded(id=key, outcome=how, reason=how)  # type: ignore[arg-type]  # an outcome by name


def _restarted(script: Script, later: str = "0") -> AnyEvent:
    """So many seconds later, in which no engine lived."""
    alive, script.now = script.now, script.now + float(later)
    return events.EngineStarted(epoch=script.state.epoch + 1, pid=1, machine="m", version="0", alive=alive)


_ALL: dict[str, Outcome] = {"pass": "passed", "fail": "failed"}
_HAPPENS: dict[str, Callable[..., AnyEvent]] = {
    "reached": lambda _, host: events.HostReached(host=host, address=host, key="k", boot="b", marker="m"),
    "unreachable": lambda _, host, *why: events.HostUnreachable(host=host, reason=" ".join(why)),
    "lost": lambda _, host: events.LinkLost(host=host, reason="cut"),
    "locked": lambda _, host: events.LockTaken(host=host),
    "locked-out": lambda _, host: events.LockRefused(
        host=host, release="other", login="bo", machine="b2", since="-", heartbeat_age=3
    ),
    "missed": lambda _, *names: events.CredentialsMissed(names=names),
    "supplied": lambda _, *names: events.CredentialsSupplied(names=names, by="ana"),
    "captured": lambda script, step, host, name, value: events.AttemptEnded(
        id=script.id_of(f"{step} {host} run 1"), outcome="passed", exit=0, captures={name: value}
    ),
    "ended": _ended,
    "restarted": _restarted,
    "seen": lambda script, path, sha256: events.FileSeen(
        step=next(step for each, step in watched(script.state) if each == path),
        path=path,
        sha256="" if sha256 == "gone" else sha256,
        was=script.state.files[path].was if path in script.state.files else "",
        reason="no such file" if sha256 == "gone" else "",
    ),
    "cleaned": lambda _, host: events.HostCleaned(host=host),
    "recorded": lambda _, metric: events.BaselineRecorded(
        metric=metric, hosts={"": Baseline(since=0, until=1, samples=9, median=2)}
    ),
}


def _sign(script: Script, gate: str, role: str, yes: str, covered: str = "", note: str = "not now") -> AnyIntent:
    shown = covered or covers(script.state, gate)
    return intents.Sign(gate=gate, role=role, yes=yes == "yes", covers=shown, note=note)


_INTENTS: dict[str, Callable[..., AnyIntent]] = {
    "go": lambda _, gate, word="": intents.Go(gate=gate, confirm=word),
    "no-go": lambda _, gate, note="": intents.NoGo(gate=gate, note=note),
    "sign": _sign,
    "tick": lambda _, step, item, evidence="", made="": intents.Tick(
        step=step, item=item, evidence=evidence, made=float(made) if made else None
    ),
    "not-applicable": lambda _, step, item, reason: intents.Tick(step=step, item=item, not_applicable=reason),
    "done": lambda _, step, *fields: intents.Done(
        step=step, note="called", fields=dict(each.split("=", 1) for each in fields)
    ),
    "hold": lambda _, note="": intents.Hold(note=note),
    "resume": lambda _: intents.Resume(),
    "abort": lambda _, how="": intents.Abort(finish=how == "finish"),
    "rollback": lambda _, word="": intents.RollBack(confirm=word),
    "close": lambda _: intents.Close(),
    "retry": lambda _, step, host="", note="because": intents.Retry(step=step, host=host, note=note),
    "retry-external": lambda _, step, host="": intents.Retry(step=step, host=host, note="DNS", external=True),
    "skip": lambda _, step, host="", note="because": intents.Skip(step=step, host=host, note=note),
    "drop": lambda _, step, host="", note="because": intents.Drop(step=step, host=host, note=note),
    "stop": lambda _, step, host="", note="because": intents.Stop(step=step, host=host, note=note),
    "settle": lambda _, step, host, how: intents.Settle(step=step, host=host, outcome=how, note="seen"),
    "decide": lambda _, what, option, note="because": intents.Decide(decision=what, option=option, note=note),
    "veto": lambda _, rule, note="because": intents.Veto(rule=rule, note=note),
    "waive": lambda _, what, role, note="because": intents.Waive(what=what, role=role, note=note),
    "raise": lambda _, rule, note="seen": intents.Report(rule=rule, note=note),
    "clear": lambda _, rule, note="over": intents.Report(rule=rule, note=note, clear=True),
    "ack": lambda _, rule: intents.Acknowledge(rule=rule),
    "manual": lambda _, command, word="", note="because": intents.RunManual(command=command, confirm=word, note=note),
    "look": lambda _, what: intents.Look(what=what),
    "back": lambda _, note="because": intents.Back(note=note),
    "assign": lambda _, role, to, note="": intents.Assign(role=role, to=to, note=note),
    "captain": lambda _, action, to="", note="gone": intents.Captaincy(action=action, to=to, note=note),
}


def checked(**fields: Any) -> Check:
    """A check by a command."""
    return Check(command="curl …", **fields)


def folds(records: list[Record]) -> Iterator[State]:
    """The state after each record."""
    state = State()
    for record in records:
        state = apply(state, record)
        yield state
