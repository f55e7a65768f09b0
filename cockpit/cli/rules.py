"""What people say of rules: a veto, a waiver, that they have seen one; and that they looked."""

from __future__ import annotations

import click

from cockpit.cli.common import ask, needed_note_option, note_option, release_argument
from cockpit.cli.console import talk
from cockpit.cli.names import LOOKED_STEP, REPORTED, ROLE, RULE
from cockpit.release.intents import Acknowledge, Look, Report, Veto, Waive


@click.command
@release_argument
@click.argument("rule", type=RULE)
@needed_note_option
def veto(release: str, rule: str, note: str) -> None:
    """Stop a rollback that a rule has announced. The rule causes nothing until it has passed again.

    \b
    Example:
      cockpit veto shop-2.4.1 errors --note "the load test, not the release"
    """
    ask(release, Veto(rule=rule, note=note))
    talk(f"{release}: rollback of {rule} vetoed")


@click.command
@release_argument
@click.argument("what", type=RULE)
@click.option("--role", required=True, type=ROLE, help="The role that you waive it for.")
@needed_note_option
def waive(release: str, what: str, role: str, note: str) -> None:
    """Let pass what keeps a gate shut, a rule, `rollback-proven`, `rehearsed`, `fits-window`; or that a step failed.

    Only roles that the gate or the step names may.

    \b
    Example:
      cockpit waive shop-2.4.1 rollback-proven --role risk --note "proven last week, RISK-311"
    """
    ask(release, Waive(what=what, role=role, note=note))
    talk(f"{release}: {what} waived as {role}")


@click.command
@release_argument
@click.argument("rule", type=RULE)
@note_option
def ack(release: str, rule: str, note: str) -> None:
    """Say that you have seen a rule that does not pass.

    \b
    Example:
      cockpit ack shop-2.4.1 errors --note "looking at it"
    """
    ask(release, Acknowledge(rule=rule, note=note))
    talk(f"{release}: {rule} acknowledged")


@click.command("raise")
@release_argument
@click.argument("rule", type=REPORTED)
@click.option("--clear", is_flag=True, help="It is over: the rule passes again.")
@needed_note_option
def raise_(release: str, rule: str, clear: bool, note: str) -> None:
    """Report that what a rule asks people about is so: it fails from now on, until somebody clears it.

    \b
    Example:
      cockpit raise shop-2.4.1 corruption --note "orders 8812 to 8841 have no lines"
    """
    ask(release, Report(rule=rule, note=note, clear=clear))
    talk(f"{release}: {rule} {'cleared' if clear else 'reported'}")


@click.command
@release_argument
@click.argument("what", metavar="STEP", type=LOOKED_STEP)
@note_option
def look(release: str, what: str, note: str) -> None:
    """Say that you have looked, as a step asks for every so often. The note says what you saw.

    \b
    Example:
      cockpit look shop-2.4.1 soak --note "errors flat, memory +0.2 %"
    """
    ask(release, Look(what=what, note=note))
    talk(f"{release}: looked at {what}")
