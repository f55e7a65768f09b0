"""From an attempt in the state to what a host or a server is asked: values in, templates filled in."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.engine.vault import Vault
from cockpit.errors import CockpitError
from cockpit.execution.contract import Ended, HttpOrder, Identity, Order
from cockpit.execution.http import HARMLESS
from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import Check, Http, Request, Run
from cockpit.playbook.templates import fill, render
from cockpit.release.facts import values
from cockpit.release.state import Attempt, State


class Orders:
    """Makes orders for one engine. `known` are the attempts that another engine may have started already."""

    def __init__(self, state: State, vault: Vault) -> None:
        self._known = frozenset(each.id for each in state.attempts.values() if each.outcome is None)
        self._vault = vault

    async def complete(self, state: State, attempt: Attempt) -> None:
        """Wait for the secrets of an attempt that another engine started: without them, its output would show them."""
        if attempt.id in self._known:
            await self._vault.all_of(_secrets(state, attempt))

    def hides(self, state: State, attempt: Attempt) -> bool:
        """Whether every secret that an attempt knows is known here too."""
        return not set(_secrets(state, attempt)) & set(self._vault.missing)

    def order(self, state: State, attempt: Attempt, offset: int) -> Order | HttpOrder | Ended:
        """What this attempt asks for; how it ended, where it cannot be asked for (any more)."""
        step = _step(state, attempt)
        request = _request(step, attempt)
        if request and attempt.id in self._known and request.method.upper() not in HARMLESS:
            return Ended("unknown", reason="the engine ended before its answer came; it may have been carried out")
        try:
            if isinstance(step, Http):
                return self._call(state, attempt, step.request, step.secrets, step.timeout)
            if step.check and request:
                return self._check_call(state, attempt, step.check, request)
            return self._command(state, attempt, step, offset)
        except (ExpressionError, CockpitError) as error:
            return Ended("error", reason=f"nothing was started: {error}")

    def halting(self, state: State, attempt: Attempt) -> Order | HttpOrder:
        """What says which attempt is to be stopped; it needs no values."""
        if request := _request(_step(state, attempt), attempt):
            return HttpOrder(id=attempt.id, method=request.method, url=request.url)
        identity = Identity(attempt.key, attempt.boot, attempt.marker)
        secrets = self._vault.pick(_secrets(state, attempt))
        return Order(id=attempt.id, host=attempt.host, script="", identity=identity, secrets=secrets)

    def _command(self, state: State, attempt: Attempt, step: Run, offset: int) -> Order:
        checks = attempt.part == "check" and step.check is not None
        secrets = step.check.secrets if checks and step.check else step.secrets
        shown = self._values(state, attempt)
        known = {**shown, **self._vault.pick(step.secrets)}
        env = {name: render(value, known) for name, value in step.env.items()}
        hidden = {name for name, value in env.items() if any(secret in value for secret in self._vault.values)}
        return Order(
            id=attempt.id,
            host=attempt.host,
            script=step.check.command if checks and step.check else step.command,
            identity=Identity(attempt.key, attempt.boot, attempt.marker),
            exports={**shown, **{name: value for name, value in env.items() if name not in hidden}},
            secrets={**self._vault.pick(secrets), **{name: env[name] for name in hidden}},
            directory=render(step.directory, shown),
            user=step.user,
            shell=step.shell,
            fresh=attempt.id not in self._known,
            offset=offset,
        )

    def _check_call(self, state: State, attempt: Attempt, check: Check, request: Request) -> HttpOrder:
        return self._call(state, attempt, request, check.secrets, max(check.every, 5.0))

    def _call(
        self, state: State, attempt: Attempt, request: Request, secrets: tuple[str, ...], timeout: float
    ) -> HttpOrder:
        known = {**self._values(state, attempt), **self._vault.pick(secrets)}
        filled = fill(request, known)
        return HttpOrder(
            id=attempt.id,
            method=filled.method,
            url=filled.url,
            headers=filled.headers,
            body=filled.body,
            status=filled.expect.status,
            contains=filled.expect.contains,
            json=filled.expect.json,
            timeout=timeout,
            secrets=self._vault.values,
        )

    def _values(self, state: State, attempt: Attempt) -> Mapping[str, str]:
        address = state.hosts[attempt.host].address or attempt.host
        own = {"host": attempt.host, "address": address}
        return {**values(state, attempt.host), **own}


def _step(state: State, attempt: Attempt) -> Run | Http:
    step = state.steps[attempt.step].step
    assert isinstance(step, Run | Http)
    return step


def _request(step: Run | Http, attempt: Attempt) -> Request | None:
    if isinstance(step, Http):
        return step.request
    return step.check.request if step.check and attempt.part == "check" else None


def _secrets(state: State, attempt: Attempt) -> tuple[str, ...]:
    step = _step(state, attempt)
    return (*step.secrets, *(step.check.secrets if isinstance(step, Run) and step.check else ()))
