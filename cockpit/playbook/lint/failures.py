"""What failures cause: settings that cannot work, or do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.batches import split, tolerated
from cockpit.playbook.model.steps import HttpStep, RunStep
from cockpit.playbook.problem import Finding, Position
from cockpit.playbook.resolved import DEFAULT_TIMEOUT
from cockpit.playbook.world import Placed, World
from cockpit.units import format_within


def failures(world: World) -> Iterator[Finding]:
    """`roll back` where there is nothing to roll back by."""
    has_way_back = world.book.model.rollback is not None or not world.book.sound("rollback")
    for placed in world.steps:
        if isinstance(placed.step, (RunStep, HttpStep)) and placed.step.if_fails == "roll back":
            at = world.place((*placed.path, "if_fails"))
            if placed.back:
                yield Finding(at, "P802", "a rollback cannot be rolled back", "write ask, hold or stop")
            elif not has_way_back:
                yield Finding(at, "P802", "there is no rollback", "add `rollback:` with steps and verify")


def twice(world: World) -> Iterator[Finding]:
    """What a second failure causes where the first has ended it already, or where there is nothing to roll back by."""
    has_way_back = world.book.model.rollback is not None or not world.book.sound("rollback")
    for placed in world.steps:
        step = placed.step
        if not isinstance(step, (RunStep, HttpStep)) or step.fails_twice is None:
            continue
        at = world.place((*placed.path, "fails_twice"))
        if step.if_fails in ("roll back", "stop"):
            yield _nothing(at, f"`fails_twice` does nothing: the first failure leads to `{step.if_fails}`", "remove it")
        elif step.fails_twice == "roll back" and placed.back:
            yield Finding(at, "P802", "a rollback cannot be rolled back", "write hold")
        elif step.fails_twice == "roll back" and not has_way_back:
            yield Finding(at, "P802", "there is no rollback", "add `rollback:` with steps and verify")


def timeouts(world: World) -> Iterator[Finding]:
    """Commands that are stopped before they can be done: batch by batch, each with its check."""
    for placed in world.steps:
        step = placed.step
        if not isinstance(step, RunStep) or step.takes is None or step.stream is not None:
            continue
        timeout = DEFAULT_TIMEOUT if step.timeout is None else step.timeout
        batches = split(world.distinct(step.on), step.batches or (), first_alone=bool(step.batches or step.check))
        longest = len(batches) * (timeout + (step.check.deadline if step.check else 0.0))
        if batches and step.takes > longest:
            at = world.place((*placed.path, "takes" if step.timeout is None else "timeout"))
            message = f"it takes {format_within(step.takes)}, and is stopped after {format_within(timeout)}"
            hint = f"add `timeout: {format_within(step.takes)}`, or more"
            message = message if len(batches) == 1 else f"{message} on each host"
            yield Finding(at, "P807", message, hint, "warning")


def streams(world: World) -> Iterator[Finding]:
    """Streams that could never be checked, or that say twice how long they last."""
    for placed in world.steps:
        step = placed.step
        if not isinstance(step, RunStep) or step.stream is None:
            continue
        if step.check is not None:
            at = world.book.key(*placed.path, "check")
            yield Finding(at, "P802", "a stream is stopped in the middle: there is nothing to check", "remove `check`")
        if step.timeout is not None:
            at = world.book.key(*placed.path, "timeout")
            yield _nothing(at, "`timeout` does nothing: the stream is stopped before, and has passed", "remove it")


def advice(world: World) -> Iterator[Finding]:
    """Advice that is never given."""
    for placed in world.steps:
        fits_all = False
        for index, each in enumerate(placed.step.advice if isinstance(placed.step, (RunStep, HttpStep)) else ()):
            path = (*placed.path, "advice", index)
            if fits_all:
                yield _nothing(world.place(path), "what is written before it fits every failure", "put it before that")
            elif each.exit and isinstance(placed.step, HttpStep):
                yield _nothing(world.book.key(*path, "exit"), "a request has no exit status", "look for `output`")
            fits_all = fits_all or not (each.output or each.exit)


def tolerance(world: World) -> Iterator[Finding]:
    """Shares of failed hosts that make no whole host, and hosts to drop where none may be."""
    if not world.book.sound("hosts") or world.wrong_groups:
        return
    for placed in world.steps:
        match placed.step:
            case RunStep() as step if hosts := world.count_of(step.on):
                yield from _of_command(world, placed, step, hosts)
            case HttpStep(if_fails="drop"):
                at = world.place((*placed.path, "if_fails"))
                yield _nothing(at, "`drop` drops nobody: a request lets no host fail", "write ask")
            case _:
                continue


def _of_command(world: World, placed: Placed, step: RunStep, hosts: int) -> Iterator[Finding]:
    if tolerated(step.fail_above, hosts):
        return
    if step.fail_above:
        every = "1 host" if hosts == 1 else f"{hosts} hosts"
        message = f"{step.fail_above * 100:.4g}% of {every} is less than one: no host may fail"
        yield _nothing(world.place((*placed.path, "fail_above")), message, "allow a larger share, or leave it out")
    elif step.if_fails == "drop":
        message = "`drop` drops nobody without `fail_above`: the first host that fails is too many"
        yield _nothing(world.place((*placed.path, "if_fails")), message, "add fail_above: 10%, or write ask")


def _nothing(at: Position, message: str, hint: str) -> Finding:
    return Finding(at, "P803", message, hint, "warning")
