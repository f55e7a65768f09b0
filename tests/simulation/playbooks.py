"""Random plans, small, out of every kind of step."""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from cockpit.playbook.plan import (
    HERE,
    Check,
    Checklist,
    Do,
    Gate,
    Http,
    IfFails,
    Item,
    Phase,
    Plan,
    Request,
    Role,
    Rollback,
    Run,
    Secret,
    Step,
    Wait,
)

HOSTS = ("web-1", "web-2", "web-3", "db-1")
ROLES = {
    "captain": Role(title="Captain", people=("ana",)),
    "sre": Role(title="SRE", people=("chen", "bo")),
    "qa": Role(title="QA", people=("dee", "bo")),
}
LOGINS = ("ana", "chen", "bo", "dee", "mallory")
SECRET = "token"
KINDS = ("run", "run", "run", "run", "http", "http", "checklist", "do", "wait", "gate")
FAILS: tuple[IfFails, ...] = ("ask", "ask", "ask", "hold", "drop", "roll back", "stop")
VOTES: tuple[dict[str, Any], ...] = (
    {},
    {"sign": {"sre": 1}},
    {"sign": {"sre": 2, "qa": 1}, "confirm": "now"},
    {"sign": {"captain": 1, "sre": 1, "qa": 1}, "distinct": 3},
    {"sign": {"sre": 1, "qa": 1}, "expires": 40.0, "without_starter": True},
)


def plan(chance: Random) -> Plan:
    """A plan with one to four steps, and mostly a way back."""
    web = HOSTS[: chance.choice((1, 2, 3, 3))]
    groups = {"web": web, "db": ("db-1",)}
    if chance.random() < 0.3:
        groups["front"] = web[-1:]
    secret = chance.random() < 0.4
    forward = _way(chance, groups, "s", chance.choice((1, 2, 3, 4)), [])
    names = [each.id for each in forward]
    back = _way(chance, groups, "b", chance.choice((1, 2)), names) if chance.random() < 0.7 else ()
    verify = _way(chance, groups, "v", 1, names, after=back[-1].id) if back and chance.random() < 0.5 else ()
    if not secret:
        forward, back, verify = (tuple(map(_open, way)) for way in (forward, back, verify))
    return Plan(
        playbook="random",
        title="Random",
        revision=1,
        params={"change": "schema"},
        roles=ROLES,
        groups=groups,
        secrets={SECRET: Secret(kind="env", source=("TOKEN",))} if secret else {},
        phases=(Phase(name="main", steps=forward),),
        rollback=Rollback(steps=back, verify=verify) if back else None,
    )


def _open(step: Step) -> Step:
    """A step that needs no secret."""
    return replace(step, secrets=(), env={}) if isinstance(step, Run) else step


def _way(
    chance: Random, groups: dict[str, tuple[str, ...]], prefix: str, count: int, facts: list[str], after: str = ""
) -> tuple[Step, ...]:
    steps: list[Step] = []
    for number in range(count):
        earlier = [each.id for each in steps]
        waits = earlier[-1:] if chance.random() < 0.7 else [name for name in earlier if chance.random() < 0.3]
        waits = [after, *waits] if after else waits
        common = {
            "id": f"{prefix}{number}",
            "phase": "main",
            "after": tuple(waits),
            "when": _condition(chance, [*facts, *(waits if not after else [])]),
        }
        steps.append(_step(chance, groups, common))
    return tuple(steps)


def _condition(chance: Random, names: list[str]) -> str:
    if names and chance.random() < 0.3:
        return f"{chance.choice(names)}.{chance.choice(('started', 'passed', 'failed', 'unknown'))}"
    return chance.choice(("", "", "", "", "", "", 'change == "schema"', 'captured == "x"'))


def _step(chance: Random, groups: dict[str, tuple[str, ...]], common: dict[str, Any]) -> Step:
    match chance.choice(KINDS):
        case "run":
            return _run(chance, groups, common)
        case "http":
            group = chance.choice((HERE, "web"))
            hosts = groups.get(group, (HERE,))
            times: dict[str, Any] = {"times": chance.choice((1, 1, 2)), "deadline": chance.choice((0.0, 0.0, 20.0))}
            fails = chance.choice(FAILS)
            return Http(request=_request(chance), hosts=hosts, group=group, if_fails=fails, **times, **common)
        case "checklist":
            flags: dict[str, Any] = {"evidence": chance.random() < 0.5, "not_applicable": chance.random() < 0.5}
            items = tuple(Item(id=f"i{n}", title=f"Item {n}", **flags) for n in range(chance.choice((0, 1, 2))))
            return Checklist(items=items, owner=chance.choice(((), ("qa",))), **common)
        case "do":
            return Do(text="call", owner=chance.choice(((), ("qa",))), **common)
        case "wait":
            return Wait(seconds=chance.choice((1.0, 30.0)), **common)
        case _:
            return Gate(**chance.choice(VOTES), **common)


def _run(chance: Random, groups: dict[str, tuple[str, ...]], common: dict[str, Any]) -> Step:
    group = chance.choice(("web", "web", "web", "db", HERE, *groups))
    members = groups.get(group, (HERE,))
    first = chance.choice((1, 1, 2, len(members)))
    batches = tuple(batch for batch in (members[:first], members[first:]) if batch)
    if chance.random() < 0.2:
        batches = tuple((member,) for member in members)
    secret: dict[str, Any] = {"secrets": (SECRET,), "env": {"TOKEN_COPY": "{{ token }}"}}
    secret = secret if chance.random() < 0.25 else {}
    return Run(
        command=f"do-{common['id']}",
        group=group,
        batches=batches,
        timeout=chance.choice((20.0, 60.0, 1800.0)),
        check=_check(chance),
        fail_above=chance.choice((0.0, 0.0, 0.34, 0.67)),
        if_fails=chance.choice(FAILS),
        **secret,
        **common,
    )


def _check(chance: Random) -> Check | None:
    if chance.random() < 0.5:
        return None
    times: dict[str, Any] = {"times": chance.choice((1, 1, 2)), "every": 5.0, "deadline": chance.choice((0.0, 20.0))}
    return Check(request=_request(chance), **times) if chance.random() < 0.3 else Check(command="look", **times)


def _request(chance: Random) -> Request:
    return Request(url="http://{{ address }}/", method=chance.choice(("GET", "POST")))
