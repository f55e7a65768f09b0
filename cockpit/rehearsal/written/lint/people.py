"""What people do: roles, answers, decisions, vetoes, waivers and orders that are not possible."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.plan import Gate, Http, Run, Step
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import PROVEN
from cockpit.rehearsal.written.lint.acts import no_command
from cockpit.rehearsal.written.model import EVERYBODY, Answer
from cockpit.rehearsal.written.stage import Stage

NO_WAY_BACK = "the playbook has no rollback"


def people(stage: Stage) -> Iterator[Finding]:
    """Roles that nobody declared, and notes to nothing."""
    for name, person in stage.model.people.items():
        known = (*stage.people, EVERYBODY)
        if name not in known:
            at = stage.book.key("people", name)
            yield Finding(at, "S203", f"unknown role `{name}`", suggest(name, known, "roles"))
        elif person.says == "nothing" and person.note:
            at = stage.book.key("people", name, "note")
            yield Finding(at, "S219", "`note` does nothing: nothing is said", "leave it out", "warning")


def answers(stage: Stage) -> Iterator[Finding]:
    """Answers to steps that do not ask, and answers that they do not take."""
    for name, said in stage.model.answers.items():
        step = stage.steps.get(name)
        if step is None or not (step.when or isinstance(step, (Run, Http))):
            yield no_command(stage, ("answers", name), name)
            continue
        for index, answer in enumerate(said):
            if why := _refused(stage, step, answer):
                at = stage.book.at("answers", name, index)
                yield Finding(at, "S217", f"`{answer}` is no answer to `{name}`: {why}", _takes(stage, step))


def _refused(stage: Stage, step: Step, answer: Answer) -> str:
    """Why a step does not take an answer; empty where it does."""
    if answer == "run":
        return "" if step.when else "it has no `when` that could be unknown"
    if answer in ("retry", "drop", "passed", "failed") and not isinstance(step, (Run, Http)):
        return "no command runs in it"
    if answer == "roll back" and stage.plan.rollback is None:
        return NO_WAY_BACK
    return "it is part of the rollback" if answer == "roll back" and step.id in stage.of_rollback else ""


def _takes(stage: Stage, step: Step) -> str:
    words: tuple[Answer, ...] = ("retry", "drop", "skip", "hold", "roll back", "abort", "passed", "failed", "run")
    return f"answers: {', '.join(word for word in words if not _refused(stage, step, word))}"


def decisions(stage: Stage) -> Iterator[Finding]:
    """Decisions on rules that ask for none, and options that there are not."""
    for rule, option in stage.model.decisions.items():
        at = stage.book.key("decisions", rule)
        options = _options(stage, rule)
        if rule not in stage.plan.rules:
            yield _unknown(stage, ("decisions", rule), rule)
        elif not options:
            hint = suggest(rule, [name for name in stage.plan.rules if _options(stage, name)], "decided on are")
            yield Finding(at, "S217", f"nothing is ever decided on `{rule}`: no guard watches it", hint)
        elif option not in options:
            hint = suggest(option, options, "options")
            yield Finding(stage.book.at("decisions", rule), "S209", f"no option `{option}` of `{rule}`", hint)


def _options(stage: Stage, rule: str) -> tuple[str, ...]:
    """What can be chosen about a rule: the decision's options, or at the end of a guard that it does not pass."""
    decision = stage.plan.decisions.get(rule)
    if rule not in stage.guarded and decision is None:
        return ()
    back = () if stage.plan.rollback is None else ("roll back",)
    return tuple(dict.fromkeys((*(decision.options if decision else ()), "go on", "accept", *back)))


def vetoes(stage: Stage) -> Iterator[Finding]:
    """Vetoes of rules that never announce a rollback."""
    can = [rule for rule, actions in stage.guarded.items() if "roll back" in actions]
    for index, rule in enumerate(stage.model.vetoes):
        if rule not in stage.plan.rules:
            yield _unknown(stage, ("vetoes", index), rule)
        elif rule not in can:
            message = f"`{rule}` announces no rollback that could be vetoed"
            yield Finding(stage.book.at("vetoes", index), "S217", message, suggest(rule, can, "these do"))


def waives(stage: Stage) -> Iterator[Finding]:
    """Waivers of what keeps no gate shut, or what nobody may let pass."""
    gates = [step for step in stage.steps.values() if isinstance(step, Gate)]
    asked = {what for gate in gates for what in (*gate.passing, *((PROVEN,) if gate.proven else ()))}
    waived = {what for gate in gates if gate.waiver for what in (*gate.passing, *((PROVEN,) if gate.proven else ()))}
    for what in stage.model.waives:
        if what not in asked and what not in stage.plan.rules and what != PROVEN:
            yield _unknown(stage, ("waives", what), what)
        elif what not in waived:
            why = "nobody may let it pass" if what in asked else "no gate asks for it"
            message = f"`{what}` cannot be waived: {why}"
            yield Finding(stage.book.key("waives", what), "S217", message, "`waiver` of a gate says who may")


def orders(stage: Stage) -> Iterator[Finding]:
    """Orders that the playbook knows no way to carry out."""
    for index, order in enumerate(stage.model.orders):
        if order.does == "roll back" and stage.plan.rollback is None:
            yield Finding(stage.book.at("orders", index, "does"), "S217", f"cannot roll back: {NO_WAY_BACK}")
        elif order.does == "back" and not stage.plan.undos:
            yield Finding(stage.book.at("orders", index, "does"), "S217", "there is no step with `undo` to take back")


def _unknown(stage: Stage, path: Path, rule: str) -> Finding:
    at = stage.book.at(*path) if isinstance(path[-1], int) else stage.book.key(*path)
    return Finding(at, "S209", f"unknown rule `{rule}`", suggest(rule, stage.plan.rules, "rules"))
