"""Many PromQL expressions as one: each gives its series a label of its own, by which they are told apart again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

LABEL: Final = "__cockpit"
LONGEST: Final = 48_000
"""Characters of one request's expression, unless a single one is longer."""
_SELECTOR = re.compile(
    r'\s*(?!(?:nan|inf)\b)[a-zA-Z_:][\w:]*\s*(?:\{(?:[^{}"\'`]|"[^"\\]*"|\'[^\'\\]*\')*\})?\s*', re.I
)


class Arm(msgspec.Struct, frozen=True):
    """One expression of several; `mark` is what its label will be, a `scalar` gives one number without series."""

    mark: str
    query: str
    scalar: bool = False

    @property
    def text(self) -> str:
        """The expression whose series carry the mark; the newline ends a comment."""
        inner = f"vector({self.query}\n)" if self.scalar else f"({self.query}\n)"
        return f'label_replace({inner},"{LABEL}","{self.mark}","","")'


def is_selector(query: str) -> bool:
    """Whether it is a bare selector: then Prometheus gives samples up to 5 minutes old as if they were new."""
    return _SELECTOR.fullmatch(query) is not None


def join(arms: Sequence[Arm]) -> str:
    """One expression with the series of all; a balanced tree, since each `or` looks at all series to its left."""
    if len(arms) == 1:
        return arms[0].text
    middle = len(arms) // 2
    return f"({join(arms[:middle])} or {join(arms[middle:])})"


def portions(arms: Sequence[Arm], most: int) -> Iterator[tuple[Arm, ...]]:
    """The arms in portions of at most so many, and of a bounded length."""
    portion: list[Arm] = []
    length = 0
    for arm in arms:
        size = len(arm.text) + 6
        if portion and (len(portion) >= most or length + size > LONGEST):
            yield tuple(portion)
            portion, length = [], 0
        portion.append(arm)
        length += size
    if portion:
        yield tuple(portion)
