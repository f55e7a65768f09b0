"""The journal in words: one short sentence an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, assert_never

from cockpit.analysis.rule import Verdict
from cockpit.playbook.plan import Advice
from cockpit.release import events as happened
from cockpit.release.advice import advice_lines, advice_of, numbered
from cockpit.release.events import ITSELF, AttemptStarted, Outcome, Record
from cockpit.units import clock, format_number, format_span, utc

Weight = Literal["plain", "quiet", "good", "bad", "warn"]
"""How much an event asks for attention."""

Attempts = Mapping[str, AttemptStarted]
"""Every attempt that was started, by its id."""

_WEIGHTS: Final[Mapping[Outcome, Weight]] = {
    "passed": "good",
    "failed": "bad",
    "error": "bad",
    "stopped": "warn",
    "unknown": "warn",
}


_VERDICTS: Final[Mapping[Verdict, Weight]] = {
    "passing": "good",
    "failing": "bad",
    "inconclusive": "warn",
    "no data": "warn",
    "error": "warn",
}


class Chronicle:
    """Says records in words, in their order; it remembers the attempts that later events name.

    What the playbook says about a failure is part of it, where the records began with the release.
    """

    def __init__(self) -> None:
        self._attempts: dict[str, AttemptStarted] = {}
        self._advice: dict[str, tuple[Advice, ...]] = {}
        self._numbers: dict[tuple[str, str], int] = {}

    def say(self, record: Record) -> str:
        """A record as a sentence."""
        event = record.event
        match event:
            case AttemptStarted():
                self._attempts[event.id] = event
            case happened.Opened():
                self._advice = {step.id: advice for step in event.plan.every if (advice := advice_of(step))}
            case happened.AttemptEnded() if event.outcome != "passed" and (one := self._attempts.get(event.id)):
                self._numbers[one.step, one.host] = event.advice
            case _:
                pass
        return say(event, self._attempts)[0] + self._advised(event)

    def _advised(self, event: happened.AnyEvent) -> str:
        if not isinstance(event, happened.HostFailed):
            return ""
        number = self._numbers.pop((event.step, event.host), 0)
        advice = numbered(self._advice.get(event.step, ()), number)
        return f"; {next(advice_lines(advice))}" if advice else ""


def _day(event: happened.Opened) -> str:
    if event.not_before is not None:
        return f", and waits until {utc(event.not_before)}"
    return f" for {event.day}" if event.day else ""


def say(event: happened.AnyEvent, attempts: Attempts) -> tuple[str, Weight]:
    """An event as a sentence, and its weight."""
    match event:
        case happened.Opened():
            what = "release" if event.rehearsal is None else "REHEARSAL"
            return f"{what} {event.release} began{_day(event)}, {event.captain} drives", "plain"
        case happened.JournalContinued():
            where = f"continues {event.journal}, which is broken at event {event.first_bad}"
            return f"{where}{_by(event.by)}{_note(event.note)}", "bad"
        case happened.EngineStarted():
            return f"engine started on {event.machine}, epoch {event.epoch}", "quiet"
        case happened.HostReached() | happened.HostUnreachable() | happened.LinkLost():
            return _host(event)
        case happened.HostCleaned():
            return (
                (f"{event.host} not cleaned: {event.reason}", "warn")
                if event.reason
                else (f"{event.host} cleaned", "quiet")
            )
        case happened.LockTaken() | happened.LockRefused() | happened.LockTakeoverOrdered():
            return _lock(event)
        case happened.StepStarted():
            return f"{event.step} started", "plain"
        case happened.StepPassed():
            return f"{event.step} passed", "good"
        case happened.StepSkipped():
            what = f"{event.step} on {event.host}" if event.host else event.step
            return f"{what} skipped{_by(event.by)}{_note(event.note)}", "warn"
        case happened.ConditionUnknown():
            return f"does {event.step} run? a person must say", "warn"
        case happened.StepOrdered():
            return f"{event.step} runs, said {event.by}{_note(event.note)}", "plain"
        case happened.EarlyOrdered():
            return f"{event.step} begins before its time, said {event.by}{_note(event.note)}", "warn"
        case happened.Overdue():
            return f"{event.step} is late: it was due {utc(event.due)}", "warn"
        case happened.ManualOrdered():
            return f"{event.step} ordered{_by(event.by)}{_note(event.note)}", "warn"
        case happened.AttemptStarted() | happened.StopOrdered() | happened.AttemptEnded() | happened.AttemptSettled():
            return _attempt(event, attempts)
        case happened.HostPassed():
            return f"{event.step} passed on {event.host}", "good"
        case happened.HostFailed():
            return f"{event.step} {event.outcome} on {event.host}{_note(event.reason)}", _WEIGHTS[event.outcome]
        case happened.RetryOrdered():
            external = ", the cause was external" if event.external else ""
            return f"{event.step} again on {event.host}{_by(event.by)}{external}{_note(event.note)}", "plain"
        case happened.HostDropped():
            return f"{event.host} dropped{_by(event.by)}{_note(event.note)}", "warn"
        case happened.ItemTicked():
            return f"{event.item} ticked{_by(event.by)}{_note(event.evidence)}", "good"
        case happened.ItemLapsed():
            return f"{event.item} is open again: what {event.by} gave is too old now", "warn"
        case happened.ItemNotApplicable():
            return f"{event.item} does not apply{_by(event.by)}{_note(event.reason)}", "plain"
        case happened.StepDone():
            return f"{event.step} done{_by(event.by)}{_note(event.note)}", "good"
        case happened.NoticeTold():
            again = f", for the {event.number}th time" if event.number > 3 else ""
            return f"notice {event.notice} to {', '.join(event.to)}{again}{_note(event.text)}", "plain"
        case happened.RecordMade():
            return f"record {event.path}: {len(event.text.encode()):,} bytes, sha256 {event.sha256[:12]}", "plain"
        case happened.FileSeen():
            return _file(event)
        case happened.SignedOff():
            vote = "yes" if event.yes else "no"
            weight: Weight = "good" if event.yes else "bad"
            return f"{event.by} signed {vote} as {event.role} for {event.gate}{_note(event.note)}", weight
        case happened.SignOffLapsed():
            return f"the yes of {event.by} as {event.role} for {event.gate} is void: too old now", "warn"
        case happened.GateOpened():
            return f"go for {event.gate}{_by(event.by)}{_note(event.note)}", "good"
        case happened.GateRefused():
            return f"no-go for {event.gate}{_by(event.by)}{_note(event.note)}", "bad"
        case happened.CredentialsMissed():
            return f"needs credentials: {', '.join(event.names)}", "warn"
        case happened.CredentialsSupplied():
            return f"{event.by} supplied {', '.join(event.names)}", "plain"
        case happened.CaptaincyOffered():
            return f"{event.by} offers the captaincy to {event.to}", "warn"
        case happened.RoleAssigned():
            return f"{event.to} is {event.role} now{_by(event.by)}{_note(event.note)}", "plain"
        case happened.CaptainChanged():
            return f"{event.captain} drives now{_note(event.note)}", "warn"
        case (
            happened.VerdictChanged()
            | happened.BaselineRecorded()
            | happened.RollbackAnnounced()
            | happened.Vetoed()
            | happened.DecisionOpened()
            | happened.Decided()
            | happened.CalledOff()
            | happened.Acknowledged()
            | happened.RehearsalFound()
            | happened.RehearsalLapsed()
            | happened.FreezeLifted()
            | happened.FitJudged()
            | happened.Waived()
            | happened.WaiverLapsed()
        ):
            return _judged(event)
        case (
            happened.SoakBegan()
            | happened.SoakPaused()
            | happened.SoakBroken()
            | happened.Soaked()
            | happened.RedeployOrdered()
            | happened.Looked()
            | happened.LookMissed()
            | happened.Escalated()
        ):
            return _watched(event)
        case happened.FaultBegan() | happened.SpeedChanged() | happened.CaptainPlayed():
            return _practised(event)
        case _:
            return _release(event)


def _watched(
    event: happened.SoakBegan
    | happened.SoakPaused
    | happened.SoakBroken
    | happened.Soaked
    | happened.RedeployOrdered
    | happened.Looked
    | happened.LookMissed
    | happened.Escalated,
) -> tuple[str, Weight]:
    match event:
        case happened.SoakBegan():
            return f"{event.step}: all rules pass, its time counts", "plain"
        case happened.SoakPaused():
            return f"{event.step}: its time does not count{_note(event.why)}", "warn"
        case happened.SoakBroken():
            return f"{event.step} is broken by {event.rule}, and begins anew{_note(event.why)}", "bad"
        case happened.Soaked():
            gaps = f", but for {format_span(event.gaps)}" if event.gaps else ""
            broken = f", after {event.breaks} breaks" if event.breaks else ""
            return f"{event.step}: healthy for {format_span(event.until - event.since)}{gaps}{broken}", "good"
        case happened.RedeployOrdered():
            again = f", and {', '.join(event.steps)} first" if event.steps else ""
            return f"{event.step} from its beginning{again}{_by(event.by)}{_note(event.note)}", "warn"
        case happened.Looked():
            late = f", {format_span(event.late)} late" if event.late else ""
            return f"{event.by} looked at {event.step}{late}{_note(event.note)}", "warn" if late else "good"
        case happened.LookMissed():
            times = f" {event.count} times, first" if event.count > 1 else ""
            return f"nobody looked at {event.step}{times}, due at {clock(event.due)}", "bad"
        case happened.Escalated(step=""):
            return f"nobody has seen {event.rule} in time: {event.to} is told", "bad"
        case happened.Escalated():
            return f"nobody looked at {event.step} in time: {event.to} is told", "bad"
        case _:
            assert_never(event)


def _file(event: happened.FileSeen) -> tuple[str, Weight]:
    if not event.sha256:
        return f"{event.path} cannot be read{_note(event.reason)}", "bad"
    if event.was in ("", event.sha256):
        again = " again as it was" if event.was else ""
        return f"{event.path} is{again}: sha256 {event.sha256[:12]}", "good" if event.was else "plain"
    return f"{event.path} has changed since {event.step}: sha256 {event.sha256[:12]}, it was {event.was[:12]}", "bad"


def _judged(
    event: happened.VerdictChanged
    | happened.BaselineRecorded
    | happened.RollbackAnnounced
    | happened.Vetoed
    | happened.DecisionOpened
    | happened.Decided
    | happened.CalledOff
    | happened.Acknowledged
    | happened.RehearsalFound
    | happened.RehearsalLapsed
    | happened.FreezeLifted
    | happened.FitJudged
    | happened.Waived
    | happened.WaiverLapsed,
) -> tuple[str, Weight]:
    match event:
        case happened.VerdictChanged():
            where = f" on {event.host}" if event.host else ""
            by = "" if event.by == ITSELF else f", says {event.by}"
            return f"{event.rule} is {event.verdict}{where}{by}{_note(event.reason)}", _VERDICTS[event.verdict]
        case happened.BaselineRecorded():
            return f"baseline of {event.metric} recorded{_note(_numbers(event))}", "plain"
        case happened.RollbackAnnounced():
            return f"{event.rule} will roll back at {clock(event.due)} unless it is vetoed", "bad"
        case happened.Vetoed():
            return f"rollback of {event.rule} vetoed{_by(event.by)}{_note(event.note)}", "warn"
        case happened.DecisionOpened():
            due = f" until {clock(event.due)}" if event.due is not None else ""
            return f"{event.guard} asks for a decision about {event.rule}{due}", "warn"
        case happened.Decided():
            return f"{event.rule}: {event.option}{_by(event.by)}{_note(event.note)}", "warn"
        case happened.CalledOff():
            return f"nothing to be done about {event.rule} any more{_note(event.reason)}", "good"
        case happened.Acknowledged():
            return f"{event.by} has seen {event.rule}{_note(event.note)}", "plain"
        case happened.RehearsalFound():
            return f"{event.gate}: this plan was rehearsed as {event.release} at {utc(event.at)}", "good"
        case happened.RehearsalLapsed():
            return f"{event.gate}: the rehearsal {event.release} is too long ago now", "warn"
        case happened.FreezeLifted():
            return f"{event.freeze} lifted for this release{_by(event.by)} as {event.role}{_note(event.note)}", "warn"
        case happened.FitJudged():
            again = "" if event.next is None else f"; it would at {utc(event.next)}"
            what = "fits into the calendar" if event.fits else "does not fit into the calendar"
            return f"{event.gate}: what is ahead {what}{_note(event.why)}{again}", "good" if event.fits else "warn"
        case happened.WaiverLapsed():
            return f"the waiver of {event.what} by {event.by} for {event.step} is void: too old now", "warn"
        case happened.Waived():
            role = f" as {event.role}" if event.role else ""
            return f"{event.what} waived for {event.step}{_by(event.by)}{role}{_note(event.note)}", "warn"
        case _:
            assert_never(event)


def _numbers(event: happened.BaselineRecorded) -> str:
    first = next(iter(event.hosts.values()), None)
    if first is None or len(event.hosts) > 1:
        return f"{len(event.hosts)} hosts"
    return first.reason or f"median {format_number(first.median)} of {first.samples} samples"


def _release(
    event: happened.Held
    | happened.BackOrdered
    | happened.BackDone
    | happened.Resumed
    | happened.Aborted
    | happened.RollbackStarted
    | happened.Ended
    | happened.Closed,
) -> tuple[str, Weight]:
    match event:
        case happened.Held():
            return f"held{_by(event.by)}{_note(event.note)}", "warn"
        case happened.BackOrdered():
            return f"{event.step} taken back on {', '.join(event.hosts)}{_by(event.by)}{_note(event.note)}", "warn"
        case happened.BackDone():
            return f"a batch of {event.step} is undone", "plain"
        case happened.Resumed():
            return f"resumed{_by(event.by)}{_note(event.note)}", "plain"
        case happened.Aborted():
            return f"aborted{_by(event.by)}{_note(event.note)}", "bad"
        case happened.RollbackStarted():
            return f"rollback started{_by(event.by)}{_note(event.note)}", "warn"
        case happened.Ended():
            return (
                f"ended: {event.outcome.replace('_', ' ')}{_note(event.reason)}",
                "good" if event.outcome == "done" else "warn",
            )
        case happened.Closed():
            return f"closed{_by(event.by)}{_note(event.note)}", "plain"
        case _:
            assert_never(event)


def _practised(event: happened.FaultBegan | happened.SpeedChanged | happened.CaptainPlayed) -> tuple[str, Weight]:
    match event:
        case happened.FaultBegan():
            where = " ".join(filter(None, (*event.hosts, event.step, event.metric, event.role)))
            lasts = f" for {format_span(event.lasts)}" if event.lasts else ""
            return f"fault {event.fault}: {event.kind}{f' on {where}' if where else ''}{lasts}{_by(event.by)}", "warn"
        case happened.SpeedChanged():
            pace = f"{event.speed:g} times as fast" if event.speed else "as fast as it goes"
            return f"the rehearsal goes on {pace}{_by(event.by)}", "quiet"
        case happened.CaptainPlayed():
            return f"the captain is {'played' if event.played else 'played no more'}{_by(event.by)}", "quiet"
        case _:
            assert_never(event)


def _host(event: happened.HostReached | happened.HostUnreachable | happened.LinkLost) -> tuple[str, Weight]:
    match event:
        case happened.HostReached():
            return f"{event.host} reached", "quiet"
        case happened.HostUnreachable():
            return f"{event.host} does not answer{_note(event.reason)}", "bad"
        case happened.LinkLost():
            return f"link to {event.host} lost, its commands go on{_note(event.reason)}", "warn"
        case _:
            assert_never(event)


def _lock(event: happened.LockTaken | happened.LockRefused | happened.LockTakeoverOrdered) -> tuple[str, Weight]:
    match event:
        case happened.LockTaken():
            return f"lock of {event.host} taken{f' over from {event.over}' if event.over else ''}", "quiet"
        case happened.LockRefused():
            return f"{event.host} is locked by {event.release} of {event.login}", "bad"
        case happened.LockTakeoverOrdered():
            return f"lock of {event.host} to be taken over{_by(event.by)}{_note(event.note)}", "warn"
        case _:
            assert_never(event)


def _attempt(
    event: happened.AttemptStarted | happened.StopOrdered | happened.AttemptEnded | happened.AttemptSettled,
    attempts: Attempts,
) -> tuple[str, Weight]:
    one = attempts.get(event.id)
    what = f"{'check of ' if one.part == 'check' else ''}{one.step} on {one.host}" if one else event.id
    match event:
        case happened.AttemptStarted(sought=True):
            return f"{what}: its host is asked whether it was started", "quiet"
        case happened.AttemptStarted():
            return f"{what} started{f', try {event.number}' if event.number > 1 else ''}", "quiet"
        case happened.StopOrdered():
            return f"{what} is being stopped{_by(event.by)}{_note(event.note)}", "warn"
        case happened.AttemptEnded(outcome="error") if one and one.sought:
            return f"{what} was never started", "quiet"
        case happened.AttemptEnded():
            took = f" in {format_span(event.seconds)}" if event.seconds is not None else ""
            code = f", exit {event.exit}" if event.exit else ""
            weight: Weight = "quiet" if event.outcome == "passed" else _WEIGHTS[event.outcome]
            return f"{what} {event.outcome}{took}{code}{_note(event.reason)}", weight
        case happened.AttemptSettled():
            return f"{what} settled as {event.outcome}{_by(event.by)}{_note(event.note)}", "warn"
        case _:
            assert_never(event)


def _by(login: str) -> str:
    return " by itself" if login == ITSELF else f" by {login}"


def _note(text: str) -> str:
    first = text.strip().splitlines()
    return f": {first[0]}" if first else ""
