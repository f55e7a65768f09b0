"""A shipped playbook flown by a real engine on a `Site`, in minutes where it would take days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial

from msgspec.structs import replace

from cockpit.cli.common import login
from cockpit.playbook import load
from cockpit.playbook.plan import (
    Before,
    Gate,
    Guard,
    Metric,
    Output,
    Plan,
    Probe,
    Run,
    Soak,
    Ssh,
    Steady,
    Step,
)
from cockpit.rehearsal.replies import Replies
from cockpit.rehearsal.scenario import Scenario
from cockpit.release.gates import covers
from cockpit.release.intents import AnyIntent, Sign
from cockpit.release.state import State
from cockpit.release.waiting import Waiting, waiting_for
from tests.conftest import ROOT
from tests.engine.driven import Driven, driving, opened

SHORT = 2.0
"""Seconds that whatever watches for longer watches."""


def hurried(plan: Plan, watch: float) -> Plan:
    """The same steps in the same order on the same hosts, but for how long is watched, by whom, and what is measured.

    Guards watch for `watch` seconds. Everybody is whoever runs this. A number that a server would tell is in a file;
    nothing is asked of the calendar.
    """
    everybody = (login(),)
    hurry = partial(_hurried, watch=watch)
    rollback = plan.rollback
    return replace(
        plan,
        calendar=None,
        ssh=Ssh(),
        roles={name: replace(role, people=everybody) for name, role in plan.roles.items()},
        phases=tuple(replace(phase, steps=tuple(map(hurry, phase.steps))) for phase in plan.phases),
        rollback=rollback
        and replace(rollback, steps=tuple(map(hurry, rollback.steps)), verify=tuple(map(hurry, rollback.verify))),
        metrics={name: _metric(metric) for name, metric in plan.metrics.items()},
        rules={name: replace(rule, every=0.5, stale=30.0) for name, rule in plan.rules.items()},
        before=plan.before and Before(over=SHORT, until=plan.before.until, samples=1),
    )


def _hurried(step: Step, watch: float) -> Step:
    match step:
        case Guard():
            return replace(step, seconds=watch, steady=min(step.steady, 1.0), countdown=1.0)
        case Soak() | Steady():
            return replace(step, seconds=min(step.seconds, SHORT))
        case Run() if step.stream:
            return replace(step, stream=SHORT)
        case Gate():
            return replace(step, distinct=0, zones=0, fits=False)
        case _:
            return step


def _metric(metric: Metric) -> Metric:
    source = metric.source
    if not isinstance(source, Output | Probe):
        source = Output(command=f'cat "$HOME/metrics/{metric.name}"')
        metric = replace(metric, secrets=())
    return replace(metric, source=source, every=0.5, timeout=5.0, stale=30.0)


@asynccontextmanager
async def flown(
    playbook: str,
    params: Mapping[str, str],
    secret: Mapping[str, str],
    answers: Mapping[str, tuple[str, ...]],
    watch: float = SHORT,
    left: Collection[str] = (),
) -> AsyncIterator[Driven]:
    """Start a release of a shipped playbook, hurried; at the end its engine is stopped.

    Whatever is waited for is given, but for steps while they are in `left`.
    """
    plan = hurried(load.plan(ROOT / "playbooks" / f"{playbook}.yaml", params, login()), watch)
    async with driving(opened(plan, playbook)) as release:
        answering = asyncio.create_task(_answering(release, secret, answers, left))
        try:
            yield release
        finally:
            answering.cancel()


async def _answering(
    release: Driven, secret: Mapping[str, str], answers: Mapping[str, tuple[str, ...]], left: Collection[str]
) -> None:
    """Give the answer of a willing person to whatever the release waits for, again after each change."""
    replies = Replies(Scenario(answers=answers), lambda _step, _host: None)
    asked: dict[tuple[str, ...], int] = {}
    while True:
        state = await release.until(lambda state: state.plan and _asks(state))
        for waiting in (each for each in waiting_for(state) if each.what != "look" and each.step not in left):
            if waiting.what == "credentials":
                await release.supply(secret)
                break
            key = (waiting.what, waiting.step, waiting.host, waiting.item)
            if waiting.what == "sign-off":
                intent: AnyIntent | None = _signed(state, waiting)
            else:
                reply = replies.reply(state, waiting, asked.get(key, 0))
                intent = reply and reply.intent
            if intent is not None and await release.ask(intent) is None:
                asked[key] = asked.get(key, 0) + 1
                break
        seq = state.seq
        await release.until(lambda state, seq=seq: state.seq > seq)  # type: ignore[misc]  # one of many


def _asks(state: State) -> bool:
    return state.end is None and any(waiting_for(state))


def _signed(state: State, waiting: Waiting) -> AnyIntent:
    return Sign(gate=waiting.step, role=waiting.role, yes=True, covers=covers(state, waiting.step))
