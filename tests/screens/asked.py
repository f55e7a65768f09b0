"""Releases in which much is asked of people: notices, commands by hand, reports, looks, and what comes after."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.analysis.rule import Rule
from cockpit.playbook.calendar import Calendar, Window
from cockpit.playbook.plan import (
    BLOCK,
    HERE,
    At,
    Block,
    Board,
    Checklist,
    Guard,
    Item,
    Look,
    Manual,
    Notice,
    Pace,
    Phase,
    Plan,
    Run,
    Steady,
    Step,
)
from cockpit.release import events as happened
from tests.screens import measured, release
from tests.screens.release import PLAN, Script


def with_steps(phase: str, *steps: Step, plan: Plan = PLAN) -> Plan:
    """The plan with other steps in a phase."""
    phases = tuple(Phase(name=each.name, steps=steps) if each.name == phase else each for each in plan.phases)
    return replace(plan, phases=phases)


def again(whole: Script, plan: Plan) -> Script:
    """The same events on another plan."""
    script = Script(plan=plan)
    for record in whole.records[2:]:
        script.after(record.at - script.at, record.event)
    return script


LOOK = Look(
    paces=(Pace(every=300.0, until=3600.0), Pace(every=900.0)),
    boards=(
        Board(title="Orders, live", url="https://grafana.internal/d/orders"),
        Board(title="Payments", url="https://grafana.internal/d/payments"),
    ),
    owner=("sre",),
)
GUARD: Guard = replace(measured.GUARD, look=LOOK)


def owing() -> Script:
    """A guard whose looks are owed: two were missed, one was late, and one is late now."""
    script = measured.guarding(GUARD)
    script.after(0, happened.LookMissed(step="watch", due=script.at - 780, last=script.at - 480, count=2))
    script.after(0, happened.Looked(step="watch", by="chen", late=300.0))
    return script.after(320, happened.LinkLost(host="web-3", reason="reset"))


ITEMS = (
    Item(id="tests", title="Tests are green", text="CI of the tag, both architectures", by="ready-tests"),
    Item(id="signed", title="The image is signed", text="by the key of the release team", by="ready-signed"),
    Item(id="calm", title="Staging is calm", by="ready-calm"),
    Item(id="drills", title="Penetration test", text="of this quarter", evidence=True, fresh=90 * 86400.0),
    Item(id="oncall", title="On-call knows", text="said in #releases"),
)
TICKING: tuple[Step, ...] = (
    replace(release.READY, items=ITEMS),
    Run(
        id="ready-tests",
        phase="prepare",
        title="Tests are green",
        command="gh run list",
        group=HERE,
        batches=((HERE,),),
        ticks="ready",
        takes=10.0,
    ),
    Run(
        id="ready-signed",
        phase="prepare",
        title="The image is signed",
        command="cosign verify",
        group="db",
        batches=(("db-1",),),
        ticks="ready",
        takes=5.0,
    ),
    Steady(id="ready-calm", phase="prepare", title="Staging is calm", rules=("errors",), seconds=600.0, ticks="ready"),
    release.BACKUP,
)


def ticking() -> Script:
    """A checklist that ticks itself: one item is true, the check of one failed, one is being checked, two wait."""
    script = Script(plan=with_steps("prepare", *TICKING, plan=measured.plan()))
    for step in ("ready", "ready-tests", "ready-signed", "ready-calm"):
        script.begin(step, 0)
    measured.told(script).run("ready-tests", HERE, 8).passed("ready-tests")
    evidence = "exit 0 after 8 s: 412 passed"
    script.after(0, happened.ItemTicked(step="ready", item="tests", by=happened.ITSELF, evidence=evidence))
    return script.fail("ready-signed", "db-1", 3, "exit 1").after(40)


NOTICE = Notice(
    id="tell",
    phase="watch",
    title="Tell the shop",
    name="out",
    to=("slack:#shop", "statuspage:orders"),
    text="Orders {{ version }} is out. {{ changes }} {{ expect }} Questions: {{ contact }}",
    asks={"changes": "Expected changes", "expect": "What users may notice", "contact": "Contact for support"},
    owner=("captain",),
    after=("soak",),
)


def telling() -> Script:
    """A notice asks for three fields."""
    return again(release.telling(), with_steps("watch", release.SMOKE, release.SOAK, NOTICE))


def by_hand(name: str, ask: str, command: str, **fields: object) -> Manual:
    """A command that only a person orders."""
    title = name.replace("-", " ").capitalize()
    step = Run(id=name, phase="manual", title=title, command=command, group="db", batches=(("db-1",),), owner=("sre",))
    return Manual(ask=ask, step=step, **fields)  # type: ignore[arg-type]


MANUAL = (
    by_hand("show-logs", "Show the last 200 lines?", "docker-compose logs --tail=200"),
    by_hand("show-disk", "Show how full the disks are?", "df -h"),
    *(by_hand(f"show-{each}", f"Show the {each}?", f"redis-cli GET {each}") for each in ("state", "trip", "port")),
    *(
        by_hand(f"show-{each}", f"Show the {each}?", f"git log {each}")
        for each in ("commits", "tags", "config", "user")
    ),
    by_hand(
        "reset-breaker",
        "Is it a false alarm? If it tripped for a reason, find the root cause and fix it first.",
        "redis-cli SET cb:state OPEN\nredis-cli GET cb:state",
        confirm="FALSE ALARM",
    ),
)


def manual() -> Script:
    """The guard watches, and there are ten commands to be run by hand."""
    plan = replace(measured.plan(), manual={each.step.id: each for each in MANUAL})
    return again(measured.guarding(), plan)


REPORTED = (
    Rule(name="corruption", reported="Data corruption detected", by=("captain", "sre")),
    Rule(name="broken", reported="Critical functionality broken", by=("captain", "sre")),
    Rule(name="impact", reported="User impact significant", by=("captain",)),
)


def reported() -> Script:
    """People judge three things; one of them was reported."""
    rules = {**{each.name: each for each in measured.RULES}, **{each.name: each for each in REPORTED}}
    leads = {**measured.GUARD.rules, "corruption": "roll back", "broken": "decide", "impact": "warn"}
    guard = replace(measured.GUARD, rules=leads)
    script = again(measured.guarding(guard), replace(measured.plan(guard), rules=rules))
    script.after(0, *(happened.VerdictChanged(rule=each.name, verdict="passing") for each in REPORTED))
    said = happened.VerdictChanged(rule="impact", verdict="failing", by="bo", reason="checkout fails for one in ten")
    return script.after(0, said).after(75)


def timed() -> Script:
    """A release with a window, half an hour late: some of what is left is critical, and one step is of another day."""
    window = Window(name="primary", zone="UTC", start=12 * 60, end=15 * 60)
    tell = replace(release.TELL, not_before=At(day=2, minute=540), owner=("captain",))
    smoke = replace(release.SMOKE, planned=At(minute=13 * 60 + 10))
    check = replace(release.TELL, id="check", title="Look at the logs", after=("smoke",), takes=60.0)
    soak = replace(release.SOAK, seconds=1800.0)
    plan = with_steps("watch", smoke, check, soak, tell)
    script = again(release.at_second_gate(), replace(plan, calendar=Calendar(zone="UTC", windows=(window,))))
    script.after(1500, happened.GateOpened(gate="go-rest", by="ana")).passed("go-rest").begin("rest")
    script.start("rest", "web-2")
    return script


AFTERWARDS = (
    Item(id="cause", title="The cause is known", text="and why no gate saw it", evidence=True),
    Item(id="postmortem", title="The postmortem is written", evidence=True),
    Item(id="staging", title="It has been in staging again"),
)


def blocked() -> Script:
    """It was rolled back; one of three things is done that must be done before another release starts."""
    until = Checklist(id=BLOCK, phase=BLOCK, title="Before the next release", items=AFTERWARDS)
    back = release.PLAN.rollback
    assert back is not None
    script = again(release.rolled_back(), replace(PLAN, rollback=replace(back, block=Block(until=until))))
    done = happened.ItemTicked(step=BLOCK, item="cause", by="ana", evidence="https://wiki.internal/orders-1.4.0")
    return script.after(600, done).after(60)


def kept() -> Script:
    """A file that must stay as it is has changed while a gate is open."""
    backup = replace(release.BACKUP, unchanged=("configs/orders.yaml",))
    script = again(release.at_first_gate(), with_steps("prepare", release.READY, backup))
    script.after(0, happened.FileSeen(step="backup", path="configs/orders.yaml", sha256="3f" * 32))
    return script.after(
        5, happened.FileSeen(step="backup", path="configs/orders.yaml", sha256="9b" * 32, was="3f" * 32)
    )
