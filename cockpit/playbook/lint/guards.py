"""Guards, what gates and steps ask of rules, and decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cockpit.playbook.judged import deciding
from cockpit.playbook.model.actions import BY_SEVERITY, Action
from cockpit.playbook.model.criteria import FITS, REHEARSED, no_severity, rehearsed_within
from cockpit.playbook.model.rules import Decision, Severity
from cockpit.playbook.model.steps import GateStep, GuardStep, PassingStep, SoakStep
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Listing, Path, Scalar, child
from cockpit.playbook.problem import Finding, Position
from cockpit.playbook.severities import actions, at_least
from cockpit.playbook.world import PROVEN, Placed, World


def guards(world: World) -> Iterator[Finding]:
    """Rules that nobody declared, and ways back that are none."""
    for placed in world.forward:
        if isinstance(placed.step, GuardStep):
            yield from _guard(world, placed, placed.step)


def _guard(world: World, placed: Placed, guard: GuardStep) -> Iterator[Finding]:
    leads_to = actions(world.book.model, guard)
    for name, action in leads_to.items():
        path: Path = (*placed.path, "guard", name)
        yield from rule(world, name, _named(world, path))
        if guard.guard[name] == BY_SEVERITY and name in world.names.rules:
            yield from _has_severity(world, name, _named(world, path))
        if action == "roll back" and _no_rollback(world):
            yield Finding(
                _named(world, path, value=True), "P806", "there is no rollback", "add `rollback:` with steps and verify"
            )
        if action == "back" and not _can_be_undone(world, placed):
            hint = "add `undo:` to a run step before it"
            yield Finding(_named(world, path, value=True), "P806", "no step before this guard can be undone", hint)
    for key, action, used in (
        ("countdown", "roll back", "roll back" in leads_to.values()),
        ("steady", "hold", any(_may_hold(world, name, action) for name, action in leads_to.items())),
    ):
        if child(world.book.node(*placed.path), key) is not None and not used:
            message = f"`{key}` does nothing: no rule leads to `{action}`"
            yield Finding(world.book.key(*placed.path, key), "P803", message, "remove it", "warning")


def _named(world: World, path: Path, *, value: bool = False) -> Position:
    """Where a rule stands in a guard, which may be a list; `value`: what it leads to, where that is written."""
    node = world.book.node(*path[:-1])
    if isinstance(node, Listing):
        return next((item.at for item in node.items if isinstance(item, Scalar) and item.value == path[-1]), node.at)
    return world.place(path) if value else world.book.key(*path)


def _has_severity(world: World, name: str, at: Position) -> Iterator[Finding]:
    found = world.book.model.rules.get(name)
    if found is not None and found.severity is None and world.book.sound("rules", name):
        hint = "give the rule a `severity`, or say here what it leads to"
        yield Finding(at, "P806", f"`{name}` has no severity that says what it leads to", hint)


def _may_hold(world: World, name: str, action: Action) -> bool:
    """Whether a rule may cause a hold: as it says, or for want of data."""
    rule = world.book.model.rules.get(name)
    if rule is not None and rule.reported is not None:
        return action == "hold"
    metric = world.book.model.metrics.get(rule.measured) if rule else None
    if rule is None or metric is None:
        return True
    return action == "hold" or (action != "warn" and (rule.no_data or metric.no_data) == "hold")


def _no_rollback(world: World) -> bool:
    return world.book.model.rollback is None and world.book.sound("rollback")


def _can_be_undone(world: World, placed: Placed) -> bool:
    before = world.before[placed.id]
    return any(other.undo_id for other in world.forward if other.id in before) or not world.book.sound("phases")


def rule(world: World, name: str, at: Position, *, gate: bool = False) -> Iterator[Finding]:
    if name not in world.names.rules:
        known = world.names.rules | ({PROVEN, f"{REHEARSED} 7d", FITS} if gate else set())
        yield Finding(at, "P210", f"unknown rule `{name}`", suggest(name, known, "rules"))


def passing(world: World) -> Iterator[Finding]:
    """Rules that nobody declared, and proofs that are none."""
    for placed in world.steps:
        if not isinstance(placed.step, GateStep | PassingStep):
            continue
        gate = isinstance(placed.step, GateStep)
        for index, name in enumerate(placed.step.passing):
            at = world.place((*placed.path, "passing", index))
            if gate and name == PROVEN:
                yield from _proven(world, placed, at)
            elif gate and name == FITS:
                yield from _fits(world, placed, at)
            elif gate and (severity := no_severity(name)):
                yield from _none_of(world, severity, at)
            elif gate and rehearsed_within(name) is not None:
                yield from _rehearsed(placed, placed.step.passing[:index], at)
            else:
                yield from rule(world, name, at, gate=gate)
        if isinstance(placed.step, GateStep) and placed.step.waiver and not placed.step.passing:
            at = world.book.key(*placed.path, "waiver")
            yield Finding(at, "P803", "there is nothing to waive", "add `passing:`, or remove it", "warning")
        if isinstance(placed.step, GateStep) and placed.step.waiver_expires and not placed.step.waiver:
            at = world.book.key(*placed.path, "waiver_expires")
            yield Finding(at, "P803", "nobody may waive anything here", "add `waiver:`, or remove it", "warning")


def _none_of(world: World, severity: str, at: Position) -> Iterator[Finding]:
    model = world.book.model
    if severity not in world.names.severities:
        yield _no_such(world, severity, at)
    elif not at_least(model, severity) and world.book.sound("rules") and world.book.sound("severities"):
        yield Finding(at, "P803", f"no rule is of {severity} or worse", "give rules a `severity`", "warning")


def _no_such(world: World, severity: str, at: Position) -> Finding:
    hint = suggest(severity, world.names.severities, "severities")
    return Finding(at, "P210", f"unknown severity `{severity[:60]}`", hint)


def severities(world: World) -> Iterator[Finding]:
    """Severities that nobody declared, that nothing uses, and what cannot follow from one."""
    model = world.book.model
    used: set[str] = set()
    for name, rule in model.rules.items():
        if rule.severity is not None:
            used.add(rule.severity)
            if rule.severity not in world.names.severities:
                yield _no_such(world, rule.severity, world.place(("rules", name, "severity")))
    for name, said in model.severities.items():
        path: Path = ("severities", name)
        if name not in used and world.book.sound("rules"):
            yield Finding(world.book.key(*path), "P803", f"no rule is of {name}", "give one `severity`", "warning")
        if said.action == "roll back" and _no_rollback(world):
            at = world.place((*path, "action"))
            yield Finding(at, "P806", "there is no rollback", "add `rollback:` with steps and verify")
        yield from _options(world, path, said)


def _proven(world: World, placed: Placed, at: Position) -> Iterator[Finding]:
    back = world.book.model.rollback
    if placed.back:
        yield Finding(at, "P806", "it is too late to prove the way back here", "ask for it before the release")
    elif (back is None or not back.proven_by) and world.book.sound("rollback"):
        yield Finding(at, "P806", "nothing proves the way back", "add `proven_by:` to the rollback")


def _fits(world: World, placed: Placed, at: Position) -> Iterator[Finding]:
    if placed.back:
        yield Finding(at, "P806", "a way back waits for no window", "ask for it before the release")
    elif world.book.model.calendar is None and world.book.sound("calendar"):
        yield Finding(at, "P806", "there is no calendar", "add `calendar:` with windows or freezes")


def _rehearsed(placed: Placed, before: Sequence[str], at: Position) -> Iterator[Finding]:
    if placed.back:
        yield Finding(at, "P806", "it is too late to rehearse here", "ask for it before the release")
    elif any(rehearsed_within(name) is not None for name in before):
        yield Finding(at, "P205", f"a second `{REHEARSED}`", "name one span: the shortest counts")


def unused(world: World) -> Iterator[Finding]:
    """Rules that neither a guard nor a gate nor another step asks about."""
    if not world.book.sound("phases") or not world.book.sound("rollback"):
        return
    used: set[str] = set()
    for placed in world.steps:
        match placed.step:
            case GuardStep(guard=found) | PassingStep(passing=found) | SoakStep(soak=found):
                used.update(found)
            case GateStep(passing=found):
                used.update(found)
                used.update(rule for name in found for rule in at_least(world.book.model, no_severity(name)))
            case _:
                continue
    for name in world.book.model.rules:
        if name not in used:
            at = world.book.key("rules", name)
            yield Finding(
                at, "P803", f"nothing uses rule `{name}`", "name it in `guard`, `soak` or `passing`", "warning"
            )


def decisions(world: World) -> Iterator[Finding]:
    """Decisions about no rule, or that nothing opens, and options that are none of theirs."""
    opened = set(deciding(world))
    for name, decision in world.book.model.decisions.items():
        at = world.book.key("decisions", name)
        yield from rule(world, name, at)
        if name in world.names.rules and name not in opened and world.book.sound("phases"):
            yield Finding(at, "P803", f"no guard says {name}: decide", "say so, or remove it", "warning")
        yield from _options(world, ("decisions", name), decision)


def _options(world: World, path: Path, decision: Decision | Severity) -> Iterator[Finding]:
    default = decision.default
    options = ["roll back", "hold", "go on"] if decision.options is None else decision.options
    if default is not None and default not in options:
        at = world.place((*path, "default"))
        yield Finding(at, "P210", f"`{default[:60]}` is no option", suggest(default, options, "options"))
    for name in decision.guide:
        if name not in options:
            at = world.book.key(*path, "guide", name)
            yield Finding(at, "P210", f"`{name[:60]}` is no option", suggest(name, options, "options"))
    for index, option in enumerate(decision.options or ()):
        at = world.place((*path, "options", index))
        if option in options[:index]:
            yield Finding(at, "P205", f"a second option `{option[:60]}`", "name each once")
        elif option == "roll back" and _no_rollback(world):
            yield Finding(at, "P806", "there is no rollback", "add `rollback:` with steps and verify")
