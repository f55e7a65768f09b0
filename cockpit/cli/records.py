"""What is recorded: the journal, outputs, and whether the chain is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import click

from cockpit.cli.common import find, format_option, read_state, release_argument
from cockpit.cli.console import out, out_bytes, out_json, shows_stdout, talk
from cockpit.engine.place import Home, Place
from cockpit.errors import UsageError
from cockpit.journal import sqlite
from cockpit.journal.bulk import Bulk
from cockpit.release.chronicle import Chronicle
from cockpit.release.events import Record
from cockpit.release.state import HostRun
from cockpit.units import utc


@click.command
@release_argument
@click.option("--follow", is_flag=True, help="Go on with what happens, until the release is closed.")
@format_option
def log(release: str, follow: bool, form: str) -> None:
    """Print the journal, a line an event.

    Example: cockpit log shop-2.4.1 --follow
    """
    place = find(release)
    chronicle = Chronicle()
    last = 0
    for record in _records(place):
        show(record, chronicle, form)
        last = record.seq
    if follow:
        from cockpit.cli.follow import follow as follow_on  # noqa: PLC0415  asyncio only where it is needed

        asyncio.run(follow_on(place, lambda record: show(record, chronicle, form), after=last))


def show(record: Record, chronicle: Chronicle, form: str) -> None:
    """Print a record as a line for people or as a JSON object."""
    if form == "json":
        out_json(record, stream=True)
    else:
        out(f"{record.seq:>5} {utc(record.at)} {chronicle.say(record)}")


def _records(place: Place) -> Iterator[Record]:
    journal = sqlite.open(place.journal)
    try:
        yield from journal.read()
    finally:
        journal.close()


@click.command
@release_argument
@click.argument("step")
@click.argument("host", default="")
@click.option("--check", is_flag=True, help="The output of the host's latest check instead.")
def output(release: str, step: str, host: str, check: bool) -> None:
    """Print what a command printed, byte for byte but for secrets; on a terminal with control characters as escapes.

    Example: cockpit output shop-2.4.1 deploy app-02 > deploy.log
    """
    place = find(release)
    one = read_state(place).steps.get(step)
    if one is None:
        raise UsageError(f"no step {step!r} in {release}")
    run = _host(dict(one.hosts), host, step)
    attempt = run.check if check else run.run
    if not attempt:
        raise UsageError(f"nothing of {step} was started on {run.host} yet")
    bulk = Bulk(place.output)
    for chunk in bulk.stream(attempt):
        _print(chunk)


def _print(chunk: bytes) -> None:
    if shows_stdout():
        out(chunk.decode(errors="replace").rstrip("\n"))
    else:
        out_bytes(chunk)


def _host(hosts: dict[str, HostRun], host: str, step: str) -> HostRun:
    if host in hosts:
        return hosts[host]
    if not host and len(hosts) == 1:
        return next(iter(hosts.values()))
    hint = f"hosts: {', '.join(hosts)}" if hosts else "this step runs on no host"
    raise UsageError(f"which host of {step}?" if not host else f"{step} has no host {host}", hint=hint)


@click.command
@click.argument("release")
def verify(release: str) -> None:
    """Check a journal, by its release or its file: is the chain whole, and if not, which event breaks it.

    Example: cockpit verify shop-2.4.1
    """
    path = Path(release)
    found = path if path.is_file() else Home.default().find(release).journal
    journal = sqlite.open(found)
    try:
        count = journal.verify()
    finally:
        journal.close()
    talk(f"{release}: {count} events, the chain is whole")
