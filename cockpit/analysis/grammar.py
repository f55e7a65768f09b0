"""The text of a trigger, such as `above 5% for 5m`, to what it means."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from cockpit.analysis.levels import level, rises
from cockpit.analysis.rule import (
    Aggregate,
    Burns,
    Compare,
    Comparison,
    Condition,
    Differs,
    Grows,
    Level,
    Reaches,
    Spends,
    Trigger,
)
from cockpit.analysis.words import DAY, TriggerError, Words

__all__ = ["TriggerError", "parse"]

_BEGIN = (
    "begin with above, below, at least, at most, outside, between, is, mean over, fails, grows, falls, reaches, ..."
)
_COUNTS = "how often it must be true in a row: 3 times"
_ZERO = Level()
_COMPARISONS: dict[Comparison, str] = {
    "above": "",
    "below": "",
    "at least": "",
    "at most": "",
    "is": "",
    "outside": "to",
    "between": "and",
}


def parse(text: str, unit: str = "") -> Trigger:
    """What a text means for a metric of this unit; TriggerError where it means nothing."""
    words = Words(text, unit)
    condition = _condition(words)
    lasting = words.duration(most=31 * DAY) if words.skip("for") else 0.0
    times = 1 if lasting else _times(words)
    if words.here.kind != "end":
        more = "" if lasting or times > 1 else ", or with for 5m, or with 3 times"
        raise words.unexpected(f"it could end here{more}")
    return Trigger(text=text, condition=condition, lasting=lasting, times=times)


def _times(words: Words) -> int:
    start = words.here
    if start.kind != "number":
        return 1
    number = words.number(_COUNTS)
    words.need("times", _COUNTS)
    words.skip("in a row")
    if not number.isdigit() or not 1 <= int(number) <= 1000:
        raise words.wrong(f"'{number} times' is no number of times", "a whole number from 1 to 1000", start)
    return int(number)


def _condition(words: Words) -> Condition:
    compared = _compare(words, "mean", 0.0)
    if compared is not None:
        return compared
    for opening, form in _FORMS.items():
        if words.skip(opening):
            return form(words)
    raise words.wrong(*_unknown(words.here.text))


def _unknown(word: str) -> tuple[str, str]:
    from difflib import get_close_matches  # noqa: PLC0415  only a mistake needs it

    near = get_close_matches(word.lower(), [*_COMPARISONS, *_FORMS], 1)
    what = f"unknown condition '{word}'" if word else "there is no condition"
    return what, f"did you mean '{near[0]}'?" if near else _BEGIN


def _compare(words: Words, take: Aggregate, over: float) -> Compare | None:
    for how, between in _COMPARISONS.items():
        if words.skip(how):
            return _against(words, how, between, take, over)
    return None


def _against(words: Words, how: Comparison, between: str, take: Aggregate, over: float) -> Compare:
    start, lower = words.here, level(words)
    upper, per = None, 0.0
    if between:
        words.need(between, f"{how} has two ends: {how} 1 {between} 5")
        upper = level(words)
        if not rises(lower, upper):
            raise words.wrong("the second end is not above the first", f"{how} 1 {between} 5", start)
    elif words.skip("per"):
        per = words.duration()
        if over or lower.to != "nothing" or how == "is":
            raise words.wrong("a rise is compared with a number", "above 10 per 1m", start)
    if over and take == "sum" and "baseline" in (lower.to, upper.to if upper else ""):
        raise words.wrong("a sum has no baseline, which is of single values", "mean over, or a number", start)
    return Compare(how=how, level=lower, upper=upper, take=take, over=over, per=per)


def _aggregate(take: Aggregate, words: Words) -> Condition:
    found = _compare(words, take, words.duration())
    if found is None:
        raise words.unexpected(f"a comparison: {take} over 30m above 5%")
    return found


def _fails(_words: Words) -> Condition:
    return Compare(how="is", level=_ZERO)


def _slope(falls: bool, words: Words) -> Condition:
    start = words.here
    share = words.share() if words.unit != "%" else None
    amount = words.amount("how much: 2%, or a number") if share is None else share
    if amount <= 0:
        raise words.wrong("not a pace", "a number above 0", start)
    words.need("per", "in what time: per 1h")
    per = words.duration()
    return Grows(amount=amount, relative=share is not None, per=per, over=_over(words, per), falls=falls)


def _reaches(falls: bool, words: Words) -> Condition:
    found = level(words)
    words.need("within", "in what time: within 2h")
    within = words.duration()
    return Reaches(level=found, within=within, over=_over(words, within), falls=falls)


def _spends(words: Words) -> Condition:
    start, share = words.here, words.share()
    if share is None or not 0 < share <= 1:
        raise words.wrong("not a share of the error budget", "spends 5% within 30m", start)
    words.need("within", "in what time: within 30m")
    return Spends(share=share, within=words.duration())


def _burns(words: Words) -> Condition:
    start, rate = words.here, words.before("x")
    if rate is None or not 0 < float(rate) <= 1e6:
        raise words.wrong("not how many times too fast the error budget burns", "burns 14.4x over 1h", start)
    words.need("over", "in what time: over 1h")
    return Burns(rate=float(rate), over=words.duration())


def _differs(direction: Literal["higher", "lower", "different"], words: Words) -> Condition:
    others = "from the other hosts" if direction == "different" else "than the other hosts"
    words.need(others, f"{direction} {others}")
    share = 0.0
    if words.skip("by"):
        start, found = words.here, words.share()
        if found is None:
            raise words.wrong("not a share of the other hosts' mean", "by 10%", start)
        share = found
    return Differs(direction=direction, share=share, over=_over(words, 600.0))


def _over(words: Words, default: float) -> float:
    return words.duration() if words.skip("over") else default


_FORMS: dict[str, Callable[[Words], Condition]] = {
    "mean over": partial(_aggregate, "mean"),
    "median over": partial(_aggregate, "median"),
    "max over": partial(_aggregate, "max"),
    "min over": partial(_aggregate, "min"),
    "sum over": partial(_aggregate, "sum"),
    "fails": _fails,
    "grows": partial(_slope, False),
    "falls to": partial(_reaches, True),
    "falls": partial(_slope, True),
    "reaches": partial(_reaches, False),
    "spends": _spends,
    "burns": _burns,
    "higher": partial(_differs, "higher"),
    "lower": partial(_differs, "lower"),
    "different": partial(_differs, "different"),
}
