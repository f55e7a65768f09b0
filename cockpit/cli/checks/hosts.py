"""Hosts: reached, fit to run commands, and not locked by another release. Nothing is left on them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from typing import Final

from cockpit.cli.checks.finding import Finding, Verdict
from cockpit.cli.checks.here import LITTLE, TOO_LITTLE, size
from cockpit.cli.checks.needs import HostNeeds
from cockpit.cli.checks.probe import SCRIPT, Told, exports, told
from cockpit.execution.contract import HERE, Holder, NotReached, Order, Reached
from cockpit.execution.hosts import Hosts
from cockpit.execution.settings import Limits
from cockpit.units import format_duration, format_span

PATIENCE: Final = Limits(connect=10, refused=3, answer=15, silence=15, patience=5, grace=1)
DEADLINE: Final = 40.0
CLEAN_WITHIN: Final = 20.0
SKEW: Final = 2.0
"""Seconds by which a clock may differ."""

STALE: Final = 120.0
"""Seconds without a heartbeat after which a lock may have been left behind."""


async def check_host(hosts: Hosts, needs: HostNeeds, deadline: float = DEADLINE) -> tuple[list[Finding], str]:
    """Everything about one host, and its network address (empty where it was not reached)."""
    visit = _Visit(hosts, needs)
    try:
        async with asyncio.timeout(deadline):
            await visit.look()
    except TimeoutError:
        visit.find("reached", "problem", f"no end within {deadline:.0f} s", "log in by ssh and see what is slow there")
    finally:
        await visit.leave()
    return visit.findings, visit.address


class _Visit:
    """One visit to a host."""

    def __init__(self, hosts: Hosts, needs: HostNeeds) -> None:
        self._hosts, self._needs = hosts, needs
        self._order: Order | None = None
        self._entered = False
        self.findings: list[Finding] = []
        self.address = ""

    def find(self, check: str, verdict: Verdict, text: str, hint: str = "") -> None:
        """Note a finding."""
        self.findings.append(Finding("hosts", self._needs.host, check, verdict, text, hint))

    async def look(self) -> None:
        """Reach the host, ask it, and look at its lock."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self._entered = True
        reached = await self._hosts.reach(self._needs.host, clock=True)
        if isinstance(reached, NotReached):
            self._entered = False
            self.find("reached", "problem", reached.reason, reached.hint)
            return
        self.address = reached.address
        answer = await self._ask(reached)
        self._reached(reached, answer, loop.time() - begun)
        if answer is not None:
            self.findings += _fit(self._needs, answer)
        if answer is not None and answer.locked:
            await self._lock()

    def _reached(self, reached: Reached, answer: Told | None, seconds: float) -> None:
        login = f" as {answer.login}" if answer and answer.login else ""
        key = f", host key {reached.identity.key} as known_hosts has it" if reached.identity.key else ""
        self.find("reached", "ok", f"{reached.address}{login} in {format_span(seconds)}{key}")
        if self._needs.host != HERE and reached.skew is not None:
            way = "ahead of" if reached.skew > 0 else "behind"
            off = abs(reached.skew)
            hint = "see its time service: moments in logs will not fit" if off > SKEW else ""
            self.find("clock", "warning" if off > SKEW else "ok", f"{off:.1f} s {way} ours", hint)

    async def _ask(self, reached: Reached) -> Told | None:
        output = bytearray()
        given = exports(self._needs.users)
        order = Order(secrets.token_hex(8), self._needs.host, SCRIPT, reached.identity, given, fresh=True)
        self._order = order
        ended = await self._hosts.run(order, output.extend, lambda _: None)
        self._order = None
        if ended.outcome == "passed":
            return told(bytes(output))
        hint = "log in by ssh and look at the login shell and its start-up files"
        self.find("commands", "problem", f"a command did not run: {ended.reason or ended.outcome}", hint)
        return None

    async def _lock(self) -> None:
        """Somebody's lock was there a moment ago; one that we would get now is given back by `leave`."""
        holder = await self._hosts.lock(self._needs.host, False)
        if not isinstance(holder, Holder):
            return
        age = format_duration(holder.heartbeat_age)
        text = (
            f"held by {holder.release} of {holder.login} on {holder.machine} since {holder.since}, heartbeat {age} ago"
        )
        left = "it may have been left behind: the release would ask whether to take it over"
        self.find(
            "lock", "problem", text, left if holder.heartbeat_age > STALE else "wait until that release is closed"
        )

    async def leave(self) -> None:
        """Remove what the visit left there."""
        if not self._entered:
            return
        try:
            async with asyncio.timeout(CLEAN_WITHIN):
                if self._order is not None:
                    await self._hosts.stop(self._order)
                problem = await self._hosts.clean(self._needs.host)
        except TimeoutError:
            problem = "no answer in time"
        if problem:
            self.find("traces", "warning", f"could not be removed: {problem}", "they are in ~/.cockpit there")


def _fit(needs: HostNeeds, answer: Told) -> Iterator[Finding]:
    def finding(check: str, verdict: Verdict, text: str, hint: str = "") -> Finding:
        return Finding("hosts", needs.host, check, verdict, text, hint)

    session = "setsid" if answer.setsid else "no setsid, so sshd's own session"
    yield finding("shell", "ok", f"{answer.shell or 'sh'}, {session}")
    if needs.bash and not answer.bash:
        yield finding("bash", "problem", "a step asks for bash, and there is none")
    if answer.free is None:
        yield finding("HOME", "note", "writable; df does not say how much is free")
    else:
        verdict: Verdict = "problem" if answer.free < TOO_LITTLE else "warning" if answer.free < LITTLE else "ok"
        yield finding("HOME", verdict, f"writable, {size(answer.free)} free")
    yield from (finding("sudo", "ok", f"becomes {user} without a password") for user in answer.sudo)
    for user, reason in answer.refused:
        hint = "sudo -n must work there without a password or a terminal"
        yield finding("sudo", "problem", f"cannot become {user}: {reason or 'sudo refuses'}", hint)
