"""A release for the screens: its plan, and scripts of events that bring it to where a test wants it."""

from __future__ import annotations

from datetime import UTC, datetime

from cockpit.playbook.plan import (
    HERE,
    Check,
    Checklist,
    Do,
    Expect,
    Gate,
    Http,
    Item,
    Phase,
    Plan,
    Request,
    Role,
    Rollback,
    Run,
    Wait,
)
from cockpit.release import events as happened
from cockpit.release.apply import fold
from cockpit.release.events import AnyEvent, Mode, Record, Setting
from cockpit.release.gates import covers
from cockpit.release.state import State

START = datetime(2026, 11, 19, 13, 0, tzinfo=UTC).timestamp()
WEB = ("web-1", "web-2", "web-3")

CHECK = Check(
    request=Request(url="http://{{ address }}:8080/health", expect=Expect(json={"version": "1.4.0"})), times=3
)
COMMON = {"directory": "/opt/orders"}


def deploy(name: str, phase: str, after: str, *batches: tuple[str, ...], takes: float) -> Run:
    """The step that checks out the tag and restarts the service."""
    return Run(
        id=name,
        phase=phase,
        title=f"Deploy {name}",
        command='git fetch --tags\ngit checkout "$version"\n./bin/restart',
        group="web",
        batches=batches,
        check=CHECK,
        after=(after,),
        takes=takes,
        directory="/opt/orders",
        quiet=60.0,
    )


READY = Checklist(
    id="ready",
    phase="prepare",
    title="Readiness",
    takes=120.0,
    items=(
        Item(id="tests", title="Tests are green", text="CI of the tag, both architectures", evidence=True),
        Item(id="oncall", title="On-call knows", text="said in #releases"),
        Item(id="migration", title="Migration was rehearsed", not_applicable=True),
    ),
)
BACKUP = Run(
    id="backup",
    phase="prepare",
    title="Back up",
    command='f=orders_$(date +%Y%m%d).sql\npg_dump orders > "$f" && echo "backup_file=$f" >> "$COCKPIT_CAPTURE"',
    group="db",
    batches=(("db-1",),),
    user="postgres",
    directory="/var/backups",
    after=("ready",),
    takes=30.0,
)
GO_FIRST = Gate(
    id="go-first",
    phase="first",
    title="Go for the first host",
    sign={"captain": 1, "sre": 1},
    distinct=2,
    confirm="1.4.0",
    after=("backup",),
    takes=60.0,
)
FIRST = deploy("first", "first", "go-first", ("web-1",), takes=45.0)
GO_REST = Gate(id="go-rest", phase="rest", title="Go for the rest", sign={"captain": 1}, after=("first",), takes=30.0)
REST = deploy("rest", "rest", "go-rest", ("web-2",), ("web-3",), takes=180.0)
SMOKE = Http(
    id="smoke",
    phase="watch",
    title="Smoke test",
    request=Request(url="http://orders.internal/health"),
    hosts=(HERE,),
    after=("rest",),
    takes=30.0,
)
SOAK = Wait(id="soak", phase="watch", title="Soak", seconds=600.0, after=("smoke",))
TELL = Do(id="tell", phase="watch", title="Tell the shop", text="Write to #shop that 1.4.0 is out.", after=("soak",))
BACK = Run(
    id="back",
    phase="rollback",
    title="Check out the old tag",
    command='git checkout "$previous"\n./bin/restart',
    group="web",
    batches=(WEB,),
    directory="/opt/orders",
    takes=60.0,
)
PROOF = Http(
    id="proof",
    phase="verify",
    title="Old version answers",
    request=Request(url="http://{{ address }}:8080/health"),
    hosts=WEB,
    group="web",
    after=("back",),
)

PLAN = Plan(
    playbook="orders",
    title="Orders release",
    revision=3,
    params={"version": "1.4.0", "previous": "1.3.2"},
    roles={
        "captain": Role(title="Release captain", people=("ana", "bo")),
        "sre": Role(title="SRE lead", people=("chen", "dee")),
    },
    groups={"web": WEB, "db": ("db-1",)},
    phases=(
        Phase(name="prepare", steps=(READY, BACKUP)),
        Phase(name="first", steps=(GO_FIRST, FIRST)),
        Phase(name="rest", steps=(GO_REST, REST)),
        Phase(name="watch", steps=(SMOKE, SOAK, TELL)),
    ),
    rollback=Rollback(steps=(BACK,), verify=(PROOF,)),
)


class Script:
    """Events one after another, with their moments; each part brings the release further."""

    def __init__(self, mode: Mode = "live", plan: Plan = PLAN, setting: Setting | None = None) -> None:
        self.records: list[Record] = []
        self.state = State()
        self.at = START
        self.attempts = 0
        self.after(
            0,
            happened.Opened(
                release="orders-1.4.0",
                nonce="n0",
                mode=mode,
                plan=plan,
                digest=plan.digest,
                captain="ana",
                rehearsal=setting or (Setting() if mode == "rehearsal" else None),
            ),
            happened.EngineStarted(epoch=1, pid=4242, machine="bastion", version="0.1.0"),
        )

    def after(self, seconds: float, *events: AnyEvent) -> Script:
        """These events, so many seconds later."""
        self.at += seconds
        for event in events:
            record = Record(len(self.records) + 1, self.at, event)
            self.records.append(record)
            self.state = fold([record], self.state)
        return self

    def start(self, step: str, host: str, *, number: int = 1, part: happened.Part = "run") -> str:
        """An attempt begins; its id."""
        name = f"{step}-{host}-{part}-{number}"
        self.after(0, happened.AttemptStarted(id=name, step=step, host=host, part=part, number=number))
        return name

    def end(
        self, attempt: str, outcome: happened.Outcome, code: int | None = 0, reason: str = "", took: float = 0.0
    ) -> Script:
        """An attempt ends after `took` seconds."""
        return self.after(
            took, happened.AttemptEnded(id=attempt, outcome=outcome, exit=code, reason=reason, seconds=took)
        )

    def run(self, step: str, host: str, took: float) -> Script:
        """A host does its part of a step."""
        return self.end(self.start(step, host), "passed", took=took).after(0, happened.HostPassed(step=step, host=host))

    def fail(
        self, step: str, host: str, took: float, reason: str, outcome: happened.Outcome = "failed", code: int | None = 1
    ) -> Script:
        """A host does not do its part."""
        self.end(self.start(step, host), outcome, code, reason, took)
        return self.after(0, happened.HostFailed(step=step, host=host, outcome=outcome, reason=reason))

    def begin(self, step: str, seconds: float = 1) -> Script:
        """A step's turn comes."""
        return self.after(seconds, happened.StepStarted(step=step))

    def passed(self, step: str) -> Script:
        """A step is complete."""
        return self.after(0, happened.StepPassed(step=step))

    def sign(self, gate: str, role: str, by: str, *, yes: bool = True, note: str = "") -> Script:
        """A signature over what is shown now."""
        shown = covers(self.state, gate)
        return self.after(20, happened.SignedOff(gate=gate, role=role, by=by, yes=yes, covers=shown, note=note))


def checklist() -> Script:
    """The checklist is open, one of three items is ticked."""
    script = Script().begin("ready")
    return script.after(
        64, happened.ItemTicked(step="ready", item="tests", by="ana", evidence="https://ci.example/orders/1893")
    )


def at_first_gate() -> Script:
    """The first gate waits for the SRE."""
    script = checklist().after(40, happened.ItemTicked(step="ready", item="oncall", by="bo"))
    script.after(33, happened.ItemNotApplicable(step="ready", item="migration", by="ana", reason="no schema change"))
    script.passed("ready").begin("backup")
    script.after(1, happened.HostReached(host="db-1", address="10.0.0.9", key="k", boot="b", marker="m"))
    script.after(0, happened.LockTaken(host="db-1"))
    return script.run("backup", "db-1", 41).passed("backup").begin("go-first").sign("go-first", "captain", "ana")


def ready_to_go() -> Script:
    """The first gate can be opened."""
    return at_first_gate().sign("go-first", "sre", "chen", note="error budget is fine")


def at_second_gate() -> Script:
    """The first host is done; the second gate can be opened."""
    script = ready_to_go().after(30, happened.GateOpened(gate="go-first", by="ana"))
    script.passed("go-first").begin("first")
    for number, host in enumerate(WEB, 11):
        script.after(0, happened.HostReached(host=host, address=f"10.0.0.{number}", key="k", boot="b", marker="m"))
    script.after(0, happened.LockTaken(host="web-1"))
    run = script.start("first", "web-1")
    script.end(run, "passed", took=38)
    for number in (1, 2, 3):
        script.end(script.start("first", "web-1", part="check", number=number), "passed", None, took=5)
    script.after(0, happened.HostPassed(step="first", host="web-1")).passed("first")
    return script.begin("go-rest").sign("go-rest", "captain", "ana")


def deploying() -> Script:
    """The rest is deployed: web-2 runs, web-3 waits."""
    script = at_second_gate().after(25, happened.GateOpened(gate="go-rest", by="ana", note="first host is calm"))
    script.passed("go-rest").begin("rest")
    script.start("rest", "web-2")
    return script


def failed() -> Script:
    """web-2 failed and waits for an answer."""
    script = deploying()
    script.end("rest-web-2-run-1", "failed", 1, "exit 1", took=52)
    return script.after(0, happened.HostFailed(step="rest", host="web-2", outcome="failed", reason="exit 1"))


def unknown() -> Script:
    """Nobody knows how web-2 ended."""
    reason = "the run folder is gone: the host was rebooted"
    script = deploying()
    script.end("rest-web-2-run-1", "unknown", None, reason, took=52)
    script.after(0, happened.HostFailed(step="rest", host="web-2", outcome="unknown", reason=reason))
    script.end(script.start("rest", "web-2", part="check"), "failed", None, "connection refused", took=5)
    reason = "the run folder is gone, and the check did not pass"
    return script.after(0, happened.HostFailed(step="rest", host="web-2", outcome="unknown", reason=reason))


def holding() -> Script:
    """Held while web-2 runs."""
    return deploying().after(12, happened.Held(by="ana", note="disk of web-2 looks full"))


def rolling_back() -> Script:
    """web-2 failed, and the way back is under way."""
    script = failed().after(35, happened.RollbackStarted(by="ana", note="restart hangs"))
    script.begin("back").run("back", "web-1", 21).run("back", "web-2", 24)
    script.start("back", "web-3")
    return script


def rolled_back() -> Script:
    """The old version answers everywhere."""
    script = rolling_back()
    script.end("back-web-3-run-1", "passed", took=19).after(0, happened.HostPassed(step="back", host="web-3"))
    script.passed("back").begin("proof")
    for host in WEB:
        script.run("proof", host, 1)
    return script.passed("proof").after(0, happened.Ended(outcome="rolled_back"))


def waiting() -> Script:
    """Everything is deployed; the soak goes on."""
    script = deploying()
    script.end("rest-web-2-run-1", "passed", took=52).after(0, happened.HostPassed(step="rest", host="web-2"))
    script.run("rest", "web-3", 47).passed("rest").begin("smoke").run("smoke", HERE, 2).passed("smoke")
    return script.begin("soak")


def telling() -> Script:
    """A person has something to do."""
    return waiting().after(600).passed("soak").begin("tell")


def done() -> Script:
    """The release is done."""
    script = telling().after(44, happened.StepDone(step="tell", by="ana", note="told them"))
    return script.passed("tell").after(0, happened.Ended(outcome="done"))
