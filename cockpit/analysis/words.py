"""The words, numbers, durations and amounts that the text of a trigger is made of, each with its offset."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 200
DAY = 86400.0

_TOKEN = re.compile(r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<word>[A-Za-zµ°%/]+)|(?P<sign>[+-])|(?P<end>$))")
_DURATIONS = {"ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7}
_BYTES = {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_BYTES |= {"KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3, "TiB": 1024.0**4}
_SHARES = {"%": 1.0, "1": 100.0, "": 100.0}
_LEAST, _MOST = 1e-12, 1e15


class TriggerError(ValueError):
    """What is wrong with the text of a trigger; `offset` points into it, `hint` says what could stand there."""

    def __init__(self, what: str, offset: int, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.offset = offset
        self.hint = hint


class Token(NamedTuple):
    """A number, a word, a sign, or the end of the text; `close` where no space stands before it."""

    kind: str
    text: str
    offset: int
    close: bool


class Words:
    """The tokens of a text, taken one after another; amounts come out in the metric's unit."""

    def __init__(self, text: str, unit: str) -> None:
        if len(text) > LONGEST:
            raise TriggerError(f"longer than {LONGEST} characters", LONGEST, "say it shorter")
        self.unit = unit
        self._tokens = _tokens(text)
        self._next = 0

    @property
    def here(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._next]

    def wrong(self, what: str, hint: str, at: Token | None = None) -> TriggerError:
        """An error that points at a token, the next one unless told."""
        return TriggerError(what, (at or self.here).offset, hint)

    def unexpected(self, hint: str) -> TriggerError:
        """An error that points at the next token, which nothing here begins with."""
        return self.wrong(
            f"unexpected '{self.here.text}'" if self.here.text else "something is missing at the end", hint
        )

    def skip(self, words: str) -> bool:
        """Whether these words come next, and if they do, past them."""
        wanted = words.split()
        found = self._tokens[self._next : self._next + len(wanted)]
        if [token.text.lower() for token in found] != wanted:
            return False
        self._next += len(wanted)
        return True

    def need(self, words: str, hint: str) -> None:
        """Past these words, which must come next."""
        if not self.skip(words):
            raise self.unexpected(hint)

    def number(self, hint: str) -> str:
        """The text of a number."""
        if self.here.kind != "number":
            raise self.unexpected(hint)
        return self._take().text

    def duration(self, least: float = 1.0, most: float = 7 * DAY) -> float:
        """Seconds, from parts such as `1h 30m`."""
        start, total = self.here, 0.0
        while True:
            number = self.number("a duration such as 30s, 5m or 1h 30m")
            if self.here.text not in _DURATIONS:
                raise self.unexpected("a duration has a unit: ms, s, m, h or d")
            total += float(number) * (_DURATIONS[self._take().text] / 1000)
            if not (self.here.kind == "number" and self._tokens[self._next + 1].text in _DURATIONS):
                break
        if not least <= total <= most:
            raise self.wrong("a duration out of range", f"from {least:g} s to {most / DAY:g} days", start)
        return total

    def before(self, word: str) -> str | None:
        """The text of a number that comes next if this word follows it, past both."""
        if self.here.kind != "number" or self._tokens[self._next + 1].text != word:
            return None
        self._next += 2
        return self._tokens[self._next - 2].text

    def share(self) -> float | None:
        """The share, 1 for 100 %, that comes next with its `%`."""
        start = self.here
        number = self.before("%")
        return None if number is None else self._sane(float(f"{number}e-2"), start)

    def amount(self, hint: str) -> float:
        """A number in the metric's unit, from one with a unit or without."""
        start = self.here
        negative = self.skip("-")
        number = self.number(hint)
        unit = self._unit()
        value = float(number) if unit is None else self._converted(number, unit, start)
        return self._sane(-value if negative else value, start)

    def _take(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _unit(self) -> str | None:
        token = self.here
        known = (
            token.text in _DURATIONS or token.text in _BYTES or token.text in ("%", self.unit, self.unit.lstrip("1"))
        )
        if token.kind == "word" and (known or (token.close and token.text != "x")):
            return self._take().text
        return None

    def _converted(self, number: str, unit: str, start: Token) -> float:
        if unit in (self.unit, self.unit.lstrip("1")):
            return float(number)
        if unit == "%" and self.unit in _SHARES:
            return float(f"{number}e-2")
        for scale in (_DURATIONS, _BYTES):
            if unit in scale and self.unit in scale:
                return float(number) * scale[unit] / scale[self.unit]
        plain = f"in {self.unit}" if self.unit else "without a unit"
        raise self.wrong(f"'{number}{unit}' cannot be told {plain}, as the metric is", f"a number {plain}", start)

    def _sane(self, value: float, start: Token) -> float:
        if value and not _LEAST <= abs(value) <= _MOST:
            raise self.wrong("a number out of range", f"from {_LEAST:g} to {_MOST:g}", start)
        return value


def _tokens(text: str) -> tuple[Token, ...]:
    tokens, offset = [], 0
    while True:
        found = _TOKEN.match(text, offset)
        if found is None:
            offset += len(text[offset:]) - len(text[offset:].lstrip())
            raise TriggerError(f"unexpected {text[offset]!r}", offset, "words, numbers and units: above 5% for 5m")
        kind = found.lastgroup or "end"
        tokens.append(Token(kind, found[kind], found.start(kind), found.start(kind) == found.start()))
        if kind == "end":
            return tuple(tokens)
        offset = found.end()
