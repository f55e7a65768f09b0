"""Random plans for properties of the core."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cockpit.playbook.plan import Check, IfFails, Item, Phase, Plan, Request, Role, Rollback, Secret, Step
from tests.release.script import step

HOSTS = ("web-1", "web-2", "web-3")
ROLES = {
    "captain": Role(title="Captain", people=("ana",)),
    "sre": Role(title="SRE", people=("chen", "bo")),
    "qa": Role(title="QA", people=("dee", "bo")),
}
GROUPS = {"web": HOSTS, "db": ("web-2",)}
REQUEST = Request(url="http://{{ host }}/health", method="POST")
BATCHES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (HOSTS,),
    (("web-1",), ("web-2", "web-3")),
    (("web-1",), ("web-2",), ("web-3",)),
    (("web-1", "web-2"), ("web-3",)),
    (("web-2",),),
    (("here",),),
)
CHECKS = (
    None,
    None,
    Check(command="curl …", times=1, every=5, deadline=20),
    Check(command="curl …", times=2, every=5, deadline=0),
    Check(request=REQUEST, times=2, every=1, deadline=3),
)
FAILS: tuple[IfFails, ...] = ("ask", "ask", "hold", "drop", "roll back", "stop")
VOTES: tuple[dict[str, Any], ...] = (
    {},
    {"sign": {"sre": 1}},
    {"sign": {"sre": 2, "qa": 1}, "confirm": "2"},
    {"sign": {"captain": 1, "sre": 1, "qa": 1}, "distinct": 3},
)
SECRETS: tuple[tuple[str, ...], ...] = ((), (), ("token",))
KINDS = ("run", "run", "run", "run", "http", "checklist", "do", "wait", "gate")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans with every kind of step, side by side or in turn, most of them with a way back."""
    forward: tuple[Step, ...] = draw(_way("s", 4, []))
    names = [each.id for each in forward]
    back: tuple[Step, ...] = draw(_way("b", 2, names)) if draw(st.sampled_from((True, True, False))) else ()
    verify: tuple[Step, ...] = draw(_way("v", 1, names)) if back else ()
    if back and verify:
        verify = tuple(_after(each, (back[-1].id, *each.after)) for each in verify)
    return Plan(
        playbook="random",
        title="Random",
        revision=1,
        params={"change": "schema"},
        roles=ROLES,
        groups=GROUPS,
        secrets={"token": Secret(kind="env", source=("TOKEN",))},
        phases=(Phase(name="main", steps=forward),),
        rollback=Rollback(steps=back, verify=verify) if back else None,
    )


def _after(each: Step, names: tuple[str, ...]) -> Step:
    return step(_kind(each), each.id, **{**_fields(each), "after": names})


def _kind(each: Step) -> str:
    return type(each).__name__.lower()


def _fields(each: Step) -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__struct_fields__ if name != "id"}


@st.composite
def _way(draw: st.DrawFn, prefix: str, most: int, facts: list[str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    count: int = draw(st.sampled_from(range(1, most + 1)))
    for number in range(count):
        earlier = [each.id for each in steps]
        others: set[str] = draw(st.sets(_one_of(earlier)))
        in_turn: bool = draw(st.sampled_from((True, True, False)))
        after = (earlier[-1],) if earlier and in_turn else tuple(others)
        when = draw(_condition([*facts, *after]))
        kind: str = draw(st.sampled_from(KINDS))
        fields = draw(_FIELDS[kind])
        steps.append(step(kind, f"{prefix}{number}", after=tuple(sorted(after)), when=when, **fields))
    return tuple(steps)


def _one_of(names: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(names) if names else st.nothing()


@st.composite
def _condition(draw: st.DrawFn, names: list[str]) -> str:
    if not names or draw(st.integers(0, 2)):
        return draw(st.sampled_from(("", "", "", "", 'change == "schema"', 'captured == "x"')))
    fact = draw(st.sampled_from(("started", "passed", "failed", "unknown")))
    return f"{draw(st.sampled_from(names))}.{fact}"


_FIELDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "run": st.fixed_dictionaries(
        {
            "batches": st.sampled_from(BATCHES),
            "check": st.sampled_from(CHECKS),
            "fail_above": st.sampled_from((0.0, 0.0, 0.34, 0.67)),
            "if_fails": st.sampled_from(FAILS),
            "secrets": st.sampled_from(SECRETS),
            "timeout": st.sampled_from((20.0, 1800.0)),
        }
    ),
    "http": st.fixed_dictionaries(
        {
            "request": st.just(REQUEST),
            "hosts": st.sampled_from((("here",), HOSTS)),
            "times": st.sampled_from((1, 2)),
            "deadline": st.sampled_from((0.0, 20.0)),
            "if_fails": st.sampled_from(FAILS),
        }
    ),
    "checklist": st.integers(0, 2).map(
        lambda count: {"items": tuple(Item(id=f"i{n}", title=f"Item {n}", evidence=n == 1) for n in range(count))}
    ),
    "do": st.just({"text": "call", "owner": ("qa",)}),
    "wait": st.just({"seconds": 30.0}),
    "gate": st.sampled_from(VOTES),
}
