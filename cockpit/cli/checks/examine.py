"""All checks of a plan, side by side."""

from __future__ import annotations

import asyncio
import os
import platform
import secrets
from collections.abc import Mapping

from cockpit.cli.checks.finding import Finding
from cockpit.cli.checks.here import check_here
from cockpit.cli.checks.hosts import PATIENCE, check_host
from cockpit.cli.checks.login import check_login, check_secrets
from cockpit.cli.checks.metrics import check_metrics
from cockpit.cli.checks.needs import HostNeeds, needs_of
from cockpit.cli.checks.targets import Targets, target_of
from cockpit.cli.common import login
from cockpit.execution.hosts import Hosts
from cockpit.execution.settings import Login, Run
from cockpit.playbook.plan import HERE, Plan
from cockpit.settings import Settings

NAME = "doctor"
"""Instead of a release's name, where hosts ask for one."""


async def examine(plan: Plan, settings: Settings) -> list[Finding]:
    """Every finding, in the order of its group."""
    hosts = Hosts(
        Run(NAME, secrets.token_hex(16), login(), platform.node()),
        Login(plan.ssh.user, plan.ssh.jump, settings.ssh_config, os.environ.get("SSH_AUTH_SOCK", "")),
        PATIENCE,
    )
    try:
        addresses: dict[str, str] = {}
        own, given, machines = await asyncio.gather(
            check_login(hosts.network.routes), check_secrets(plan.secrets), _check_hosts(hosts, plan, addresses)
        )
        measured = await check_metrics(plan, hosts, addresses)
    finally:
        await hosts.close()
    return [*check_here(), *own, *given, *machines, *measured]


async def _check_hosts(hosts: Hosts, plan: Plan, addresses: dict[str, str]) -> list[Finding]:
    """Hosts, and for each, once its address is known, the servers that its requests go to; fills in `addresses`."""
    targets = Targets()

    async def visit(needs: HostNeeds) -> list[Finding]:
        findings, address = ([], "localhost") if not _is_visited(needs) else await check_host(hosts, needs)
        if address:
            addresses[needs.host] = address
        for step, request in needs.requests:
            targets.want(step, target_of(request, _values(plan, needs.host, address)))
        return findings

    visits = await asyncio.gather(*(visit(needs) for needs in needs_of(plan)))
    return [finding for found in visits for finding in found] + await targets.findings(
        set(addresses.values()) - {"localhost"}
    )


def _is_visited(needs: HostNeeds) -> bool:
    """This machine is looked at only where a command runs on it."""
    return needs.host != HERE or needs.commands


def _values(plan: Plan, host: str, address: str) -> Mapping[str, str]:
    known = {**plan.params, "host": host}
    return {**known, "address": address} if address else known
