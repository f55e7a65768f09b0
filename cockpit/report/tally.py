"""What a rehearsal is told at its end: the record of its score. Spans are seconds, moments seconds since 1970."""

from __future__ import annotations

import msgspec

from cockpit.release.events import End, FaultKind


class ScoredStep(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A step that began, in the order in which they did.

    `planned` is how long the plan expects it to take (None: it does not say), `actual` how long it took, or has taken
    when the journal ends. `waited` is the part of that in which it waited for a person and nothing of it ran, `shut`
    that in which the calendar kept a gate shut. `drift` is how far behind the plan this step and all before it are
    together; a step without `planned`, or one that was not `done`, adds nothing. `late` is how far behind its due time
    it was complete, or is (None: it was not late).
    """

    id: str
    title: str
    phase: str
    planned: float | None
    actual: float
    waited: float = 0.0
    shut: float = 0.0
    drift: float = 0.0
    late: float | None = None
    done: bool = True


class ScoredFault(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A fault that began, in that order. `where` says in words what it met, empty for everything of its kind.

    `noticed`, `decided` and `restored` are seconds after `began`; None: not at all. `sign` is what it was noticed by,
    `answer` what was decided, both in the journal's words.
    """

    id: str
    kind: FaultKind
    where: str
    began: float
    noticed: float | None = None
    decided: float | None = None
    restored: float | None = None
    sign: str = ""
    answer: str = ""


class Score(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How a rehearsal went.

    `ended` is None while it goes on, `expected` None where nothing was expected of it: then whatever end counts.
    `planned` and `actual` are those of the done steps with an expected length, added up; `drift` is their difference.
    `elapsed` is how long all of it took, `waited` how much of its steps' time was waiting for people. `missed` says
    what nobody noticed, decided or did in time, `advice` what to change.
    `looks` are those that people made, `late_looks` among them; `escalations` is how often somebody was told that
    another had not answered. A `live` release is none that counts.
    """

    release: str
    playbook: str
    digest: str
    scenario: str = ""
    ended: End | None = None
    expected: End | None = None
    steps: tuple[ScoredStep, ...] = ()
    planned: float = 0.0
    actual: float = 0.0
    drift: float = 0.0
    elapsed: float = 0.0
    waited: float = 0.0
    faults: tuple[ScoredFault, ...] = ()
    missed: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    looks: int = 0
    late_looks: int = 0
    missed_looks: int = 0
    escalations: int = 0
    live: bool = False

    @property
    def as_expected(self) -> bool:
        """Whether it ended as its scenario was to end."""
        return self.ended is not None and self.expected in (None, self.ended)

    @property
    def rolled_back(self) -> bool:
        """Whether the whole way back was among it."""
        return self.ended == "rolled_back"

    @property
    def counts(self) -> bool:
        """Whether from now on this digest counts as rehearsed."""
        return self.as_expected and not self.live
