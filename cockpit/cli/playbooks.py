"""Commands about playbooks: lint, schema, plan. They touch no host."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from cockpit.cli.common import PLAYBOOK, format_option, login, params_option, read_params
from cockpit.cli.console import leave, out, out_json, talk
from cockpit.cli.plan_text import plan_lines
from cockpit.errors import Exit
from cockpit.playbook import load


@click.command
@click.argument("playbooks", nargs=-1, required=True, type=PLAYBOOK)
@format_option
def lint(playbooks: tuple[Path, ...], form: str) -> None:
    """Check playbooks: every problem as file:line:column, rule code, and hint.

    Example: cockpit lint playbooks/shop.yaml
    """
    problems = [problem for path in playbooks for problem in load.check(path)]
    if form == "json":
        out_json([msgspec.to_builtins(problem) for problem in problems])
    else:
        for problem in problems:
            out(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    talk(f"{len(playbooks)} playbooks, {errors} errors, {len(problems) - errors} warnings")
    leave(Exit.USAGE if errors else Exit.DONE)


@click.command
def schema() -> None:
    """Print the JSON Schema of playbooks, for editors.

    Example: cockpit schema > playbook.schema.json
    """
    from cockpit.playbook.model.schema import schema as document  # noqa: PLC0415  the models are slow to import

    out_json(document())


@click.command
@click.argument("playbook", type=PLAYBOOK)
@params_option
@format_option
def plan(playbook: Path, params: tuple[str, ...], form: str) -> None:
    """Show what a release would do: timeline, command lines by host, gates, rollback, digest.

    Example: cockpit plan playbooks/shop.yaml -p version=2.4.1
    """
    found = load.plan(playbook, read_params(params), login())
    if form == "json":
        out_json({"digest": found.digest, "plan": found})
        return
    for line in plan_lines(found):
        out(line)
