"""The command line: which module has which command.

A module of commands is imported when one of its own is asked for, and imports what a command does only when it does it:
help and completion take no longer than Python and click.
"""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from typing import Final

import click
from click.shell_completion import CompletionItem

from cockpit import __version__
from cockpit.cli.console import guarded, leave_unread

COMMANDS: Final = {
    "lint": ("playbooks", "Check playbooks: every problem with its line, code and hint."),
    "schema": ("playbooks", "Print the JSON Schema of playbooks, for editors."),
    "plan": ("playbooks", "Show what a release would do."),
    "doctor": ("doctor", "Check that everything a release needs can be reached."),
    "run": ("start", "Start a release and open it."),
    "rehearse": ("rehearse", "Practise a release: nothing is contacted."),
    "attach": ("watch", "Come back to a release, or watch one."),
    "status": ("status", "Show where each release stands, and what it waits for."),
    "log": ("records", "Print the journal, a line an event."),
    "output": ("records", "Print what a command printed, byte for byte."),
    "verify": ("records", "Check a journal: is its chain whole."),
    "tick": ("drive", "Tick an item of a checklist."),
    "done": ("drive", "Say that a step which a person does is done."),
    "sign": ("drive", "Sign a gate for a role: yes or no."),
    "go": ("drive", "Open a gate."),
    "no-go": ("drive", "Keep a gate shut, and hold."),
    "decide": ("drive", "Choose an option of an open decision."),
    "veto": ("rules", "Stop a rollback that a rule has announced."),
    "waive": ("rules", "Let pass what keeps a gate shut, or that a step failed."),
    "hold": ("interrupts", "Start nothing new; what runs goes on to its end."),
    "resume": ("interrupts", "Go on after a hold."),
    "abort": ("interrupts", "Stop here; nothing is undone."),
    "rollback": ("interrupts", "Undo: stop what runs, then do the playbook's rollback."),
    "close": ("interrupts", "Close a release that has ended; hosts are cleaned up."),
    "retry": ("answers", "Order a new attempt of a step."),
    "skip": ("answers", "Go on without a step, or without one host of it."),
    "drop": ("answers", "Take a host out of the release."),
    "stop": ("answers", "Kill what runs for a step."),
    "manual": ("answers", "Run a command that no step runs, after the question that comes first."),
    "settle": ("answers", "Say how an unknown attempt ended, after looking."),
    "ack": ("rules", "Say that you have seen a rule that does not pass."),
    "raise": ("rules", "Report that what a rule asks people about is so."),
    "assign": ("drive", "Say who a role is."),
    "look": ("rules", "Say that you have looked, as a step asks for every so often."),
    "captain": ("interrupts", "Hand the captaincy over, or take it."),
    "fault": ("rehearse", "Let something go wrong in a rehearsal."),
    "speed": ("rehearse", "Let a rehearsal pass faster, or slower."),
}
"""Each command's module and what it does in a line, in the order of the help."""


class Commands(click.Group):
    """The commands, each in a module of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  as click calls it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  the same
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cockpit.cli.{COMMANDS[cmd_name][0]}")
        name = cmd_name.replace("-", "_")
        found = getattr(module, f"{name}_" if iskeyword(name) else name)
        assert isinstance(found, click.Command)
        return found

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # before click makes it a failure
            leave_unread()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        commands = [
            CompletionItem(name, help=what) for name, (_, what) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cockpit")
@click.pass_context
def cockpit(context: click.Context) -> None:
    """Drive production releases from a terminal.

    Without a command it opens the cockpit: releases and playbooks to choose from.

    Example: cockpit run playbooks/shop.yaml --release shop-2.4.1 -p version=2.4.1

    \b
    Exit codes: 0 done · 1 release failed or aborted, or a check found problems
    2 usage, playbook or settings · 3 refused · 4 engine or host unreachable
    5 rolled back · 130 interrupted

    \b
    Shell completion, in ~/.bashrc (zsh_source and fish_source for other shells):
      eval "$(_COCKPIT_COMPLETE=bash_source cockpit)"
    """
    if context.invoked_subcommand is None:
        from cockpit.cli.choose import choose  # noqa: PLC0415  help and completion are faster without

        choose()


def main() -> None:
    """The entry point of the `cockpit` command."""
    guarded(lambda: cockpit(prog_name="cockpit", standalone_mode=False))
