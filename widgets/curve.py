"""A series in braille: the newest samples at the right, with its limits, what was usual before, and a marker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from widgets.looks import Tone
from widgets.rows import Bit, Cell

DOTS = 4
"""Dots of a cell from top to bottom; there are two side by side."""

BLANK = 0x2800
_BITS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""The bits of the dots of a braille cell, by column and by row from the bottom."""

MARK = "│"


@dataclass(frozen=True)
class Limit:
    """A threshold in the unit of the series, and the side of it that is bad; `hard` where it makes a rule fail."""

    value: float
    worse: Literal["above", "below"]
    hard: bool = True

    def passed(self, value: float) -> bool:
        """Whether a value lies on the bad side."""
        return value > self.value if self.worse == "above" else value < self.value


@dataclass(frozen=True)
class Curve:
    """Samples at equal distances, the newest last, None for what was not measured.

    `band` is what was usual before. `mark` is how many samples before the newest something happened.
    """

    samples: tuple[float | None, ...] = ()
    limits: tuple[Limit, ...] = ()
    band: tuple[float, float] | None = None
    mark: int | None = None

    def last(self, count: int) -> Sequence[float | None]:
        """So many of the newest samples, filled up with gaps in front."""
        return [*[None] * (count - len(self.samples)), *self.samples[-count:]]


def reach(values: Sequence[float], limits: Sequence[Limit], band: tuple[float, float] | None) -> tuple[float, float]:
    """The lowest and the highest number that are to be in sight; they differ."""
    numbers = [*values, *(limit.value for limit in limits), *(band or ())]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if high - low < 1e-12 * max(abs(low), abs(high), 1e-300):
        pad = abs(high) * 0.1 or 1.0
        return low - pad, high + pad
    return low, high


def braille(curve: Curve, width: int, height: int) -> list[Cell]:
    """The curve in so many cells, from top to bottom."""
    samples = curve.last(2 * width)
    scale = _Scale(*reach([each for each in samples if each is not None], curve.limits, curve.band), DOTS * height)
    traced = _traced(samples, scale)
    ruled = _ruled(curve, width, scale)
    bad = [_is_bad(curve, samples[2 * at : 2 * at + 2]) for at in range(width)]
    mark = width - 1 - curve.mark // 2 if curve.mark is not None else -1
    return [_row(row, traced, ruled, bad, mark, width) for row in reversed(range(height))]


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    dots: int

    def dot(self, value: float) -> int:
        """The dot row of a value, counted from the bottom."""
        return max(0, min(self.dots - 1, round((value - self.low) / (self.high - self.low) * (self.dots - 1))))


def _is_bad(curve: Curve, samples: Sequence[float | None]) -> bool:
    hard = [limit for limit in curve.limits if limit.hard]
    return any(limit.passed(each) for each in samples if each is not None for limit in hard)


_Painted = dict[tuple[int, int], int]
"""Braille bits by cell: column, and row from the bottom."""


def _put(cells: _Painted, column: int, dot: int) -> None:
    at = column // 2, dot // DOTS
    cells[at] = cells.get(at, 0) | _BITS[column % 2][dot % DOTS]


def _traced(samples: Sequence[float | None], scale: _Scale) -> _Painted:
    """The samples, each joined to the one before."""
    cells: _Painted = {}
    before: int | None = None
    for column, sample in enumerate(samples):
        if sample is None:
            before = None
            continue
        dot = scale.dot(sample)
        step = 1 if before is None or dot >= before else -1
        for each in range(dot if before is None or before == dot else before + step, dot + step, step):
            _put(cells, column, each)
        before = dot
    return cells


def _ruled(curve: Curve, width: int, scale: _Scale) -> dict[tuple[int, int], tuple[int, Tone]]:
    """Limits as lines, softer ones and the band's edges as dots further apart."""
    found: dict[tuple[int, int], tuple[int, Tone]] = {}
    edges = [(each, 4) for each in curve.band or ()]
    soft = [(limit.value, 2) for limit in curve.limits if not limit.hard]
    for value, apart in (*edges, *soft):
        cells: _Painted = {}
        for column in range(0, 2 * width, apart):
            _put(cells, column, scale.dot(value))
        found |= {at: (bits, "warn" if apart == 2 else "quiet") for at, bits in cells.items()}
    for limit in curve.limits:
        if limit.hard:
            cells = {}
            for column in range(2 * width):
                _put(cells, column, scale.dot(limit.value))
            found |= {at: (bits, "limit") for at, bits in cells.items()}
    return found


def _row(
    row: int,
    traced: _Painted,
    ruled: dict[tuple[int, int], tuple[int, Tone]],
    bad: Sequence[bool],
    mark: int,
    width: int,
) -> Cell:
    drawn: list[Bit] = []
    for column in range(width):
        at = column, row
        if column == mark:
            drawn.append(Bit(MARK, "title"))
        elif at in traced:
            drawn.append(Bit(chr(BLANK + traced[at]), "bad" if bad[column] else "busy"))
        elif at in ruled:
            bits, tone = ruled[at]
            drawn.append(Bit(chr(BLANK + bits), tone))
        else:
            drawn.append(Bit(" "))
    return _joined(drawn)


def _joined(bits: Sequence[Bit]) -> Cell:
    """Neighbours of one tone as one bit; blanks have the tone of what is before them."""
    found: list[Bit] = []
    tone: Tone = "plain"
    for bit in bits:
        tone = tone if bit.text == " " else bit.tone
        found.append(Bit(bit.text, tone))
    return tuple(Bit("".join(each.text for each in run), tone) for tone, run in groupby(found, lambda bit: bit.tone))
