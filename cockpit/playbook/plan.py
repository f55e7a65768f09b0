"""The frozen plan: what a playbook resolves to for one release. Durations are seconds, shares are 0 to 1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

import msgspec

from cockpit.analysis.rule import Minimum, NoData, Rule
from cockpit.playbook.calendar import Calendar

HERE = "here"
"""The name of this machine among the hosts."""

Action = Literal["warn", "hold", "decide", "back", "roll back"]
"""What a failing rule leads to; `back` undoes the last batch and holds."""

Vote = Mapping[str, int]
"""Role name to the number of people of it who must sign."""


class _Frozen(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    pass


class Role(_Frozen, frozen=True, kw_only=True):
    """Who may act as what: `people` are login names.

    `assigned`: the captain says during the release who it is; `people` are then those it can be (none: anybody).
    """

    title: str
    people: tuple[str, ...]
    assigned: bool = False


class Secret(_Frozen, frozen=True, kw_only=True):
    """Where a secret comes from; never its value. `source` is a variable's name, a path, or a command's words."""

    kind: Literal["env", "file", "command"]
    source: tuple[str, ...]


class Ssh(_Frozen, frozen=True, kw_only=True):
    """What the playbook says of SSH; the rest comes from ssh_config."""

    user: str = ""
    jump: str = ""


class Expect(_Frozen, frozen=True, kw_only=True):
    """What an HTTP answer must be; `json` maps dotted paths to expected values (templates)."""

    status: tuple[int, ...] = (200,)
    contains: str = ""
    json: Mapping[str, str] = {}


class Request(_Frozen, frozen=True, kw_only=True):
    """One HTTP request; all its texts but `method` are templates of params, captures, `host` and `address`."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = {}
    body: str = ""
    expect: Expect = Expect()


class Prometheus(_Frozen, frozen=True, tag="prometheus", kw_only=True):
    """A query to a Prometheus server at `url`; `label` is the one that names the host where there is one value a host.

    Query, url and headers are templates of params and secrets.
    """

    url: str
    query: str
    headers: Mapping[str, str] = {}
    label: str = ""


class Datadog(_Frozen, frozen=True, tag="datadog", kw_only=True):
    """A query to Datadog's API at `url`; `label` and templates as for Prometheus."""

    url: str
    query: str
    headers: Mapping[str, str] = {}
    label: str = ""


class Json(_Frozen, frozen=True, tag="json", kw_only=True):
    """JSON over HTTP: `pick` is the JMESPath of the value, `moment` (if any) that of its time."""

    request: Request
    pick: str
    moment: str = ""


class Output(_Frozen, frozen=True, tag="output", kw_only=True):
    """What a command prints: the first number in it, or what `pick` finds in its JSON, or a `column` of its table.

    `row` is text that the table's row must hold; without it, the first row after the header.
    """

    command: str
    user: str = ""
    directory: str = ""
    shell: Literal["sh", "bash"] = "sh"
    pick: str = ""
    column: str = ""
    row: str = ""


class Probe(_Frozen, frozen=True, tag="probe", kw_only=True):
    """A look from here: 1 where the answer is as expected and 0 where it is not, or what else is measured of it.

    The url's scheme is http, https or tcp. Seconds for `latency`, days for `expiry` of the TLS certificate.
    """

    request: Request
    take: Literal["up", "latency", "status", "expiry"] = "up"


Source = Prometheus | Datadog | Json | Output | Probe


class Metric(_Frozen, frozen=True, kw_only=True):
    """What is measured `every` so many seconds, within `timeout`, tried again `retries` times.

    One value for each of `hosts` (none: one for all). A sample older than `stale` is none. `values` stand for texts
    that the source gives. `secrets` are the names that its source uses.
    """

    name: str
    title: str
    source: Source
    every: float = 15.0
    timeout: float = 10.0
    retries: int = 1
    unit: str = ""
    no_data: NoData = "hold"
    minimum: Minimum = Minimum()
    stale: float = 45.0
    hosts: tuple[str, ...] = ()
    values: Mapping[str, float] = {}
    secrets: tuple[str, ...] = ()


class Before(_Frozen, frozen=True, kw_only=True):
    """How baselines are recorded: over so many seconds before the step `until` starts, of at least so many samples."""

    over: float
    until: str
    samples: int = 20


class Severity(_Frozen, frozen=True, kw_only=True):
    """How bad something is and what follows: a row of the decision matrix. `deadline` is in seconds (0: none)."""

    name: str
    means: str
    action: Action
    owner: tuple[str, ...] = ()
    deadline: float = 0.0


class Decision(_Frozen, frozen=True, kw_only=True):
    """A question that a rule opens: `options` to choose from, the `default` taken after `deadline` seconds.

    `guide` says when which option is right. `owner` are roles.
    """

    name: str
    ask: str
    options: tuple[str, ...]
    deadline: float
    default: str
    owner: tuple[str, ...] = ()
    guide: Mapping[str, str] = {}


class Check(_Frozen, frozen=True, kw_only=True):
    """What shows that a host is well after its command: a command on the host, or an HTTP request from here.

    It must pass `times` times in a row, `every` so many seconds, before `deadline` seconds are over.
    """

    command: str = ""
    request: Request | None = None
    times: int = 1
    every: float = 5.0
    deadline: float = 120.0
    secrets: tuple[str, ...] = ()


class Item(_Frozen, frozen=True, kw_only=True):
    """One line of a checklist; `id` is unique in its step. `by` is the id of the step that ticks it, if one does.

    What shows it is no older than `fresh` seconds (0: of any age).
    """

    id: str
    title: str
    text: str = ""
    evidence: bool = False
    not_applicable: bool = False
    by: str = ""
    fresh: float = 0.0


class Advice(_Frozen, frozen=True, kw_only=True):
    """What the runbook says about a failure: text, and commands that are shown as written and never run.

    It fits where the output or the reason holds one of `output`, upper or lower case, and the exit status is one of
    `exit`; empty: any.
    """

    say: str
    commands: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    exit: tuple[int, ...] = ()


class Pace(_Frozen, frozen=True, kw_only=True):
    """Every so many seconds, until so many seconds after the start (0: to the end)."""

    every: float
    until: float = 0.0


class Board(_Frozen, frozen=True, kw_only=True):
    """What is looked at, and where it is."""

    title: str
    url: str = ""


class Look(_Frozen, frozen=True, kw_only=True):
    """That a person of the roles `owner` (none: whoever the step is up to) looks at `boards` every so often.

    Each of `paces` holds until its end, counted from the step's start.
    """

    paces: tuple[Pace, ...]
    boards: tuple[Board, ...] = ()
    owner: tuple[str, ...] = ()


IfFails = Literal["ask", "hold", "drop", "roll back", "stop"]
"""What a failed host causes: a question, a question and a hold, no more of this host, a rollback, the end as failed."""


class At(_Frozen, frozen=True, tag="at", kw_only=True):
    """A local time in minutes after midnight, on day `day` of the release, from 1."""

    day: int = 1
    minute: int = 0


class After(_Frozen, frozen=True, tag="after", kw_only=True):
    """So many seconds after the last of these steps is complete; without any, after the release's start."""

    seconds: float
    steps: tuple[str, ...] = ()


class Within(_Frozen, frozen=True, tag="within", kw_only=True):
    """So many seconds after the first of these steps began; without any, after the step itself began."""

    seconds: float
    steps: tuple[str, ...] = ()


Moment = At | After | Within

IfLate = Literal["warn", "hold", "roll back"]
"""What a step that is late causes: nothing more · a hold, and at a gate a no-go · a rollback."""


FailsTwice = Literal["", "hold", "roll back"]
"""What it causes when an attempt that a person ordered fails too; empty: nothing more."""


class StepBase(_Frozen, frozen=True, kw_only=True):
    """What every step has. `after` names the steps that must be complete first, `owner` roles, `phase` its phase.

    `takes` is the expected length; `when` is a condition on params, captures and facts of steps. `no_return`: once it
    has begun, going back asks again. `ticks` is the checklist, open at the same time, of which it ticks an item.
    `unchanged` are files on this machine (relative: to the home folder) that must
    stay as they are from its start on.
    It is meant to begin when `planned`, may `not_before`, and must be complete `due`.
    """

    id: str
    phase: str
    title: str = ""
    after: tuple[str, ...] = ()
    when: str = ""
    owner: tuple[str, ...] = ()
    takes: float | None = None
    no_return: bool = False
    ticks: str = ""
    unchanged: tuple[str, ...] = ()
    planned: Moment | None = None
    not_before: Moment | None = None
    due: Moment | None = None
    if_late: IfLate = "warn"


class Run(StepBase, frozen=True, tag="run", kw_only=True):
    """A shell command on hosts, or here. `batches` hold hosts in the order they are touched; `group` is what `on` said.

    `directory` and the values of `env` are templates. `secret_env` are those entries of `env` that name a secret:
    rendered, they are secrets too. `secrets` are the names that the command and its environment use.
    `captures` are names that it hands on, where the command itself does not show them.
    `fail_above` is a share of all hosts of the step. After `stream` seconds (0: never) it is stopped, and has passed.
    `quiet` is how long silence may last before it is shown. `undo` is the id of the plan's step that undoes it host by
    host. Of `advice` on failures, the first that fits is shown. Where there is a `waiver`, only these roles let a
    failure pass.
    """

    command: str
    group: str
    batches: tuple[tuple[str, ...], ...]
    directory: str = ""
    env: Mapping[str, str] = {}
    secret_env: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()
    user: str = ""
    shell: Literal["sh", "bash"] = "sh"
    timeout: float = 1800.0
    quiet: float = 60.0
    check: Check | None = None
    fail_above: float = 0.0
    if_fails: IfFails = "ask"
    fails_twice: FailsTwice = ""
    stream: float = 0.0
    undo: str = ""
    captures: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()
    waiver: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host of the step, in order."""
        return tuple(host for batch in self.batches for host in batch)


class Http(StepBase, frozen=True, tag="http", kw_only=True):
    """An HTTP request made from here, once for each of `hosts` (or once, for `here`).

    It is repeated, as a `Check` is, until it passes; with deadline 0 it is made once. `secrets` are the names
    that the request uses.
    """

    request: Request
    hosts: tuple[str, ...] = (HERE,)
    group: str = HERE
    times: int = 1
    every: float = 5.0
    deadline: float = 0.0
    secrets: tuple[str, ...] = ()
    timeout: float = 30.0
    if_fails: IfFails = "ask"
    fails_twice: FailsTwice = ""
    advice: tuple[Advice, ...] = ()
    waiver: tuple[str, ...] = ()


class Checklist(StepBase, frozen=True, tag="checklist", kw_only=True):
    """Items that people tick, each with its evidence, or that steps tick."""

    items: tuple[Item, ...]


class Attended(StepBase, frozen=True, kw_only=True):
    """A step during which people may have to `look`."""

    look: Look | None = None


class Do(Attended, frozen=True, tag="do", kw_only=True):
    """Something that a person does and then says so."""

    text: str


class Told(StepBase, frozen=True, kw_only=True):
    """What is told: `text` is a template of params, captures, `asks` and what is known of the release.

    `asks` are lines that a person supplies first, by name, each with what to enter.
    """

    text: str
    asks: Mapping[str, str] = {}


class Notice(Told, frozen=True, tag="notice", kw_only=True):
    """A message to people: `to` are channels. It is told again every `repeat` seconds (0: once) until the end."""

    name: str
    to: tuple[str, ...]
    repeat: float = 0.0


class Document(Told, frozen=True, tag="record", kw_only=True):
    """A record that is kept: `path` is a template, as the text is."""

    path: str


class Assign(StepBase, frozen=True, tag="assign", kw_only=True):
    """Complete once the captain has said who a role is."""

    role: str


class Wait(Attended, frozen=True, tag="wait", kw_only=True):
    """A pause of so many seconds."""

    seconds: float


class Gate(StepBase, frozen=True, tag="gate", kw_only=True):
    """A point that stays shut until `sign` and `distinct` (different people) are met and the captain says go.

    A yes is void after `expires` seconds (0: never). `without_starter`: whoever started the release may not sign.
    `confirm` is the word to be typed. `passing` are rules that must pass; `proven` asks that the way back is proven,
    `without` are the severities of which it wants no failing rule: those rules, and of worse ones, are among `passing`.
    `rehearsed` that this plan was rehearsed no longer ago than that (0: it need not be), `fits` that what is ahead fits
    into the calendar. What does not hold can be waived by the roles `waiver`,
    for `waiver_expires` seconds (0: for good). `zones` is from how many different offsets to UTC people must sign.
    """

    sign: Vote = {}
    distinct: int = 0
    expires: float = 0.0
    without_starter: bool = False
    confirm: str = ""
    passing: tuple[str, ...] = ()
    proven: bool = False
    rehearsed: float = 0.0
    fits: bool = False
    without: tuple[str, ...] = ()
    zones: int = 0
    waiver: tuple[str, ...] = ()
    waiver_expires: float = 0.0


class Guard(Attended, frozen=True, tag="guard", kw_only=True):
    """Rules watched for `seconds`, and what each leads to.

    A hold that they caused ends by itself after `steady` seconds of passing (0: never by itself). `countdown` is how
    long an automatic rollback is announced before it starts.
    """

    rules: Mapping[str, Action]
    seconds: float
    steady: float = 0.0
    countdown: float = 30.0


class Steady(StepBase, frozen=True, tag="steady", kw_only=True):
    """Waits until rules have been passing for `seconds` at a stretch."""

    rules: tuple[str, ...]
    seconds: float = 0.0


class Soak(Attended, frozen=True, tag="soak", kw_only=True):
    """A time of `seconds` in which rules must pass throughout: one that fails lets it begin anew.

    A retry does the steps `redeploy` again, and then all of it.
    """

    rules: tuple[str, ...]
    seconds: float
    redeploy: tuple[str, ...] = ()


Step = Run | Http | Checklist | Do | Assign | Notice | Document | Wait | Gate | Guard | Steady | Soak


BLOCK = "block"
"""The id of what must be done after a rollback before anything more goes to production, and the name to lift it by."""


class Block(_Frozen, frozen=True, kw_only=True):
    """What no further release of the playbook may start without, once one was rolled back; `lifted_by` are roles."""

    until: Checklist
    lifted_by: tuple[str, ...] = ()


class Rollback(_Frozen, frozen=True, kw_only=True):
    """The way back: steps, then what shows that it worked. Their phase is `rollback` and `verify`.

    `proofs` are the ids of the forward steps that prove beforehand that it can be done.
    """

    steps: tuple[Step, ...]
    verify: tuple[Step, ...] = ()
    owner: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    block: Block | None = None

    def __iter__(self) -> Iterator[Step]:
        yield from self.steps
        yield from self.verify


class Manual(_Frozen, frozen=True, kw_only=True):
    """A command that a person orders at any time, once `ask` is answered by typing `confirm` (empty: by a reason)."""

    ask: str
    step: Run
    confirm: str = ""


class Phase(_Frozen, frozen=True, kw_only=True):
    """A named part of the plan."""

    name: str
    steps: tuple[Step, ...]


class Plan(_Frozen, frozen=True, kw_only=True, dict=True):
    """What will be done, with every value but captures and secrets resolved.

    `severities` are in order, the worst first. `decisions` are by the rule that opens each. `undos` are the steps that
    take a batch of another step back, `manual` those that only a person orders, by their ids. `answer_within` is by a
    rule's level, in seconds; `escalation` are the roles that are told one after another when nobody answered in time.
    `reviewed` is the day (ISO 8601) of the playbook's last review, due again after `review_every` seconds (0: never).
    """

    playbook: str
    title: str
    revision: int
    params: Mapping[str, str]
    roles: Mapping[str, Role]
    phases: tuple[Phase, ...]
    groups: Mapping[str, tuple[str, ...]] = {}
    secrets: Mapping[str, Secret] = {}
    ssh: Ssh = Ssh()
    rollback: Rollback | None = None
    metrics: Mapping[str, Metric] = {}
    rules: Mapping[str, Rule] = {}
    severities: tuple[Severity, ...] = ()
    decisions: Mapping[str, Decision] = {}
    before: Before | None = None
    undos: tuple[Run, ...] = ()
    manual: Mapping[str, Manual] = {}
    reviewed: str = ""
    review_every: float = 0.0
    runbook: str = ""
    links: Mapping[str, str] = {}
    people: Mapping[str, str] = {}
    calendar: Calendar | None = None
    answer_within: Mapping[str, float] = {}
    escalation: tuple[str, ...] = ()

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The forward steps, as written."""
        return tuple(step for phase in self.phases for step in phase.steps)

    @property
    def zone(self) -> str:
        """The time zone of its times of day."""
        return self.calendar.zone if self.calendar else "UTC"

    @property
    def every(self) -> tuple[Step, ...]:
        """Every step there is: forward, back, to undo batches, what only a person orders, what is due afterwards."""
        manual = (each.step for each in self.manual.values())
        block = (self.block.until,) if self.block else ()
        return (*self.steps, *(self.rollback or ()), *self.undos, *manual, *block)

    @property
    def block(self) -> Block | None:
        """What must be done after a rollback; None where nothing must."""
        return self.rollback.block if self.rollback else None

    @property
    def digest(self) -> str:
        """SHA-256 of the plan's canonical JSON, in hex: equal plans, equal digests."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()
