"""`cockpit doctor`: can everything be reached that a release needs."""

from __future__ import annotations

from pathlib import Path

import click

from cockpit.cli.common import format_option, login, params_option, read_params
from cockpit.cli.console import leave, out, out_json, talk
from cockpit.cli.names import PLAYBOOK
from cockpit.errors import Exit


@click.command
@click.argument("playbook", type=PLAYBOOK)
@params_option
@format_option
def doctor(playbook: Path, params: tuple[str, ...], form: str) -> None:
    """Check that everything a release needs can be reached: hosts, secrets, HTTP targets, metrics, this
    machine.

    Nothing is changed and nothing is left on the hosts; HTTP targets are connected to, no request is sent; metrics are
    read once. Exit status 1 when there are problems; warnings alone are 0.

    \b
    Example:
      cockpit doctor playbooks/shop.yaml -p version=2.4.1
    """
    import asyncio  # noqa: PLC0415  completion is faster without

    from cockpit.cli.checks.examine import examine  # noqa: PLC0415  the same
    from cockpit.cli.checks.finding import count, lines  # noqa: PLC0415  the same
    from cockpit.playbook import load  # noqa: PLC0415  the same
    from cockpit.settings import Settings  # noqa: PLC0415  the same

    plan = load.plan(playbook, read_params(params), login())
    findings = asyncio.run(examine(plan, Settings.load()))
    problems, warnings = count(findings, "problem"), count(findings, "warning")
    if form == "json":
        out_json(
            {
                "playbook": plan.playbook,
                "digest": plan.digest,
                "well": not problems,
                "problems": problems,
                "warnings": warnings,
                "findings": findings,
            }
        )
    else:
        for line in lines(findings):
            out(line)
    talk(f"problems: {problems}, warnings: {warnings}")
    leave(Exit.FAILED if problems else Exit.DONE)
