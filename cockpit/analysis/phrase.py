"""What a trigger means, as text in one plain form: parsing it gives the same meaning again."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import assert_never

from cockpit.analysis.rule import Burns, Compare, Condition, Differs, Grows, Level, Reaches, Spends, Trigger

_SPANS = (("d", 86400), ("h", 3600), ("m", 60))
_TAIL = re.compile(r"\s(?:for\s.*|\d+\s*times\b.*)$", re.IGNORECASE | re.DOTALL)
_THAN = {"higher": "higher than", "lower": "lower than", "different": "different from"}


def phrase(trigger: Trigger) -> str:
    """A trigger in words, its numbers in the metric's unit without naming it."""
    said = _condition(trigger.condition)
    if trigger.lasting:
        said += f" for {span(trigger.lasting)}"
    return said if trigger.times == 1 else f"{said} {trigger.times} times"


def span(seconds: float) -> str:
    """A duration as it is written in a playbook: `30m`, `90s`, `1.5s`."""
    for unit, size in _SPANS:
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{_number(seconds)}s"


def _condition(condition: Condition) -> str:
    match condition:
        case Compare():
            return _compare(condition)
        case Grows(amount=amount, relative=relative, per=per, over=over, falls=falls):
            much = _percent(amount) if relative else _number(amount)
            return f"{'falls' if falls else 'grows'} {much} per {span(per)} over {span(over)}"
        case Reaches(level=level, within=within, over=over, falls=falls):
            return f"{'falls to' if falls else 'reaches'} {_level(level)} within {span(within)} over {span(over)}"
        case Spends(share=share, within=within):
            return f"spends {_percent(share)} within {span(within)}"
        case Burns(rate=rate, over=over):
            return f"burns {_number(rate)}x over {span(over)}"
        case Differs(direction=direction, share=share, over=over):
            by = f" by {_percent(share)}" if share else ""
            return f"{_THAN[direction]} the other hosts{by} over {span(over)}"
        case _:
            assert_never(condition)


def _compare(condition: Compare) -> str:
    said = f"{condition.how} {_level(condition.level)}"
    if condition.upper is not None:
        said += f" {'to' if condition.how == 'outside' else 'and'} {_level(condition.upper)}"
    if condition.per:
        said += f" per {span(condition.per)}"
    return f"{condition.take} over {span(condition.over)} {said}" if condition.over else said


def _level(level: Level) -> str:
    if level.to == "nothing":
        return _number(level.offset)
    if level.offset:
        return f"{level.to} {'-' if level.offset < 0 else '+'} {_number(abs(level.offset))}"
    return level.to if level.factor == 1.0 else f"{_number(level.factor)}x {level.to}"


def _number(value: float) -> str:
    text = f"{Decimal(repr(value)):f}"
    return text.removesuffix(".0")


def _percent(share: float) -> str:
    text = f"{Decimal(repr(share)).scaleb(2):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def bare(trigger: Trigger) -> str:
    """The condition as it was written, without how long it must be true."""
    written = _TAIL.sub("", trigger.text).strip()
    return written or _condition(trigger.condition)
