"""A state while events are folded into it: what it shares with the state before is copied once, at its first change."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from cockpit.release.state import Attempt, HostRun, HostState, State, StepState


class Draft:
    """A state being folded; `state` is right at any time, and is given away only when the folding is over."""

    def __init__(self, state: State) -> None:
        self.begin(state)

    def begin(self, state: State) -> None:
        """Go on from another state."""
        self.state = state
        self._own: dict[str, dict[str, Any]] = {}
        self._runs: dict[str, dict[str, HostRun]] = {}

    def set(self, **changes: Any) -> None:
        """Change fields of the release itself."""
        self.state = replace(self.state, **changes)

    def set_step(self, step: str, **changes: Any) -> None:
        """Change fields of a step; those of its hosts with `set_run`."""
        steps = self._mine("steps")
        steps[step] = replace(steps[step], **changes)

    def put_step(self, one: StepState) -> None:
        """Put another in a step's place, hosts and all."""
        self._mine("steps")[one.step.id] = one
        self._runs.pop(one.step.id, None)

    def set_rule(self, name: str, **changes: Any) -> None:
        """Change where a rule stands."""
        rules = self._mine("rules")
        rules[name] = replace(rules[name], **changes)

    def set_run(self, step: str, host: str, **changes: Any) -> None:
        """Change one host of a step."""
        runs = self._runs.get(step)
        if runs is None:
            runs = self._runs[step] = dict(self.state.steps[step].hosts)
            self.set_step(step, hosts=runs)
        runs[host] = replace(runs[host], **changes)

    def set_host(self, name: str, **changes: Any) -> None:
        """Change what is known of a host."""
        hosts = self._mine("hosts")
        hosts[name] = replace(hosts.get(name) or HostState(name), **changes)

    def add_attempt(self, attempt: Attempt, replaced: str) -> None:
        """Note a new attempt, which runs; the one that it replaces is forgotten."""
        attempts = self._mine("attempts")
        attempts.pop(replaced, None)
        attempts[attempt.id] = self._mine("live")[attempt.id] = attempt

    def set_attempt(self, id: str, **changes: Any) -> Attempt:  # noqa: A002  an attempt's id
        """Change an attempt."""
        attempts, live = self._mine("attempts"), self._mine("live")
        attempt: Attempt = replace(attempts[id], **changes)
        attempts[id] = attempt
        if attempt.outcome is None:
            live[id] = attempt
        else:
            live.pop(id, None)
        return attempt

    def run(self, step: str, host: str) -> HostRun:
        """One host of a step."""
        return self.state.steps[step].hosts[host]

    def step(self, step: str) -> StepState:
        """A step."""
        return self.state.steps[step]

    def _mine(self, name: str) -> dict[str, Any]:
        mine = self._own.get(name)
        if mine is None:
            mine = self._own[name] = dict(getattr(self.state, name))
            self.set(**{name: mine})
        return mine
