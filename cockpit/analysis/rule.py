"""What a rule says: records that the grammar makes and the judge reads. Durations are seconds, shares 0 to 1.

Numbers are in the metric's unit.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["passing", "failing", "inconclusive", "no data", "error"]
"""passing · failing · inconclusive: between the two, or too little to tell · no data: nothing (fresh) was measured ·
error: measuring it failed."""

NoData = Literal["hold", "fail", "pass"]
"""What no data and an error lead to: a hold, the same as failing, nothing."""

Comparison = Literal["above", "below", "at least", "at most", "outside", "between", "is"]
Aggregate = Literal["mean", "median", "max", "min", "sum"]


class _Said(msgspec.Struct, frozen=True, omit_defaults=True):
    pass


class Level(_Said, frozen=True):
    """A threshold: `factor` times what it refers to, plus `offset`; one that refers to nothing is `offset` alone.

    The baseline stands for its mean where a mean is compared with it, else for its median. Of something negative a
    factor above 1 is the higher number too: 1.1 of -100 is -90.
    """

    to: Literal["nothing", "baseline", "slo"] = "nothing"
    factor: float = 1.0
    offset: float = 0.0


class Compare(_Said, frozen=True, tag="compare", kw_only=True):
    """The value against a threshold, strictly for above, below and outside.

    `upper` is the other end of outside and between. `take` over the last `over` seconds stands for the value where
    `over` is not 0; with `per`, how much the metric rose in the last so many seconds, where a fall is a counter that
    began anew.
    """

    how: Comparison
    level: Level
    upper: Level | None = None
    take: Aggregate = "mean"
    over: float = 0.0
    per: float = 0.0


class Grows(_Said, frozen=True, tag="grows", kw_only=True):
    """The Theil-Sen slope of the last `over` seconds is above `amount` in `per` seconds (`falls`: below its negative).

    `amount` is a share of the window's median where `relative`, else a number in the metric's unit.
    """

    amount: float
    relative: bool
    per: float
    over: float
    falls: bool = False


class Reaches(_Said, frozen=True, tag="reaches", kw_only=True):
    """The Theil-Sen line through the last `over` seconds is at or above the level within `within` seconds.

    `falls`: at or below it.
    """

    level: Level
    within: float
    over: float
    falls: bool = False


class Spends(_Said, frozen=True, tag="spends", kw_only=True):
    """More than this share of the error budget is spent in `within` seconds, and at that pace in a twelfth of it."""

    share: float
    within: float


class Burns(_Said, frozen=True, tag="burns", kw_only=True):
    """The budget burns more than `rate` times too fast, over `over` seconds and over a twelfth of it."""

    rate: float
    over: float


class Differs(_Said, frozen=True, tag="differs", kw_only=True):
    """The canary hosts' samples are higher, lower or either than the other hosts', by more than `share`.

    Mann-Whitney U over the last `over` seconds.
    """

    direction: Literal["higher", "lower", "different"]
    over: float
    share: float = 0.0


Condition = Compare | Grows | Reaches | Spends | Burns | Differs


class Trigger(_Said, frozen=True, kw_only=True):
    """A condition, and how long it must be true: at every sample for `lasting` seconds, or `times` samples in a row.

    `text` is as it was written.
    """

    text: str
    condition: Condition
    lasting: float = 0.0
    times: int = 1


class Share(_Said, frozen=True):
    """How many hosts it takes: a number, or a share of them rounded up; never fewer than one."""

    count: int = 1
    of_all: float = 0.0


class Minimum(_Said, frozen=True):
    """Below this a rule judges nothing: a number of samples in its window, or a value of another metric."""

    samples: int = 0
    metric: str = ""
    value: float = 0.0


class Rule(_Said, frozen=True, kw_only=True):
    """A condition on a metric: `ok`, `bad` or both; what lies between them is inconclusive.

    `every` and `stale` are the metric's: seconds between two samples, and the age from which on one counts as none.
    `hosts` are those it is judged on, each alone (none: one value for all). `slo` is the objective: in the metric's
    unit, or for a budget the share that must be good over `period` seconds. `floor` is how far at least a threshold
    lies from the baseline that it refers to. `canary` names the step whose passed hosts are compared with the others.
    `reported` is what people judge instead, of the roles `by`: such a rule has no metric, and no `every`.
    `severity` is one of the plan's.
    """

    name: str
    metric: str = ""
    unit: str = ""
    ok: Trigger | None = None
    bad: Trigger | None = None
    every: float = 15.0
    stale: float = 45.0
    no_data: NoData = "hold"
    minimum: Minimum = Minimum()
    hosts: tuple[str, ...] = ()
    share: Share = Share()
    slo: float | None = None
    period: float = 0.0
    floor: float = 0.0
    canary: str = ""
    level: Literal["info", "warn", "critical"] = "critical"
    answer_within: float = 0.0
    reported: str = ""
    by: tuple[str, ...] = ()
    severity: str = ""


def refers_to_baseline(rule: Rule) -> bool:
    """Whether a rule judges against what was recorded before the cutover."""
    return any(_uses_baseline(trigger.condition) for trigger in (rule.ok, rule.bad) if trigger)


def _uses_baseline(condition: Condition) -> bool:
    match condition:
        case Compare(level=level, upper=upper):
            return level.to == "baseline" or (upper is not None and upper.to == "baseline")
        case Reaches(level=level):
            return level.to == "baseline"
        case _:
            return False


class Baseline(_Said, frozen=True, kw_only=True):
    """A metric before the cutover: of `samples` samples between two moments (seconds since 1970).

    `spread` is the interquartile range. With fewer samples than it needs, `reason` says so and the numbers are 0.
    """

    since: float
    until: float
    samples: int
    mean: float = 0.0
    median: float = 0.0
    p95: float = 0.0
    spread: float = 0.0
    reason: str = ""


class Judgement(_Said, frozen=True, kw_only=True):
    """A verdict with what it was made from, at a moment.

    `host` is the one that decided it. `window` is the span in seconds that was looked at and `samples` how many were in
    it. `pending` and `needed` are how long (seconds; with `times`, how often) the bad condition has been true, and how
    long it must be.
    """

    rule: str
    verdict: Verdict
    at: float
    value: float | None = None
    threshold: float | None = None
    host: str = ""
    window: float = 0.0
    samples: int = 0
    reason: str = ""
    pending: float = 0.0
    needed: float = 0.0


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """What was measured at a moment, in seconds since 1970; finite."""

    at: float
    value: float


class Gap(msgspec.Struct, frozen=True, array_like=True):
    """That nothing was measured at a moment, and why: there was nothing, or measuring failed."""

    at: float
    kind: Literal["no data", "error"]
    reason: str


Reading = Sample | Gap
