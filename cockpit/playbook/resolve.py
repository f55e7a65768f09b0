"""A playbook and its values to a frozen plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cockpit.playbook import plan
from cockpit.playbook.checklists import item_ids
from cockpit.playbook.dates import calendar
from cockpit.playbook.given import Given
from cockpit.playbook.judged import answers, before, decisions, rules
from cockpit.playbook.measured import metrics
from cockpit.playbook.model.playbook import Block, Role, Secret
from cockpit.playbook.model.steps import GateStep
from cockpit.playbook.names import spoken
from cockpit.playbook.problem import Finding
from cockpit.playbook.resolved import Resolver
from cockpit.playbook.severities import severities
from cockpit.playbook.templates import render
from cockpit.playbook.timed import timings
from cockpit.playbook.world import PROOF, Placed, World


def resolve(world: World, values: Mapping[str, str], login: str) -> plan.Plan:
    """The plan of a playbook in which nothing is wrong, for these values and whoever starts it."""
    given = Given(values, login)
    measured = metrics(world, given.text)
    make = Resolver(world, given, measured, timings(world))
    model = world.book.model
    phases = _phases(world, make)
    return plan.Plan(
        playbook=model.playbook,
        title=given.text(model.title or model.playbook),
        revision=model.revision,
        params=dict(values),
        roles={name: _role(name, role, login) for name, role in model.roles.items()},
        phases=phases,
        groups=dict(world.groups),
        secrets={name: _secret(secret) for name, secret in model.secrets.items()},
        ssh=plan.Ssh(user=model.ssh.user, jump=model.ssh.jump),
        rollback=_rollback(world, make),
        metrics=measured,
        rules=rules(world, given.text),
        people={render(person, {"login": login}): zone for person, zone in model.people.items()},
        severities=severities(model, given.text),
        decisions=decisions(world, given.text),
        before=before(world),
        undos=_undos(world, phases, make),
        calendar=calendar(model.calendar, phases),
        manual={placed.id: make.manual(placed, placed.step) for placed in world.manual},
        reviewed=model.reviewed or "",
        review_every=model.review_every or 0.0,
        runbook=model.runbook or "",
        links=dict(model.links),
        answer_within=answers(world),
        escalation=tuple(dict.fromkeys(model.escalation)),
    )


def unconfirmable(world: World, made: plan.Plan) -> Iterator[Finding]:
    """Gates whose word to confirm came out empty, or as something that no key types."""
    gates = {step.id: step for step in (*made.steps, *(made.rollback or ())) if isinstance(step, plan.Gate)}
    for placed in world.steps:
        if isinstance(placed.step, GateStep) and placed.step.confirm:
            word = gates[placed.id].confirm
            if not word or not word.isprintable():
                what = "is empty" if not word else "cannot be typed"
                at = world.place((*placed.path, "confirm"))
                yield Finding(at, "P904", f"the word to confirm {what} with these values", "give the param a `pattern`")


def people(role: Role, login: str) -> tuple[str, ...]:
    """The logins of a role, each once; `login` is who starts the release."""
    return tuple(dict.fromkeys(render(person, {"login": login}) for person in role.people))


def _phases(world: World, make: Resolver) -> tuple[plan.Phase, ...]:
    """The phases in order, first of all what proves the way back."""
    by_phase: dict[str, list[Placed]] = {}
    for placed in world.forward:
        by_phase.setdefault(placed.phase, []).append(placed)
    names = [PROOF, *(phase.phase for phase in world.book.model.phases)]
    return tuple(plan.Phase(name=name, steps=make.steps(tuple(by_phase[name]))) for name in names if name in by_phase)


def _undos(world: World, phases: tuple[plan.Phase, ...], make: Resolver) -> tuple[plan.Run, ...]:
    runs = {step.id: step for phase in phases for step in phase.steps if isinstance(step, plan.Run)}
    made = (make.undo(placed, runs[placed.id]) for placed in world.forward if placed.undo_id)
    return tuple(undo for undo in made if undo is not None)


def _rollback(world: World, make: Resolver) -> plan.Rollback | None:
    back = world.book.model.rollback
    if back is None:
        return None
    steps = tuple(placed for placed in world.backward if placed.phase == "rollback")
    verify = tuple(placed for placed in world.backward if placed.phase == "verify")
    proofs = tuple(placed.id for placed in world.forward if placed.phase == PROOF)
    return plan.Rollback(
        steps=make.steps(steps),
        verify=make.steps(verify),
        owner=tuple(back.owner),
        proofs=proofs,
        block=_block(back.block, make.given) if back.block else None,
    )


def _block(block: Block, given: Given) -> plan.Block:
    titles = [given.text(each.item) for each in block.until]
    items = (
        plan.Item(id=name, title=title, text=given.text(each.text), evidence=each.evidence == "required")
        for each, name, title in zip(block.until, item_ids(block.until, titles), titles, strict=True)
    )
    until = plan.Checklist(id=plan.BLOCK, phase=plan.BLOCK, title="Before the next release", items=tuple(items))
    return plan.Block(until=until, lifted_by=tuple(block.lifted_by))


def _role(name: str, role: Role, login: str) -> plan.Role:
    return plan.Role(title=role.title or spoken(name), people=people(role, login), assigned=role.assigned)


def _secret(secret: Secret) -> plan.Secret:
    if secret.env is not None:
        return plan.Secret(kind="env", source=(secret.env,))
    if secret.file is not None:
        return plan.Secret(kind="file", source=(secret.file,))
    return plan.Secret(kind="command", source=tuple(secret.command or ()))
