"""The known word that someone probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

MOST = 400
"""Comparing a word with more names than this would take longer than it helps."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word closest to this one, or an empty string when none is close."""
    from difflib import get_close_matches  # noqa: PLC0415  only needed where something is wrong

    by_lower = {name.lower(): name for name in islice(known, MOST)}
    found = get_close_matches(word.lower()[:80], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def suggest(word: str, known: Iterable[str], what: str = "known here") -> str:
    """A hint: the word that was probably meant, else the words there are."""
    names = sorted(set(known))
    if close := nearest(word, names):
        return f"did you mean `{close}`?"
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"{what}: {shown}" if names else f"{what}: nothing yet"
