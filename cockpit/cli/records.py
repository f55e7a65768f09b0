"""What is recorded: the journal, outputs, and whether the chain is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import click
import msgspec

from cockpit.cli.common import find, format_option, naming_the_way_back, release_argument
from cockpit.cli.console import Shown, out, out_bytes, out_json, shows_stdout, talk
from cockpit.cli.lines import Lines, records
from cockpit.cli.names import COMMAND_STEP, HOST, RELEASE
from cockpit.engine.place import Home, Place
from cockpit.errors import BrokenChain, UsageError
from cockpit.journal import sqlite
from cockpit.journal.bulk import Bulk
from cockpit.release.events import AttemptEnded, AttemptStarted, JournalContinued, Opened, Part


@click.command
@release_argument
@click.option("--follow", is_flag=True, help="Go on with what happens, until the release is closed.")
@format_option
def log(release: str, follow: bool, form: str) -> None:
    """Print the journal, a line an event (or a JSON object). No engine is needed.

    \b
    Example:
      cockpit log shop-2.4.1 --follow
    """
    place = find(release)
    lines = Lines(form)
    if not follow:
        for record in records(place):
            lines.show(record)
        return
    from cockpit.cli.follow import follow as follow_on  # noqa: PLC0415  asyncio only where it is needed

    asyncio.run(follow_on(place, lines.show))


@click.command
@release_argument
@click.argument("step", type=COMMAND_STEP)
@click.argument("host", type=HOST, default="")
@click.option("--attempt", type=click.IntRange(min=1), metavar="N", help="The N-th attempt there; else the latest.")
@click.option("--check", is_flag=True, help="The output of the host's check instead.")
@click.option("--follow", is_flag=True, help="Go on until the attempt has ended.")
def output(release: str, step: str, host: str, attempt: int | None, check: bool, follow: bool) -> None:
    """Print what a command printed, byte for byte but for secrets; on a terminal with control characters as escapes.

    \b
    Example:
      cockpit output shop-2.4.1 deploy app-02 > deploy.log
    """
    place = find(release)
    started = attempts(place, step, "check" if check else "run")
    chosen = choose(started, step, host, attempt)
    if any(isinstance(each.event, Opened) and each.event.rehearsal for each in islice(records(place), 1)):
        talk(f"REHEARSAL {release}: this was printed by no command")
    if follow:
        asyncio.run(_follow(place, chosen.id))
    else:
        _print(Bulk(place.output).stream(chosen.id))


async def _follow(place: Place, attempt: str) -> None:
    from cockpit.engine.client import Client  # noqa: PLC0415  completion is faster without

    if any(isinstance(each.event, AttemptEnded) and each.event.id == attempt for each in records(place)):
        _print(Bulk(place.output).stream(attempt))
        return
    show = out_bytes if not shows_stdout() else Shown().feed
    async with Client.connect(place, observe=True, records=False) as client:
        async for chunk in client.output(attempt):
            show(chunk)


def _print(chunks: Iterable[bytes]) -> None:
    show = out_bytes if not shows_stdout() else Shown().feed
    for chunk in chunks:
        show(chunk)


def attempts(place: Place, step: str, part: Part) -> list[AttemptStarted]:
    """The attempts of a step, in their order; UsageError where the plan has no such step."""
    found = []
    for record in records(place):
        match record.event:
            case AttemptStarted() as event if event.step == step and event.part == part:
                found.append(event)
            case Opened(plan=plan):
                every = [each.id for each in plan.every]
                if step not in every:
                    raise UsageError(f"no step {step} in {place.release}", hint=f"steps: {', '.join(every)}")
            case _:
                pass
    return found


def choose(started: Sequence[AttemptStarted], step: str, host: str, number: int | None) -> AttemptStarted:
    """One of the attempts of a step: on that host (or the only one), with that number (or the latest)."""
    hosts = tuple(dict.fromkeys(each.host for each in started))
    if not started:
        raise UsageError(f"nothing of {step} was started yet")
    if not host and len(hosts) > 1:
        raise UsageError(f"which host of {step}?", hint=f"hosts: {', '.join(hosts)}")
    there = [each for each in started if each.host == (host or hosts[0])]
    if not there:
        raise UsageError(f"nothing of {step} was started on {host}", hint=f"hosts: {', '.join(hosts)}")
    found = [each for each in there if number in (None, each.number)]
    if not found:
        numbers = ", ".join(str(each.number) for each in there)
        raise UsageError(f"no attempt {number} of {step} on {there[0].host}", hint=f"attempts: {numbers}")
    return found[-1]


@click.command
@click.argument("release", type=RELEASE, metavar="RELEASE|FILE")
@format_option
def verify(release: str, form: str) -> None:
    """Check a journal, by its release or its file: is the chain whole, and if not (exit 1), which event breaks it.

    \b
    Example:
      cockpit verify shop-2.4.1
    """
    path = Path(release)
    if path.is_file():
        _verify(release, path, form)
        return
    place = Home.default().find(release)
    with naming_the_way_back(place):
        _verify(release, place.journal, form)


def _verify(name: str, found: Path, form: str) -> None:
    try:
        count, before = _checked(found)
    except BrokenChain as error:
        if form == "json":
            out_json({"journal": str(found), "whole": False, "first_bad": error.seq, "problem": error.what})
        raise
    if form == "json":
        continues = {"continues": msgspec.to_builtins(before)} if before else {}
        out_json({"journal": str(found), "whole": True, "events": count, **continues})
        return
    out(f"{name}: {count} events, the chain is whole")
    if before:
        where = f"{before.journal}, which is broken at event {before.first_bad}: {before.problem}"
        out(f"{name}: it continues {where}; {before.last_good} events are from there")


def _checked(path: Path) -> tuple[int, JournalContinued | None]:
    """How many events are in a journal that is whole, and which one it continues."""
    journal = sqlite.open(path)
    try:
        count = journal.verify()
        found = [record.event for record in journal.read() if isinstance(record.event, JournalContinued)]
        return count, found[-1] if found else None
    finally:
        journal.close()
