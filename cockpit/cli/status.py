"""`cockpit status`: where releases stand."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from cockpit.cli.common import RELEASE, find, format_option, read_state
from cockpit.cli.console import out, out_json, talk
from cockpit.engine.address import answers
from cockpit.engine.place import Home, Place
from cockpit.errors import CockpitError
from cockpit.release.standing import Waiting, current, standing, waiting_for
from cockpit.release.state import State
from cockpit.units import utc


@click.command
@click.argument("release", type=RELEASE, default="")
@format_option
def status(release: str, form: str) -> None:
    """Show where each release stands, or one of them, and what it waits for.

    Example: cockpit status shop-2.4.1 --format json
    """
    if release:
        _one(find(release), form)
    else:
        _all(form)


def _one(place: Place, form: str) -> None:
    found = document(place, read_state(place))
    if form == "json":
        out_json(found)
        return
    out(f"{found['release']}  {found['state']}  {found['step'] or '-'}  captain {found['captain']}")
    out(f"started {found['started_at']}  ended {found['ended_at'] or '-'}  engine {found['engine']}")
    for entry in found["waiting_for"]:
        out(f"  waits for {', '.join(entry['from'])}: {entry['text']}{_confirm(entry)}")


def _confirm(entry: dict[str, Any]) -> str:
    return f" (--confirm {entry['confirm']})" if entry["confirm"] else ""


def _all(form: str) -> None:
    found = []
    for place in Home.default().releases():
        try:
            found.append(document(place, read_state(place)))
        except CockpitError as error:
            talk(f"cockpit: {place.release}: {error}")
    if form == "json":
        out_json(found)
        return
    for each in found:
        waits = "; ".join(entry["text"] for entry in each["waiting_for"])
        out(f"{each['release']}  {each['state']}  {each['step'] or '-'}  {waits}".rstrip())


def document(place: Place, state: State) -> dict[str, Any]:
    """A release's status as the stable JSON document of the command line."""
    one = current(state)
    return {
        "release": state.release,
        "playbook": state.the_plan.playbook,
        "digest": state.digest,
        "mode": state.mode,
        "state": standing(state),
        "step": one.step.id if one and state.end is None else None,
        "captain": state.captain,
        "waiting_for": [waiting(entry) for entry in waiting_for(state)],
        "verdicts": {},
        "hosts": {step.step.id: _hosts(step.hosts) for step in state.steps.values() if step.hosts},
        "started_at": utc(state.opened),
        "ended_at": utc(state.ended) if state.ended is not None else None,
        "end_reason": state.end_reason or None,
        "engine": "running" if answers(place.socket) else "gone",
    }


def _hosts(hosts: Any) -> dict[str, str]:
    return {name: run.status for name, run in hosts.items()}


def waiting(entry: Waiting) -> dict[str, Any]:
    """What is waited for, as JSON: `from` has roles or logins."""
    found = msgspec.to_builtins(entry)
    found["from"] = found.pop("who")
    return {name: value if value != "" else None for name, value in found.items()}
