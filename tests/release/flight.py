"""A release flown at random: results, faults, people and time, chosen by numbers; then, if wanted, flown home."""

from __future__ import annotations

from typing import Any

from cockpit.analysis.rule import Baseline, Verdict
from cockpit.playbook.plan import Plan
from cockpit.release import events, intents
from cockpit.release.advance import advance, due
from cockpit.release.apply import apply
from cockpit.release.decide import decide
from cockpit.release.effects import (
    Clean,
    Effect,
    FindRehearsal,
    KeepLock,
    Kill,
    Reach,
    RecordBaseline,
    Try,
    Watch,
    WatchFile,
    wanted,
)
from cockpit.release.escalating import escalations_due
from cockpit.release.events import AnyEvent, Opened, Outcome, Record
from cockpit.release.gates import covers, signature_ends
from cockpit.release.intents import AnyIntent, Refusal
from cockpit.release.looking import looks_due
from cockpit.release.people import people_of, rollback_word
from cockpit.release.state import State
from cockpit.release.telling import tellings_due
from cockpit.release.ticking import lapses
from cockpit.release.waiting import IN_PASSING, Waiting, waiting_for
from tests.release.plans import HOSTS, ROLES, RULES
from tests.release.rules import check, check_guards

LOGINS = ("ana", "ana", "ana", "ana", "ana", "chen", "bo", "dee", "mallory")
OUTCOMES: tuple[Outcome, ...] = ("passed", "passed", "failed", "error", "stopped", "unknown", "unknown")
VERDICTS: tuple[Verdict, ...] = ("passing", "failing", "failing", "inconclusive", "no data", "error")
REPORTED = tuple(name for name, rule in RULES.items() if rule.reported)
MEASURED = tuple(name for name in RULES if name not in REPORTED)
JUMPS = (0.0, 0.001, 1.0, 5.0, 5.0, 30.0, 10_000.0)


class Flight:
    """A release, and every record of it; each is checked against the rules as it is made."""

    def __init__(self, plan: Plan) -> None:
        self.now = 1000.0
        self.records: list[Record] = []
        self.states: list[State] = [State()]
        self.add(Opened(release="rel", nonce="n", mode="live", plan=plan, digest=plan.digest, captain="ana"))
        self.settle()

    @property
    def state(self) -> State:
        return self.states[-1]

    def add(self, event: AnyEvent) -> None:
        """Make a record and check it."""
        record = Record(self.state.seq + 1, self.now, event)
        after = apply(self.state, record)
        check(self.records, self.state, event, after)
        self.records.append(record)
        self.states.append(after)

    def settle(self) -> None:
        """Let follow what follows, to an end."""
        follows = advance(self.state, self.now)
        assert len(follows) < 100, "too much follows"
        for event in follows:
            self.add(event)
        assert not advance(self.state, self.now), "it was not settled"
        check_guards(self.state)

    def ask(self, login: str, intent: AnyIntent) -> Refusal | None:
        """Decide on an intent."""
        decision = decide(self.state, login, intent, self.now)
        if isinstance(decision, Refusal):
            return decision
        for event in decision:
            self.add(event)
        self.settle()
        return None

    def happen(self, event: AnyEvent, *, alone: bool = True) -> None:
        """Take in a result; one that is not alone is followed by something before anything is decided from it."""
        self.add(event)
        if alone:
            self.settle()

    def chance(self, what: int, which: int, how: int) -> None:
        """One thing happens, chosen by three numbers."""
        effects = sorted(wanted(self.state), key=repr)
        kind = what % 20
        if kind < 11 and effects:
            event = _result(self.state, effects[which % len(effects)], how)
            if event:
                self.happen(event, alone=what < 200)
        elif kind < 17:
            self.ask(LOGINS[what // 20 % len(LOGINS)], _intent(self.state, which, how))
        elif kind < 19:
            self.now += JUMPS[which % len(JUMPS)]
            self.settle()
        else:
            self.happen(_fault(self.state, which, how))

    def go_home(self) -> None:
        """Everything asked for passes and people answer whatever waits for them, until the release has ended."""
        self.settle()
        for _ in range(300):
            if self.state.end or self.state.closed:
                return
            goods = [_good(self.state, each) for each in sorted(wanted(self.state), key=repr)]
            if event := next((each for each in goods if each), None):
                self.happen(event)
            elif (moment := due(self.state, self.now)) and not self._is_for_people(moment):
                self.now = moment
                self.settle()
            else:
                self._answer()
        raise AssertionError("it never ends")

    def _is_for_people(self, moment: float) -> bool:
        """Whether all that comes of waiting so long is that a yes is void, or, while people wait, a look is missed."""
        waits = any(entry.what not in IN_PASSING for entry in waiting_for(self.state))
        owed = {*looks_due(self.state), *escalations_due(self.state), *tellings_due(self.state)} if waits else set()
        owed |= {end for *_, end in lapses(self.state)} if waits else set()
        return moment in owed or any(end == moment for _, _, end in signature_ends(self.state))

    def _answer(self) -> None:
        if sick := next((name for name in REPORTED if self.state.rules[name].verdict != "passing"), None):
            assert self.ask("chen", intents.Report(rule=sick, note="over", clear=True)) is None
            return
        entry = next((each for each in waiting_for(self.state) if each.what not in IN_PASSING), None)
        assert entry, "nothing runs, nothing is due, nobody is asked, and it has not ended"
        if entry.what == "credentials":
            self.happen(events.CredentialsSupplied(names=self.state.missing, by="ana"))
            return
        if entry.what == "file":
            kept = self.state.files[entry.item]
            self.happen(_file(entry.item, kept.step, kept.was))
            return
        login, intent = _cooperate(self.state, entry)
        refusal = self.ask(login, intent)
        assert refusal is None, f"{intent} was refused: {refusal}"


def _result(state: State, effect: Effect, how: int) -> AnyEvent | None:
    match effect:
        case Watch() if state.rules:
            rule = MEASURED[how % len(MEASURED)]
            verdict = VERDICTS[how // 7 % len(VERDICTS)]
            return None if state.rules[rule].verdict == verdict else events.VerdictChanged(rule=rule, verdict=verdict)
        case Reach(host) if how % 8 == 7:
            return events.HostUnreachable(host=host, reason="no route")
        case Reach() if how % 8 == 6:
            return events.CredentialsMissed(names=("ssh login",))
        case KeepLock(host) if how % 8 == 7:
            return _refused(host)
        case KeepLock(host) if how % 8 == 6 and state.hosts[host].lock != "ours":
            return events.HostUnreachable(host=host, reason="no route")
        case Try(id) if how % 16 == 15:
            return events.LinkLost(host=state.attempts[id].host, reason="cut")
        case WatchFile(path, step, was) if how % 4 == 3 and effect.seen != "changed":
            return events.FileSeen(path=path, step=step, sha256="changed", was=was)
        case Try(id) | Kill(id):
            outcome = OUTCOMES[how % len(OUTCOMES)]
            return events.AttemptEnded(id=id, outcome=outcome, captures={"captured": "x"} if how % 5 == 0 else {})
        case _:
            return _good(state, effect)


def _good(state: State, effect: Effect) -> AnyEvent | None:
    match effect:
        case Reach(host):
            return events.HostReached(host=host, address=host, key="k", boot="b", marker="m")
        case KeepLock(host):
            return None if state.hosts[host].lock in ("ours", "refused") else events.LockTaken(host=host)
        case Try(id) | Kill(id):
            return events.AttemptEnded(id=id, outcome="passed", exit=0)
        case Clean(host):
            return events.HostCleaned(host=host)
        case Watch():
            sick = next((name for name in MEASURED if state.rules[name].verdict != "passing"), None)
            return events.VerdictChanged(rule=sick, verdict="passing") if sick else None
        case RecordBaseline(metric):
            return events.BaselineRecorded(metric=metric, hosts={"": Baseline(since=0, until=1, samples=9)})
        case WatchFile(path, step, was):
            return None if effect.seen is not None and effect.seen == was else _file(path, step, was)
        case FindRehearsal(gate):
            return events.RehearsalFound(gate=gate, release="rehearsal-1", at=state.at)


def _file(path: str, step: str, was: str) -> AnyEvent:
    return events.FileSeen(path=path, step=step, sha256=was or "first", was=was)


def _refused(host: str) -> AnyEvent:
    return events.LockRefused(host=host, release="other", login="bo", machine="b2", since="-", heartbeat_age=3)


def _fault(state: State, which: int, how: int) -> AnyEvent:
    if which % 3 == 0 and not state.closed:
        return events.CredentialsMissed(names=("token",))
    if which % 3 == 1 and not state.closed:
        return events.LinkLost(host=HOSTS[how % len(HOSTS)], reason="cut")
    alive = (None, max(state.opened, state.at - 60.0 * (which % 4)))[how % 2]
    return events.EngineStarted(epoch=state.epoch + 1, pid=1, machine="m", version="0", alive=alive)


def _intent(state: State, which: int, how: int) -> AnyIntent:
    """Any intent, on any step and host; half of the time just what is waited for."""
    entries = list(waiting_for(state))
    if entries and which % 2 and entries[how % len(entries)].what not in ("credentials", "file"):
        return _cooperate(state, entries[how % len(entries)])[1]
    names = [*state.steps, *3 * [each.step.id for each in state.steps.values() if each.status == "running"]]
    step, host = names[how % len(names)], ("", "all", *HOSTS)[which // 17 % 5]
    several: dict[str, Any] = {"step": step, "host": host, "note": "because"}
    return (
        intents.Hold(),
        intents.Resume(),
        intents.Abort(finish=bool(how % 2)),
        intents.RollBack(confirm=rollback_word(state)),
        intents.Retry(**several),
        intents.Skip(**several),
        intents.Drop(**several),
        intents.Stop(**several),
        intents.Settle(step=step, host=HOSTS[which // 17 % 3], outcome="passed" if how % 2 else "failed", note="seen"),
        intents.Decide(decision=step, option="skip" if how % 2 else "run", note="because"),
        intents.Sign(gate=step, role="sre", yes=bool(how % 2), covers=covers(state, step), note="because"),
        intents.Go(gate=step, confirm="2"),
        intents.NoGo(gate=step, note="because"),
        intents.Tick(step=step, item="i0", evidence="seen"),
        intents.Done(step=step),
        intents.Captaincy(action="take", note="gone"),
        intents.Close(),
        intents.Veto(rule=("r0", "r1")[how % 2], note="because"),
        intents.Waive(what=("r0", "r3", step)[how % 3], role="qa", note="because"),
        intents.Acknowledge(rule=("r0", "r1")[how % 2]),
        intents.Back(note="because"),
        intents.Look(what=step),
        intents.RunManual(command="m0", confirm="SURE", note="because"),
        intents.Report(rule="r3", note="because", clear=bool(how % 2)),
        intents.Assign(role="lead", to=("bo", "dee")[how % 2], note="because"),
    )[which % 25]


def _cooperate(state: State, entry: Waiting) -> tuple[str, AnyIntent]:
    """Whoever is asked, and the answer that lets it go on."""
    captain, step, because = state.captain, entry.step, "because"
    match entry.what:
        case "resume":
            return captain, intents.Resume()
        case "lock":
            return captain, intents.Decide(decision=step, option="take over", note=because)
        case "condition" | "early":
            return captain, intents.Decide(decision=step, option="run", note=because)
        case "item":
            return _owner(captain, entry), intents.Tick(step=step, item=entry.item, evidence="seen", made=state.at)
        case "step":
            return _owner(captain, entry), intents.Done(step=step, fields=dict.fromkeys(entry.asks, "said"))
        case "assign":
            return captain, intents.Assign(role=entry.role, to="bo")
        case "answer":
            return captain, intents.Retry(step=step, host=entry.host, note=because)
        case "settle":
            return captain, intents.Settle(step=step, host=entry.host, outcome="passed", note=because)
        case "gate":
            return captain, intents.Go(gate=step, confirm=entry.confirm)
        case "sign-off":
            return _signature(state, entry)
        case "veto":
            return captain, intents.Veto(rule=entry.item, note=because)
        case "decision":
            option = next(each for each in entry.options if each != "roll back")
            return captain, intents.Decide(decision=entry.item, option=option, note=because)
        case "acknowledgement":
            return captain, intents.Acknowledge(rule=entry.item)
        case "look":
            return captain, intents.Look(what=step)
        case "redeploy":
            return captain, intents.Retry(step=step, note=because)
        case _:
            raise AssertionError(entry)


def _owner(captain: str, entry: Waiting) -> str:
    return next((ROLES[role].people[0] for role in entry.who if role in ROLES), captain)


def _signature(state: State, entry: Waiting) -> tuple[str, AnyIntent]:
    votes = {(each.role, each.by): each for each in state.steps[entry.step].signatures if not each.lapsed}
    shown = covers(state, entry.step)
    yes = {by for (_, by), each in votes.items() if each.yes and each.covers == shown}
    no = {pair for pair, each in votes.items() if not each.yes and each.covers == shown}
    free = [(role, login) for role in entry.who for login in people_of(state, role)]
    if not free:
        return state.captain, intents.Assign(role=entry.who[0], to="bo")
    free.sort(key=lambda pair: (pair not in no, pair[1] in yes, pair in votes))
    role, login = free[0]
    return login, intents.Sign(gate=entry.step, role=role, yes=True, covers=shown)
