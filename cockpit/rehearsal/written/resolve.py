"""A scenario beside its plan to the records that the world is made from."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.rehearsal.scenario import STARTS, Act, Curve, Fault, Person, Scenario, When, Word
from cockpit.rehearsal.written import model
from cockpit.rehearsal.written.needs import step_of, value_of
from cockpit.rehearsal.written.scene import Scene


def resolve(scene: Scene, name: str) -> Scenario:
    """The scenario called `name`, for the plan beside it; no rule finds an error in the two."""
    said = scene.model
    return Scenario(
        name=name,
        title=scene.text(said.scenario),
        starts=starts(said),
        params=dict(said.params),
        ends=said.ends,
        facts=facts(scene),
        acts={step: tuple(act for _, act in acts(scene, step)) for step in said.steps},
        curves={metric: tuple(curves(scene, metric)) for metric in said.metrics},
        faults=tuple(_faults(scene)),
        people=_people(scene),
        answers={step: tuple(answers) for step, answers in said.answers.items()},
        decisions=dict(said.decisions),
        vetoes=tuple(said.vetoes),
        waives=scene.texts(said.waives),
        words=tuple(_words(scene)),
    )


def starts(said: model.Scenario) -> float:
    """When a rehearsal takes place, in seconds since 1970."""
    return STARTS if said.starts is None else said.starts


def facts(scene: Scene) -> dict[str, dict[str, str]]:
    """What is known of hosts at first, by host; what is written later counts where both say something."""
    found: dict[str, dict[str, str]] = {}
    for place, known in scene.model.hosts.items():
        texts = scene.texts(known)
        for host in scene.on([place]):
            found[host] = {**found.get(host, {}), **texts}
    return found


def acts(scene: Scene, step: str) -> Iterator[tuple[int, Act]]:
    """The acts of a step, each with the index of what it is written in; that of a check follows its step's own."""
    for index, act in enumerate(scene.model.steps[step]):
        hosts, given, sets = scene.on(act.on), scene.texts(act.given), scene.texts(act.sets)
        if not is_of_check_alone(act):
            yield index, _run(scene, act, hosts, given, sets)
        if act.check is not None:
            yield index, _check(scene, act.check, hosts, {**given, **sets})


def is_of_check_alone(act: model.Act) -> bool:
    """Whether an act says nothing of the step's own command or request, which is guessed then."""
    return act.check is not None and not act.model_fields_set - {"on", "given", "check"}


def _run(scene: Scene, act: model.Act, hosts: tuple[str, ...], given: dict[str, str], sets: dict[str, str]) -> Act:
    return Act(
        hosts=hosts,
        given=given,
        tries=act.tries or 0,
        takes=act.takes,
        exits=act.exits or 0,
        hangs=act.hangs,
        prints=_output(scene, act.prints),
        captures=scene.texts(act.captures),
        sets=sets,
    )


def _check(scene: Scene, check: model.CheckAct, hosts: tuple[str, ...], given: dict[str, str]) -> Act:
    return Act(
        part="check",
        hosts=hosts,
        given=given,
        tries=check.tries or 0,
        takes=check.takes,
        exits=check.exits,
        hangs=check.hangs,
        prints=_output(scene, check.prints),
    )


def _output(scene: Scene, template: str | None) -> str:
    """Output as lines: what prints one ends it."""
    text = scene.text(template or "")
    return f"{text}\n" if text and not text.endswith("\n") else text


def curves(scene: Scene, metric: str) -> Iterator[Curve]:
    """The curves of a metric, as written."""
    for curve in scene.model.metrics[metric]:
        yield Curve(
            steady=curve.steady or 0.0,
            hosts=scene.on(curve.on),
            given=scene.texts(curve.given),
            noise=curve.noise,
            wave=curve.wave,
            drift=curve.drift or 0.0,
            settles=curve.settles or 0.0,
            silent=curve.silent,
        )


def _faults(scene: Scene) -> Iterator[Fault]:
    for name, fault in zip(scene.fault_ids, scene.model.faults, strict=True):
        yield Fault(
            id=name,
            kind=fault.fault,
            when=_when(scene, fault),
            lasts=fault.lasts or 0.0,
            hosts=scene.on(fault.on),
            step=step_of(fault),
            metric=fault.metric or "",
            role=fault.role or "",
            value=value_of(fault),
        )


def _when(scene: Scene, timed: model.Timed) -> When:
    later = timed.later or 0.0
    if timed.beside is not None:
        return When(since="step", name=timed.beside, later=later)
    if timed.after is not None:
        return When(since="fault", name=timed.after, later=later)
    if timed.at is None:
        return When(later=later)
    return When(later=since_start(scene.model, timed.at.seconds, date=timed.at.date))


def since_start(said: model.Scenario, seconds: float, *, date: bool) -> float:
    """A moment in seconds since the rehearsal began; negative before that."""
    return seconds - starts(said) if date else seconds


def _people(scene: Scene) -> dict[str, Person]:
    said = scene.model.people
    everybody = said.get(model.EVERYBODY, model.Person.model_construct())
    names = scene.people if model.EVERYBODY in said else said
    return {name: _person(scene, said.get(name, everybody), everybody) for name in names}


def _person(scene: Scene, own: model.Person, everybody: model.Person) -> Person:
    answers = everybody.answers if own.answers is None else own.answers
    note = own.note or everybody.note or ""
    says = own.says or everybody.says or "yes"
    return Person(
        answers=Person().answers if answers is None else answers,
        says=says,
        note=scene.text(note),
        login=own.login or "",
    )


def _words(scene: Scene) -> Iterator[Word]:
    for order in scene.model.orders:
        yield Word(when=_when(scene, order), does=order.does, rule=order.rule or "", note=scene.text(order.note or ""))
