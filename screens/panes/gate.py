"""A gate: its criteria, each with value and source, and its sign-offs, each with who, when and on what."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Checklist, Gate, Http, Run
from cockpit.release.credentials import lacking
from cockpit.release.files import changed, why_changed
from cockpit.release.gates import FITS, PROVEN, REHEARSED, counting, covers, gate_obstacles
from cockpit.release.health import is_well
from cockpit.release.moments import at
from cockpit.release.order import awaited, is_complete
from cockpit.release.people import may_sign
from cockpit.release.state import Signature, StepState
from cockpit.units import clock, format_number, format_within
from screens.judged import fires, judged, limit_text, look_of, near
from screens.panes.rules import behind
from screens.panes.timeline import step_look
from screens.view import View, people, step_title
from widgets.looks import OPEN, Look
from widgets.rows import Bit, Row, text_row

HOLDS = Look("✔", "holds", "good")
FAILS = Look("✖", "missing", "bad")


def gate(view: View, one: StepState) -> tuple[Row, ...]:
    """Verdict, criteria and sign-offs."""
    return (verdict(view, one), text_row(""), *criteria(view, one), text_row(""), *signatures(view, one))


def verdict(view: View, one: StepState) -> Row:
    """Whether the gate can be opened, or what is missing."""
    if is_complete(one):
        return text_row(Bit(f"✔ opened by {one.by} at {clock(one.ended or 0)}", "good"))
    if one.status == "pending":
        return text_row(Bit("· its turn has not come", "quiet"))
    obstacles = gate_obstacles(view.state, one)
    if obstacles:
        return text_row(Bit("✖ stays shut: ", "bad"), Bit("; ".join(obstacles), "bad"), indent=2)
    return text_row(Bit(f"{OPEN.glyph} can be opened: {whom(view)}, go or no-go", "warn"), indent=2)


def whom(view: View) -> str:
    """Who decides at a gate."""
    return "you decide" if view.login == view.state.captain and not view.observer else f"{view.state.captain} decides"


def criteria(view: View, one: StepState) -> Iterator[Row]:
    """What must hold: rules, that the way back is proven, the steps before it, no hold, credentials."""
    assert isinstance(one.step, Gate)
    yield text_row(Bit("criteria", "title"))
    yield from (_rule(view, one, name) for name in one.step.passing)
    if one.step.proven:
        yield from _proven(view, one)
    if one.step.rehearsed:
        yield _rehearsed(view, one, one.step.rehearsed)
    if one.step.fits:
        yield _fits(view, one)
    for name in one.step.after:
        before = view.state.steps[name]
        _, words = step_look(view, before)
        when = f" at {clock(before.ended)}" if before.ended else ""
        yield _criterion(is_complete(before), step_title(before.step), f"{words}{when}", _source(before))
    if not one.step.after:
        yield _criterion(True, "nothing before it", "", "plan")
    for path, kept in changed(view.state):
        yield _criterion(False, "files", why_changed(path, kept), "file")
    held = view.state.held_by
    yield _criterion(not held, "not held", f"held by {held}" if held else "nothing is held", "journal")
    missing = ", ".join(lacking(view.state))
    yield _criterion(not missing, "credentials", f"missing: {missing}" if missing else "all there", "engine")


def _rule(view: View, one: StepState, name: str) -> Row:
    """A rule that must pass, its value and what it says; it moves as it is judged."""
    rule, found, look = view.state.the_plan.rules[name], judged(view, name), look_of(view, name)
    value = f"  {format_number(found.value, rule.unit)}" if found.value is not None else ""
    limit = " ".join(filter(None, (fires(rule), limit_text(rule, found))))
    source = f"{rule.metric}: fails when {limit}" if rule.metric else rule.reported
    if waived := _waiver(one, name):
        return _let(name, f"{value}  {look.word}", waived)
    holds = is_well(view.state, name)
    tone = "good" if holds else look.tone
    return text_row(
        Bit(f"{look.glyph} ", tone),
        Bit(name),
        Bit(value, "strong"),
        Bit(f"  {look.word}{', which counts as passing' if holds and look.word != 'passing' else ''}", tone),
        Bit(behind(near(view, name)), tone),
        Bit(f"  ({source})", "quiet"),
        indent=4,
    )


def _waiver(one: StepState, name: str) -> str:
    found = one.waived.get(name)
    if found is None:
        return ""
    role = f" as {found.role}" if found.role else ""
    return f"waived by {found.by}{role} at {clock(found.at)}: {found.note}"


def _let(name: str, value: str, waived: str) -> Row:
    return text_row(Bit("↷ ", "warn"), Bit(name), Bit(value, "quiet"), Bit(f"  {waived}", "warn"), indent=4)


def _proven(view: View, one: StepState) -> Iterator[Row]:
    """What shows beforehand that the release can be rolled back, proof by proof."""
    rollback = view.state.the_plan.rollback
    proofs = [view.state.steps[name] for name in rollback.proofs] if rollback else []
    passed = sum(each.status == "passed" for each in proofs)
    value = f"{passed} of {len(proofs)} proofs passed"
    if waived := _waiver(one, PROVEN):
        yield _let(PROVEN, f"  {value}", waived)
        return
    if not proofs:
        yield _criterion(False, PROVEN, "the playbook has no proof of it", "plan")
    for each in proofs:
        _, words = step_look(view, each)
        later = one.step.id in awaited(view.state, each.step.id)
        done = each.status == "passed"
        yield _criterion(
            done or later,
            f"{PROVEN}: {step_title(each.step)}",
            words + (", comes after this gate" if later else ""),
            value,
        )


def _rehearsed(view: View, one: StepState, within: float) -> Row:
    """That this plan was rehearsed, no longer ago than it says."""
    what, found = f"{REHEARSED} {format_within(within)}", one.practised
    if waived := _waiver(one, REHEARSED):
        return _let(what, "", waived)
    value = (
        f"{found.release}, {at(found.at, view.state.the_plan.zone)}" if found else "no rehearsal of this plan is known"
    )
    return _criterion(found is not None, what, value, "rehearsals")


def _fits(view: View, one: StepState) -> Row:
    """That the calendar leaves enough time for what is ahead."""
    found = one.fitting
    if waived := _waiver(one, FITS):
        return _let(FITS, "", waived)
    value = "what is ahead fits before the window ends and a freeze begins"
    if found is None or not found.fits:
        again = (
            "" if found is None or found.next is None else f"; it would on {at(found.next, view.state.the_plan.zone)}"
        )
        value = f"{found.why if found else 'not known yet'}{again}"
    return _criterion(found is not None and found.fits, FITS, value, "calendar")


def _criterion(holds: bool, what: str, value: str, source: str) -> Row:
    look = HOLDS if holds else FAILS
    return text_row(
        Bit(f"{look.glyph} ", look.tone),
        Bit(what),
        Bit(f"  {value}", "quiet" if holds else look.tone),
        Bit(f"  ({source})", "quiet"),
        indent=4,
    )


def _source(one: StepState) -> str:
    match one.step:
        case Run() | Http():
            passed = sum(run.status == "passed" for run in one.hosts.values())
            return f"{passed} of {len(one.hosts)} on {one.step.group}"
        case Checklist():
            return f"{len(one.items)} of {len(one.step.items)} items"
        case Gate():
            return f"opened by {one.by}" if one.by else "gate"
        case _:
            return f"said by {one.by}" if one.by else "journal"


def signatures(view: View, one: StepState) -> Iterator[Row]:
    """For each role what was signed and what is owed."""
    assert isinstance(one.step, Gate)
    if not one.step.sign:
        yield text_row(Bit("sign-offs", "title"), Bit("  none asked for", "quiet"))
        return
    on = f"  signed for: plan and results {covers(view.state, one.step.id)[:8]}"
    yield text_row(Bit("sign-offs", "title"), Bit("".join(_terms(view, one.step)) + on, "quiet"))
    valid = counting(view.state, one)
    for role, count in one.step.sign.items():
        given = [each for each in one.signatures if each.role == role]
        yield from (_signed(one.step, each, valid.get((role, each.by))) for each in given)
        owed = count - sum(each.yes for each in valid.values() if each.role == role)
        if owed > 0 and not is_complete(one):
            may = [login for login in people(view.state, role) if may_sign(view.state, one.step, login, role)]
            who = " or ".join("you" if login == view.login else login for login in may) or "nobody"
            yield text_row(Bit(f"{OPEN.glyph} {role}", "warn"), Bit(f"  waits for {owed} of {who}"), indent=4)


def _terms(view: View, gate: Gate) -> Iterator[str]:
    """What is asked of the sign-offs together."""
    if gate.distinct:
        yield f"  by {gate.distinct} different people"
    if gate.zones:
        yield f"  from {gate.zones} different time zones"
    if gate.without_starter:
        yield f"  not by {view.state.starter}, who started the release"
    if gate.expires:
        yield f"  a yes is void after {format_within(gate.expires)}"


def _signed(gate: Gate, one: Signature, counts: Signature | None) -> Row:
    """A signature; `counts` is the one of the same person for the same role that counts."""
    word, tone, glyph = ("yes", "good", "✔") if one.yes else ("no", "bad", "✖")
    if one.lapsed:
        word, tone, glyph = f"{word}, void: older than {format_within(gate.expires)}", "quiet", "↷"
    elif counts is None or counts.yes != one.yes:
        word, tone, glyph = f"{word}, void: what it covered has changed", "quiet", "↷"
    elif one is counts and one.yes and gate.expires:
        word = f"{word}, void from {clock(one.at + gate.expires)}"
    note = f": {one.note.strip().splitlines()[0]}" if one.note.strip() else ""
    return text_row(
        Bit(f"{glyph} {one.role}", "good" if tone == "good" else "bad" if tone == "bad" else "quiet"),
        Bit(f"  {one.by} {word}"),
        Bit(f"  {clock(one.at)} on {one.covers[:8]}{note}", "quiet"),
        indent=4,
    )
