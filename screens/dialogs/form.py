"""What a dialog shows and asks, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.rows import Bit, Column, Row, cell

CHOICES = (Column("", 2), Column("", 24), Column("", least=10, drop=1))

PICKS = "123456789abcdefghilmopqrstuvwxyz"
"""Keys of choices in their order: none that says no, and none that moves the cursor."""


@dataclass(frozen=True)
class Choice:
    """Something to choose. `why_not`: the reason that stands where the key would be; `field`: what is missing."""

    key: str
    label: str
    note: str = ""
    why_not: str = ""
    field: str = ""


@dataclass(frozen=True)
class Field:
    """A line to be typed. Enter in it makes the choice with this key, when that is possible."""

    id: str
    label: str
    choice: str = ""
    value: str = ""


@dataclass(frozen=True)
class Form:
    """A title, rows to read, lines to type, and choices; the first choice is the one that changes nothing."""

    title: str
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...]
    fields: tuple[Field, ...] = ()


NO = Choice("n", "No", "nothing happens")


def choice_rows(choices: tuple[Choice, ...]) -> tuple[Row, ...]:
    """The choices as rows; one that is not possible has no key, but the reason."""
    return tuple(_row(choice) for choice in choices)


def _row(choice: Choice) -> Row:
    if choice.why_not:
        content = (cell(Bit("✖", "quiet")), cell(Bit(choice.label, "quiet")), cell(Bit(choice.why_not, "warn")))
    else:
        content = (cell(Bit(choice.key, "title")), cell(Bit(choice.label, "strong")), cell(Bit(choice.note, "quiet")))
    return Row(content, key=choice.key)


def missing(text: str, needs: str) -> str:
    """The reason against a choice that needs a text; empty when it is there."""
    return "" if text.strip() else needs
