"""The last lines of what commands print: bounded, whatever comes in; decoded only when somebody looks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from widgets.defuse import defuse_output

KEEP = 5000
"""Lines kept."""

WIDEST = 4096
"""Bytes kept of one line, from its start."""


class OutputLine:
    """One line of one source. A carriage return starts it anew, as terminals show progress."""

    __slots__ = ("_cut", "_raw", "_returned", "_text", "number", "source")

    def __init__(self, source: str, number: int) -> None:
        self.source = source
        self.number = number
        self._raw = b""
        self._cut = 0
        self._returned = False
        self._text: str | None = None

    def add(self, piece: bytes) -> None:
        """More bytes of this line, without newline."""
        if not piece:
            return
        self._text = None
        shown = piece.rstrip(b"\r")
        if shown:
            _, anew, last = shown.rpartition(b"\r")
            if anew or self._returned:
                self._raw, self._cut, shown = b"", 0, last
            room = WIDEST - len(self._raw)
            self._raw += shown[:room]
            self._cut += max(0, len(shown) - room)
        self._returned = piece.endswith(b"\r")

    @property
    def text(self) -> str:
        """The line as it may be painted; `… +n bytes` when it was longer than is kept."""
        if self._text is None:
            tail = f"… +{self._cut:,} bytes" if self._cut else ""
            self._text = defuse_output(self._raw) + tail
        return self._text


class Ring:
    """The last lines of several sources, in the order in which they began. `dropped` counts the lines that are gone."""

    def __init__(self, keep: int = KEEP) -> None:
        self._lines: deque[OutputLine] = deque(maxlen=keep)
        self._open: dict[str, OutputLine] = {}
        self._keep = keep
        self._next = 0
        self.touched = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int) -> OutputLine:
        return self._lines[index]

    def __iter__(self) -> Iterator[OutputLine]:
        return iter(self._lines)

    @property
    def dropped(self) -> int:
        """How many lines are gone."""
        return self._next - len(self._lines)

    def part(self, start: int, stop: int) -> list[OutputLine]:
        """The lines from index `start` up to, not including, `stop`."""
        return list(islice(self._lines, max(0, start), stop))

    def feed(self, source: str, data: bytes) -> None:
        """Bytes of one source, cut anywhere. `touched` becomes the lowest number of a line that changed."""
        if not data:
            return
        first, *rest = data.split(b"\n")
        line = self._open.get(source)
        if first:
            if line is None or line.number < self.dropped:
                line = self._begin(source)
            line.add(first)
            self.touched = min(self.touched, line.number)
        elif rest and line is None:
            self._begin(source)
        if rest:
            self._feed_whole(source, rest)

    def _feed_whole(self, source: str, pieces: list[bytes]) -> None:
        *whole, last = pieces
        self._open.pop(source, None)
        skipped = max(0, len(whole) - self._keep)
        self._next += skipped
        if skipped:
            self._lines.clear()
        for piece in whole[skipped:]:
            self._begin(source).add(piece)
            self._open.pop(source, None)
        if last:
            self._begin(source).add(last)

    def _begin(self, source: str) -> OutputLine:
        line = OutputLine(source, self._next)
        self._next += 1
        self._lines.append(line)
        self._open[source] = line
        return line

    def settle(self) -> int:
        """The lowest number of a line changed since the last call; the next line's number when none was."""
        touched, self.touched = self.touched, self._next
        return touched
