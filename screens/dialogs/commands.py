"""What will run: exact command lines, the hosts by name and number, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cockpit.playbook.plan import (
    HERE,
    Assign,
    Checklist,
    Do,
    Document,
    Gate,
    Guard,
    Http,
    Notice,
    Run,
    Soak,
    Steady,
    Step,
    Wait,
)
from cockpit.release.state import State
from cockpit.units import format_duration
from screens.coming import folder, is_skipped, urls
from screens.panes.outlook import count
from screens.panes.watching import planned
from screens.view import step_title
from widgets.rows import Bit, Row, text_row


def commands(steps: tuple[Step, ...], state: State) -> Iterator[Row]:
    """Every step with its hosts and its command lines as they will be run; one that is skipped says why."""
    plan = state.the_plan
    if not steps:
        yield text_row(Bit("  nothing", "quiet"))
    for step in steps:
        if is_skipped(state, step, steps):
            yield text_row(Bit(f"  {step_title(step)}  skipped: not when {step.when}", "quiet"), indent=4)
            continue
        yield from command(step, state)
        if step.when:
            yield text_row(Bit(f"    only when {step.when}", "quiet"), indent=6)
    if plan.params and any(isinstance(step, Run) for step in steps):
        values = "  ".join(f"{name}={value}" for name, value in plan.params.items())
        yield text_row(Bit(f"  with {values}", "quiet"), indent=7)


def command(step: Step, state: State, host: str = "") -> Iterator[Row]:
    """One step, on all its hosts or on one."""
    name = Bit(f"  {step_title(step)}", "strong")
    match step:
        case Run():
            hosts = (host,) if host else step.hosts
            said = f"  {_where(hosts)}{_as(step, folder(state, step, hosts))}"
            yield text_row(name, Bit(said, "quiet"), indent=4)
            yield from () if host else _batches(step)
            yield from (text_row(Bit("    $ ", "quiet"), Bit(line), indent=6) for line in step.command.splitlines())
        case Http():
            yield text_row(name, Bit(f"  {_where((host,) if host else step.hosts)}", "quiet"), indent=4)
            for url in urls(state, step, (host,) if host else step.hosts):
                yield text_row(Bit(f"    {step.request.method} ", "quiet"), Bit(url), indent=6)
        case Checklist():
            yield text_row(name, Bit(f"  checklist of {len(step.items)}", "quiet"))
        case Do():
            yield text_row(name, Bit(f"  a person: {' '.join(step.text.split())}", "quiet"), indent=4)
        case Assign():
            yield text_row(name, Bit(f"  the captain says who {step.role} is", "quiet"))
        case Notice():
            yield text_row(name, Bit(f"  notice to {', '.join(step.to)}", "quiet"), indent=4)
        case Document():
            yield text_row(name, Bit(f"  record {step.path}", "quiet"), indent=4)
        case Wait():
            yield text_row(name, Bit(f"  waits {format_duration(step.seconds)}", "quiet"))
        case Gate():
            yield text_row(name, Bit("  gate", "quiet"))
        case Guard():
            said = f"  watches {count(len(step.rules), 'rule')} for {format_duration(step.seconds)}"
            yield text_row(name, Bit(said, "quiet"), indent=4)
            yield from planned(state, step)
        case Steady():
            long = f" for {format_duration(step.seconds)} at a stretch" if step.seconds else ""
            yield text_row(name, Bit(f"  waits until these pass{long}", "quiet"), indent=4)
            yield from planned(state, step)
        case Soak():
            said = f"  these must pass for {format_duration(step.seconds)} throughout"
            yield text_row(name, Bit(said, "quiet"), indent=4)
            yield from planned(state, step)
        case _:
            assert_never(step)


def _where(hosts: tuple[str, ...]) -> str:
    if hosts == (HERE,):
        return "here, on this machine"
    return f"on {count(len(hosts), 'host')}: {' '.join(hosts)}"


def _as(step: Run, where: str) -> str:
    user = f", as {step.user}" if step.user else ""
    return f"{user}, in {where}" if where else user


def _batches(step: Run) -> Iterator[Row]:
    if len(step.batches) > 1:
        parts = "  then  ".join(" ".join(batch) for batch in step.batches)
        yield text_row(Bit(f"    {len(step.batches)} batches: {parts}", "quiet"), indent=6)


def section(title: str) -> Row:
    """A heading in a dialog."""
    return text_row(Bit(title, "title"))
