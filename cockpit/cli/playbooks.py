"""Commands about playbooks: lint, schema, plan. They touch no host."""

from __future__ import annotations

from pathlib import Path

import click

from cockpit.cli.common import at_option, format_option, login, params_option, read_params
from cockpit.cli.console import leave, out, out_json, talk
from cockpit.cli.names import PLAYBOOK
from cockpit.errors import Exit


@click.command
@click.argument("playbooks", nargs=-1, required=True, type=PLAYBOOK)
@format_option
def lint(playbooks: tuple[Path, ...], form: str) -> None:
    """Check playbooks: every problem as file:line:column, rule code, and hint. Exit status 1 when there are errors.

    Scenarios of rehearsals can be given too; each is checked with the playbook that it lies beside.

    \b
    Example:
      cockpit lint playbooks/shop.yaml playbooks/scenarios/shop/*.yaml
    """
    from cockpit.playbook import load  # noqa: PLC0415  completion is faster without
    from cockpit.rehearsal.written import load as written  # noqa: PLC0415  the same

    scenarios = {path for path in playbooks if written.is_scenario(path)}
    checked = (written.check(path) if path in scenarios else load.check(path) for path in playbooks)
    problems = [problem for found in checked for problem in found]
    if form == "json":
        out_json(problems)
    else:
        for problem in problems:
            for line in str(problem).splitlines():
                out(line)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    number = sum(path in scenarios for path in playbooks)
    files = [_count(len(playbooks) - number, "playbook")] if number < len(playbooks) else []
    files += [_count(number, "scenario")] if number else []
    talk(f"{', '.join(files)}, {_count(errors, 'error')}, {_count(warnings, 'warning')}")
    leave(Exit.FAILED if errors else Exit.DONE)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


@click.command
@click.option("--scenario", is_flag=True, help="That of scenarios instead.")
def schema(scenario: bool) -> None:
    """Print the JSON Schema of playbooks, for editors.

    \b
    Example:
      cockpit schema > playbook.schema.json
    """
    from cockpit.playbook.model.schema import schema as document  # noqa: PLC0415  completion is faster without
    from cockpit.rehearsal.written.reference import schema as scenarios  # noqa: PLC0415  the same

    out_json(scenarios() if scenario else document())


@click.command
@click.argument("playbook", type=PLAYBOOK)
@params_option
@at_option
@format_option
def plan(playbook: Path, params: tuple[str, ...], when: str, form: str) -> None:
    """Show what a release would do: timeline, command lines by host, gates, rollback, digest, next start.

    What is only known while it runs, such as a captured value or a host's address, is named and not filled in.

    \b
    Example:
      cockpit plan playbooks/shop.yaml -p version=2.4.1 --at 2026-12-01T13:00Z
    """
    import time  # noqa: PLC0415  completion is faster without

    from cockpit.cli.commands import commands_of  # noqa: PLC0415  completion is faster without
    from cockpit.cli.plan_text import plan_lines  # noqa: PLC0415  the same
    from cockpit.cli.practised import lately, practised_lines  # noqa: PLC0415  the same
    from cockpit.cli.starting import start_lines, start_of  # noqa: PLC0415  the same
    from cockpit.cli.timeline_text import is_timed, timeline_document, timeline_lines  # noqa: PLC0415  the same
    from cockpit.cli.when import meant_of, when_of  # noqa: PLC0415  the same
    from cockpit.playbook import load  # noqa: PLC0415  the same

    found = load.plan(playbook, read_params(params), login())
    at = when_of(when, found.zone)
    frame = meant_of(found, at, time.time())
    rehearsed, start = lately(found.digest), start_of(found, when=at, meant=frame)
    if form == "json":
        said = {"digest": found.digest, "rehearsed": rehearsed, "start": start.fit}
        lines = timeline_document(found, frame)
        out_json({**said, "timeline": lines, "plan": found, "commands": commands_of(found)})
        return
    timeline = timeline_lines(found, frame) if when or is_timed(found) else ()
    for line in plan_lines(found, (*practised_lines(rehearsed), *start_lines(found, start)), timeline):
        out(line)
