"""Numbers as a person reads them at three in the morning."""

from __future__ import annotations


def amount(value: float, unit: str = "", beside: float | None = None) -> str:
    """A number with its unit, in four digits, or as many as tell it from the number beside which it will stand."""
    text = _digits(value, 4)
    if beside is not None and beside != value:
        digits = 4
        while digits < 12 and text == _digits(beside, digits):
            digits += 1
            text = _digits(value, digits)
    if unit in ("", "1"):
        return text
    return f"{text}{unit}" if unit.startswith("%") or unit == "x" else f"{text} {unit}"


def _digits(value: float, digits: int) -> str:
    whole = len(str(int(abs(value)))) if abs(value) < 1e15 else 0
    return f"{value:.{max(digits, whole)}g}"
