"""A plan as text: in the order in which things happen, with every command line and host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cockpit.playbook.plan import Checklist, Do, Gate, Http, Plan, Run, Step, Wait
from cockpit.units import format_duration

_INDENT = "      "


def plan_lines(plan: Plan) -> Iterator[str]:
    """The lines that `cockpit plan` prints."""
    yield f"{plan.title} ({plan.playbook}, revision {plan.revision})"
    yield f"digest {plan.digest}"
    yield from (f"param  {name} = {value}" for name, value in plan.params.items())
    yield from (f"secret {name} from {secret.kind}" for name, secret in plan.secrets.items())
    yield from (f"role   {name}: {', '.join(role.people)} ({role.title})" for name, role in plan.roles.items())
    yield from (f"hosts  {name}: {len(hosts)}: {', '.join(hosts)}" for name, hosts in plan.groups.items())
    planned = 0.0
    for phase in plan.phases:
        yield ""
        yield f"{phase.name}"
        for step in phase.steps:
            yield from step_lines(step, planned)
            planned += step.takes or (step.seconds if isinstance(step, Wait) else 0.0)
    if plan.rollback:
        yield ""
        yield "the way back"
        for step in plan.rollback:
            yield from step_lines(step, None)


def step_lines(step: Step, planned: float | None) -> Iterator[str]:
    """A step with everything it does; `planned` seconds after the start."""
    at = "" if planned is None else f"+{format_duration(planned):>7} "
    takes = f", ~{format_duration(step.takes)}" if step.takes else ""
    yield f"  {at}{step.id} ({_kind(step)}{takes}) {step.title}".rstrip()
    if step.after:
        yield f"{_INDENT}after {', '.join(step.after)}"
    if step.when:
        yield f"{_INDENT}when {step.when}"
    if step.owner:
        yield f"{_INDENT}by {', '.join(step.owner)}"
    yield from (_INDENT + line for line in _details(step))


def _kind(step: Step) -> str:
    return type(step).__name__.lower()


def _details(step: Step) -> Iterator[str]:
    match step:
        case Run():
            yield from _run(step)
        case Http():
            yield f"{step.request.method} {step.request.url}, expects {', '.join(map(str, step.request.expect.status))}"
            yield f"for {', '.join(step.hosts)}"
        case Checklist():
            yield from (f"[ ] {item.title}{' (evidence)' if item.evidence else ''}" for item in step.items)
        case Do():
            yield from step.text.splitlines()
        case Wait():
            yield format_duration(step.seconds)
        case Gate():
            votes = [f"{count} {role}" for role, count in step.sign.items()]
            yield f"signed by {', '.join(votes) or 'nobody'}"
            if step.distinct:
                yield f"by at least {step.distinct} different people"
            if step.confirm:
                yield f"the captain types {step.confirm}"
        case _:
            assert_never(step)


def _run(step: Run) -> Iterator[str]:
    for number, batch in enumerate(step.batches, start=1):
        label = f"batch {number} of {len(step.batches)}: " if len(step.batches) > 1 else ""
        yield f"on {label}{', '.join(batch)}{f' as {step.user}' if step.user else ''}"
    if step.directory:
        yield f"in {step.directory}"
    yield from (f"$ {line}" for line in step.command.rstrip().splitlines())
    if step.check:
        what = step.check.command.strip() or (step.check.request.url if step.check.request else "")
        yield f"then {step.check.times} times in a row, within {format_duration(step.check.deadline)}: {what}"
    tolerated = f", when more than {step.fail_above:.0%} of the hosts failed" if step.fail_above else ""
    yield f"if it fails: {step.if_fails}{tolerated}; time box {format_duration(step.timeout)}"
