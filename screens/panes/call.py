"""The keys that give what is waited for."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.release.waiting import Waiting, What
from screens.view import View
from widgets.rows import Bit, Cell, cell

KEYS: Mapping[What, tuple[str, str]] = {
    "gate": ("gate", "go or no-go"),
    "sign-off": ("sign", "signs"),
    "item": ("tick", "ticks"),
    "step": ("done", "when it is done"),
    "assign": ("assign", "says who"),
    "answer": ("answer", "answers"),
    "settle": ("answer", "settles"),
    "condition": ("answer", "run or skip"),
    "early": ("answer", "begins it now"),
    "lock": ("answer", "takes over"),
    "resume": ("resume", "resumes"),
    "veto": ("veto", "vetoes"),
    "decision": ("answer", "decides"),
    "acknowledgement": ("ack", "says it was seen"),
    "look": ("look", "says that you looked"),
    "redeploy": ("redeploy", "redeploys"),
}
"""The action that gives what is waited for, and what its key does."""

WITHOUT_KEY: Mapping[What, str] = {
    "credentials": "cockpit attach supplies them",
    "file": "goes on by itself then",
}
"""What no key gives, and how it comes."""


def key_for(view: View, one: Waiting) -> str:
    """The key that gives what is waited for; empty where none does."""
    return view.key(KEYS[one.what][0]) if one.what in KEYS else ""


def call(view: View) -> Cell:
    """The key that answers what is asked of this login."""
    asked = next(iter(view.mine), None) if view.ready else None
    if asked is None:
        return cell(Bit("you watch only", "warn")) if view.observer else ()
    if by := WITHOUT_KEY.get(asked.what):
        return cell(Bit(by, "strong"))
    what = "supplies it" if asked.asks else KEYS[asked.what][1]
    return cell(Bit(f"{key_for(view, asked)} {what}", "strong"))
