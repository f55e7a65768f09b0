"""A plan as text: in the order in which things happen, with every command line and host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import assert_never

from cockpit.cli.calendar_text import calendar_lines
from cockpit.cli.commands import Command, described, filled, step_commands
from cockpit.cli.plan_watch import watch_lines
from cockpit.cli.timeline_text import times_text
from cockpit.playbook.plan import (
    Advice,
    Assign,
    Attended,
    Check,
    Checklist,
    Do,
    Document,
    Expect,
    Gate,
    Guard,
    Http,
    Item,
    Look,
    Notice,
    Plan,
    Role,
    Run,
    Soak,
    Steady,
    Step,
    Wait,
)
from cockpit.release.schedule import length
from cockpit.units import format_duration, format_within

_INDENT = "      "


def plan_lines(plan: Plan, said: Iterable[str] = (), timeline: Iterable[str] = ()) -> Iterator[str]:
    """The lines that `cockpit plan` prints; `said` are those about rehearsals and its start, `timeline` about a day."""
    yield f"{plan.title} ({plan.playbook}, revision {plan.revision})"
    yield f"digest {plan.digest}"
    if plan.reviewed:
        again = f", again every {format_within(plan.review_every)}" if plan.review_every else ""
        yield f"reviewed {plan.reviewed}{again}"
    if plan.runbook:
        yield f"runbook {plan.runbook}"
    yield from (f"link   {name}: {url}" for name, url in plan.links.items())
    yield from said
    yield from calendar_lines(plan)
    yield from (f"param  {name} = {value!r}" for name, value in plan.params.items())
    yield from (f"secret {name} from {secret.kind}" for name, secret in plan.secrets.items())
    yield from (_role(name, role) for name, role in plan.roles.items())
    yield from (f"hosts  {name}: {len(hosts)}: {', '.join(hosts)}" for name, hosts in plan.groups.items())
    yield from watch_lines(plan)
    yield from timeline
    yield from (f"person {login}: {zone}" for login, zone in plan.people.items())
    starts = planned(plan.steps)
    for phase in plan.phases:
        yield ""
        yield phase.name
        for step in phase.steps:
            yield from step_lines(plan, step, starts[step.id])
    if plan.manual:
        yield ""
        yield "ordered by a person alone"
        for each in plan.manual.values():
            yield from step_lines(plan, each.step, None)
            yield f"{_INDENT}asks first: {each.ask}"
            if each.confirm:
                yield f"{_INDENT}the answer is typed: {each.confirm}"
    if plan.undos:
        yield ""
        yield "back to the batch before"
        for undo in plan.undos:
            yield from step_lines(plan, undo, None)
    if plan.rollback:
        yield ""
        yield "the way back"
        if plan.block:
            yield f"blocks further releases until: {'; '.join(item.title for item in plan.block.until.items)}"
        for step in plan.rollback:
            yield from step_lines(plan, step, None)


def planned(steps: tuple[Step, ...]) -> Mapping[str, float]:
    """When each step starts, in seconds after the release's start, if everything takes as long as is expected."""
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    for step in _in_turn(steps):
        starts[step.id] = max((ends[name] for name in step.after), default=0.0)
        ends[step.id] = starts[step.id] + length(step)
    return starts


def _in_turn(steps: tuple[Step, ...]) -> Iterator[Step]:
    """The steps, each behind those it waits for."""
    after = {step.id: step.after for step in steps}
    by_id = {step.id: step for step in steps}
    yield from (by_id[name] for name in TopologicalSorter(after).static_order())


def step_lines(plan: Plan, step: Step, start: float | None) -> Iterator[str]:
    """A step with everything it does; `start` in seconds after the release's."""
    at = "" if start is None else f"+{format_duration(start):>7} "
    takes = f", ~{format_duration(step.takes)}" if step.takes else ""
    yield f"  {at}{step.id} ({type(step).__name__.lower()}{takes}) {step.title}".rstrip()
    if step.after:
        yield f"{_INDENT}after {', '.join(step.after)}"
    if step.when:
        yield f"{_INDENT}when {step.when}"
    if step.owner:
        yield f"{_INDENT}by {', '.join(step.owner)}"
    if times := times_text(step):
        yield f"{_INDENT}{times}"
    for path in step.unchanged:
        yield f"{_INDENT}{path} must stay as it is from here on"
    if step.no_return:
        yield f"{_INDENT}point of no return: from here on, going back asks again"
    yield from (_INDENT + line for line in _details(plan, step))
    if isinstance(step, Attended) and step.look:
        yield from (_INDENT + line for line in _look(step, step.look))


def _details(plan: Plan, step: Step) -> Iterator[str]:
    match step:
        case Run():
            yield from _batches(step)
            for command in step_commands(plan, step):
                yield from _command(command, len(step.hosts))
            if step.check:
                yield from _check(plan, step.check)
            tolerated = f", when more than {step.fail_above:.0%} of the hosts failed" if step.fail_above else ""
            box = f"stopped after {format_duration(step.stream)}" if step.stream else ""
            box = box or f"time box {format_duration(step.timeout)}"
            yield f"if it fails: {step.if_fails}{tolerated}{_twice(step)}; {box}"
            if step.undo:
                yield f"undone batch by batch by {step.undo}"
            yield from _advice(step.advice)
        case Http():
            for command in step_commands(plan, step):
                yield f"{command.command}  for {', '.join(command.hosts)}"
            yield f"expects {_expected(plan, step.request.expect)}{_patience(step)}{_twice(step)}"
            yield from _advice(step.advice)
        case Checklist():
            yield from (_item(item) for item in step.items)
        case Do():
            yield from step.text.splitlines()
        case Assign():
            yield f"the captain says who {step.role} is"
        case Notice():
            again = f", again every {format_within(step.repeat)} until the end" if step.repeat else ""
            yield f"to {', '.join(step.to)}{again}"
            yield from _told(step)
        case Document():
            yield f"to {step.path}"
            yield from _told(step)
        case Wait():
            yield format_duration(step.seconds)
        case Gate():
            yield from _gate(step)
        case Guard():
            yield from _guard(step)
        case Steady():
            at_a_stretch = f" for {format_duration(step.seconds)} at a stretch" if step.seconds else ""
            yield f"waits until {', '.join(step.rules)} pass{'' if len(step.rules) > 1 else 'es'}{at_a_stretch}"
        case Soak():
            yield from _soak(step)
        case _:
            assert_never(step)


def _told(step: Notice | Document) -> Iterator[str]:
    yield from (f"asks for {what}" for what in step.asks.values())
    yield from (f"| {line}" for line in step.text.splitlines())


def _role(name: str, role: Role) -> str:
    people = ", ".join(role.people)
    if role.assigned:
        people = f"assigned during the release{f': one of {people}' if people else ''}"
    return f"role   {name}: {people} ({role.title})"


def _item(item: Item) -> str:
    needs = " (evidence)" if item.evidence else ""
    fresh = f", no older than {format_within(item.fresh)}" if item.fresh else ""
    return f"[ ] {item.title}{needs}{f', ticked by {item.by}' if item.by else ''}{fresh}"


def _advice(advice: Sequence[Advice]) -> Iterator[str]:
    """What is said about failures, each with what it fits."""
    for each in advice:
        output = f" and prints {' or '.join(map(repr, each.output))}" if each.output else ""
        code = f" with exit {' or '.join(map(str, each.exit))}" if each.exit else ""
        first, *rest = each.say.strip().splitlines() or [""]
        yield f"when it fails{code}{output}: {first}"
        yield from (f"  {line}" for line in rest)
        yield from (f"  helps: {line}" for command in each.commands for line in command.splitlines())


def _guard(step: Guard) -> Iterator[str]:
    yield f"watches for {format_duration(step.seconds)}"
    yield from (f"{rule} fails: {action}" for rule, action in step.rules.items())
    if "hold" in step.rules.values():
        ends = f"after {format_duration(step.steady)} of passing" if step.steady else "when a person says so"
        yield f"a hold ends {ends}"
    if "roll back" in step.rules.values():
        yield f"a rollback is announced for {format_duration(step.countdown)}"


def _twice(step: Run | Http) -> str:
    return f", when an ordered retry fails too: {step.fails_twice}" if step.fails_twice else ""


def _soak(step: Soak) -> Iterator[str]:
    yield f"{', '.join(step.rules)} must pass for {format_duration(step.seconds)} throughout; else it begins anew"
    if step.redeploy:
        yield f"a retry does {', '.join(step.redeploy)} again first"


def _look(step: Step, look: Look) -> Iterator[str]:
    by = ", ".join(look.owner or step.owner) or "the captain"
    paces = [
        f"every {format_within(pace.every)}{f' for {format_within(pace.until)}' if pace.until else ''}"
        for pace in look.paces
    ]
    yield f"looked at by {by} {', then '.join(paces)}"
    yield from (f"  {board.title}{f': {board.url}' if board.url else ''}" for board in look.boards)


def _expected(plan: Plan, expect: Expect) -> str:
    what = [" or ".join(map(str, expect.status))]
    what += [f"with {filled(expect.contains, plan.params)!r}"] if expect.contains else []
    return ", ".join([*what, *(f"{path}: {filled(value, plan.params)}" for path, value in expect.json.items())])


def _patience(step: Http) -> str:
    if not step.deadline:
        return ""
    times = f" until it is so {step.times} times in a row" if step.times > 1 else ""
    return f", tried every {format_duration(step.every)}{times}, for {format_duration(step.deadline)} at most"


def _gate(step: Gate) -> Iterator[str]:
    votes = [f"{count} {role}" for role, count in step.sign.items()]
    yield f"signed by {', '.join(votes) or 'nobody'}"
    if step.distinct:
        yield f"by at least {step.distinct} different people"
    if step.zones:
        yield f"from at least {step.zones} different time zones"
    if step.without_starter:
        yield "not by whoever starts the release"
    if step.expires:
        yield f"a yes is void after {format_within(step.expires)}"
    if step.passing:
        yield f"while {', '.join(step.passing)} pass{'' if len(step.passing) > 1 else 'es'}"
    if step.without:
        yield f"while nothing as bad as {', '.join(step.without)} fails"
    if step.proven:
        yield "once the way back is proven"
    if step.rehearsed:
        yield f"while this plan was rehearsed within {format_within(step.rehearsed)}"
    if step.fits:
        yield "while what is ahead fits into the calendar"
    if step.waiver:
        within = f", for {format_within(step.waiver_expires)}" if step.waiver_expires else ""
        yield f"what does not hold can be waived by {', '.join(step.waiver)}{within}"
    if step.confirm:
        yield f"the captain types {step.confirm}"


def _batches(step: Run) -> Iterator[str]:
    for number, batch in enumerate(step.batches, start=1):
        label = f"batch {number} of {len(step.batches)}: " if len(step.batches) > 1 else ""
        yield f"on {label}{', '.join(batch)}{f' as {step.user}' if step.user else ''}"


def _command(command: Command, hosts: int) -> Iterator[str]:
    if len(command.hosts) < hosts:
        yield f"for {', '.join(command.hosts)}:"
    yield from described(command)
    yield from (f"$ {line}" for line in command.command.splitlines())


def _check(plan: Plan, check: Check) -> Iterator[str]:
    times = f"{check.times} times in a row" if check.times > 1 else "once"
    within = format_duration(check.deadline)
    if check.request:
        yield f"then {times} within {within}: {check.request.method} {check.request.url}"
        yield f"which answers {_expected(plan, check.request.expect)}"
    else:
        yield f"then {times} within {within}:"
        yield from (f"$ {line}" for line in check.command.rstrip().splitlines())
