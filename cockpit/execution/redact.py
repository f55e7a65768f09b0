"""Keeping secrets out of what is stored and shown: each known value becomes as many asterisks.

The length stays, so that an offset in the stored output is one on the host too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cockpit.execution.ear import held_back

SHORTEST = 4
SHORTEST_LINE = 8


def too_short(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """The names of secrets that cannot be hidden: they have fewer than 4 bytes."""
    return tuple(name for name, value in secrets.items() if len(value.strip().encode("utf-8", "replace")) < SHORTEST)


def needles(values: Iterable[str]) -> tuple[bytes, ...]:
    """What to look for: each value, the same without the newlines around it, and each long line of one with several."""
    found: set[bytes] = set()
    for value in values:
        raw = value.encode("utf-8", "surrogateescape")
        found.update(part for part in (raw, raw.strip(b"\r\n")) if len(part.strip()) >= SHORTEST)
        lines = raw.splitlines()
        found.update(line.strip() for line in lines if len(lines) > 1 and len(line.strip()) >= SHORTEST_LINE)
    return tuple(sorted(found, key=lambda part: (-len(part), part)))


class Redactor:
    """A sink in front of a sink, for one stream. It keeps back only what may be the beginning of a secret."""

    def __init__(self, values: Iterable[str], sink: Callable[[bytes], None]) -> None:
        self._needles, self._sink = needles(values), sink
        self._kept = b""
        self._covered = 0

    def feed(self, data: bytes) -> None:
        """The next bytes of the stream."""
        if not self._needles:
            self._sink(data)
            return
        whole = self._kept + data
        self._pass(whole, len(whole) - self._unsure(whole))

    def flush(self, *, whole: bool = True) -> None:
        """The end of the stream: what was kept back is no secret, unless the stream was cut off there."""
        if not whole:
            self._kept = b"*" * len(self._kept)
        self._pass(self._kept, len(self._kept))

    def _pass(self, whole: bytes, cut: int) -> None:
        piece, self._kept = whole[:cut], whole[cut:]
        spans = [(0, self._covered), *self._found(whole)]
        # A span that begins in what is kept back is found again.
        self._covered = max(self._covered, *(end for start, end in spans if start < cut), cut) - cut
        if any(end for _, end in spans):
            piece = _starred(piece, spans)
        if piece:
            self._sink(piece)

    def _found(self, whole: bytes) -> list[tuple[int, int]]:
        """Every place of every secret, overlapping ones too; bytes.find is much faster than one regular expression."""
        spans: list[tuple[int, int]] = []
        for needle in self._needles:
            at = whole.find(needle)
            while at >= 0:
                spans.append((at, at + len(needle)))
                at = whole.find(needle, at + 1)
        return spans

    def _unsure(self, whole: bytes) -> int:
        return max(held_back(whole, needle) for needle in self._needles)


def longest(values: Iterable[str]) -> int:
    """The most bytes that a secret's place in the output may have."""
    return max(map(len, needles(values)), default=0)


def skipping(count: int, sink: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """A sink that leaves out the first bytes it is given."""
    left = count

    def take(data: bytes) -> None:
        nonlocal left
        rest, left = data[left:], max(0, left - len(data))
        if rest:
            sink(rest)

    return take


def mask(text: str, values: Iterable[str]) -> str:
    """A short text without secrets."""
    out: list[bytes] = []
    redactor = Redactor(values, out.append)
    redactor.feed(text.encode("utf-8", "surrogateescape"))
    redactor.flush()
    return b"".join(out).decode("utf-8", "replace")


def _starred(piece: bytes, spans: list[tuple[int, int]]) -> bytes:
    hidden = bytearray(piece)
    for start, end in spans:
        last = min(end, len(piece))
        if start < last:
            hidden[start:last] = b"*" * (last - start)
    return bytes(hidden)
