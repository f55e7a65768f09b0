"""What the captain answers to a failure or to what is unknown: one answer is for one host."""

from __future__ import annotations

from typing import Literal

import click

from cockpit.cli.common import ask, needed_note_option, release_argument
from cockpit.cli.console import talk
from cockpit.cli.names import AGAIN_STEP, COMMAND_STEP, HOST, MANUAL, STEP
from cockpit.release.intents import Drop, Retry, RunManual, Settle, Skip, Stop

host_option = click.option(
    "--host",
    type=HOST,
    default="",
    help="The host that is meant; `all` for every one that waits. Not needed where there is only one.",
)


@click.command
@release_argument
@click.argument("step", type=AGAIN_STEP)
@host_option
@click.option("--external", is_flag=True, help="The failure had a verified external cause: it does not count.")
@needed_note_option
def retry(release: str, step: str, host: str, external: bool, note: str) -> None:
    """Order a new attempt of a step; of a soak, what it redeploys, and then all of it.

    \b
    Example:
      cockpit retry shop-2.4.1 deploy --host app-02 --note "disk cleaned"
    """
    ask(release, Retry(step=step, host=host, note=note, external=external))
    _said(release, step, host, "again")


@click.command
@release_argument
@click.argument("step", type=STEP)
@host_option
@needed_note_option
def skip(release: str, step: str, host: str, note: str) -> None:
    """Go on without a step, or without one host of it.

    \b
    Example:
      cockpit skip shop-2.4.1 warm-cache --note "cache is warm"
    """
    ask(release, Skip(step=step, host=host, note=note))
    _said(release, step, host, "skipped")


@click.command
@release_argument
@click.argument("step", type=COMMAND_STEP)
@host_option
@needed_note_option
def drop(release: str, step: str, host: str, note: str) -> None:
    """Take a host out of the release.

    \b
    Example:
      cockpit drop shop-2.4.1 deploy --host app-02 --note "dead disk, out of the balancer"
    """
    ask(release, Drop(step=step, host=host, note=note))
    _said(release, step, host, "dropped")


@click.command
@release_argument
@click.argument("step", type=COMMAND_STEP)
@host_option
@needed_note_option
def stop(release: str, step: str, host: str, note: str) -> None:
    """Kill what runs for a step.

    \b
    Example:
      cockpit stop shop-2.4.1 reindex --host db-01 --note "locks the table"
    """
    ask(release, Stop(step=step, host=host, note=note))
    _said(release, step, host, "told to stop")


@click.command
@release_argument
@click.argument("command", type=MANUAL)
@click.option("--confirm", default="", metavar="WORD", help="The word that answers its question.")
@needed_note_option
def manual(release: str, command: str, confirm: str, note: str) -> None:
    """Run a command that no step runs, after the question that the playbook puts first.

    \b
    Example:
      cockpit manual shop-2.4.1 reset-breaker --confirm "FALSE ALARM" --note "stale data, see the logs of risk"
    """
    ask(release, RunManual(command=command, confirm=confirm, note=note))
    talk(f"{release}: {command} ordered")


@click.command
@release_argument
@click.argument("step", type=COMMAND_STEP)
@click.argument("host", type=HOST)
@click.argument("outcome", type=click.Choice(["passed", "failed"]))
@needed_note_option
def settle(release: str, step: str, host: str, outcome: Literal["passed", "failed"], note: str) -> None:
    """Say how an unknown attempt ended, after looking.

    \b
    Example:
      cockpit settle shop-2.4.1 migrate db-01 passed --note "alembic current says head"
    """
    ask(release, Settle(step=step, host=host, outcome=outcome, note=note))
    _said(release, step, host, f"settled as {outcome}")


def _said(release: str, step: str, host: str, what: str) -> None:
    talk(f"{release}: {step}{f' on {host}' if host else ''} {what}")
