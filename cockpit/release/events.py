"""What happened: the closed union of events, in the past tense. Moments are seconds since 1970, UTC.

`by` is a login, or `cockpit` for what happened by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cockpit.analysis.rule import Baseline, Verdict
from cockpit.playbook.calendar import Exchanges
from cockpit.playbook.plan import Plan

VERSION = 1
"""The version of the events that this cockpit writes; it reads this one and earlier ones."""

ITSELF = "cockpit"
"""`by` of what nobody asked for."""

Mode = Literal["live", "rehearsal"]
Part = Literal["run", "check"]
"""What an attempt tries: the step's own command or request, or the check of the host after it."""

Outcome = Literal["passed", "failed", "error", "stopped", "unknown"]
"""passed · failed: it said no · error: nothing was started · stopped: killed, confirmed · unknown: nobody can tell."""

Question = Literal["decision", "no return", "end"]
"""decision: the playbook's, for a rule that fails · no return: whether to go back where something cannot be undone ·
end: whether a guard may end though the rule does not pass."""

End = Literal["done", "rolled_back", "aborted", "failed"]

FaultKind = Literal[
    "host-down",
    "host-slow",
    "host-reboot",
    "link-lost",
    "disk-full",
    "wrong-exit",
    "flood",
    "hang",
    "deaf",
    "errors",
    "latency",
    "quota",
    "leak",
    "silence",
    "lie",
    "signer-late",
    "signer-no",
    "signer-silent",
    "file-changed",
    "engine-killed",
]
"""What can go wrong in a rehearsal.

host-down: it does not answer · host-slow: everything there takes `value` times as long · host-reboot: what runs there
is lost · link-lost: connections break, commands go on · disk-full: nothing new can be started there · wrong-exit: the
next attempt exits with `value` · flood: the next attempt prints without measure · hang: the next attempt never ends ·
deaf: requests get no answer · errors, latency, quota: a metric jumps to `value` · leak: a metric grows by `value` an
hour · silence: a metric has no samples · lie: a metric shows `value` and never anything else · signer-…: the person of
`role` answers later by `value` seconds, or says no, or nothing · file-changed: files change that are to stay as they
are since `step` · engine-killed: the engine's process is killed.
"""


class Event(msgspec.Struct, frozen=True, tag_field="event", omit_defaults=True, kw_only=True):
    """The base of all events."""


class Setting(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a rehearsal plays: the scenario's name and SHA-256, and the number that all its chance comes from.

    `speed` is how many seconds pass in one (0: as fast as it goes). `played`: nobody sits there, the captain is played.
    `real`: hosts are SSH servers on this machine, and not only modelled. `ends` is how it is to end, if that is said.
    """

    scenario: str = ""
    digest: str = ""
    seed: int = 0
    speed: float = 1.0
    played: bool = False
    real: bool = False
    ends: End | None = None


class Opened(Event, frozen=True, tag="opened", kw_only=True):
    """A release began. `nonce` is random (a rehearsal's is not), and every attempt's id is computed from it.

    `exchanges` are the sessions that the plan's calendar asks for, as they were known then. `day` is the release's own,
    as an ISO date in the plan's zone (empty: the one on which it began); nothing begins before moment `not_before`.
    """

    release: str
    nonce: str
    mode: Mode
    plan: Plan
    digest: str
    captain: str
    rehearsal: Setting | None = None
    exchanges: Exchanges = {}
    day: str = ""
    not_before: float | None = None


class JournalContinued(Event, frozen=True, tag="journal-continued", kw_only=True):
    """The journal named here is broken at event `first_bad`; the records before this one are its good ones, unchanged.

    What happened after them is not known. `head` is the hash of the last of them, number `last_good`.
    """

    journal: str
    first_bad: int
    last_good: int
    head: str
    problem: str
    by: str
    note: str


class EngineStarted(Event, frozen=True, tag="engine-started", kw_only=True):
    """An engine took the release over as its only writer. `alive` is when the one before it was last heard of."""

    epoch: int
    pid: int
    machine: str
    version: str
    alive: float | None = None


class HostReached(Event, frozen=True, tag="host-reached", kw_only=True):
    """A host answered; this is what it is until the next such event."""

    host: str
    address: str
    key: str
    boot: str
    marker: str


class HostUnreachable(Event, frozen=True, tag="host-unreachable", kw_only=True):
    """A host did not answer, and nothing was started on it."""

    host: str
    reason: str
    hint: str = ""


class LinkLost(Event, frozen=True, tag="link-lost", kw_only=True):
    """The connection to a host broke; its commands go on there. The next `HostReached` says that it is back."""

    host: str
    reason: str


class LockTaken(Event, frozen=True, tag="lock-taken", kw_only=True):
    """This release holds the host's lock; `over` names the release it was taken from."""

    host: str
    over: str = ""


class LockRefused(Event, frozen=True, tag="lock-refused", kw_only=True):
    """Another release holds the host's lock; `heartbeat_age` in seconds."""

    host: str
    release: str
    login: str
    machine: str
    since: str
    heartbeat_age: float


class LockTakeoverOrdered(Event, frozen=True, tag="lock-takeover-ordered", kw_only=True):
    """A person ordered to take the host's lock from its holder."""

    host: str
    by: str
    note: str


class StepStarted(Event, frozen=True, tag="step-started", kw_only=True):
    """A step's turn came; a gate or a checklist is open from now on."""

    step: str


class StepPassed(Event, frozen=True, tag="step-passed", kw_only=True):
    """A step is complete."""

    step: str


class StepSkipped(Event, frozen=True, tag="step-skipped", kw_only=True):
    """A step, or one host of it, was left out: by its condition, or by a person with a note."""

    step: str
    by: str
    note: str
    host: str = ""


class ConditionUnknown(Event, frozen=True, tag="condition-unknown", kw_only=True):
    """A step's `when` depends on what is unknown: a person must say whether it runs."""

    step: str


class StepOrdered(Event, frozen=True, tag="step-ordered", kw_only=True):
    """A person said that a step whose condition is unknown runs."""

    step: str
    by: str
    note: str


class EarlyOrdered(Event, frozen=True, tag="early-ordered", kw_only=True):
    """A person said that a step begins now, though its time has not come."""

    step: str
    by: str
    note: str


class ManualOrdered(Event, frozen=True, tag="manual-ordered", kw_only=True):
    """A person ordered a command that no step runs, having answered the question that comes first."""

    step: str
    by: str
    note: str


class Overdue(Event, frozen=True, tag="overdue", kw_only=True):
    """A step was not complete at moment `due`, by which it was to be."""

    step: str
    due: float


class AttemptStarted(Event, frozen=True, tag="attempt-started", kw_only=True):
    """An attempt was decided; durable before the host hears of it. `key`, `boot`, `marker`: what the host was then.

    `sought`: it is never to be started from here. Whether it was, behind the end of a broken journal, is asked of the
    host, which stops it and starts it no more.
    """

    id: str
    step: str
    host: str
    part: Part
    number: int
    key: str = ""
    boot: str = ""
    marker: str = ""
    sought: bool = False


class StopOrdered(Event, frozen=True, tag="stop-ordered", kw_only=True):
    """A running attempt is to be killed; one that has ended and would be repeated is not repeated.

    `streamed`: it never ends by itself, and has passed with that.
    """

    id: str
    by: str
    note: str
    streamed: bool = False


class AttemptEnded(Event, frozen=True, tag="attempt-ended", kw_only=True):
    """How an attempt ended. `exit` is None where there is none; `size` (bytes) and `sha256` are of its output.

    `advice` is the number, from 1, of the step's advice that fits; 0 where none does.
    """

    id: str
    outcome: Outcome
    exit: int | None = None
    reason: str = ""
    seconds: float | None = None
    captures: Mapping[str, str] = {}
    size: int = 0
    sha256: str = ""
    advice: int = 0


class AttemptSettled(Event, frozen=True, tag="attempt-settled", kw_only=True):
    """An unknown attempt was settled, by a person or by the step's check."""

    id: str
    outcome: Literal["passed", "failed"]
    by: str
    note: str


class HostPassed(Event, frozen=True, tag="host-passed", kw_only=True):
    """A host did its part of a step, and its check passed."""

    step: str
    host: str


class HostFailed(Event, frozen=True, tag="host-failed", kw_only=True):
    """A host did not do its part of a step: it waits for an answer. `outcome` is never `passed`."""

    step: str
    host: str
    outcome: Outcome
    reason: str


class RetryOrdered(Event, frozen=True, tag="retry-ordered", kw_only=True):
    """A person ordered a new attempt on one host. `external`: the failure before had a verified external cause."""

    step: str
    host: str
    by: str
    note: str
    external: bool = False


class HostDropped(Event, frozen=True, tag="host-dropped", kw_only=True):
    """A host takes no further part in the forward steps (or, when dropped by one, in the rollback)."""

    step: str
    host: str
    by: str
    note: str


class ItemTicked(Event, frozen=True, tag="item-ticked", kw_only=True):
    """A checklist item is true, with what shows it, and when that was made, where its age counts."""

    step: str
    item: str
    by: str
    evidence: str = ""
    made: float | None = None


class ItemLapsed(Event, frozen=True, tag="item-lapsed", kw_only=True):
    """What shows an item is older now than it may be: it is open again. `by` is who ticked it."""

    step: str
    item: str
    by: str


class ItemNotApplicable(Event, frozen=True, tag="item-not-applicable", kw_only=True):
    """A checklist item does not apply, with the reason."""

    step: str
    item: str
    by: str
    reason: str


class StepDone(Event, frozen=True, tag="step-done", kw_only=True):
    """A person did what a step asks for; `fields` are the lines that it asked for."""

    step: str
    by: str
    note: str = ""
    fields: Mapping[str, str] = {}


class NoticeTold(Event, frozen=True, tag="notice-told", kw_only=True):
    """What is told to people: it is not delivered by this version. `number` counts how often, from 1."""

    step: str
    notice: str
    to: tuple[str, ...]
    text: str
    number: int = 1


class RecordMade(Event, frozen=True, tag="record-made", kw_only=True):
    """What is kept as a record, and where: no file is written by this version. `sha256` is of the text, in hex."""

    step: str
    path: str
    text: str
    sha256: str


class FileSeen(Event, frozen=True, tag="file-seen", kw_only=True):
    """What a file is that must stay as it is since a step began: its SHA-256 in hex, or the `reason` why it has none.

    `was` is what it was when it was seen first; empty where this is the first time.
    """

    step: str
    path: str
    sha256: str = ""
    was: str = ""
    reason: str = ""


class SignedOff(Event, frozen=True, tag="signed-off", kw_only=True):
    """A role's yes or no at a gate. `covers` is the digest of what was shown."""

    gate: str
    role: str
    by: str
    yes: bool
    covers: str
    note: str = ""


class SignOffLapsed(Event, frozen=True, tag="sign-off-lapsed", kw_only=True):
    """A yes is older now than its gate allows: it is void. `by` is who gave it."""

    gate: str
    role: str
    by: str


class GateOpened(Event, frozen=True, tag="gate-opened", kw_only=True):
    """The captain said go."""

    gate: str
    by: str
    note: str = ""


class GateRefused(Event, frozen=True, tag="gate-refused", kw_only=True):
    """The captain said no-go; the gate can be asked again, and needs new sign-offs."""

    gate: str
    by: str
    note: str


class VerdictChanged(Event, frozen=True, tag="verdict-changed", kw_only=True):
    """A rule came to another verdict; the numbers that it was made from are those of a `Judgement`.

    `by` is who reported it, where people judge.
    """

    rule: str
    verdict: Verdict
    value: float | None = None
    threshold: float | None = None
    host: str = ""
    window: float = 0.0
    samples: int = 0
    reason: str = ""
    by: str = ITSELF


class BaselineRecorded(Event, frozen=True, tag="baseline-recorded", kw_only=True):
    """A metric before the cutover, by host (or under an empty name, for all)."""

    metric: str
    hosts: Mapping[str, Baseline]


class RollbackAnnounced(Event, frozen=True, tag="rollback-announced", kw_only=True):
    """A guard's rule will roll the release back at moment `due`, unless it passes or is vetoed before."""

    guard: str
    rule: str
    due: float


class Vetoed(Event, frozen=True, tag="vetoed", kw_only=True):
    """The announced rollback does not happen; the rule causes nothing until it has passed again."""

    rule: str
    by: str
    note: str


class DecisionOpened(Event, frozen=True, tag="decision-opened", kw_only=True):
    """A guard asks about a rule; at moment `due` the default is taken (None: it waits for a person)."""

    guard: str
    rule: str
    about: Question
    due: float | None = None


class Decided(Event, frozen=True, tag="decided", kw_only=True):
    """An open decision was answered. It is asked again after `wait` seconds (0: not at all) if the rule still fails."""

    rule: str
    option: str
    by: str
    note: str
    wait: float = 0.0


class CalledOff(Event, frozen=True, tag="called-off", kw_only=True):
    """What a rule had announced or asked is over by itself: it passes again, or its guard no longer watches."""

    rule: str
    reason: str


class Acknowledged(Event, frozen=True, tag="acknowledged", kw_only=True):
    """A person has seen that a rule does not pass."""

    rule: str
    by: str
    note: str = ""


class SoakBegan(Event, frozen=True, tag="soak-began", kw_only=True):
    """All rules of a soak pass: from now on its time counts."""

    step: str


class SoakPaused(Event, frozen=True, tag="soak-paused", kw_only=True):
    """A rule of a soak neither passes nor fails: until it passes again its time does not count."""

    step: str
    rule: str
    why: str = ""


class SoakBroken(Event, frozen=True, tag="soak-broken", kw_only=True):
    """A rule of a soak failed: it begins anew once all of them pass again."""

    step: str
    rule: str
    why: str = ""


class Soaked(Event, frozen=True, tag="soaked", kw_only=True):
    """A soak is complete: no rule failed between two moments. Of that time, `gaps` seconds did not count.

    `breaks` is how often it had to begin anew before.
    """

    step: str
    since: float
    until: float
    breaks: int = 0
    gaps: float = 0.0


class RedeployOrdered(Event, frozen=True, tag="redeploy-ordered", kw_only=True):
    """A person ordered a soak from its beginning, and the steps before it that are done again first."""

    step: str
    steps: tuple[str, ...]
    by: str
    note: str


class Looked(Event, frozen=True, tag="looked", kw_only=True):
    """A person looked, as a step asks for every so often; `late` by so many seconds."""

    step: str
    by: str
    note: str = ""
    late: float = 0.0


class LookMissed(Event, frozen=True, tag="look-missed", kw_only=True):
    """Nobody looked at moment `due`, nor until the one after that was due; so `count` times, until that of `last`."""

    step: str
    due: float
    last: float
    count: int = 1


class Escalated(Event, frozen=True, tag="escalated", kw_only=True):
    """Nobody has acknowledged a rule in time, or looked at a step: `to`, a role or the captain's login, is told too.

    `level` counts from 1.
    """

    to: str
    level: int
    rule: str = ""
    step: str = ""


class RehearsalFound(Event, frozen=True, tag="rehearsal-found", kw_only=True):
    """This plan was rehearsed before, and ended as expected then: as `release`, in real time at moment `at`."""

    gate: str
    release: str
    at: float


class RehearsalLapsed(Event, frozen=True, tag="rehearsal-lapsed", kw_only=True):
    """The rehearsal that a gate knew of is longer ago now than the gate allows."""

    gate: str
    release: str


class FreezeLifted(Event, frozen=True, tag="freeze-lifted", kw_only=True):
    """A freeze, or a time to avoid, does not count for this release: a person of the role said so as it was started."""

    freeze: str
    role: str
    by: str
    note: str


class FitJudged(Event, frozen=True, tag="fit-judged", kw_only=True):
    """Whether what is ahead of a gate fits into the calendar now, and `why` not; it would at moment `next`, if any.

    Where it fits, it does until moment `until` (None: no end is in sight). What is ahead takes so many seconds of
    `work` and as a `whole`, and does not end before the moments `work_by` and `whole_by`.
    """

    gate: str
    fits: bool
    why: str = ""
    next: float | None = None
    until: float | None = None
    work: float = 0.0
    whole: float = 0.0
    work_by: float = 0.0
    whole_by: float = 0.0


class Waived(Event, frozen=True, tag="waived", kw_only=True):
    """What keeps a gate shut, or a guard from ending, is let pass by a person."""

    step: str
    what: str
    by: str
    note: str
    role: str = ""


class WaiverLapsed(Event, frozen=True, tag="waiver-lapsed", kw_only=True):
    """A waiver is older now than its gate allows: it is void. `by` is who gave it."""

    step: str
    what: str
    by: str


class BackOrdered(Event, frozen=True, tag="back-ordered", kw_only=True):
    """The last batch of a step is to be undone. `rule` is the one that caused it, if a guard's did."""

    step: str
    hosts: tuple[str, ...]
    by: str
    note: str
    rule: str = ""


class BackDone(Event, frozen=True, tag="back-done", kw_only=True):
    """The batch is undone: its hosts wait again, and so does everything that comes after the step."""

    step: str


class Held(Event, frozen=True, tag="held", kw_only=True):
    """Nothing new starts from now on. `rules` are those that caused it, if any, and `guard` watches them."""

    by: str
    note: str = ""
    rules: tuple[str, ...] = ()
    guard: str = ""


class Resumed(Event, frozen=True, tag="resumed", kw_only=True):
    """The hold is over."""

    by: str
    note: str = ""


class Aborted(Event, frozen=True, tag="aborted", kw_only=True):
    """The release stops here. `finish`: running attempts may end by themselves."""

    by: str
    note: str = ""
    finish: bool = False


class RollbackStarted(Event, frozen=True, tag="rollback-started", kw_only=True):
    """The way back was ordered."""

    by: str
    note: str = ""


class CredentialsMissed(Event, frozen=True, tag="credentials-missed", kw_only=True):
    """Secrets, or an SSH agent, that the engine does not have (any more), by name."""

    names: tuple[str, ...]


class CredentialsSupplied(Event, frozen=True, tag="credentials-supplied", kw_only=True):
    """What was missed is there again."""

    names: tuple[str, ...]
    by: str


class CaptaincyOffered(Event, frozen=True, tag="captaincy-offered", kw_only=True):
    """The captain offered to hand over."""

    to: str
    by: str


class CaptainChanged(Event, frozen=True, tag="captain-changed", kw_only=True):
    """Somebody else drives: by acceptance, or taken with a note."""

    captain: str
    by: str
    note: str = ""


class Ended(Event, frozen=True, tag="ended", kw_only=True):
    """Nothing is left to do but to roll back or to close."""

    outcome: End
    reason: str = ""


class Closed(Event, frozen=True, tag="closed", kw_only=True):
    """The release was closed: hosts are cleaned up, nothing more can happen."""

    by: str
    note: str = ""


class HostCleaned(Event, frozen=True, tag="host-cleaned", kw_only=True):
    """Run folder and lock are gone from a host, or `reason` says why not."""

    host: str
    reason: str = ""


class RoleAssigned(Event, frozen=True, tag="role-assigned", kw_only=True):
    """From now on this login is, alone, what a role says."""

    role: str
    to: str
    by: str
    note: str = ""


class FaultBegan(Event, frozen=True, tag="fault-began", kw_only=True):
    """In a rehearsal something goes wrong, for `lasts` seconds (0: to the end).

    It meets `hosts` (none: all), and `step`, `metric` and `role` where its kind needs them.
    """

    fault: str
    kind: FaultKind
    by: str = ITSELF
    hosts: tuple[str, ...] = ()
    step: str = ""
    metric: str = ""
    role: str = ""
    value: float | None = None
    lasts: float = 0.0


class SpeedChanged(Event, frozen=True, tag="speed-changed", kw_only=True):
    """So many seconds of a rehearsal pass in one from now on; 0: as fast as it goes."""

    speed: float
    by: str


class CaptainPlayed(Event, frozen=True, tag="captain-played", kw_only=True):
    """From now on the captain of a rehearsal is played, or is the one who sits there."""

    played: bool
    by: str


AnyEvent = (
    Opened
    | JournalContinued
    | EngineStarted
    | HostReached
    | HostUnreachable
    | LinkLost
    | LockTaken
    | LockRefused
    | LockTakeoverOrdered
    | StepStarted
    | StepPassed
    | StepSkipped
    | ConditionUnknown
    | StepOrdered
    | EarlyOrdered
    | Overdue
    | ManualOrdered
    | AttemptStarted
    | StopOrdered
    | AttemptEnded
    | AttemptSettled
    | HostPassed
    | HostFailed
    | RetryOrdered
    | HostDropped
    | ItemTicked
    | ItemLapsed
    | ItemNotApplicable
    | StepDone
    | NoticeTold
    | RecordMade
    | FileSeen
    | SignedOff
    | SignOffLapsed
    | GateOpened
    | GateRefused
    | VerdictChanged
    | BaselineRecorded
    | RollbackAnnounced
    | Vetoed
    | DecisionOpened
    | Decided
    | CalledOff
    | Acknowledged
    | SoakBegan
    | SoakPaused
    | SoakBroken
    | Soaked
    | RedeployOrdered
    | Looked
    | LookMissed
    | Escalated
    | RehearsalFound
    | RehearsalLapsed
    | FreezeLifted
    | FitJudged
    | Waived
    | WaiverLapsed
    | BackOrdered
    | BackDone
    | Held
    | Resumed
    | Aborted
    | RollbackStarted
    | CredentialsMissed
    | CredentialsSupplied
    | CaptaincyOffered
    | CaptainChanged
    | Ended
    | Closed
    | HostCleaned
    | RoleAssigned
    | FaultBegan
    | SpeedChanged
    | CaptainPlayed
)


class Record(msgspec.Struct, frozen=True):
    """An event in its place: number from 1, moment, hex SHA-256 chained over the record before."""

    seq: int
    at: float
    event: AnyEvent
    hash: str = ""
