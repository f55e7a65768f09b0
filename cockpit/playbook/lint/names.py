"""Names that are unknown, taken twice, or not free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cockpit.playbook import conditions
from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.model.criteria import FITS, REHEARSED
from cockpit.playbook.model.steps import AssignStep, Attended, ChecklistStep, Fallible, GateStep, NoticeStep, RunStep
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Listing, Path, Scalar
from cockpit.playbook.plan import BLOCK, HERE
from cockpit.playbook.problem import Finding, Position
from cockpit.playbook.reserved import BUILTINS, is_heeded, is_reserved
from cockpit.playbook.world import BACK, MANUAL, PROOF, PROVEN, Placed, World

CAPTAIN = "captain"
"""Among the roles of an escalation: whoever drives, whether or not it is declared."""


def roles(world: World) -> Iterator[Finding]:
    """Roles that nobody declared."""
    places = [(placed.path, placed.step.owner) for placed in world.steps]
    back = world.book.model.rollback
    if back:
        places.append((("rollback",), back.owner))
    if back and back.block:
        yield from _listed(world, ("rollback", "block", "lifted_by"), back.block.lifted_by)
    places += [(("decisions", name), decision.owner) for name, decision in world.book.model.decisions.items()]
    places += [(("severities", name), severity.owner) for name, severity in world.book.model.severities.items()]
    for index, role in enumerate(world.book.model.escalation):
        if role != CAPTAIN:
            yield from _role(world, role, world.place(("escalation", index)))
    for path, owners in places:
        yield from _listed(world, (*path, "owner"), owners)
    for name, rule in world.book.model.rules.items():
        yield from _listed(world, ("rules", name, "by"), rule.by)
    for placed in world.steps:
        if isinstance(placed.step, Attended) and placed.step.look:
            yield from _listed(world, (*placed.path, "look", "owner"), placed.step.look.owner)
        if isinstance(placed.step, AssignStep):
            yield from _role(world, placed.step.assign, world.place((*placed.path, "assign")))
        if isinstance(placed.step, GateStep | Fallible):
            yield from _listed(world, (*placed.path, "waiver"), placed.step.waiver)
        if isinstance(placed.step, GateStep):
            for role in placed.step.sign:
                yield from _role(world, role, _signed(world, placed, role))


def _listed(world: World, path: Path, found: Sequence[str]) -> Iterator[Finding]:
    for index, role in enumerate(found):
        yield from _role(world, role, world.place((*path, index)))


def _role(world: World, role: str, at: Position) -> Iterator[Finding]:
    if role not in world.names.roles:
        yield Finding(at, "P203", f"unknown role `{role}`", suggest(role, world.names.roles, "roles"))


def _signed(world: World, placed: Placed, role: str) -> Position:
    """Where a role stands in `sign`, a list or a mapping."""
    node = world.book.node(*placed.path, "sign")
    if isinstance(node, Listing):
        return next((item.at for item in node.items if isinstance(item, Scalar) and item.value == role), node.at)
    return world.book.key(*placed.path, "sign", role)


def steps(world: World) -> Iterator[Finding]:
    """Steps in `after` that do not exist, or that are on the other way."""
    ways = {back: {other.id for other in world.steps if other.back == back} for back in (False, True)}
    for placed in world.steps:
        same = ways[placed.back]
        for index, name in enumerate(placed.step.after or ()):
            at = world.place((*placed.path, "after", index))
            if name == placed.id:
                yield Finding(at, "P301", f"`{name}` waits for itself", "remove it from `after`")
            elif name in world.by_id and name not in same:
                way = "the rollback" if placed.back else "the release"
                yield Finding(
                    at, "P202", f"`{name}` is no step of {way}", "`when: name.started` asks about other steps"
                )
            elif name not in world.ids:
                yield Finding(at, "P202", f"unknown step `{name}`", suggest(name, same, "steps"))


def notices(world: World) -> Iterator[Finding]:
    """Notices that nobody wrote, and those that no step tells."""
    written = world.book.model.notices
    told = {placed.step.notice: placed for placed in world.steps if isinstance(placed.step, NoticeStep)}
    for name, placed in told.items():
        if name not in written:
            at = world.place((*placed.path, "notice"))
            yield Finding(at, "P211", f"unknown notice `{name}`", suggest(name, frozenset(written), "notices"))
    for name in written.keys() - told.keys() if world.book.sound("phases", "rollback") else ():
        at = world.book.key("notices", name)
        yield Finding(at, "P803", f"no step tells `{name}`", "add a step `notice: " + name + "`", "warning")


def ids(world: World) -> Iterator[Finding]:
    """Steps and phases of the same name. `-` and `_` count as the same, as they do in conditions."""
    first: dict[str, Placed] = {}
    for placed in world.steps:
        other = first.setdefault(placed.id.replace("-", "_"), placed)
        if other is not placed:
            at = world.place((*placed.path, "id"))
            line = world.place((*other.path, "id")).line
            same = "" if other.id == placed.id else f": conditions cannot tell it from `{other.id}`"
            yield Finding(at, "P205", f"a second step `{placed.id}`{same}", f"the first is at line {line}")
    if BLOCK in first and world.book.model.rollback and world.book.model.rollback.block:
        at = world.place((*first[BLOCK].path, "id"))
        yield Finding(at, "P205", f"a second step `{BLOCK}`: what is due after a rollback is called so")
    for placed in world.steps:
        if placed.undo_id.replace("-", "_") in first:
            at = world.book.key(*placed.path, "undo")
            yield Finding(at, "P205", f"a second step `{placed.undo_id}`: what undoes `{placed.id}` is called so")
    names: set[str] = set()
    for number, phase in enumerate(world.book.model.phases):
        if phase.phase in names or phase.phase in ("rollback", "verify", PROOF, BACK, MANUAL):
            yield Finding(world.place(("phases", number, "phase")), "P205", f"a second phase `{phase.phase}`")
        names.add(phase.phase)


def items(world: World) -> Iterator[Finding]:
    """Items of one checklist that are given the same id."""
    for placed in world.steps:
        first: dict[str, int] = {}
        for index, item in enumerate(placed.step.checklist if isinstance(placed.step, ChecklistStep) else ()):
            if item.id and first.setdefault(item.id, index) != index:
                line = world.place((*placed.path, "checklist", first[item.id], "id")).line
                at = world.place((*placed.path, "checklist", index, "id"))
                yield Finding(at, "P205", f"a second item `{item.id}`", f"the first is at line {line}")


def applicability(world: World) -> Iterator[Finding]:
    """Conditions of items that are wrong, or about what is not known before the release starts."""
    for placed in world.steps:
        for index, item in enumerate(placed.step.checklist if isinstance(placed.step, ChecklistStep) else ()):
            if item.when is not None:
                yield from _applies(world, (*placed.path, "checklist", index, "when"), item.when)


def _applies(world: World, path: Path, text: str) -> Iterator[Finding]:
    known = world.names.params | {"login"}
    try:
        condition = conditions.parse(text)
    except ExpressionError as error:
        yield Finding(world.place(path, error.offset), "P702", f"not a condition: {error}")
        return
    hint = "say `not_applicable: allowed`, or make it a step with `when`"
    for name, offset in condition.steps:
        yield Finding(world.place(path, offset), "P204", f"how `{name}` goes is not known before the release", hint)
    for name, offset in condition.variables:
        if name in world.names.captures:
            yield Finding(world.place(path, offset), "P204", f"captured `{name}` has no value here", hint)
        elif name not in known:
            yield _unknown(world, name, world.place(path, offset), known)


def variables(world: World) -> Iterator[Finding]:
    """Names of variables that are reserved, or declared twice."""
    for path, name, what in _declared(world):
        at = world.book.key(*path)
        if is_reserved(name):
            meant = f"it is {BUILTINS[name]}" if name in BUILTINS else "shells and programs give it a meaning"
            yield Finding(at, "P206", f"`{name}` cannot be the name of a {what}: {meant}", "choose another name")
        elif what in ("param", "capture") and is_heeded(name):
            message = f"`{name}` means something to common programs, and every command gets it"
            yield Finding(at, "P206", message, "choose another name, or set it by `env` where it is meant", "warning")
        if what != "param" and name in world.names.params:
            yield Finding(at, "P205", f"`{name}` is a param already", "a variable can have one meaning only")
        elif what == "capture" and name in world.names.secrets:
            yield Finding(at, "P205", f"`{name}` is a secret already", "a variable can have one meaning only")
    for name in world.book.model.rules:
        if name == PROVEN:
            message = f"`{PROVEN}` cannot be the name of a rule: gates ask by it whether the way back is proven"
            yield Finding(world.book.key("rules", name), "P206", message, "choose another name")
        elif name == REHEARSED:
            message = f"`{REHEARSED}` cannot be the name of a rule: gates ask by it whether the plan was rehearsed"
            yield Finding(world.book.key("rules", name), "P206", message, "choose another name")
        elif name == FITS:
            message = f"`{FITS}` cannot be the name of a rule: gates ask by it whether the calendar leaves enough time"
            yield Finding(world.book.key("rules", name), "P206", message, "choose another name")
    for name in world.book.model.hosts:
        if name == HERE:
            yield Finding(world.book.key("hosts", name), "P206", "`here` is this machine", "choose another name")


def _declared(world: World) -> Iterator[tuple[Path, str, str]]:
    yield from ((("params", name), name, "param") for name in world.book.model.params)
    yield from ((("secrets", name), name, "secret") for name in world.book.model.secrets)
    for placed in world.steps:
        if isinstance(placed.step, RunStep):
            yield from (((*placed.path, "env", name), name, "variable") for name in placed.step.env)
            at = "captures" if placed.step.captures else "run"
            yield from (((*placed.path, at), name, "capture") for name in sorted(placed.captures))


def conditions_of(world: World) -> Iterator[Finding]:
    """Conditions that are wrong, and names in them that nobody declared."""
    known = world.names.params | world.names.captures | {"login", "release"}
    for placed in world.steps:
        text = placed.step.when
        if text is None:
            continue
        path = (*placed.path, "when")
        try:
            condition = conditions.parse(text)
        except ExpressionError as error:
            yield Finding(world.place(path, error.offset), "P702", f"not a condition: {error}")
            continue
        yield from _steps_asked(world, placed, condition, path)
        for name, offset in condition.variables:
            if name not in known:
                yield _unknown(world, name, world.place(path, offset), known)


def _steps_asked(world: World, placed: Placed, condition: conditions.Condition, path: Path) -> Iterator[Finding]:
    for name, offset in condition.steps:
        if name not in world.ids:
            yield Finding(
                world.place(path, offset), "P202", f"unknown step `{name}`", suggest(name, world.ids, "steps")
            )
        elif name == placed.id:
            yield Finding(world.place(path, offset), "P202", f"`{name}` cannot ask about itself")


def _unknown(world: World, name: str, at: Position, known: frozenset[str]) -> Finding:
    if name in world.names.secrets:
        return Finding(at, "P208", f"secret `{name}` in a condition, which is shown", "conditions are about params")
    if name in ("host", "address"):
        return Finding(at, "P204", f"`{name}` has no value in a condition: it is asked once for all hosts")
    return Finding(at, "P204", f"unknown variable `{name}`", suggest(name, known, "variables"))
