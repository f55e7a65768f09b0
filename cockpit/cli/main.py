"""The command line: which module has which command. Each is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from cockpit import __version__
from cockpit.cli.console import guarded

COMMANDS: Final = {
    "lint": "playbooks",
    "schema": "playbooks",
    "plan": "playbooks",
    "doctor": "doctor",
    "run": "start",
    "attach": "watch",
    "status": "status",
    "log": "records",
    "output": "records",
    "verify": "records",
    "tick": "drive",
    "done": "drive",
    "sign": "drive",
    "go": "drive",
    "no-go": "drive",
    "decide": "drive",
    "hold": "drive",
    "resume": "drive",
    "abort": "drive",
    "rollback": "drive",
    "close": "drive",
    "retry": "answers",
    "skip": "answers",
    "drop": "answers",
    "stop": "answers",
    "settle": "answers",
    "captain": "drive",
}


class Commands(click.Group):
    """The commands, each in a module of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  as click calls it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  the same
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cockpit.cli.{COMMANDS[cmd_name]}")
        found = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cockpit")
@click.pass_context
def cockpit(context: click.Context) -> None:
    """Drive production releases from a terminal.

    Without a command it opens the cockpit: releases and playbooks to choose from.

    Exit codes: 0 done · 1 release failed or aborted, or a check found problems · 2 usage, playbook or settings ·
    3 refused · 4 engine or host unreachable · 5 rolled back · 130 interrupted.

    Shell completion: eval "$(_COCKPIT_COMPLETE=bash_source cockpit)" (or zsh_source, fish_source).
    """
    if context.invoked_subcommand is None:
        from cockpit.cli.choose import choose  # noqa: PLC0415  the screens are imported only when they open

        choose()


def main() -> None:
    """The entry point of the `cockpit` command."""
    guarded(lambda: cockpit(standalone_mode=False))
