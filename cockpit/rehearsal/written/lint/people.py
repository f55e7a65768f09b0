"""What people do: roles, answers, decisions, vetoes, waivers and orders that are not possible."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.model.criteria import FITS, REHEARSED
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.plan import Gate, Http, Run, Soak, Step
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import PROVEN
from cockpit.rehearsal.written.lint.acts import no_command
from cockpit.rehearsal.written.model import EVERYBODY, Answer, Order
from cockpit.rehearsal.written.scene import Scene

NO_WAY_BACK = "the playbook has no rollback"


def people(scene: Scene) -> Iterator[Finding]:
    """Roles that nobody declared, and notes to nothing."""
    for name, person in scene.model.people.items():
        known = (*scene.people, EVERYBODY)
        if name not in known:
            at = scene.book.key("people", name)
            yield Finding(at, "S203", f"unknown role `{name}`", suggest(name, known, "roles"))
        elif person.says == "nothing" and person.note:
            at = scene.book.key("people", name, "note")
            yield Finding(at, "S219", "`note` does nothing: nothing is said", "leave it out", "warning")


def answers(scene: Scene) -> Iterator[Finding]:
    """Answers to steps that do not ask, and answers that they do not take."""
    for name, said in scene.model.answers.items():
        step = scene.steps.get(name)
        if step is None or not (step.when or isinstance(step, (Run, Http)) or _redeploys(step)):
            yield no_command(scene, ("answers", name), name)
            continue
        for index, answer in enumerate(said):
            if why := _refused(scene, step, answer):
                at = scene.book.at("answers", name, index)
                yield Finding(at, "S217", f"`{answer}` is no answer to `{name}`: {why}", _takes(scene, step))


def _refused(scene: Scene, step: Step, answer: Answer) -> str:
    """Why a step does not take an answer; empty where it does."""
    if answer == "run":
        return "" if step.when else "it has no `when` that could be unknown"
    if answer == "retry" and _redeploys(step):
        return ""
    if answer in ("retry", "drop", "passed", "failed") and not isinstance(step, (Run, Http)):
        return "no command runs in it"
    if answer == "roll back" and scene.plan.rollback is None:
        return NO_WAY_BACK
    return "it is part of the rollback" if answer == "roll back" and step.id in scene.of_rollback else ""


def _redeploys(step: Step) -> bool:
    """Whether a step is a soak that the captain may let begin anew."""
    return isinstance(step, Soak) and bool(step.redeploy)


def _takes(scene: Scene, step: Step) -> str:
    words: tuple[Answer, ...] = ("retry", "drop", "skip", "hold", "roll back", "abort", "passed", "failed", "run")
    return f"answers: {', '.join(word for word in words if not _refused(scene, step, word))}"


def decisions(scene: Scene) -> Iterator[Finding]:
    """Decisions on rules that ask for none, and options that there are not."""
    for rule, option in scene.model.decisions.items():
        at = scene.book.key("decisions", rule)
        options = _options(scene, rule)
        if rule not in scene.plan.rules:
            yield _unknown(scene, ("decisions", rule), rule)
        elif not options:
            hint = suggest(rule, [name for name in scene.plan.rules if _options(scene, name)], "decided on are")
            yield Finding(at, "S217", f"nothing is ever decided on `{rule}`: no guard watches it", hint)
        elif option not in options:
            hint = suggest(option, options, "options")
            yield Finding(scene.book.at("decisions", rule), "S209", f"no option `{option}` of `{rule}`", hint)


def _options(scene: Scene, rule: str) -> tuple[str, ...]:
    """What can be chosen about a rule: the decision's options, or at the end of a guard that it does not pass."""
    decision = scene.plan.decisions.get(rule)
    if rule not in scene.guarded and decision is None:
        return ()
    back = () if scene.plan.rollback is None else ("roll back",)
    return tuple(dict.fromkeys((*(decision.options if decision else ()), "go on", "accept", *back)))


def vetoes(scene: Scene) -> Iterator[Finding]:
    """Vetoes of rules that never announce a rollback."""
    can = [rule for rule, actions in scene.guarded.items() if "roll back" in actions]
    for index, rule in enumerate(scene.model.vetoes):
        if rule not in scene.plan.rules:
            yield _unknown(scene, ("vetoes", index), rule)
        elif rule not in can:
            message = f"`{rule}` announces no rollback that could be vetoed"
            yield Finding(scene.book.at("vetoes", index), "S217", message, suggest(rule, can, "these do"))


def waives(scene: Scene) -> Iterator[Finding]:
    """Waivers of what keeps no gate shut, or what nobody may let pass."""
    gates = [step for step in scene.steps.values() if isinstance(step, Gate)]
    asked = {what for gate in gates for what in _criteria(gate)}
    waived = {what for gate in gates if gate.waiver for what in _criteria(gate)}
    for what in scene.model.waives:
        step = scene.steps.get(what)
        if isinstance(step, Run | Http) and step.waiver:
            continue
        if what not in asked and what not in scene.plan.rules and what not in (PROVEN, REHEARSED, FITS):
            yield _unknown(scene, ("waives", what), what)
        elif what not in waived:
            why = "nobody may let it pass" if what in asked else "no gate asks for it"
            message = f"`{what}` cannot be waived: {why}"
            yield Finding(scene.book.key("waives", what), "S217", message, "`waiver` of a gate says who may")


def _criteria(gate: Gate) -> tuple[str, ...]:
    return (
        *gate.passing,
        *((PROVEN,) if gate.proven else ()),
        *((REHEARSED,) if gate.rehearsed else ()),
        *((FITS,) if gate.fits else ()),
    )


def orders(scene: Scene) -> Iterator[Finding]:
    """Orders that the playbook knows no way to carry out."""
    for index, order in enumerate(scene.model.orders):
        if order.does == "roll back" and scene.plan.rollback is None:
            yield Finding(scene.book.at("orders", index, "does"), "S217", f"cannot roll back: {NO_WAY_BACK}")
        elif order.does == "back" and not scene.plan.undos:
            yield Finding(scene.book.at("orders", index, "does"), "S217", "there is no step with `undo` to take back")
        yield from _reports(scene, ("orders", index), order)


def _reports(scene: Scene, path: Path, order: Order) -> Iterator[Finding]:
    can = [name for name, rule in scene.plan.rules.items() if rule.reported]
    if order.does not in ("report", "clear"):
        if order.rule is not None:
            message = f"`rule` does nothing: nobody is asked about one by `{order.does}`"
            yield Finding(scene.book.key(*path, "rule"), "S219", message, "leave it out", "warning")
    elif order.rule is None:
        at = scene.book.at(*path, "does")
        yield Finding(at, "S217", "it does not say which rule", suggest("", can, "reported are"))
    elif order.rule not in scene.plan.rules:
        yield _unknown(scene, (*path, "rule"), order.rule)
    elif order.rule not in can:
        message = f"`{order.rule}` is measured, and nobody reports it"
        yield Finding(scene.book.at(*path, "rule"), "S217", message, suggest(order.rule, can, "reported are"))


def _unknown(scene: Scene, path: Path, rule: str) -> Finding:
    at = scene.book.at(*path) if isinstance(path[-1], int) else scene.book.key(*path)
    return Finding(at, "S209", f"unknown rule `{rule}`", suggest(rule, scene.plan.rules, "rules"))
