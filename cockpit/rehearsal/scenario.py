"""What the world of a rehearsal does: a scenario as it is for one plan. Durations are seconds, shares are 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cockpit.release.events import End, FaultBegan, FaultKind, FreezeLifted, Outcome, Part
from cockpit.release.intents import AnyIntent

STARTS = 1_767_603_600.0
"""When a rehearsal takes place, unless its scenario says otherwise: Monday, 5 January 2026, 9:00 UTC."""

CAPTAIN = "captain"
"""Whoever drives, among the people of a scenario; the others are named by their role."""


class _Said(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    pass


class When(_Said, frozen=True, kw_only=True):
    """A moment: `later` seconds after the rehearsal began, a step started, or another fault began (by its id)."""

    since: Literal["start", "step", "fault"] = "start"
    name: str = ""
    later: float = 0.0


class Act(_Said, frozen=True, kw_only=True):
    """What an attempt of a step does on `hosts` (none: on every one) whose facts are as `given`.

    It is that of the step's own command or request, or of its check. `tries`: only for so many first attempts on a host
    (0: for all). `takes` is None where it is to be guessed. An act that `hangs` never ends. `sets` are facts of the
    host once the attempt has ended with exit status 0; `exits` is that status.

    With a `number` it is that of one attempt, on the one host that it names, and nothing of it is guessed; it goes
    before all others. `outcome` and `reason` say how it ends where status and answer do not.
    """

    part: Part = "run"
    hosts: tuple[str, ...] = ()
    given: Mapping[str, str] = {}
    tries: int = 0
    takes: float | None = None
    exits: int = 0
    hangs: bool = False
    prints: str = ""
    captures: Mapping[str, str] = {}
    sets: Mapping[str, str] = {}
    number: int = 0
    outcome: Outcome | Literal[""] = ""
    reason: str = ""


class Series(_Said, frozen=True, kw_only=True):
    """What a metric showed on a host (empty: on all together), instead of any curve.

    `after` are moments in seconds after the rehearsal began, in order; `shown` are the values then, in the metric's
    unit, or why there was none. A value holds until the next one, the first and the last beyond. A history shows
    `usual` until moment `until`, where more was known of it than these readings.
    """

    metric: str
    host: str = ""
    after: tuple[float, ...]
    shown: tuple[float | Literal["no data", "error"], ...]
    usual: float | None = None
    until: float = 0.0


class Curve(_Said, frozen=True, kw_only=True):
    """What a metric shows on `hosts` (none: on every one) whose facts are as `given`, in the metric's unit.

    `noise` and `wave` (with a period of a day) are shares of `steady`. From the moment on that this curve holds,
    `drift` is added in an hour, and it is reached within `settles` seconds. A `silent` one shows nothing.
    """

    steady: float = 0.0
    hosts: tuple[str, ...] = ()
    given: Mapping[str, str] = {}
    noise: float = 0.0
    wave: float = 0.0
    drift: float = 0.0
    settles: float = 0.0
    silent: bool = False


class Fault(_Said, frozen=True, kw_only=True):
    """Something that goes wrong `when` it is said to, for `lasts` seconds (0: to the end).

    It meets `hosts` (none: all), and what it needs of `step`, `metric`, `role` and `value`; a value of None is to be
    guessed.
    """

    id: str
    kind: FaultKind
    when: When = When()
    lasts: float = 0.0
    hosts: tuple[str, ...] = ()
    step: str = ""
    metric: str = ""
    role: str = ""
    value: float | None = None

    @property
    def event(self) -> FaultBegan:
        """What is recorded when it begins."""
        return FaultBegan(
            fault=self.id,
            kind=self.kind,
            hosts=self.hosts,
            step=self.step,
            metric=self.metric,
            role=self.role,
            value=self.value,
            lasts=self.lasts,
        )

    @classmethod
    def begun(cls, event: FaultBegan) -> Fault:
        """The fault that was recorded, without what it was to wait for."""
        return cls(
            id=event.fault,
            kind=event.kind,
            hosts=event.hosts,
            step=event.step,
            metric=event.metric,
            role=event.role,
            value=event.value,
            lasts=event.lasts,
        )


class Person(_Said, frozen=True, kw_only=True):
    """Someone who is played: takes `answers` seconds for anything, and `says` yes, no or nothing at gates.

    `login` is who it is, where that is said during the release.
    """

    answers: float = 15.0
    says: Literal["yes", "no", "nothing"] = "yes"
    note: str = ""
    login: str = ""


class Word(_Said, frozen=True, kw_only=True):
    """What the captain orders unasked, and when."""

    when: When
    does: Literal["hold", "resume", "abort", "roll back", "back", "report", "clear"]
    rule: str = ""
    note: str = ""


class Spoken(_Said, frozen=True, kw_only=True):
    """What somebody asks for, so many seconds after the rehearsal began; an empty `by` is whoever drives then.

    `to` is what it answers: the kind, step, host, item and role that are waited for; None where nobody asked.
    """

    after: float
    intent: AnyIntent
    by: str = ""
    to: tuple[str, str, str, str, str] | None = None


class Scenario(_Said, frozen=True, kw_only=True):
    """The world of one rehearsal.

    `ends` is how the release is to end. `facts` are what is known of hosts at first, by host; `acts` and `curves` are
    by step and metric: the first that fits counts, and where none does it is guessed. `people` are by role, `answers`
    by step: what the captain says when it fails, in turn, and the last of them again. `decisions` are by rule, `waives`
    by what is let pass, with the note.

    What was recorded goes before all that: `series` of metrics, and what people have `spoken`. In the first `told`
    seconds they say little else. `lifted` are the freezes that did not count. The release's `day` is that ISO date
    (empty: the one on which it starts), and nothing begins before moment `not_before`.
    """

    name: str = ""
    title: str = ""
    starts: float = STARTS
    params: Mapping[str, str] = {}
    ends: End = "done"
    facts: Mapping[str, Mapping[str, str]] = {}
    acts: Mapping[str, tuple[Act, ...]] = {}
    curves: Mapping[str, tuple[Curve, ...]] = {}
    faults: tuple[Fault, ...] = ()
    people: Mapping[str, Person] = {}
    answers: Mapping[str, tuple[str, ...]] = {}
    decisions: Mapping[str, str] = {}
    vetoes: tuple[str, ...] = ()
    waives: Mapping[str, str] = {}
    words: tuple[Word, ...] = ()
    series: tuple[Series, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    told: float = 0.0
    lifted: tuple[FreezeLifted, ...] = ()
    day: str = ""
    not_before: float | None = None
