"""The frozen plan: what a playbook resolves to for one release. Durations are seconds, shares are 0 to 1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

HERE = "here"
"""The name of this machine among the hosts."""

Vote = Mapping[str, int]
"""Role name to the number of people of it who must sign."""


class _Frozen(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    pass


class Role(_Frozen, frozen=True, kw_only=True):
    """Who may act as what: `people` are login names."""

    title: str
    people: tuple[str, ...]


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
    """One line of a checklist; `id` is unique in its step."""

    id: str
    title: str
    text: str = ""
    evidence: bool = False
    not_applicable: bool = False


IfFails = Literal["ask", "hold", "drop", "roll back", "stop"]
"""What a failed host causes: a question, a question and a hold, no more of this host, a rollback, the end as failed."""


class StepBase(_Frozen, frozen=True, kw_only=True):
    """What every step has. `after` names the steps that must be complete first, `owner` roles, `phase` its phase.

    `takes` is the expected length; `when` is a condition on params, captures and facts of steps.
    """

    id: str
    phase: str
    title: str = ""
    after: tuple[str, ...] = ()
    when: str = ""
    owner: tuple[str, ...] = ()
    takes: float | None = None


class Run(StepBase, frozen=True, tag="run", kw_only=True):
    """A shell command on hosts, or here. `batches` hold hosts in the order they are touched; `group` is what `on` said.

    `directory` and the values of `env` are templates. `secret_env` are those entries of `env` that name a secret:
    rendered, they are secrets too. `secrets` are the names that the command and its environment use.
    `fail_above` is a share of all hosts of the step. `quiet` is how long silence may last before it is shown.
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


class Checklist(StepBase, frozen=True, tag="checklist", kw_only=True):
    """Items that people tick, each with its evidence."""

    items: tuple[Item, ...]


class Do(StepBase, frozen=True, tag="do", kw_only=True):
    """Something that a person does and then says so."""

    text: str


class Wait(StepBase, frozen=True, tag="wait", kw_only=True):
    """A pause of so many seconds."""

    seconds: float


class Gate(StepBase, frozen=True, tag="gate", kw_only=True):
    """A point that stays shut until `sign` and `distinct` (different people) are met and the captain says go.

    `confirm` is the word to be typed.
    """

    sign: Vote = {}
    distinct: int = 0
    confirm: str = ""


Step = Run | Http | Checklist | Do | Wait | Gate


class Rollback(_Frozen, frozen=True, kw_only=True):
    """The way back: steps, then what proves that it worked. Their phase is `rollback` and `verify`."""

    steps: tuple[Step, ...]
    verify: tuple[Step, ...] = ()
    owner: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Step]:
        yield from self.steps
        yield from self.verify


class Phase(_Frozen, frozen=True, kw_only=True):
    """A named part of the plan."""

    name: str
    steps: tuple[Step, ...]


class Plan(_Frozen, frozen=True, kw_only=True):
    """What will be done, with every value but captures and secrets resolved."""

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

    @property
    def steps(self) -> tuple[Step, ...]:
        """The forward steps, as written."""
        return tuple(step for phase in self.phases for step in phase.steps)

    @property
    def digest(self) -> str:
        """SHA-256 of the plan's canonical JSON, in hex: equal plans, equal digests."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()
