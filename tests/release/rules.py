"""What must hold of every record, told from the records before it rather than from the code that makes them."""

from __future__ import annotations

from cockpit.playbook.plan import Checklist, Gate, Guard, Http, Item, Run, Step
from cockpit.release import events
from cockpit.release.events import AnyEvent, Record
from cockpit.release.gates import covers
from cockpit.release.order import awaited
from cockpit.release.state import Dated, HostRun, State

DONE = ("passed", "skipped", "dropped")
BAD = ("failed", "error", "stopped", "unknown")


def check(past: list[Record], before: State, event: AnyEvent, after: State) -> None:
    """Whether an event may follow these records; AssertionError if not."""
    if before.closed:
        assert isinstance(event, events.HostCleaned | events.EngineStarted), "something happened after the end"
    match event:
        case events.AttemptStarted():
            _start_is_free(before, event)
            _start_is_possible(before, event)
            _start_is_its_turn(before, before.steps[event.step].step)
            _start_is_in_order(before, event, ordered=_is_ordered(past, event))
        case events.StepStarted():
            assert not _has_stopped(before), "a step began after abort or end"
            assert not before.held_by, "a step began under a hold"
            _start_is_its_turn(before, before.steps[event.step].step)
        case events.HostPassed():
            _pass_is_earned(past, event)
        case events.StepPassed():
            one = before.steps[event.step]
            assert all(run.status in DONE for run in one.hosts.values())
            if isinstance(one.step, Gate):
                _gate_is_signed(past, before, one.step)
                _gate_is_well(before, one.step)
            if isinstance(one.step, Guard):
                _guard_may_end(past, before, one.step)
        case events.Soaked():
            _soak_is_earned(past, event)
        case events.SignOffLapsed():
            _yes_is_old(past, before, event)
        case events.Resumed(by=events.ITSELF):
            assert before.held_rules, "a hold that no rule caused ended by itself"
            assert all(_passes(before, rule) for rule in before.held_rules), (
                "a hold ended though its rule does not pass"
            )
        case events.RollbackStarted(by=events.ITSELF):
            assert not _begun_past_return(before), "it went back by itself past a point of no return"
        case events.Ended():
            assert not [each for each in before.attempts.values() if each.outcome is None], "ended while something runs"
        case events.Aborted() | events.Held():
            assert not before.end
        case events.NoticeTold() | events.RecordMade() | events.ManualOrdered() | events.Escalated():
            assert not _has_stopped(before), "something was told or ordered after abort or end"
        case events.StepSkipped(host=host) | events.HostDropped(host=host) if host:
            _lets_go_by_waiver(past, before, event)
        case events.ItemLapsed():
            tick, item = before.steps[event.step].items[event.item], _item(before, event)
            made = tick.made if isinstance(tick, Dated) else tick.at
            assert item.fresh, "a tick lapsed whose age does not count"
            assert made + item.fresh <= after.at, "a tick lapsed before its time"
        case _:
            pass
    assert dict(after.live) == {key: each for key, each in after.attempts.items() if each.outcome is None}


def _item(before: State, event: events.ItemLapsed) -> Item:
    step = before.steps[event.step].step
    assert isinstance(step, Checklist)
    return next(each for each in step.items if each.id == event.item)


def _lets_go_by_waiver(past: list[Record], before: State, event: events.StepSkipped | events.HostDropped) -> None:
    """Where only a role lets a failure pass, nobody else lets a host go, unless it was let go before."""
    step = before.steps[event.step].step
    if not isinstance(step, Run | Http) or not step.waiver or step.ticks or before.hosts[event.host].dropped:
        return
    waived = (each.event for each in reversed(past) if isinstance(each.event, events.Waived))
    last = next((each for each in waived if each.what == event.step), None)
    assert last is not None, "a failure passed without its waiver"
    assert (last.by, last.role) == (event.by, "qa"), "a failure was waived by another"


def check_guards(state: State) -> None:
    """Whether nothing that guards should cause is missed, once everything that follows has followed."""
    if state.aborted or state.end or state.closed or state.rolling_back:
        return
    for step in state.forward:
        if isinstance(step, Guard) and state.steps[step.id].status == "running":
            for rule, action in step.rules.items():
                one = state.rules[rule]
                sick = one.verdict == "failing" or (one.verdict in ("no data", "error") and rule == "r1")
                if sick and not one.excused:
                    settled = one.announced is not None or one.asked
                    if action == "roll back" and state.the_plan.rollback:
                        assert settled, "a rollback was missed"
                    assert action != "decide" or settled, "a decision was missed"
                    assert action != "hold" or state.held_by or state.back or settled, "a hold was missed"
                    assert action != "back" or state.held_by or state.back or settled, "a step back was missed"


def _passes(state: State, rule: str) -> bool:
    verdict = state.rules[rule].verdict
    return verdict == "passing" or (rule == "r2" and verdict in ("no data", "error"))


def _gate_is_well(before: State, gate: Gate) -> None:
    for rule in gate.passing:
        assert _passes(before, rule) or rule in before.steps[gate.id].waived, "a gate passed over a rule"


def _guard_may_end(past: list[Record], before: State, guard: Guard) -> None:
    waived = set[str]()
    for record in past:
        match record.event:
            case events.Waived(step=step, what=what) if step == guard.id:
                waived.add(what)
            case events.BackDone(step=step) if step in awaited(before, guard.id):
                waived.clear()
            case _:
                pass
    for rule, action in guard.rules.items():
        assert action == "warn" or rule in waived or _passes(before, rule), "a guard ended over a rule"


def _begun_past_return(before: State) -> bool:
    return any(
        step.no_return and (any(run.begun for run in one.hosts.values()) or (not one.hosts and one.started is not None))
        for step in before.forward
        for one in (before.steps[step.id],)
    )


def _has_stopped(before: State) -> bool:
    return before.aborted or before.end is not None


def _start_is_free(before: State, event: events.AttemptStarted) -> None:
    assert event.id not in before.attempts, "an id was used twice"
    twins = [each for each in before.attempts.values() if (each.step, each.host) == (event.step, event.host)]
    assert all(each.outcome is not None for each in twins), "two attempts of one step on a host"
    assert not _has_stopped(before), "started after abort or end"
    run = before.steps[event.step].hosts[event.host]
    if before.held_by:
        going_on = run.status == "checking" or run.polling is not None
        assert going_on or event.step in before.the_plan.manual, "started under a hold"


def _start_is_possible(before: State, event: events.AttemptStarted) -> None:
    step, host = before.steps[event.step].step, before.hosts[event.host]
    assert "ssh login" not in before.missing, "started without a login"
    if isinstance(step, Run) and "token" in step.secrets:
        assert "token" not in before.missing, "started without its secret"
    requested = isinstance(step, Http) or (event.part == "check" and isinstance(step, Run) and step.check)
    assert host.reach == "reached" or (requested and host.address), "started on a host that is not reached"
    for members in before.the_plan.groups.values():
        if event.host in members:
            known = [before.hosts[name] for name in members if name in before.hosts]
            locks = [host.lock == "ours" for host in known]
            assert any(locks), "started without the lock"
            passed_over = known[: locks.index(True)]
            assert all(host.dropped and not host.holder for host in passed_over), "started with another host's lock"


def _start_is_its_turn(before: State, step: Step) -> None:
    left, seen = [*step.after], set[str]()
    while left:
        name = left.pop()
        assert before.steps[name].status in ("passed", "skipped"), f"{step.id} began before {name} was complete"
        if name not in seen:
            seen.add(name)
            left.extend(before.steps[name].step.after)
    back = [each.id for each in before.the_plan.rollback or ()]
    assert step.id in before.the_plan.manual or (step.id in back) == before.rolling_back, "a step of the other way"
    if before.rolling_back:
        ours = {*back, *(name for name in before.the_plan.manual if not before.steps[name].left)}
        assert all(each.step in ours for each in before.live.values()), "the rollback began while forward steps run"


def _is_ordered(past: list[Record], event: events.AttemptStarted) -> bool:
    """Whether a person ordered this attempt, after the last time that the host failed."""
    for record in reversed(past):
        match record.event:
            case events.RetryOrdered(step=step, host=host) if (step, host) == (event.step, event.host):
                return True
            case events.HostFailed(step=step, host=host) if (step, host) == (event.step, event.host):
                return False
            case _:
                pass
    return False


def _start_is_in_order(before: State, event: events.AttemptStarted, *, ordered: bool) -> None:
    one = before.steps[event.step]
    if before.rolling_back or before.back:
        for step in (*before.forward, *before.manual):
            run = before.steps[step.id].hosts.get(event.host) if step.id != event.step else None
            known = run is None or run.run not in before.attempts or before.attempts[run.run].outcome != "unknown"
            assert known, "a rollback on a host where something is unknown"
    if isinstance(one.step, Run) and event.part == "run":
        failed = [run for run in one.hosts.values() if run.status in BAD]
        assert ordered or len(failed) <= one.step.fail_above * len(one.hosts), "touched although too many failed"
        others = {name: run for name, run in one.hosts.items() if name != event.host}
        if len(one.step.batches[0]) == 1 and not any(run.status == "passed" for run in others.values()):
            assert all(run.status in ("waiting", *DONE) for run in others.values()), "the first host was not alone"
        if not ordered:
            _batches_are_in_order(one.step, others, event.host)


def _batches_are_in_order(step: Run, others: dict[str, HostRun], host: str) -> None:
    for batch in step.batches:
        if host in batch:
            return
        assert all(others[name].status in (*DONE, *BAD) for name in batch), (
            "a batch began before the one before it ended"
        )


def _pass_is_earned(past: list[Record], event: events.HostPassed) -> None:
    """From its last failure or doubt on, there must be an order, a settlement or a new rollback."""
    ids = {each.event.id: each.event for each in past if isinstance(each.event, events.AttemptStarted)}
    for record in reversed(past):
        match record.event:
            case events.HostFailed(step=step, host=host) if (step, host) == (event.step, event.host):
                raise AssertionError("passed after a failure, without a decision")
            case events.AttemptEnded(id=id, outcome="unknown") if ids[id].part == "run":
                assert (ids[id].step, ids[id].host) != (event.step, event.host), "passed though unknown"
            case events.RetryOrdered(step=step, host=host) if (step, host) == (event.step, event.host):
                return
            case events.RollbackStarted():
                return
            case events.BackDone(step=step) if step == event.step:
                return
            case events.RedeployOrdered(steps=steps) if event.step in steps:
                return
            case events.ManualOrdered(step=step) if step == event.step:
                return
            case events.AttemptSettled(id=id) if (ids[id].step, ids[id].host) == (event.step, event.host):
                return
            case _:
                pass


def _soak_is_earned(past: list[Record], event: events.Soaked) -> None:
    """No rule of it failed, and all of its time counted, since it began anew."""
    counted, began = 0.0, None
    for record in past:
        match record.event:
            case events.SoakBegan(step=step) if step == event.step:
                began = record.at
            case events.EngineStarted(alive=alive) if (
                began is not None and alive is not None and alive + 45 < record.at
            ):
                counted, began = counted + max(0.0, alive + 45 - began), record.at
            case events.SoakPaused(step=step) if step == event.step and began is not None:
                counted, began = counted + record.at - began, None
            case events.SoakBroken(step=step) | events.StepStarted(step=step) if step == event.step:
                counted, began = 0.0, None
            case _:
                pass
    assert began is not None, "it soaked while a rule did not pass"
    assert counted + event.until - began >= 40.0, "it soaked too shortly"


def _gate_is_signed(past: list[Record], before: State, gate: Gate) -> None:
    asked = max((n for n, each in enumerate(past) if _refuses(each.event, gate.id)), default=0)
    shown = covers(before, gate.id)
    votes: dict[tuple[str, str], bool] = {}
    given: dict[tuple[str, str], float] = {}
    for record in past[asked:]:
        match record.event:
            case events.SignedOff(gate=name, covers=covered) as signed if name == gate.id and covered == shown:
                votes[signed.role, signed.by] = signed.yes
                given[signed.role, signed.by] = record.at
            case _:
                pass
    old = {vote for vote, at in given.items() if gate.expires and before.at >= at + gate.expires}
    votes = {vote: yes for vote, yes in votes.items() if not (yes and vote in old)}
    assert all(votes.values()), "a gate passed over a no"
    for role, count in gate.sign.items():
        assert len([login for each, login in votes if each == role]) >= count, "a gate passed without its sign-offs"
    assert len({login for _, login in votes}) >= gate.distinct, "a gate passed without different people"
    assert not before.held_by, "a gate passed under a hold"
    assert "ssh login" not in before.missing, "a gate passed without credentials"


def _yes_is_old(past: list[Record], before: State, event: events.SignOffLapsed) -> None:
    gate = before.steps[event.gate].step
    given = (each for each in reversed(past) if isinstance(each.event, events.SignedOff | events.SignOffLapsed))
    last = next(each for each in given if _vote(each.event) == (event.gate, event.role, event.by))
    assert isinstance(gate, Gate)
    assert isinstance(last.event, events.SignedOff), "a yes lapsed twice"
    assert last.event.yes, "a no lapsed"
    assert gate.expires, "a yes lapsed where none does"


def _vote(event: AnyEvent) -> tuple[str, str, str] | None:
    return (event.gate, event.role, event.by) if isinstance(event, events.SignedOff | events.SignOffLapsed) else None


def _refuses(event: AnyEvent, gate: str) -> bool:
    return isinstance(event, events.GateRefused) and event.gate == gate
