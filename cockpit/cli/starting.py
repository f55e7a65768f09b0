"""Whether a release may start now, as its calendar says it, in words."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

import msgspec

from cockpit.cli.when import When, frame_of
from cockpit.errors import Refused, UsageError
from cockpit.playbook.calendar import Calendar, Exchanges
from cockpit.playbook.exchanges import sessions_of
from cockpit.playbook.plan import Plan
from cockpit.release.ahead import Course, ahead, first_begin
from cockpit.release.calendar import HORIZON, Fit, fit
from cockpit.release.events import FreezeLifted
from cockpit.release.intents import Refusal
from cockpit.release.lifting import lift
from cockpit.release.moments import Frame, at, day_at, frame_at
from cockpit.release.state import Ahead

_NOW = When()


class Start(msgspec.Struct, frozen=True):
    """What is known at the start of a release: the sessions of exchanges, freezes that are lifted, whether it fits.

    `fit` is None where there is no calendar; it is about moment `begins`, when the first step may begin (None: now).
    """

    exchanges: Exchanges = {}
    lifted: tuple[FreezeLifted, ...] = ()
    fit: Fit | None = None
    when: When = When()
    begins: float | None = None


def start_of(
    plan: Plan,
    lifted: tuple[FreezeLifted, ...] = (),
    now: float | None = None,
    when: When = _NOW,
    meant: Frame | None = None,
) -> Start:
    """Whether the plan may start at a moment, in seconds since 1970: now, if none is given, and then as `when` says.

    With `meant` that is asked of the start that is meant, and not of the one that `cockpit run` would make now.
    """
    now = time.time() if now is None else now
    frame = meant or frame_of(when, plan.zone, now)
    begins = first_begin(plan.steps, frame)
    later = begins if begins > now else None
    if plan.calendar is None:
        return Start(when=when, begins=later)
    exchanges = sessions_of(plan.calendar, now if begins < now + HORIZON else begins)
    names: Collection[str] = {each.freeze for each in lifted}
    if not _is_about_the_start(plan, plan.calendar):
        return Start(exchanges, lifted, Fit(fits=True), when, later)
    covers = plan.calendar.covers

    def needed(start: float) -> Ahead:
        at_start = frame if start == begins else frame_at(start, plan.zone)
        return ahead(plan.steps, (), Course(at_start, start), covers)

    return Start(exchanges, lifted, fit(plan.calendar, exchanges, needed, begins, names), when, later)


def _is_about_the_start(plan: Plan, calendar: Calendar) -> bool:
    """Whether the calendar is about what the release begins with."""
    proofs = plan.rollback.proofs if plan.rollback else ()
    first = next(step.id for step in plan.steps if step.id not in proofs)
    return not calendar.covers or first in calendar.covers


def start_lines(plan: Plan, start: Start) -> tuple[str, ...]:
    """What is said of it before a release: one line, or none where there is no calendar."""
    moment = "now" if start.begins is None else at(start.begins, plan.zone)
    if plan.calendar is None or start.fit is None:
        return () if start.begins is None else (f"begins {moment}",)
    if not start.fit.fits:
        return (f"could not start {moment}: {start.fit.why}; {_next(plan, start.fit)}",)
    latest = "" if start.fit.until is None else f", until {at(start.fit.until, plan.zone)}"
    return (f"could start {moment}{latest}",)


def day_lines(plan: Plan, start: Start, now: float | None = None) -> tuple[str, ...]:
    """What is said where the release's day is another than today, and yet it begins now."""
    today = day_at(time.time() if now is None else now, plan.zone)
    if start.begins is not None or start.when.day in ("", str(today)):
        return ()
    return (f"warning: begins now, though its day is {start.when.day}: the first step waits for no time",)


def misfit(plan: Plan, start: Start) -> tuple[str, ...]:
    """What is said before a rehearsal that begins when a release could not; nothing where it could."""
    if start.fit is None or start.fit.fits:
        return ()
    return (f"warning: a release could not start when this rehearsal does: {start.fit.why}; {_next(plan, start.fit)}",)


def granted(plan: Plan, start: Start) -> None:
    """Refused, with the reason and the next possible start, where the plan does not fit now."""
    if plan.calendar is None or start.fit is None or start.fit.fits:
        return
    names = [name for name, shut in plan.calendar.shut.items() if shut.lifted_by and _is_about(start.fit.why, name)]
    roles = ", ".join(plan.calendar.shut[names[0]].lifted_by) if names else ""
    way = f"; or {roles} lifts it: --lift {quoted(names[0])} --role ROLE --note TEXT" if names else ""
    moment = "now" if start.begins is None else at(start.begins, plan.zone)
    raise Refused(f"it cannot start {moment}: {start.fit.why}", hint=f"{_next(plan, start.fit)}{way}")


def _is_about(why: str, name: str) -> bool:
    return why.startswith((f"freeze {name} ", f"{name} is to be avoided ", f"{name}: "))


def lifts(plan: Plan, login: str, names: Sequence[str], role: str, note: str) -> tuple[FreezeLifted, ...]:
    """The freezes that are lifted for the release, as events; Refused where this login may not."""
    if not names and (role or note):
        raise UsageError("--role and --note go with --lift", hint="name the freeze: --lift NAME")
    return tuple(_lifted(plan, login, name, role, note) for name in dict.fromkeys(names))


def _lifted(plan: Plan, login: str, name: str, role: str, note: str) -> FreezeLifted:
    found = lift(plan, login, name, role, note)
    if isinstance(found, Refusal):
        raise Refused(found.reason, hint=found.hint)
    return found


def _next(plan: Plan, found: Fit) -> str:
    zone = plan.calendar.zone if plan.calendar else "UTC"
    return "no start in the next 60 days fits" if found.next is None else f"the next start: {at(found.next, zone)}"


def quoted(name: str) -> str:
    """A name as one word of a command line."""
    return f"'{name}'" if " " in name else name
