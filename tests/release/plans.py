"""Random plans for properties of the core."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.analysis.rule import Compare, Level, Rule, Trigger
from cockpit.playbook.plan import (
    Action,
    After,
    At,
    Before,
    Board,
    Check,
    Checklist,
    Decision,
    IfFails,
    Item,
    Look,
    Manual,
    Metric,
    Output,
    Pace,
    Phase,
    Plan,
    Request,
    Role,
    Rollback,
    Run,
    Secret,
    Step,
    Within,
)
from tests.release.script import step

OPTIONS = ("roll back", "back", "hold", "wait", "abort", "fix forward")
ABOVE_BASELINE = Trigger(text="above 2x baseline", condition=Compare(how="above", level=Level("baseline", 2.0)))
HOSTS = ("web-1", "web-2", "web-3")
ROLES = {
    "captain": Role(title="Captain", people=("ana",)),
    "sre": Role(title="SRE", people=("chen", "bo")),
    "qa": Role(title="QA", people=("dee", "bo")),
    "lead": Role(title="Lead", people=("bo", "dee"), assigned=True),
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
    {"sign": {"sre": 1, "qa": 1}, "expires": 40.0, "without_starter": True},
    {"sign": {"lead": 1}, "waiver_expires": 40.0},
)
SELDOM = 5000.0
"""Seconds after which evidence is too old, and a notice is repeated."""

UNCHANGED = st.sampled_from(((), (), ("release.yaml",)))
SECRETS: tuple[tuple[str, ...], ...] = ((), (), ("token",))
KINDS = (
    *(
        "run",
        "run",
        "run",
        "run",
        "http",
        "checklist",
        "do",
        "assign",
        "notice",
        "record",
        "wait",
        "gate",
        "guard",
        "guard",
    ),
    *("steady", "soak"),
)
RULES = {
    "r0": Rule(name="r0", metric="errors", no_data="hold", answer_within=60.0),
    "r1": Rule(name="r1", metric="slow", no_data="fail"),
    "r2": Rule(name="r2", metric="slow", no_data="pass", bad=ABOVE_BASELINE),
    "r3": Rule(name="r3", reported="Somebody complains", by=("sre",), every=0.0, stale=0.0, answer_within=60.0),
}
DECISIONS = {
    name: Decision(name=name, ask="What now?", options=OPTIONS, deadline=60.0, default=default)
    for name, default in (("r0", "roll back"), ("r1", "hold"), ("r2", "wait"), ("r3", "back"))
}
LOOKS = (
    None,
    Look(paces=(Pace(every=10.0, until=30.0), Pace(every=100.0)), boards=(Board(title="b"),), owner=("sre",)),
    Look(paces=(Pace(every=7.0, until=20.0),)),
)
ACTIONS: tuple[Action, ...] = ("warn", "hold", "decide", "back", "roll back")


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
        metrics={name: Metric(name=name, title=name, source=Output(command="cat it")) for name in ("errors", "slow")},
        rules=RULES,
        decisions=DECISIONS,
        answer_within={"warn": 20.0},
        escalation=("captain", "sre", "qa"),
        before=Before(over=60.0, until=draw(st.sampled_from([each.id for each in forward]))),
        manual={each.id: Manual(ask="Sure?", confirm="SURE", step=each) for each in draw(_manual())},
        undos=tuple(_undo(each) for each in forward if isinstance(each, Run) and each.undo),
    )


@st.composite
def _manual(draw: st.DrawFn) -> tuple[Run, ...]:
    made = step("run", "m0", phase="manual", owner=("qa",), **draw(_FIELDS["run"]))
    assert isinstance(made, Run)
    return (made,) if draw(st.booleans()) else ()


def _undo(each: Run) -> Run:
    made = step("run", each.undo, hosts=each.hosts, phase="back")
    assert isinstance(made, Run)
    return made


def _after(each: Step, names: tuple[str, ...]) -> Step:
    return step(_kind(each), each.id, **{**_fields(each), "after": names})


def _kind(each: Step) -> str:
    return {"document": "record"}.get(name := type(each).__name__.lower(), name)


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
        kind = "steady" if kind == "soak" and prefix != "s" else kind
        fields = draw(_FIELDS[kind])
        if kind == "soak":
            again: set[str] = draw(st.sets(_one_of(earlier)))
            fields, after = {**fields, "redeploy": tuple(sorted(again))}, tuple(sorted({*after, *again}))
        if kind == "run" and prefix == "s" and draw(st.booleans()):
            fields = {**fields, "undo": f"{prefix}{number}-undo"}
        fields = {**fields, "no_return": draw(st.sampled_from((False, False, False, True)))}
        fields = {**fields, **draw(_times(tuple(sorted(after))))}
        made = step(kind, f"{prefix}{number}", after=tuple(sorted(after)), when=when, **fields)
        steps += draw(_ticking(made)) if isinstance(made, Checklist) else (made,)
    return tuple(steps)


@st.composite
def _ticking(draw: st.DrawFn, checklist: Checklist) -> tuple[Step, ...]:
    """A checklist, perhaps with a step that ticks its first item."""
    kind: str = draw(st.sampled_from(("", "run", "http", "steady")))
    if not kind or not checklist.items:
        return (checklist,)
    by = f"{checklist.id}-by"
    first = replace(checklist.items[0], by=by)
    ticks = step(kind, by, after=checklist.after, ticks=checklist.id, **draw(_FIELDS[kind]))
    return replace(checklist, items=(first, *checklist.items[1:])), ticks


def _times(after: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Times of a step that waits for these: mostly none."""
    locks = (None, None, None, At(minute=20), At(day=2), After(seconds=60.0), After(seconds=30.0, steps=after))
    dues = (None, None, None, Within(seconds=20.0), At(minute=30), After(seconds=9.0), Within(seconds=9.0, steps=after))
    late = st.sampled_from(("warn", "hold", "roll back"))
    return st.fixed_dictionaries({"not_before": st.sampled_from(locks), "due": st.sampled_from(dues), "if_late": late})


def _one_of(names: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(names) if names else st.nothing()


@st.composite
def _condition(draw: st.DrawFn, names: list[str]) -> str:
    if not names or draw(st.integers(0, 2)):
        return draw(st.sampled_from(("", "", "", "", 'change == "schema"', 'captured == "x"')))
    fact = draw(st.sampled_from(("started", "passed", "failed", "unknown")))
    return f"{draw(st.sampled_from(names))}.{fact}"


def _item(number: int, count: int) -> Item:
    """Of three items, the first two show how old their evidence is."""
    fresh = SELDOM if count > 2 and number < 2 else 0.0
    return Item(id=f"i{number}", title=f"Item {number}", evidence=number == 1, fresh=fresh)


_FIELDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "run": st.fixed_dictionaries(
        {
            "batches": st.sampled_from(BATCHES),
            "check": st.sampled_from(CHECKS),
            "fail_above": st.sampled_from((0.0, 0.0, 0.34, 0.67)),
            "if_fails": st.sampled_from(FAILS),
            "secrets": st.sampled_from(SECRETS),
            "unchanged": UNCHANGED,
            "waiver": st.sampled_from(((), (), ("qa",))),
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
    "checklist": st.integers(0, 3).map(lambda count: {"items": tuple(_item(number, count) for number in range(count))}),
    "do": st.fixed_dictionaries(
        {
            "text": st.just("call"),
            "owner": st.just(("qa",)),
            "unchanged": UNCHANGED,
            "look": st.sampled_from(LOOKS),
        }
    ),
    "notice": st.builds(
        dict,
        name=st.just("n"),
        to=st.just(("x:y",)),
        text=st.just("{{ captured }}"),
        asks=st.sampled_from(({}, {"i": "?"})),
        repeat=st.sampled_from((0.0, SELDOM)),
    ),
    "assign": st.just({"role": "lead"}),
    "record": st.just({"path": "log.md", "text": "{{ now }}"}),
    "wait": st.just({"seconds": 30.0, "look": LOOKS[1]}),
    "gate": st.builds(
        dict, st.sampled_from(VOTES), passing=st.sampled_from(((), ("r0",), ("r3",))), waiver=st.just(("qa",))
    ),
    "guard": st.fixed_dictionaries(
        {
            "rules": st.dictionaries(st.sampled_from(sorted(RULES)), st.sampled_from(ACTIONS), min_size=1),
            "seconds": st.sampled_from((10.0, 600.0)),
            "steady": st.sampled_from((0.0, 20.0)),
            "countdown": st.sampled_from((5.0, 30.0)),
        }
    ),
    "soak": st.fixed_dictionaries(
        {"rules": st.sampled_from((("r0",), ("r0", "r2"), ("r0", "r3"))), "seconds": st.just(40.0)}
    ),
    "steady": st.fixed_dictionaries({"rules": st.just(("r0",)), "seconds": st.sampled_from((0.0, 20.0))}),
}
