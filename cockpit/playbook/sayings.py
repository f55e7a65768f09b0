"""What a rule says: its texts, understood in the unit of its metric, and what cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from cockpit.analysis.grammar import TriggerError, parse
from cockpit.analysis.rule import Minimum, Trigger
from cockpit.analysis.words import DAY, Words
from cockpit.playbook.model.metrics import Minimum as Least
from cockpit.playbook.model.rules import Rule
from cockpit.playbook.node import Path

T = TypeVar("T")

MOST = 366 * DAY
"""The longest time over which there is an error budget, in seconds."""


class Saying(msgspec.Struct, frozen=True):
    """A rule's texts as what they mean; `wrong` are those that mean nothing, by where they stand in the rule."""

    ok: Trigger | None = None
    bad: Trigger | None = None
    slo: float | None = None
    period: float = 0.0
    floor: float = 0.0
    wrong: tuple[tuple[Path, TriggerError], ...] = ()

    @property
    def triggers(self) -> tuple[tuple[str, Trigger], ...]:
        """The triggers there are, by key."""
        both = (("ok", self.ok), ("bad", self.bad))
        return tuple((key, trigger) for key, trigger in both if trigger is not None)


def saying(rule: Rule, units: Mapping[str, str]) -> Saying:
    """What a rule says; `units` are those of all metrics, its own among them."""
    unit = units[rule.measured]
    wrong: list[tuple[Path, TriggerError]] = []
    if rule.minimum is not None:
        _understood(("minimum", "value"), rule.minimum.value, lambda text: least(rule.minimum, units, text), wrong)
    slo, period = _understood(("slo",), rule.slo, lambda text: _objective(text, unit), wrong) or (None, 0.0)
    return Saying(
        ok=_understood(("ok",), rule.ok, lambda text: parse(text, unit), wrong),
        bad=_understood(("bad",), rule.bad, lambda text: parse(text, unit), wrong),
        slo=slo,
        period=period,
        floor=_understood(("floor",), rule.floor, lambda text: _amount(text, unit), wrong) or 0.0,
        wrong=tuple(wrong),
    )


def least(written: Least | None, units: Mapping[str, str], text: str = "") -> Minimum:
    """The minimum of a metric or rule; `text` is what the other metric must be at least. TriggerError."""
    if written is None:
        return Minimum()
    if written.metric is None:
        return Minimum(samples=written.samples or 0)
    return Minimum(metric=written.metric, value=_amount(text or written.value or "", units.get(written.metric, "")))


def _understood(
    path: Path, text: str | None, read: Callable[[str], T], wrong: list[tuple[Path, TriggerError]]
) -> T | None:
    if text is None:
        return None
    try:
        return read(text)
    except TriggerError as error:
        wrong.append((path, error))
        return None


def _objective(text: str, unit: str) -> tuple[float, float]:
    """An objective and, for an error budget, the seconds over which it holds."""
    words = Words(text, unit)
    if " over " not in f" {text.lower()} ":
        return _only(words, words.amount("a number such as 500ms, or 99.9% over 30d")), 0.0
    start, share = words.here, words.share()
    if share is None or not 0 < share < 1:
        raise words.wrong("not the share that must be good", "99.9% over 30d", start)
    words.need("over", "99.9% over 30d")
    return share, _only(words, words.duration(most=MOST))


def _amount(text: str, unit: str) -> float:
    words = Words(text, unit)
    return _only(words, words.amount("a number, with the metric's unit or without"))


def _only(words: Words, value: float) -> float:
    if words.here.kind != "end":
        raise words.unexpected("it could end here")
    return value
