"""Regular expressions of params, by an engine that needs no more than time in proportion to the text."""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

MAX_WEIGHT = 100.0
"""What all patterns of a playbook may weigh: a quarter of a second of compiling, on a slow machine."""

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|.", re.DOTALL)
_LARGE = re.compile(r"\\[wWpPbB]")
_MIDDLE = re.compile(r"\\[dDsS]|\[\^|\.")


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; nothing matches a pattern that is none."""
    try:
        _validator(pattern).validate_python(text)
    except (SchemaError, ValidationError):
        return False
    return True


def wrong_pattern(pattern: str) -> str:
    """What is wrong with a regular expression; empty when nothing is."""
    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))
    except SchemaError as error:
        last = str(error).strip().splitlines()[-1]
        return last.partition("rror: ")[2].rstrip(".") or last.strip()
    return ""


def weight(pattern: str) -> float:
    """About how much work it is to compile a pattern: 1 for each `\\w`, times its repetitions."""
    sums, last = [0.0], 0.0
    for found in _TOKEN.finditer(pattern):
        part = found[0]
        if part == "(":
            sums.append(0.0)
            continue
        if part[0] == "{" and len(part) > 1:
            last *= max(int(number) for number in re.findall(r"\d{1,9}", part)) - 1
        elif part == ")" and len(sums) > 1:
            last = sums.pop()
        else:
            last = 1.0 if _LARGE.search(part) else 0.1 if _MIDDLE.search(part) else 0.02
        sums[-1] += max(last, 0.0)
    return sum(sums)


@lru_cache(maxsize=256)
def _validator(pattern: str) -> SchemaValidator:
    whole = core_schema.str_schema(pattern=rf"\A(?:{pattern})\z", regex_engine="rust-regex")
    return SchemaValidator(whole)
