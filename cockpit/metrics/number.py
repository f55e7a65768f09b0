"""Numbers out of what sources say: finite ones, or why there is none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from cockpit.metrics.reasons import Flaw, plain

_NUMBER: Final = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_WHOLE = re.compile(rf"\s*({_NUMBER})\s*%?\s*")
# Neither 12 of 12:30, 1,234 or 2026-11-01 nor 1.5 of 1.5GiB is a number: what it counts would change silently.
_FIRST = re.compile(rf"(?<![\w.,:/+-])({_NUMBER})\s?%?(?![\w:/+-]|[.,]\d)")
_LONGEST = 400


def finite(value: float) -> float | Flaw:
    """The number, unless it is NaN or infinite."""
    if math.isnan(value):
        return Flaw("no data", "NaN: there was nothing to calculate with")
    return value if math.isfinite(value) else Flaw("error", "infinite: was it divided by zero?")


def number(found: object, values: Mapping[str, float]) -> float | Flaw:
    """What JSON or a query gave as a number. `values` stand for texts, true and false; a list of one is that one."""
    match found:
        case None:
            return Flaw("no data", "null, or not in the answer")
        case bool():
            return _mapped("true" if found else "false", values)
        case int() | float():
            return _float(found)
        case str():
            return values[found] if found in values else _of_text(found, values)
        case []:
            return Flaw("no data", "an empty list")
        case [one]:
            return number(one, values) if not isinstance(one, list) else Flaw("error", "a list in a list")
        case list():
            return Flaw("error", f"{len(found)} values, where one is needed")
        case _:
            return Flaw("error", "an object, where a number is needed")


def number_in(text: str, values: Mapping[str, float]) -> float | Flaw:
    """The first number in text, percent signs left out; or all of the text is one of `values`."""
    bare = text.strip()
    if bare in values:
        return values[bare]
    if not bare:
        return Flaw("no data", "empty")
    first = _FIRST.search(bare)
    return _float(first[1]) if first else _mapped(bare, {})


def _of_text(text: str, values: Mapping[str, float]) -> float | Flaw:
    whole = _WHOLE.fullmatch(text) if len(text) <= _LONGEST else None
    return _float(whole[1]) if whole else _mapped(text.strip(), values)


def _mapped(text: str, values: Mapping[str, float]) -> float | Flaw:
    if text in values:
        return values[text]
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return finite(float(text))
    hint = f"; values has {', '.join(sorted(values))}" if values else ""
    return Flaw("error", f"no number: {plain(text, 60)!r}{plain(hint, 100)}")


def _float(found: float | str) -> float | Flaw:
    try:
        return finite(float(found))
    except OverflowError:
        return Flaw("error", "a number that is too large")
