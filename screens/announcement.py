"""What will happen by itself, over every screen: announced rollbacks, open decisions, holds that rules caused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.strip import Strip

from cockpit.units import clock, format_duration, format_number
from screens.actions import BY_ID, shown_key
from screens.judged import fires, judged, limit_text
from screens.panes.watching import held
from screens.reasons import announced, undecided
from screens.view import View
from widgets.drawn import Drawn
from widgets.line import Part, join
from widgets.rows import Bit, Cell, cell, paint_ends, width_of

MOST = 3
"""Announcements shown at once."""

Weight = Literal["alarm", "notice"]


@dataclass(frozen=True)
class Announced:
    """One announcement: parts that give way where room is short, and the key that answers it."""

    weight: Weight
    parts: tuple[Part, ...]
    key: Cell = ()


def announcements(view: View, *, typing: bool = False) -> tuple[Announced, ...]:
    """All of them, the most urgent first; `typing`: letters go into a line."""
    if not view.ready or view.state.end is not None:
        return ()
    rollbacks = (_rollback(view, rule, typing=typing) for rule in announced(view.state))
    decisions = (_decision(view, rule) for rule in undecided(view.state))
    return (*rollbacks, *decisions, *_hold(view))


def _rollback(view: View, rule: str, *, typing: bool) -> Announced:
    due = view.state.rules[rule].announced or view.now
    parts = (
        Part(cell(Bit(f"↺ ROLLS BACK BY ITSELF in {format_duration(due - view.now)}"))),
        Part(cell(Bit(_why(view, rule))), 1),
        Part(cell(Bit(f"at {clock(due)} UTC")), 2),
    )
    reason = BY_ID["veto"].why_not(view.state, view.login, view.observer)
    veto = next(one for one in view.actions if one.id == "veto")
    key = f"[{shown_key(veto.always)}]" if typing else view.key("veto")
    return Announced("alarm", parts, cell(Bit(f"{view.state.captain} may veto" if reason else f"{key} veto")))


def _why(view: View, rule: str) -> str:
    """The rule, the value, and the threshold."""
    said, one = view.state.the_plan.rules[rule], judged(view, rule)
    value = f" {format_number(one.value, said.unit)}" if one.value is not None else ""
    where = f" on {one.host}" if one.host else ""
    verdict = "" if one.verdict == "failing" else f" {one.verdict}"
    return f"{rule}{verdict}{value}{where}, {' '.join(filter(None, (fires(said), limit_text(said, one))))}"


def _decision(view: View, rule: str) -> Announced:
    one = view.state.rules[rule]
    decision = view.state.the_plan.decisions.get(rule) if one.asked == "decision" else None
    if one.due is not None and decision is not None:
        ends = f"{decision.default} in {format_duration(one.due - view.now)}, if nobody decides"
    else:
        ends = "nothing new starts until somebody decides"
    parts = (Part(cell(Bit(f"◆ DECISION on {rule}: {ends}"))), Part(cell(Bit(_why(view, rule))), 1))
    reason = BY_ID["answer"].why_not(view.state, view.login, view.observer)
    return Announced("notice", parts, () if reason else cell(Bit(f"{view.key('answer')} decide")))


def _hold(view: View) -> Iterator[Announced]:
    words = held(view.state, view.now)
    if view.state.held_by and words:
        rules = ", ".join(view.state.held_rules)
        reason = BY_ID["resume"].why_not(view.state, view.login, view.observer)
        parts = (Part(cell(Bit(f"‖ HELD BY RULES {rules}"))), Part(cell(Bit(words)), 1))
        yield Announced("notice", parts, () if reason else cell(Bit(f"{view.key('resume')} resume")))


class Announcement(Drawn):
    """A coloured line for each announcement at the top of a screen; nothing where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"announced--alarm", "announced--notice"}

    DEFAULT_CSS = """
    Announcement {
        dock: top;
        height: auto;
        display: none;
        overflow: hidden;
        & > .announced--alarm { background: $error; color: $background; text-style: bold; }
        & > .announced--notice { background: $warning; color: $background; }
    }
    Announcement:ansi {
        & > .announced--alarm { background: ansi_bright_white; color: ansi_red; text-style: bold reverse; }
        & > .announced--notice { background: ansi_default; color: ansi_default; text-style: reverse; }
    }
    """

    shown: reactive[tuple[Announced, ...]] = reactive((), repaint=False)

    class Resized(Message):
        """It takes another number of lines."""

    def on_mount(self) -> None:
        """Follow the release, whatever the screen is."""
        if hasattr(self.app, "view"):
            self.watch(self.app, "view", self._follow)

    def _follow(self, view: View) -> None:
        self.shown = announcements(view, typing=isinstance(self.screen, ModalScreen))[:MOST]

    def watch_shown(self, before: tuple[Announced, ...], after: tuple[Announced, ...]) -> None:
        """Take as many lines as needed, and paint what changed."""
        if len(before) != len(after):
            self.styles.height = len(after)
            self.display = bool(after)
            self.refresh(layout=True)
            self.post_message(self.Resized())
            return
        for y, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                self.refresh_changed(y, self._paint(old), self._paint(new))

    def render_line(self, y: int) -> Strip:
        """One announcement."""
        return self._paint(self.shown[y]) if y < len(self.shown) else Strip.blank(self.size.width, self.paper)

    def _paint(self, one: Announced) -> Strip:
        base = self.paper + self.get_component_rich_style(f"announced--{one.weight}", partial=True)
        key = (Bit(" "), *one.key, Bit(" ")) if one.key else ()
        width = self.size.width
        content = join(one.parts, Bit(" · "), width - width_of(key) - 2)
        return paint_ends((Bit(" "), *content), key, width, self.inks, base)
