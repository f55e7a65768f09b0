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
from screens.panes.practice import going_wrong, speed_text, standing_in
from screens.panes.watching import held
from screens.reasons import announced, undecided
from screens.view import View
from widgets.drawn import Drawn
from widgets.line import Part, join
from widgets.rows import Bit, Cell, cell, paint_ends, width_of

MOST = 3
"""Announcements shown at once, besides that it is a rehearsal."""

EDGE = "▞▞▞"
ROOMY, WIDE = 44, 100
"""Columns from which on there is room for edges, and for more keys."""

Weight = Literal["alarm", "notice", "rehearsal"]


@dataclass(frozen=True)
class Announced:
    """One announcement: parts that give way where room is short, and the key that answers it.

    Where there is room `edge` stands at both ends, and `keys` instead of the key; where there is none for the edge,
    only the first two parts are left.
    """

    weight: Weight
    parts: tuple[Part, ...]
    key: Cell = ()
    edge: str = ""
    keys: Cell = ()


def announcements(view: View, *, typing: bool = False) -> tuple[Announced, ...]:
    """All of them, the most urgent first; `typing`: letters go into a line."""
    if not view.ready:
        return ()
    if view.state.end is not None:
        return tuple(_rehearsal(view))
    rollbacks = (_rollback(view, rule, typing=typing) for rule in announced(view.state))
    decisions = (_decision(view, rule) for rule in undecided(view.state))
    return (*_rehearsal(view), *rollbacks, *decisions, *_hold(view))


def _rehearsal(view: View) -> Iterator[Announced]:
    """That nothing is real, on every screen, and what goes wrong."""
    if not view.rehearsed:
        return
    said = ((speed_text(view), 1), (going_wrong(view), 0), (standing_in(view), 2), ("nothing real is touched", 3))
    parts = (Part(cell(Bit("REHEARSAL", "strong"))), *(Part(cell(text), drop) for text, drop in said if text))
    if BY_ID["fault"].why_not(view.state, view.login, view.observer):
        yield Announced("rehearsal", parts, edge=EDGE)
    else:
        fault = f"{view.key('fault')} fault"
        keys = f"{view.key('slower')}{view.key('faster')} speed  {view.key('play')} play  {fault}"
        yield Announced("rehearsal", parts, cell(fault), EDGE, cell(keys))


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
    if said.reported:
        return f"{rule}: {said.reported}"
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

    COMPONENT_CLASSES: ClassVar[set[str]] = {"announced--alarm", "announced--notice", "announced--rehearsal"}

    DEFAULT_CSS = """
    Announcement {
        dock: top;
        height: auto;
        display: none;
        overflow: hidden;
        & > .announced--alarm { background: $error; color: $background; text-style: bold; }
        & > .announced--notice { background: $warning; color: $background; }
        & > .announced--rehearsal { background: $rehearsal; color: $background; }
    }
    Announcement:ansi {
        & > .announced--alarm { background: ansi_bright_white; color: ansi_red; text-style: bold reverse; }
        & > .announced--notice { background: ansi_default; color: ansi_default; text-style: reverse; }
        & > .announced--rehearsal { background: ansi_default; color: ansi_magenta; text-style: reverse; }
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
        most = MOST + view.rehearsed
        self.shown = announcements(view, typing=isinstance(self.screen, ModalScreen))[:most]

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
        width = self.size.width
        edge = one.edge if width >= ROOMY else ""
        shown = one.keys if one.keys and width >= WIDE else () if one.edge and not edge else one.key
        key = (Bit(" "), *shown, Bit(f" {edge}")) if shown or edge else ()
        parts = one.parts if edge or not one.edge else one.parts[:2]
        content = join(parts, Bit(" · "), width - width_of(key) - len(edge) - 2)
        return paint_ends((Bit(f"{edge} "), *content), key, width, self.inks, base)
