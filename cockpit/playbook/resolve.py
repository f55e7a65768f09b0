"""A playbook and its values to a frozen plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict, assert_never

import msgspec

from cockpit.playbook import plan
from cockpit.playbook.batches import split
from cockpit.playbook.model.playbook import Role, Secret
from cockpit.playbook.model.steps import (
    Check,
    ChecklistStep,
    DoStep,
    GateStep,
    HttpStep,
    Item,
    Request,
    RunStep,
    WaitStep,
)
from cockpit.playbook.names import slug, unique
from cockpit.playbook.plan import HERE
from cockpit.playbook.problem import Finding
from cockpit.playbook.shell.uses import mentioned
from cockpit.playbook.templates import render, texts, uses
from cockpit.playbook.world import Placed, World
from cockpit.units import format_duration

DEFAULT_TIMEOUT = 1800.0


class _Common(TypedDict):
    id: str
    phase: str
    title: str
    after: tuple[str, ...]
    when: str
    owner: tuple[str, ...]
    takes: float | None


class _Resolver(msgspec.Struct, frozen=True):
    world: World
    values: Mapping[str, str]
    login: str

    def text(self, template: str) -> str:
        return render(template, {**self.values, "login": self.login})

    def steps(self, placed: tuple[Placed, ...]) -> tuple[plan.Step, ...]:
        return tuple(self.step(step) for step in placed)

    def step(self, placed: Placed) -> plan.Step:
        match placed.step:
            case RunStep():
                return self._run(placed, placed.step)
            case HttpStep():
                return self._http(placed, placed.step)
            case ChecklistStep():
                return plan.Checklist(**self._base(placed), items=self._items(placed.step.checklist))
            case DoStep():
                return plan.Do(**self._base(placed), text=self.text(placed.step.do))
            case WaitStep():
                return plan.Wait(**self._base(placed), seconds=placed.step.wait)
            case GateStep() as gate:
                confirm = self.text(gate.confirm or "").strip()
                return plan.Gate(
                    **self._base(placed), sign=dict(gate.sign), distinct=gate.distinct or 0, confirm=confirm
                )
            case never:
                assert_never(never)

    def _base(self, placed: Placed) -> _Common:
        step = placed.step
        return {
            "id": placed.id,
            "phase": placed.phase,
            "title": self.text(_title(placed)),
            "after": placed.after,
            "when": step.when or "",
            "owner": tuple(step.owner),
            "takes": step.takes,
        }

    def _run(self, placed: Placed, step: RunStep) -> plan.Run:
        hosts = self._hosts(step.on)
        secrets = self.world.names.secrets
        check = None if step.check is None else self._check(step.check)
        return plan.Run(
            **self._base(placed),
            command=step.run,
            group=", ".join(step.on),
            batches=split(hosts, step.batches or (), first_alone=bool(step.batches or step.check)),
            directory=step.directory,
            env={name: value for name, value in step.env.items() if not uses(value, secrets)},
            secret_env={name: value for name, value in step.env.items() if uses(value, secrets)},
            secrets=self._secrets(step.run, *step.env.values()),
            user=step.user,
            shell=step.shell,
            timeout=DEFAULT_TIMEOUT if step.timeout is None else step.timeout,
            quiet=step.quiet,
            check=check,
            fail_above=step.fail_above,
            if_fails=step.if_fails,
        )

    def _http(self, placed: Placed, step: HttpStep) -> plan.Http:
        request = _request(step.http)
        return plan.Http(
            **self._base(placed),
            request=request,
            hosts=(HERE,) if step.on is None else self._hosts(step.on),
            group=HERE if step.on is None else ", ".join(step.on),
            times=step.times,
            every=5.0 if step.every is None else step.every,
            deadline=step.deadline or 0.0,
            secrets=self._secrets("", *texts(request)),
            timeout=step.timeout,
            if_fails=step.if_fails,
        )

    def _check(self, check: Check) -> plan.Check:
        request = None if check.http is None else _request(check.http)
        return plan.Check(
            command=check.run or "",
            request=request,
            times=check.times,
            every=check.every,
            deadline=check.deadline,
            secrets=self._secrets(check.run or "", *(texts(request) if request else ())),
        )

    def _items(self, items: list[Item]) -> tuple[plan.Item, ...]:
        taken = {item.id for item in items if item.id}
        done: list[plan.Item] = []
        for number, item in enumerate(items, 1):
            title = self.text(item.item)
            name = item.id or unique(slug(title, f"item-{number}"), taken)
            taken.add(name)
            done.append(
                plan.Item(
                    id=name,
                    title=title,
                    text=self.text(item.text),
                    evidence=item.evidence == "required",
                    not_applicable=item.not_applicable == "allowed",
                )
            )
        return tuple(done)

    def _hosts(self, on: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(host for _, host in self.world.hosts_of(on)))

    def _secrets(self, command: str, *templates: str) -> tuple[str, ...]:
        names = mentioned(command) if command else frozenset()
        secrets = self.world.names.secrets
        return tuple(
            sorted(name for name in secrets if name in names or any(uses(text, {name: ""}) for text in templates))
        )


def resolve(world: World, values: Mapping[str, str], login: str) -> plan.Plan:
    """The plan of a playbook in which nothing is wrong, for these values and whoever starts it."""
    make = _Resolver(world, values, login)
    model = world.book.model
    phases = tuple(
        plan.Phase(name=phase.phase, steps=make.steps(tuple(step for step in world.forward if step.path[1] == number)))
        for number, phase in enumerate(model.phases)
    )
    return plan.Plan(
        playbook=model.playbook,
        title=make.text(model.title or model.playbook),
        revision=model.revision,
        params=dict(values),
        roles={name: _role(name, role, login) for name, role in model.roles.items()},
        phases=phases,
        groups=dict(world.groups),
        secrets={name: _secret(secret) for name, secret in model.secrets.items()},
        ssh=plan.Ssh(user=model.ssh.user, jump=model.ssh.jump),
        rollback=_rollback(world, make),
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


def _rollback(world: World, make: _Resolver) -> plan.Rollback | None:
    back = world.book.model.rollback
    if back is None:
        return None
    steps = tuple(placed for placed in world.backward if placed.phase == "rollback")
    verify = tuple(placed for placed in world.backward if placed.phase == "verify")
    return plan.Rollback(steps=make.steps(steps), verify=make.steps(verify), owner=tuple(back.owner))


def _role(name: str, role: Role, login: str) -> plan.Role:
    return plan.Role(title=role.title or _spoken(name), people=people(role, login))


def _secret(secret: Secret) -> plan.Secret:
    if secret.env is not None:
        return plan.Secret(kind="env", source=(secret.env,))
    if secret.file is not None:
        return plan.Secret(kind="file", source=(secret.file,))
    return plan.Secret(kind="command", source=tuple(secret.command or ()))


def _request(request: Request) -> plan.Request:
    expect = plan.Expect(
        status=tuple(request.expect.status), contains=request.expect.contains, json=dict(request.expect.values)
    )
    headers = dict(request.headers)
    if request.body[:1] in ("{", "[") and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    return plan.Request(url=request.url, method=request.method, headers=headers, body=request.body, expect=expect)


def _title(placed: Placed) -> str:
    match placed.step:
        case GateStep(gate=title):
            return title
        case WaitStep(title=None, wait=seconds):
            return f"Wait {format_duration(seconds)}"
        case DoStep(title=None, do=text):
            first = text.strip().split("\n")[0]
            return first if len(first) <= 60 else _spoken(placed.id)
        case step:
            return step.title or _spoken(placed.id)


def _spoken(name: str) -> str:
    words = name.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
