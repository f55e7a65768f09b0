"""Listening to a call: control words out of the noise of stderr, exactly the output's bytes out of stdout."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

MOST_CAPTURED = 65_536

AFTER = 4096
"""So many bytes may follow the end of a call at once: only what a start-up file left running writes then."""


class Word(msgspec.Struct, frozen=True):
    """One control line: its verb and the rest of the line."""

    verb: str
    rest: str

    @property
    def parts(self) -> list[str]:
        return self.rest.split()


def held_back(data: bytes, needle: bytes) -> int:
    """How many of the last bytes could be the beginning of `needle`, which is not in `data` itself."""
    start = max(0, len(data) - len(needle) + 1)
    while (start := data.find(needle[:1], start)) >= 0:
        if needle.startswith(data[start:]):
            return len(data) - start
        start += 1
    return 0


class Ear:
    """Takes both streams of one call, in pieces of any size.

    `hear` gets each control word. `sink` gets the output, which stands between the token's line and the end mark;
    `taken` counts its bytes. `over` is true when the call has come to its end on both streams, `woke` once the attempt
    said that it has ended.
    """

    def __init__(
        self,
        token: str,
        hear: Callable[[Word], None],
        sink: Callable[[bytes], None] | None = None,
        mark: str = "",
    ) -> None:
        self.token, self._line, self._mark = token, f"{token}\n".encode(), mark.encode()
        self._close = f"{token}.\n".encode()
        self._hear, self._sink = hear, sink
        self._control, self._out = b"", b""
        self._capturing = self._open = False
        self.captured = b""
        self.marked = False
        self.words = 0
        self.taken = 0
        self.noise = b""
        self.woke = self._told = self._closed = False

    @property
    def over(self) -> bool:
        """Whether nothing more comes of this call."""
        return self._told and self._closed

    def err(self, data: bytes) -> None:
        """The next bytes of stderr."""
        self._control += data
        needle = f"{self.token} ".encode()
        while (at := self._control.find(needle)) >= 0 and (end := self._control.find(b"\n", at)) >= 0:
            self._before(self._control[:at])
            line = self._control[at + len(needle) : end].decode("utf-8", "replace")
            self._control = self._control[end + 1 :]
            self._word(line)
        if not self._capturing and at < 0:
            self._control = self._control[-4096:]
            self.noise = self._control

    def out(self, data: bytes) -> None:
        """The next bytes of stdout."""
        if self._closed:
            return
        self._out += data
        self._open = self._open or self._begin()
        if (at := self._out.find(self._close, max(0, len(self._out) - AFTER))) >= 0:
            self._out = self._out[:at]
            self._take(at)
            self._closed = True
            self.end()
        else:
            self._take(len(self._out) - held_back(self._out, self._close))

    def end(self) -> None:
        """No more bytes come, and all had come: what was held back is output."""
        if self._open and not self.marked:
            self._give(len(self._out))

    def _begin(self) -> bool:
        at = self._out.find(self._line)
        if at < 0:
            return False
        self._out = self._out[at + len(self._line) :]
        return True

    def _take(self, count: int) -> None:
        """The first `count` bytes are no part of the call's end."""
        if not self._open or self.marked or self._sink is None:
            self._out = self._out[count if self._open else max(0, count - len(self._line)) :]
        elif self._mark and (at := self._out.find(self._mark, 0, count)) >= 0:
            self._give(at)
            self.marked, self._out = True, self._out[count - at :]
        else:
            self._give(count - (held_back(self._out[:count], self._mark) if self._mark else 0))

    def _give(self, count: int) -> None:
        piece, self._out = self._out[:count], self._out[count:]
        self.taken += len(piece)
        if piece and self._sink is not None:
            self._sink(piece)

    def _before(self, data: bytes) -> None:
        if self._capturing:
            self.captured, self._capturing = data.removesuffix(b"\n"), False

    def _word(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        self._capturing = verb == "capture"
        if verb == "over":
            self._told = True
        elif verb == "woke":
            self.woke = True
        else:
            self.words += 1
            self._hear(Word(verb, rest))
