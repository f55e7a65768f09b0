"""Where a release stands: immutable records, folded from its events alone. Moments are seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cockpit.analysis.rule import Baseline, Verdict
from cockpit.playbook.calendar import Exchanges
from cockpit.playbook.plan import Plan, Run, Step
from cockpit.release.events import End, FaultKind, Mode, Outcome, Part, Question, Setting

StepStatus = Literal["pending", "asking", "running", "passed", "skipped"]
"""`asking`: its condition is unknown and a person must say whether it runs."""

HostStatus = Literal[
    "waiting", "running", "checking", "passed", "failed", "error", "stopped", "unknown", "skipped", "dropped"
]
"""Where one host of a step stands."""

FAILING: frozenset[HostStatus] = frozenset({"failed", "error", "stopped", "unknown"})
"""What waits for an answer."""

COMPLETE: frozenset[HostStatus] = frozenset({"passed", "skipped", "dropped"})
"""What a step no longer waits for."""

Lost = Literal["", "ask", "unknown"]
"""What may have been started on a host behind the end of a broken journal: nothing · its host is to be asked · nobody
can tell."""

Reach = Literal["untried", "reached", "lost", "unreachable"]
Lock = Literal["none", "ours", "lost", "refused", "taking"]
"""`lost`: it was ours, and another release has it now; once that has caused a hold it is `refused`."""


class Attempt(msgspec.Struct, frozen=True):
    """One try of a step on a host. `outcome` is None while it runs.

    `advice` is the number, from 1, of the step's advice that fits how it ended (0: none). `stopping` says why it is
    being killed, `stopped_by` who ordered that; `streamed`: its time is over, and it has passed. `sought`: it is only
    asked for and stopped.
    """

    id: str
    step: str
    host: str
    part: Part
    number: int
    started: float
    key: str = ""
    boot: str = ""
    marker: str = ""
    sought: bool = False
    stopping: str = ""
    stopped_by: str = ""
    stop_ordered: float | None = None
    streamed: bool = False
    outcome: Outcome | None = None
    ended: float | None = None
    exit: int | None = None
    reason: str = ""
    seconds: float | None = None
    size: int = 0
    sha256: str = ""
    advice: int = 0


class HostRun(msgspec.Struct, frozen=True):
    """One host of a step. `run` and `check` are the latest attempts' ids.

    `tries` and `polls` number its attempts. `streak` counts passes in a row of what is polled, since `polling`;
    `polled` is when the last poll ended. `trying`: an attempt runs now. `checked`: the check could not settle an
    unknown. `begun`: something was started here. `unsettled`: how its latest run attempt ended is not known, whatever
    was answered. `ordered`: a person ordered the next attempt. `failures`: how often it failed, not counting external
    causes. `lost`: what may have been started here unrecorded.
    """

    host: str
    status: HostStatus = "waiting"
    run: str = ""
    check: str = ""
    tries: int = 0
    polls: int = 0
    streak: int = 0
    polling: float | None = None
    polled: float | None = None
    started: float | None = None
    ended: float | None = None
    reason: str = ""
    trying: bool = False
    checked: bool = False
    begun: bool = False
    unsettled: bool = False
    ordered: bool = False
    failures: int = 0
    lost: Lost = ""


class Ticked(msgspec.Struct, frozen=True):
    """How a checklist item was answered: evidence, or why it does not apply."""

    by: str
    at: float
    evidence: str = ""
    not_applicable: str = ""


class Dated(Ticked, frozen=True):
    """The same where the age of what shows it counts: when that was `made`."""

    made: float = 0.0


class Signature(msgspec.Struct, frozen=True):
    """A role's yes or no, over what `covers` names. `lapsed`: it has become too old to count."""

    role: str
    by: str
    yes: bool
    at: float
    covers: str
    note: str = ""
    lapsed: bool = False


class Waiver(msgspec.Struct, frozen=True):
    """Who let something pass, when, why, and for which role."""

    by: str
    at: float
    note: str
    role: str = ""


class Practised(msgspec.Struct, frozen=True):
    """A rehearsal of this plan that ended as expected, at a moment in real time."""

    release: str
    at: float


class Ahead(msgspec.Struct, frozen=True):
    """How long things take from now on, in seconds: `work` up to the last step that may change something, `whole`.

    However early they begin, they do not end before the moments `work_by` and `whole_by`: something waits for its time.
    """

    work: float
    whole: float
    work_by: float = 0.0
    whole_by: float = 0.0

    def work_end(self, start: float) -> float:
        """When the last step that may change something ends, if it starts then."""
        return max(start + self.work, self.work_by)

    def whole_end(self, start: float) -> float:
        """When all ends, if it starts then."""
        return max(start + self.whole, self.whole_by)


class Fitting(msgspec.Struct, frozen=True):
    """Whether what is `ahead` fits into the calendar, why not, and when it would (None: not in sight).

    It was asked at moment `at`; where it fits, it does `until` then (None: no end is in sight).
    """

    fits: bool
    why: str = ""
    next: float | None = None
    until: float | None = None
    ahead: Ahead | None = None
    at: float = 0.0


class RuleState(msgspec.Struct, frozen=True):
    """Where a rule stands: its verdict (None: never judged) since a moment, and what it was made from.

    `announced` is when it will roll back; `asked` is the decision that is open, until `due` where there is a deadline;
    `guard` watches it in either. `excused` is who let it cause nothing: until it passes, or until `again`. `unwell`
    is since when it has not passed; `level` how many roles were told so, and `told` when the last was. `backed` is when
    it took a batch back: until it passes it takes no further one while the same guard watches. `anew` is when an engine
    went on to measure it, after a time in which none did.
    """

    verdict: Verdict | None = None
    since: float = 0.0
    value: float | None = None
    threshold: float | None = None
    host: str = ""
    window: float = 0.0
    samples: int = 0
    reason: str = ""
    guard: str = ""
    announced: float | None = None
    asked: Question | None = None
    due: float | None = None
    excused: str = ""
    excuse: str = ""
    again: float | None = None
    acknowledged: str = ""
    unwell: float | None = None
    level: int = 0
    told: float | None = None
    backed: float | None = None
    anew: float = 0.0


class Soaking(msgspec.Struct, frozen=True):
    """How a soak goes. `since` is when the time began that counts (None: it has not, or a rule has failed since).

    `counting` is from when on time counts without a gap (None: it does not count now), `counted` the seconds before
    that. `breaks` is how often a rule failed. `rule` is the one that keeps time from counting, and `why`.
    """

    since: float | None = None
    counting: float | None = None
    counted: float = 0.0
    breaks: int = 0
    rule: str = ""
    why: str = ""


class Kept(msgspec.Struct, frozen=True):
    """A file that must stay as it is since a step began: what it was then and what it is now, as SHA-256 in hex.

    Empty where it cannot be read, for the `reason`.
    """

    step: str
    was: str
    now: str
    reason: str = ""


class Looking(msgspec.Struct, frozen=True):
    """How people look at a step. The next look is due an interval after `base` (None: after the step's start).

    `owed` is when it was due that nobody has made since. `at` is the last look, `by` and `note` whose it was; `count`,
    `late` and `missed` are how many there were. `level` is how many roles were told of what is owed, `told` when the
    last was.
    """

    base: float | None = None
    owed: float | None = None
    at: float | None = None
    by: str = ""
    note: str = ""
    count: int = 0
    late: int = 0
    missed: int = 0
    level: int = 0
    told: float | None = None


class StepState(msgspec.Struct, frozen=True):
    """A step of the plan and where it stands. `lost`: it had not ended when the journal broke.

    `begun`: it had begun before it came to wait for its turn again. `practised` is the rehearsal that lets a gate be
    opened which asks for one, `fitting` whether the calendar leaves it enough time (None: not asked yet). `fields` are
    what a person supplied to be told; it was `told` so many times, the last at `told_at`. `early` is who let it begin
    before its time, `overdue` the moment by which it was to be complete and was not. `left`: a person had ordered it
    beside the others, and then the release turned back. For `blind` seconds since it started nothing was measured.
    """

    step: Step
    status: StepStatus = "pending"
    started: float | None = None
    ended: float | None = None
    hosts: Mapping[str, HostRun] = {}
    items: Mapping[str, Ticked] = {}
    signatures: tuple[Signature, ...] = ()
    waived: Mapping[str, Waiver] = {}
    practised: Practised | None = None
    fitting: Fitting | None = None
    soaking: Soaking = Soaking()
    looking: Looking = Looking()
    by: str = ""
    note: str = ""
    fields: Mapping[str, str] = {}
    told: int = 0
    told_at: float | None = None
    ordered: bool = False
    lost: bool = False
    begun: bool = False
    early: str = ""
    overdue: float | None = None
    left: bool = False
    blind: float = 0.0


class HostState(msgspec.Struct, frozen=True):
    """A host as last seen. `groups` are those of the plan that it is in; `holder` has the lock that is not ours.

    `marked` is the marker that it had when the journal broke.
    """

    name: str
    groups: tuple[str, ...] = ()
    reach: Reach = "untried"
    reason: str = ""
    hint: str = ""
    address: str = ""
    key: str = ""
    boot: str = ""
    marker: str = ""
    marked: str = ""
    lock: Lock = "none"
    holder: str = ""
    dropped: bool = False
    cleaned: bool = False


class Break(msgspec.Struct, frozen=True):
    """Where the journal that this one continues is broken."""

    journal: str
    first_bad: int
    problem: str
    at: float


class Wrong(msgspec.Struct, frozen=True):
    """A fault of a rehearsal that has begun, in words; `over` is when it ends (None: not by itself)."""

    kind: FaultKind
    began: float
    over: float | None
    at: str
    by: str


class Rehearsal(msgspec.Struct, frozen=True):
    """What is played: see `events.Setting`. `faults` are those that have begun, by id."""

    setting: Setting
    speed: float
    played: bool
    faults: Mapping[str, Wrong] = {}


class State(msgspec.Struct, frozen=True):
    """A whole release. `steps` holds the forward steps and the rollback's, as written.

    `attempts` are the latest of each host of a step, `live` those of them that have not ended. `back` is the step of
    which the batch `back_hosts` is being undone. `exchanges` are the sessions that its calendar asks for, `lifted` the
    freezes that do not count, `files` those that must stay as they are, by path. `day` is the release's own as an ISO
    date (empty: the one on which it was opened). Nothing begins before moment `not_before`.
    """

    release: str = ""
    nonce: str = ""
    mode: Mode = "live"
    rehearsal: Rehearsal | None = None
    plan: Plan | None = None
    exchanges: Exchanges = {}
    assigned: Mapping[str, str] = {}
    lifted: tuple[str, ...] = ()
    digest: str = ""
    captain: str = ""
    starter: str = ""
    offered_to: str = ""
    opened: float = 0.0
    day: str = ""
    not_before: float | None = None
    epoch: int = 0
    steps: Mapping[str, StepState] = {}
    hosts: Mapping[str, HostState] = {}
    attempts: Mapping[str, Attempt] = {}
    live: Mapping[str, Attempt] = {}
    captures: Mapping[str, Mapping[str, str]] = {}
    held_by: str = ""
    held_note: str = ""
    held_rules: tuple[str, ...] = ()
    held_guard: str = ""
    rules: Mapping[str, RuleState] = {}
    baselines: Mapping[str, Mapping[str, Baseline]] = {}
    files: Mapping[str, Kept] = {}
    back: str = ""
    back_hosts: tuple[str, ...] = ()
    aborted: bool = False
    aborted_by: str = ""
    finish: bool = False
    rolling_back: bool = False
    rollback_by: str = ""
    rollback_note: str = ""
    missing: tuple[str, ...] = ()
    broken: Break | None = None
    end: End | None = None
    end_reason: str = ""
    ended: float | None = None
    closed: bool = False
    seq: int = 0
    at: float = 0.0

    @property
    def the_plan(self) -> Plan:
        """The plan; only the state before the first event has none."""
        assert self.plan is not None
        return self.plan

    @property
    def forward(self) -> tuple[Step, ...]:
        """The forward steps, as written."""
        return self.the_plan.steps

    @property
    def backward(self) -> tuple[Step, ...]:
        """The rollback's steps and what verifies it."""
        rollback = self.the_plan.rollback
        return tuple(rollback) if rollback else ()

    @property
    def track(self) -> tuple[Step, ...]:
        """The steps that are being done: forward, or what undoes a batch, or the rollback's once it was ordered.

        What a person has ordered beside them comes last.
        """
        ordered = tuple(step for step in self.manual if self.is_running(step.id))
        if self.rolling_back:
            return self.backward + ordered
        return ((self.undo(self.back),) if self.back else self.forward) + ordered

    @property
    def is_held_for_people(self) -> bool:
        """Whether a hold goes on until a person ends it: one that rules caused may end by itself."""
        return bool(self.held_by) and not self.held_rules

    @property
    def manual(self) -> tuple[Step, ...]:
        """The commands that only a person orders."""
        return tuple(each.step for each in self.the_plan.manual.values())

    @property
    def ongoing(self) -> tuple[StepState, ...]:
        """The steps that go on now: they do so through gates and holds."""
        if self.plan is None or self.aborted or self.end or self.closed:
            return ()
        return tuple(one for step in self.track if (one := self.steps[step.id]).status == "running")

    def is_running(self, step: str) -> bool:
        """Whether a step has begun and is not over, nor left behind."""
        return self.steps[step].status == "running" and not self.steps[step].left

    def undo(self, step: str) -> Run:
        """What undoes a batch of this step; only a step with `undo` has it."""
        run = self.steps[step].step
        assert isinstance(run, Run)
        return next(each for each in self.the_plan.undos if each.id == run.undo)
