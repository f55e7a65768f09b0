"""A series as a chart with axes, drawn by plotext: its limits, what was usual before, and moments that matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor, log10

from cockpit.units import format_number
from widgets.curve import Limit, reach
from widgets.looks import Tone
from widgets.rows import Bit, Cell

_PIECE = re.compile(r"\x1b\[(?:38;5;)?(\d*)m|\x1b\[[\d;]*m")
_COLOURS: dict[Tone, str] = {"busy": "cyan", "limit": "red", "warn": "orange", "quiet": "gray", "title": "blue"}
_TONES: dict[str, Tone] = {"6": "busy", "1": "limit", "3": "warn", "11": "warn", "8": "quiet", "4": "title"}
_SPANS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
"""Seconds that may lie between two marks of the time axis."""

APART = 14
"""Cells between two marks of the time axis, at least."""

ROOM = 0.06
"""Share of the height that is free above and below."""

AXIS = 2
"""Lines that the time axis takes."""


@dataclass(frozen=True)
class Line:
    """A limit with words that say whose it is."""

    limit: Limit
    label: str


@dataclass(frozen=True)
class Plot:
    """Values (None: a gap) at moments in seconds since 1970, from `since` to `until`.

    `band` is what was usual before; `marks` are moments with a word for each. `empty`: what is said where nothing was
    measured.
    """

    moments: tuple[float, ...] = ()
    values: tuple[float | None, ...] = ()
    since: float = 0.0
    until: float = 1.0
    unit: str = ""
    lines: tuple[Line, ...] = ()
    band: tuple[float, float] | None = None
    marks: tuple[tuple[float, str], ...] = ()
    empty: str = "nothing was measured yet"

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits without their words."""
        return tuple(line.limit for line in self.lines)


SMALLEST = (24, 6)
"""Columns and lines below which there is no room for axes."""


def draw(plot: Plot, width: int, height: int) -> list[Cell]:
    """The chart in so many columns and lines; the latest value alone where there is no room for more."""
    points = thinned(plot, width)
    if not points or width < SMALLEST[0] or height < SMALLEST[1]:
        return [_words(plot)]
    low, high = reach([value for _, value in points if value is not None], plot.limits, plot.band)
    low, high = low - (high - low) * ROOM, high + (high - low) * ROOM
    lines = _built(plot, points, low, high, width, height).splitlines()[:height]
    rows = height - AXIS
    values = [high - (high - low) * (row + 0.5) / rows for row in range(rows)]
    hard = [limit for limit in plot.limits if limit.hard]
    bad = [any(limit.passed(value) for limit in hard) for value in values] + [False] * AXIS
    return [_cells(line, bad=there) for line, there in zip(lines, bad, strict=False)]


def _words(plot: Plot) -> Cell:
    last = next((each for each in reversed(plot.values) if each is not None), None)
    return (Bit(plot.empty if last is None else format_number(last, plot.unit), "quiet"),)


Point = tuple[float, float | None]


def thinned(plot: Plot, width: int) -> list[Point]:
    """The points in sight: of each column at most the lowest, the highest, and a gap."""
    pairs = zip(plot.moments, plot.values, strict=True)
    points = [(at, value) for at, value in pairs if plot.since <= at <= plot.until]
    if not any(value is not None for _, value in points):
        return []
    step = (plot.until - plot.since) / width
    if len(points) <= 2 * width:
        return points
    parts: dict[int, list[Point]] = {}
    for point in points:
        parts.setdefault(int((point[0] - plot.since) / step), []).append(point)
    return [point for part in parts.values() for point in _extremes(part)]


def _extremes(part: Sequence[Point]) -> list[Point]:
    there = [(value, at) for at, value in part if value is not None]
    ends = {at for _, at in (min(there), max(there))} if there else set()
    gaps = {next(at for at, value in part if value is None)} if len(there) < len(part) else set()
    return [point for point in part if point[0] in ends | gaps]


def _built(plot: Plot, points: Sequence[Point], low: float, high: float, width: int, height: int) -> str:
    import plotext  # noqa: PLC0415  slow to import, and only charts need it

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    figure.axes(True, pixel=_COLOURS["quiet"])
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    figure.ruler("x").lim(plot.since, plot.until).ticks(*_hours(plot.since, plot.until, width))
    figure.ruler("y").lim(low, high).ticks(*_numbers(low, high, height, plot.unit))
    for value in plot.band or ():
        figure.line(value, "h", pixel=_COLOURS["quiet"], style="dotted")
    for line in plot.lines:
        tone: Tone = "limit" if line.limit.hard else "warn"
        figure.line(line.limit.value, "h", pixel=_COLOURS[tone], style="default" if line.limit.hard else "dotted")
    for at, _ in plot.marks:
        figure.line(at, "v", pixel=_COLOURS["title"])
    there = [(at, value) for at, value in points if value is not None]
    marker = plotext.marker("braille", _COLOURS["busy"])
    signal = figure.signal([at for at, _ in there], [value for _, value in there], marker=marker).lines()
    for index in _breaks(points):
        signal.line(index, False)
    figure.draw(signal)
    for x, y, text, tone, side in _labels(plot, high, (high - low) / max(1, height - AXIS)):
        figure.draw(figure.text(x, y, plotext.colorize(text, _COLOURS[tone]), alignment=side))
    return str(figure.build().string())


def _breaks(points: Sequence[Point]) -> Iterator[int]:
    """The numbers of the samples before which there is a gap."""
    index, broken = 0, False
    for _, value in points:
        if value is None:
            broken = True
            continue
        if broken and index:
            yield index
        index, broken = index + 1, False


def _labels(plot: Plot, high: float, row: float) -> Iterator[tuple[float, float, str, Tone, str]]:
    """Words in the chart: where, what, tone, and the side of the place that they end at."""
    for line in plot.lines:
        yield plot.until, line.limit.value, f" {line.label} ", "limit" if line.limit.hard else "warn", "right"
    for number, (at, word) in enumerate(plot.marks):
        late = at > plot.since + (plot.until - plot.since) * 0.7
        yield at, high - number * row, f" {word} ", "title", "right" if late else "left"


def _hours(since: float, until: float, width: int) -> tuple[list[float], list[str]]:
    """Marks of the time axis at whole minutes or hours, in UTC."""
    most = max(1, width // APART)
    span = next((each for each in _SPANS if (until - since) / each <= most), 86400)
    first = -(-since // span) * span
    moments = [first + number * span for number in range(int((until - first) // span) + 1)]
    form = "%H:%M:%S" if span < 60 else "%H:%M" if span < 86400 else "%d %b"
    return moments, [datetime.fromtimestamp(each, UTC).strftime(form) for each in moments]


def _numbers(low: float, high: float, height: int, unit: str) -> tuple[list[float], list[str]]:
    """Round numbers for the value axis, with the unit."""
    rough = (high - low) / max(2, height // 4)
    size = 10.0 ** floor(log10(rough))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= rough)
    first = floor(low / step) + 1
    numbers = [number * step for number in range(first, floor(high / step) + 1)]
    return numbers, [f"{format_number(round(each, 12), unit)} " for each in numbers]


def _cells(line: str, *, bad: bool) -> Cell:
    """A line with ANSI colours as bits: a colour becomes the tone that it stands for; samples may be `bad` there."""
    bits: list[Bit] = []
    tone: Tone = "quiet"
    at = 0
    for found in _PIECE.finditer(line):
        if text := line[at : found.start()]:
            bits.append(Bit(text, bits[-1].tone if bits and not text.strip() else tone))
        at = found.end()
        if found[1]:
            tone = _TONES.get(found[1], "quiet")
            tone = "bad" if tone == "busy" and bad else tone
        elif found[1] == "":
            tone = "quiet"
    return (*bits, Bit(line[at:], tone)) if line[at:] else tuple(bits)
