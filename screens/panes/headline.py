"""The lines at the top: which release, live or not, when, where it is, who drives; and under it how it stands."""

from __future__ import annotations

from cockpit.units import clock, format_duration, format_late, format_number
from screens.judged import judged, look_of, worst
from screens.panes.outlook import count, outlook
from screens.panes.practice import speed_text
from screens.panes.timeline import ON_TIME, step_look
from screens.view import View, step_title, who_text
from widgets.line import Part
from widgets.looks import STANDING, VERDICT, Tone
from widgets.rows import Bit, Cell, cell

ENGINE = {
    "connecting": Bit("◌ engine: connecting", "warn"),
    "catching up": Bit("◌ engine: catching up", "warn"),
    "live": Bit("● engine", "good"),
    "lost": Bit("✖ engine lost", "bad"),
}


def headline(view: View) -> tuple[Part, ...]:
    """Release, mode, phase and step, lateness, who drives."""
    state = view.state
    return (
        Part(cell(Bit(state.release or "no release yet", "strong"))),
        Part(mode(view)),
        Part(_place(view), drop=2),
        Part(cell(late_bit(view)), drop=1),
        Part(_people(view), drop=4),
    )


def time_of_day(view: View) -> tuple[Part, ...]:
    """The clock; it has a widget of its own, because it changes every second."""
    return (Part(cell(f"{clock(view.now)} UTC")),)


def mode(view: View) -> Cell:
    """LIVE, or REHEARSAL and its speed; nothing before the engine has said which."""
    if not view.ready:
        return ()
    if not view.rehearsed:
        return cell(Bit("LIVE", "strong"))
    return cell(Bit(" ".join(filter(None, ("REHEARSAL", speed_text(view)))), "played"))


def engine(view: View) -> Cell:
    """How the engine is reached; that of a closed release is gone for good."""
    if view.reach == "lost" and view.state.closed:
        return cell(Bit("○ engine not needed any more", "quiet"))
    return cell(ENGINE[view.reach])


def late_bit(view: View) -> Bit:
    """How late the release is."""
    if view.late is None:
        return Bit("")
    if abs(view.late) < ON_TIME:
        return Bit("on time", "good")
    return Bit(
        f"{format_late(view.late)} {'late' if view.late > 0 else 'early'}", "warn" if view.late >= 60 else "plain"
    )


def _place(view: View) -> Cell:
    one = view.current
    return cell(f"{one.step.phase} ▸ ", Bit(step_title(one.step), "strong")) if one else ()


def _people(view: View) -> Cell:
    if not view.ready:
        return ()
    captain = view.state.captain
    others = sum(count for login, count in view.connected.items() if login != captain)
    away = " (away)" if view.connected and captain not in view.connected else ""
    watching = f", {others} watch" if others else ""
    drives = "you drive" if captain == view.login else f"{captain} drives"
    return cell(f"{drives}{away}{watching}")


def strip(view: View) -> tuple[Part, ...]:
    """How it stands, the worst state, what is asked of this login, and what happens next."""
    if view.reach == "lost" and not view.state.closed:
        return (
            Part(cell(Bit(f"✖ engine lost: {view.trouble}", "bad"))),
            Part(cell("trying again; shown is what was last heard"), 1),
        )
    if not view.ready:
        return (Part(cell(Bit("no release yet: waiting for the engine", "quiet"))),)
    look = STANDING[view.standing]
    return (
        Part(cell(Bit(f"{look.glyph} {look.word}", look.tone))),
        *(Part(cell(Bit(f"✖ {text}", "bad"))) for text in alarms(view)),
        Part(health(view)),
        Part(_matter(view)),
        Part(_next(view), 1),
    )


def alarms(view: View) -> tuple[str, ...]:
    """What is wrong with this machine's record of the release."""
    broken = view.state.broken
    past = f"{broken.journal} is broken at event {broken.first_bad}, this goes on without it" if broken else ""
    return tuple(filter(None, (view.room, past)))


def health(view: View) -> Cell:
    """The worst verdict: the rule that asks for attention first, or how many pass."""
    rules = tuple(view.state.rules)
    if not rules or view.state.end is not None:
        return ()
    name = worst(view, rules)
    look = look_of(view, name)
    if look.word == "passing":
        return cell(Bit(f"{look.glyph} {count(len(rules), 'rule')} passing", "good"))
    one, unit = judged(view, name), view.state.the_plan.rules[name].unit
    value = f" {format_number(one.value, unit)}" if one.value is not None else ""
    others = sum(VERDICT[each.verdict].word == look.word for each in view.state.rules.values()) - 1
    more = f" and {others} more" if others else ""
    return cell(Bit(f"{look.glyph} {name}{value} {look.word}{more}", look.tone))


def _matter(view: View) -> Cell:
    state = view.state
    if state.end is not None:
        took = f" after {format_duration(state.ended - state.opened)}" if state.ended else ""
        reason = f": {state.end_reason}" if state.end_reason else ""
        after = tuple(Bit(f" · {one.text}", "warn") for one in view.waiting[:1])
        return cell(f"{clock(state.ended or 0)} UTC{took}{reason}", *after)
    if view.waiting:
        one = next(iter(view.mine), view.waiting[0])
        tone: Tone = "bad" if one.what in ("answer", "veto") else "warn"
        late = one.due is not None and one.due < view.now
        owed = f"late by {format_duration(view.now - (one.due or 0.0))}: " if late else ""
        return cell(
            Bit(owed + one.text, "bad" if late else tone),
            *([] if one in view.mine else [Bit(f" · waits for {who_text(state, one)}", "quiet")]),
        )
    if view.current is None:
        return ()
    look, words = step_look(view, view.current)
    return cell(f"{step_title(view.current.step)} ", Bit(words, look.tone))


def _next(view: View) -> Cell:
    if view.state.end is not None or view.mine:
        return ()
    rows = outlook(view)
    following = next((row for row in rows if row.cells[0][0].text.startswith("next")), None)
    return (Bit("next: ", "quiet"), following.cells[0][1]) if following else ()
