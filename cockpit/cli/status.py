"""`cockpit status`: where releases stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from time import time
from typing import Any

import click
import msgspec

from cockpit.cli.answering import command_for
from cockpit.cli.common import find, format_option, read_state
from cockpit.cli.console import leave, out, out_json, talk
from cockpit.cli.looks import HOST, STANDING, VERDICT, columns, looked
from cockpit.cli.names import RELEASE
from cockpit.engine.address import answers
from cockpit.engine.place import Home, Place
from cockpit.engine.store import KEPT, free
from cockpit.errors import CockpitError, Exit
from cockpit.playbook.plan import Step
from cockpit.release.advice import advice_lines
from cockpit.release.moments import at, due_at, frame
from cockpit.release.order import is_complete
from cockpit.release.schedule import Times, lateness, length, schedule, today
from cockpit.release.slack import slack
from cockpit.release.standing import current, standing
from cockpit.release.state import HostRun, State
from cockpit.release.waiting import Waiting, waiting_for
from cockpit.units import format_duration, format_late, format_number, utc


@click.command
@click.argument("release", type=RELEASE, default="")
@format_option
def status(release: str, form: str) -> None:
    """Show where each release stands, or one of them, and what it waits for. No engine is needed.

    JSON is one object for RELEASE, and a list without one. A journal that cannot be read is named on stderr, and the
    exit status is 1.

    \b
    Example:
      cockpit status shop-2.4.1 --format json
    """
    if not release:
        _every(form)
        return
    place = find(release)
    state = read_state(place)
    if form == "json":
        out_json(document(place, state))
        return
    for line in described(place, state):
        out(line)


def _every(form: str) -> None:
    found, broken = readable(Home.default())
    found.sort(key=lambda each: (each[1].closed, -each[1].opened))
    if form == "json":
        out_json([document(place, state) for place, state in found])
    else:
        for line in columns([_row(state) for _, state in found]):
            out(line)
        if not found and not broken:
            talk("no releases yet; `cockpit run` starts one")
    leave(Exit.FAILED if broken else Exit.DONE)


def readable(home: Home) -> tuple[list[tuple[Place, State]], int]:
    """Every release that can be read, and how many cannot; those are named on stderr."""
    found, broken = [], 0
    for place in home.releases():
        try:
            place.check()
            found.append((place, read_state(place)))
        except (CockpitError, OSError) as error:
            broken += 1
            talk(f"cockpit: {place.release}: {error}")
    return found, broken


def _row(state: State) -> tuple[str, ...]:
    waits = tuple(waiting_for(state))
    more = f" (and {len(waits) - 1} more)" if len(waits) > 1 else ""
    text = f"{', '.join(waits[0].who)}: {_first_line(waits[0].text)}{more}" if waits else state.end_reason
    mode = "REHEARSAL" if state.mode == "rehearsal" else "LIVE"
    return (state.release, looked(standing(state), STANDING), mode, _step(state) or "-", _minute(state.opened), text)


def described(place: Place, state: State) -> Iterator[str]:
    """One release in lines."""
    mode = "REHEARSAL" if state.mode == "rehearsal" else "LIVE"
    at = f" at {_step(state)}" if _step(state) else ""
    yield f"{state.release}  {looked(standing(state), STANDING)}{at}  {mode}  {state.captain} drives"
    plan = state.the_plan
    facts = [("playbook", f"{plan.title} ({plan.playbook}, revision {plan.revision}, plan {state.digest[:12]})")]
    facts.append(("started", f"{_minute(state.opened)} UTC, {_ago(state.opened)}"))
    if state.ended is not None:
        why = f": {_first_line(state.end_reason)}" if state.end_reason else ""
        facts.append(("ended", f"{_minute(state.ended)} UTC, {_ago(state.ended)}{why}"))
    if state.broken:
        facts.append(("journal", f"✖ continues {state.broken.journal}, broken at event {state.broken.first_bad}"))
    facts.append(("engine", _engine(place, state)))
    if is_full(place):
        facts.append(("disk", f"✖ full: what is left of {place.folder} is for hold, abort and rollback"))
    yield from columns(facts, "  ")
    yield from columns([(f"  {name}", hosts) for name, hosts in _steps_with_hosts(state)])
    if state.rules:
        yield "  rules"
        yield from columns([_rule(state, name) for name in state.rules], "    ")
    yield from columns([*_timing(state)], "  ")
    waits = tuple(waiting_for(state))
    if waits:
        yield "  waits for"
        for entry in waits:
            yield f"    {', '.join(entry.who)}: {_first_line(entry.text)}"
            yield from (f"      {line}" for line in advice_lines(entry.advice))
            yield f"      {command_for(state.release, entry)}"


def _timing(state: State) -> Iterator[tuple[str, str]]:
    """How late it is, when all of today is expected to be over, and the slack; nothing where the plan has no times."""
    now = _moment(state)
    times = schedule(state, now)
    if state.end is not None or state.aborted or not any(length(step) or step.planned for step in state.track):
        return
    end = max((times[step.id].expected_end for step in today(state, times)), default=None)
    if end is not None:
        yield "expected", f"until {at(end, state.the_plan.zone)}, {format_late(lateness(state, now))}"
    if found := slack(state, times, now):
        yield "slack", f"{format_slack(found.seconds)} until {found.name} {at(found.limit, state.the_plan.zone)}"
    if late := [name for name, one in state.steps.items() if one.overdue is not None and not is_complete(one)]:
        yield "late", f"✖ {', '.join(late)}"


def format_slack(seconds: float) -> str:
    """Slack in words, with its sign where there is none left."""
    return f"✖ −{format_duration(-seconds)}" if seconds < 0 else format_duration(seconds)


def _moment(state: State) -> float:
    """The moment that a release's times are about: now, or that of a rehearsal's last event, or its end."""
    if state.ended is not None:
        return state.ended
    return state.at if state.mode == "rehearsal" else max(time(), state.at)


def is_full(place: Place) -> bool:
    """Whether output finds no room here and waits on its hosts."""
    return free(place.folder) < KEPT


def _steps_with_hosts(state: State) -> Iterator[tuple[str, str]]:
    for step in state.track:
        one = state.steps[step.id]
        if one.hosts and one.status in ("running", "asking"):
            yield step.id, ", ".join(_host(run) for run in one.hosts.values())


def _rule(state: State, name: str) -> tuple[str, str, str]:
    """A rule with its verdict, and the value that it was made from beside what the rule says."""
    one, said = state.rules[name], state.the_plan.rules[name]
    texts = [f"{kind} {trigger.text}" for kind, trigger in (("ok", said.ok), ("bad", said.bad)) if trigger]
    value = "" if one.value is None else f"{format_number(one.value, said.unit)}  "
    return name, looked(one.verdict or "not measured", VERDICT), f"{value}{said.reported or ', '.join(texts)}"


def _host(run: HostRun) -> str:
    return f"{run.host} {looked(run.status, HOST)}"


def _engine(place: Place, state: State) -> str:
    if answers(place.socket):
        return "● running"
    if state.closed:
        return "○ not needed any more"
    return f"○ gone; `cockpit attach {state.release}` starts it again"


def _step(state: State) -> str:
    one = current(state)
    return one.step.id if one and state.end is None else ""


def _minute(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}"


def _ago(moment: float) -> str:
    return f"{format_duration(time() - moment)} ago"


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")


def document(place: Place, state: State) -> dict[str, Any]:
    """A release's status as the stable JSON document of the command line."""
    return {
        "release": state.release,
        "playbook": state.the_plan.playbook,
        "digest": state.digest,
        "mode": state.mode,
        "state": standing(state),
        "step": _step(state) or None,
        "captain": state.captain,
        "waiting_for": [waiting(entry) for entry in waiting_for(state)],
        "verdicts": {name: one.verdict for name, one in state.rules.items()},
        "assigned": dict(state.assigned),
        "severities": {name: rule.severity for name, rule in state.the_plan.rules.items() if rule.severity},
        "hosts": {step.step.id: _hosts(step.hosts) for step in state.steps.values() if step.hosts},
        "started_at": utc(state.opened),
        "ended_at": utc(state.ended) if state.ended is not None else None,
        "end_reason": state.end_reason or None,
        **timing(state),
        "engine": "running" if answers(place.socket) else "gone",
        "broken": msgspec.to_builtins(state.broken),
        "disk": "full" if is_full(place) else "ok",
    }


def _hosts(hosts: Mapping[str, HostRun]) -> dict[str, str]:
    return {name: run.status for name, run in hosts.items()}


def timing(state: State) -> dict[str, Any]:
    """The times of a release as JSON: moments in UTC, spans in seconds, the present track's steps in their order."""
    now = _moment(state)
    times = schedule(state, now)
    found = slack(state, times, now)
    return {
        "day": str(frame(state).day),
        "late": round(lateness(state, now), 3),
        "slack": round(found.seconds, 3) if found else None,
        "timeline": [_line(state, step, times[step.id]) for step in state.track],
    }


def _line(state: State, step: Step, times: Times) -> dict[str, Any]:
    due = due_at(state, one := state.steps[step.id])
    return {
        "step": step.id,
        "planned": utc(times.planned_start),
        "planned_end": utc(times.planned_end),
        "expected": utc(times.expected_start),
        "expected_end": utc(times.expected_end),
        "due": utc(due) if due is not None else None,
        "late": one.overdue is not None,
        "owner": list(step.owner),
        "critical": times.critical,
    }


def waiting(entry: Waiting) -> dict[str, Any]:
    """What is waited for, as JSON: `from` has roles or logins."""
    found = msgspec.to_builtins(entry)
    found["from"] = found.pop("who")
    found["advice"] = {"say": entry.advice.say, "run": list(entry.advice.commands)} if entry.advice else None
    return {name: value if value != "" else None for name, value in found.items()}
