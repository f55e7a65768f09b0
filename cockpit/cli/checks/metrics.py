"""Whether metrics are there: reachable, answering, how old their last sample is, and whose clock is off."""

from __future__ import annotations

import asyncio
import time

from cockpit.cli.begin import supplies
from cockpit.cli.checks.finding import Finding
from cockpit.cli.common import login
from cockpit.engine.instruments import Mute, Outside, instrument
from cockpit.engine.vault import Vault
from cockpit.execution.hosts import Hosts
from cockpit.metrics.health import SKEWED, Health, examine
from cockpit.playbook.plan import Metric, Plan
from cockpit.release.apply import apply
from cockpit.release.events import HostReached, Opened, Record
from cockpit.release.state import State

AT_ONCE = 16


async def check_metrics(plan: Plan, hosts: Hosts, addresses: dict[str, str]) -> list[Finding]:
    """One finding for each metric and host; commands that only look are run, and queries asked, once."""
    if not plan.metrics:
        return []
    vault = Vault(plan.secrets)
    await vault.fetch()
    vault.supply(supplies(plan))
    state, sources, gate = _begun(plan, addresses), Outside(), asyncio.Semaphore(AT_ONCE)

    async def visit(metric: Metric) -> list[Finding]:
        made = instrument(metric, lambda: state, vault, hosts.ask)
        if isinstance(made, Mute):
            return [Finding("metrics", metric.name, "read", "problem", made.reason)]
        async with gate:
            source = sources.source(made)
            try:
                return [_found(each) for each in await examine(made, source, time.time())]
            finally:
                await source.close()

    try:
        found = await asyncio.gather(*(visit(metric) for metric in plan.metrics.values()))
    finally:
        await sources.close()
    return [finding for each in found for finding in each]


def _begun(plan: Plan, addresses: dict[str, str]) -> State:
    """The state of a release of this plan before its first step, with the hosts' addresses."""
    who = login()
    opened = Opened(release="doctor", nonce="", mode="live", plan=plan, digest=plan.digest, captain=who)
    state = apply(State(), Record(1, time.time(), opened))
    for host, address in addresses.items():
        reached = HostReached(host=host, address=address, key="", boot="", marker="")
        state = apply(state, Record(state.seq + 1, state.at, reached))
    return state


def _found(health: Health) -> Finding:
    subject = f"{health.metric} {health.host}".rstrip()
    if health.answers:
        skewed = health.skew is not None and abs(health.skew) > SKEWED
        return Finding("metrics", subject, "read", "warning" if skewed or health.note else "ok", health.text)
    if health.reachable is False:
        return Finding("metrics", subject, "reach", "problem", health.text, "see its url, and what it says of TLS")
    return Finding("metrics", subject, "read", "problem", health.text, "see its query, and whether anything feeds it")
