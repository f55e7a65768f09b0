"""A release whose metrics are watched: its plan, scripts that bring its rules anywhere, and what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sin
from typing import Any

from msgspec.structs import replace

from cockpit.analysis.grammar import parse
from cockpit.analysis.rule import Baseline, Judgement, Minimum, Rule, Verdict
from cockpit.engine.client import Measured
from cockpit.playbook.plan import (
    Before,
    Decision,
    Gate,
    Guard,
    Metric,
    Phase,
    Plan,
    Prometheus,
    Role,
    Rollback,
    Steady,
)
from cockpit.release import events as happened
from screens.link import Metered
from screens.traces import Trace
from tests.screens import release
from tests.screens.release import BACKUP, PROOF, SMOKE, WEB, Script

SOURCE = Prometheus(url="http://prometheus.internal:9090", query="x")
EVERY = 5.0


def metric(name: str, title: str, unit: str, **fields: object) -> Metric:
    """A metric that is measured every five seconds."""
    return Metric(name=name, title=title, source=SOURCE, every=EVERY, stale=20.0, unit=unit, **fields)  # type: ignore[arg-type]


METRICS = (
    metric("error_rate", "Error rate", "%"),
    metric("latency", "p95 latency", "ms"),
    metric("memory", "Memory", "%", hosts=WEB),
    metric("incidents", "Open incidents", ""),
    metric("orders", "Orders", "1/s", no_data="hold"),
    metric("disk", "Disk", "%", hosts=("db-1",)),
)
UNITS = {each.name: each.unit for each in METRICS}


def rule(name: str, of: str, *, bad: str = "", ok: str = "", **fields: object) -> Rule:
    """A rule on one of the metrics."""
    found = next(each for each in METRICS if each.name == of)
    return Rule(
        name=name,
        metric=of,
        unit=found.unit,
        ok=parse(ok, found.unit) if ok else None,
        bad=parse(bad, found.unit) if bad else None,
        every=EVERY,
        stale=20.0,
        hosts=found.hosts,
        minimum=Minimum(),
        **fields,  # type: ignore[arg-type]
    )


RULES = (
    rule("errors", "error_rate", ok="below 1%", bad="above 5% for 5m"),
    rule("slow", "latency", bad="above 2x baseline for 3m"),
    rule("leak", "memory", bad="above 80%", level="warn", answer_within=900.0),
    rule("paged", "incidents", bad="above 0 3 times"),
    rule("kpi", "orders", bad="below baseline - 10% for 2m"),
    rule("full", "disk", bad="reaches 85% within 2h"),
)
DECISION = Decision(
    name="slow",
    ask="The shop is slow. Fix forward or roll back?",
    options=("roll back", "fix forward", "wait"),
    deadline=600.0,
    default="roll back",
    owner=("sre",),
    guide={
        "roll back": "more than half of the users, cause unknown, or a fix takes over an hour",
        "fix forward": "less than a tenth of the users, cause clear, fix tested",
        "wait": "it gets better by itself",
    },
)
GO = Gate(
    id="go-rest",
    phase="rest",
    title="Go for the rest",
    sign={"captain": 1},
    passing=("errors", "slow", "paged"),
    proven=True,
    waiver=("risk",),
    after=("first",),
    takes=30.0,
)
GUARD = Guard(
    id="watch",
    phase="watch",
    title="Watch the release",
    rules={"errors": "roll back", "slow": "decide", "paged": "hold", "kpi": "hold", "leak": "warn", "full": "warn"},
    seconds=3600.0,
    steady=300.0,
    countdown=30.0,
    after=("rest",),
)
CALM = Steady(id="calm", phase="watch", title="Calm again", rules=("errors", "slow"), seconds=120.0, after=("smoke",))
UNDO = replace(release.BACK, id="undo-rest", title="Undo a batch", phase="rest", batches=(("web-2",), ("web-3",)))
FIRST = release.FIRST
REST = replace(release.REST, undo="undo-rest")


def plan(guard: Guard = GUARD) -> Plan:
    """The plan, with this guard."""
    phases = (
        Phase(name="prepare", steps=(release.READY, BACKUP)),
        Phase(name="first", steps=(release.GO_FIRST, FIRST)),
        Phase(name="rest", steps=(GO, REST)),
        Phase(name="watch", steps=(guard, replace(SMOKE, after=("watch",)), CALM)),
    )
    return replace(
        release.PLAN,
        phases=phases,
        roles={**release.PLAN.roles, "risk": Role(title="Risk", people=("eli", "ana"))},
        rollback=Rollback(steps=(release.BACK,), verify=(PROOF,), proofs=("backup",)),
        metrics={each.name: each for each in METRICS},
        rules={each.name: each for each in RULES},
        decisions={"slow": DECISION},
        before=Before(over=1800.0, until="first"),
        undos=(UNDO,),
    )


BASELINES: Mapping[str, Baseline] = {
    "error_rate": Baseline(since=0.0, until=0.0, samples=360, mean=0.14, median=0.12, p95=0.31, spread=0.08),
    "latency": Baseline(since=0.0, until=0.0, samples=360, mean=190, median=184, p95=231, spread=24),
    "orders": Baseline(since=0.0, until=0.0, samples=360, mean=41.2, median=41, p95=47, spread=5),
}
CALM_VALUES: Mapping[str, float] = {
    "errors": 0.12,
    "slow": 212.0,
    "leak": 61.0,
    "paged": 0.0,
    "kpi": 40.2,
    "full": 62.0,
}
THRESHOLDS: Mapping[str, float] = {"errors": 5.0, "slow": 368.0, "leak": 80.0, "paged": 0.0, "kpi": 36.9, "full": 85.0}
REASONS: Mapping[str, str] = {
    "errors": "0.12 %: not above 5%",
    "slow": "212 ms: not above 2x baseline (368 ms)",
    "leak": "web-3: 61 %: not above 80%",
    "paged": "0: not above 0",
    "kpi": "40.2 1/s: not below baseline - 10% (36.9 1/s)",
    "full": "db-1: 85 % is more than 2 h away",
}
HOSTS = {"leak": "web-3", "full": "db-1"}


def verdict(name: str, what: Verdict, value: float | None = None, reason: str = "") -> happened.VerdictChanged:
    """A rule came to a verdict."""
    return happened.VerdictChanged(
        rule=name,
        verdict=what,
        value=CALM_VALUES[name] if value is None else value,
        threshold=THRESHOLDS[name],
        host=HOSTS.get(name, ""),
        reason=reason,
    )


def told(script: Script) -> Script:
    """Baselines are recorded, and every rule passes."""
    for name, baseline in BASELINES.items():
        script.after(0, happened.BaselineRecorded(metric=name, hosts={"": baseline}))
    return script.after(0, *(verdict(each.name, "passing", reason=REASONS[each.name]) for each in RULES))


def at_gate(script: Script | None = None) -> Script:
    """The first host is done; the gate for the rest is open, all its criteria hold."""
    whole = release.at_second_gate()
    made = script or Script(plan=plan())
    for record in whole.records[2:-1]:
        made.after(record.at - made.at, record.event)
        if isinstance(record.event, happened.StepStarted) and record.event.step == "first":
            told(made)
    return made.sign("go-rest", "captain", "ana")


def shut() -> Script:
    """The same gate; two of its criteria do not hold."""
    script = at_gate(Script(plan=replace(plan(), rollback=Rollback(steps=(release.BACK,), verify=(PROOF,), proofs=()))))
    script.after(20, verdict("slow", "failing", 402.0, "402 ms: above 2x baseline (368 ms) for 3:10"))
    return script.after(5, verdict("paged", "inconclusive", 1.0, "1: above 0 2 of 3 times"))


def guarding(guard: Guard = GUARD) -> Script:
    """Everything is out; the guard has watched for eighteen minutes."""
    script = at_gate(Script(plan=plan(guard))).after(25, happened.GateOpened(gate="go-rest", by="ana"))
    script.passed("go-rest").begin("rest").run("rest", "web-2", 52).run("rest", "web-3", 47).passed("rest")
    script.begin("watch")
    return script.after(1080, happened.LinkLost(host="web-2", reason="reset"))


def mixed() -> Script:
    """A verdict of each kind."""
    script = guarding().after(0, verdict("slow", "failing", 402.0, "402 ms: above 2x baseline (368 ms) for 3:10"))
    script.after(40, verdict("paged", "inconclusive", 1.0, "1: above 0 2 of 3 times"))
    script.after(0, verdict("kpi", "no data", 40.2, "no sample for 0:40: connection refused"))
    return script.after(12, verdict("full", "error", 62.0, "not measured: the answer is HTML"))


def nearing() -> Script:
    """Too many errors, and not for long enough yet."""
    return guarding().after(0, verdict("errors", "inconclusive", 6.1, "6.1 %: above 5% for 2:10 of 5:00"))


def counting_down() -> Script:
    """Too many errors: a rollback is announced."""
    script = guarding().after(300, verdict("errors", "failing", 7.2, "7.2 %: above 5% for 5:00"))
    return script.after(0, happened.RollbackAnnounced(guard="watch", rule="errors", due=script.at + 30.0))


def deciding() -> Script:
    """It is slow: somebody is to decide."""
    script = guarding().after(0, verdict("slow", "failing", 402.0, "402 ms: above 2x baseline (368 ms) for 3:10"))
    return script.after(0, happened.DecisionOpened(guard="watch", rule="slow", about="decision", due=script.at + 600.0))


def held() -> Script:
    """An incident held it; it is over since two minutes."""
    script = guarding().after(0, verdict("paged", "failing", 2.0, "2: above 0 3 times"))
    note = "paged is failing: 2"
    script.after(0, happened.Held(by=happened.ITSELF, note=note, rules=("paged",), guard="watch"))
    return script.after(90, verdict("paged", "passing", 0.0)).after(
        130, happened.LinkLost(host="web-3", reason="reset")
    )


Wave = Callable[[float], float]
WAVES: Mapping[str, Wave] = {
    "error_rate": lambda x: 0.12 + 0.06 * sin(x / 3) + 0.04 * sin(x * 1.7),
    "latency": lambda x: 190 + 14 * sin(x / 7) + 9 * sin(x * 2.3),
    "memory": lambda x: 55 + x / 60,
    "incidents": lambda x: 0.0 * x,
    "orders": lambda x: 41 + 2.5 * sin(x / 11) + 1.5 * sin(x * 1.3),
    "disk": lambda x: 61 + x / 400,
}


def stored(
    script: Script, later: float, last: Mapping[str, float | None]
) -> dict[tuple[str, str], tuple[tuple[float, float | None], ...]]:
    """Readings up to `later` seconds before now; `last`: the values of the last minute."""
    found = {}
    for each in METRICS:
        for number, host in enumerate(each.hosts or ("",)):
            points = [_point(script, each.name, at, later, last, number) for at in range(320, -1, -1)]
            found[each.name, host] = tuple(points)
    return found


def _point(
    script: Script, name: str, back: int, later: float, last: Mapping[str, float | None], number: int
) -> tuple[float, float | None]:
    at = script.at - later - back * EVERY
    value: float | None = WAVES[name](400.0 - back) + 2 * number
    if name in last and back <= 12:
        value = last[name]
    if name == "error_rate" and 120 <= back < 128:
        value = None
    return at, value


def judged(script: Script, **pending: tuple[float, float]) -> tuple[Judgement, ...]:
    """Where each rule stands; `pending`: how long its bad condition has been true, of how long."""
    found = []
    for name, one in script.state.rules.items():
        took, needed = pending.get(name, (0.0, 0.0))
        found.append(
            Judgement(
                rule=name,
                verdict=one.verdict or "inconclusive",
                at=script.at,
                value=one.value,
                threshold=one.threshold,
                host=one.host,
                reason=one.reason,
                samples=60,
                window=300.0,
                pending=took,
                needed=needed,
            )
        )
    return tuple(found)


def seen(
    script: Script, later: float = 2.0, pending: Mapping[str, tuple[float, float]] | None = None, **last: float | None
) -> dict[str, Any]:
    """What a link has of it: the readings in the store, and what the engine says last."""
    history = stored(script, later, last)
    readings = tuple(Measured(name, host, *points[-1]) for (name, host), points in history.items())
    return {"stored": history, "metered": Metered(readings, judged(script, **(pending or {})))}


def fields(script: Script, later: float = 2.0, **given: Any) -> dict[str, Any]:
    """The same for a view without an app."""
    found = seen(script, later, **given)
    traces = {key: Trace().joined(points, 720) for key, points in found["stored"].items()}
    return {"traces": traces, "judgements": {one.rule: one for one in found["metered"].judgements}}
