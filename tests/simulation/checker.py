"""Whether a flight kept the promises: told from its journal, its outputs and what its hosts remember.

Nothing of the core is imported. Each broken promise is a line `rule: what`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Protocol

from tests.simulation.batches import Batches
from tests.simulation.extrabook import Extras
from tests.simulation.ledger import COMPLETE, Ledger, Spot, Try, hosts
from tests.simulation.rulebook import Book
from tests.simulation.truth import Truth

TOLERANCE = 150.0
"""Seconds that may pass until a release hears that its lock was taken."""

CAPTAINS = (
    *("held", "resumed", "aborted", "rollback-started", "closed", "gate-opened", "gate-refused", "retry-ordered"),
    *("step-skipped", "host-dropped", "stop-ordered", "attempt-settled", "lock-takeover-ordered", "step-ordered"),
    *("vetoed", "back-ordered", "redeploy-ordered"),
)
MEANT = ("held", "aborted", "rollback-started", "back-ordered")
"""What a decision may mean."""

AFTER_CLOSE = ("host-cleaned", "engine-started", "link-lost", "host-unreachable", "credentials-missed")


class Remains(Protocol):
    """What a flight left."""

    releases: list[dict[str, Any]]
    executions: list[dict[str, Any]]
    sent: list[dict[str, Any]]
    seen: list[dict[str, Any]]
    strikes: list[dict[str, Any]]
    stuck: list[str]


def check(remains: Remains) -> list[str]:
    """Every broken promise."""
    found = [f"liveness: {text}" for text in remains.stuck]
    for release in remains.releases:
        found += [f"defect: {text}" for text in release["defects"]]
        found += Audit(remains, release).found()
    return found


class Audit:
    """One release held against what is known of the world."""

    def __init__(self, remains: Remains, release: dict[str, Any]) -> None:
        self.remains, self.release = remains, release
        self.ledger = Ledger(release["lines"])
        self.book = Book(self.ledger)
        self.extras = Extras(self.ledger, self.book)
        self.row = 0
        self.runs: dict[str, list[dict[str, Any]]] = {}
        for each in remains.executions:
            self.runs.setdefault(each["id"], []).append(each)
        self.sent: dict[str, list[dict[str, Any]]] = {}
        for each in remains.sent:
            self.sent.setdefault(each["id"], []).append(each)

    def found(self) -> list[str]:
        """Every broken promise of this release."""
        name = self.release["name"]
        found = [f"{rule}: {name}: {text}" for rule, text in self._chain()]
        for row in self.ledger.rows:
            self.row = row["seq"]
            said = [*self.book.before(row), *self.extras.before(row)]
            said += [*self._row(row), *self.book.check(row), *self.extras.check(row)]
            self.ledger.note(row)
            self.book.note(row)
            self.extras.note(row)
            found += [f"{rule}: {name} row {row['seq']}: {text}" for rule, text in said]
        found += [f"{rule}: {name}: {text}" for rule, text in self._timely()]
        found += [f"{rule}: {name}: {text}" for rule, text in self._world()]
        return found

    def _timely(self) -> Iterator[tuple[str, str]]:
        yield from Batches(self.ledger, self.remains.executions).found()
        yield from Truth(self.ledger, self.release, self.remains.strikes).found()

    def _chain(self) -> Iterator[tuple[str, str]]:
        previous, at = b"0" * 64, 0.0
        for number, (line, row) in enumerate(zip(self.release["lines"], self.ledger.rows, strict=True), 1):
            previous = hashlib.sha256(previous + b"\n" + line).hexdigest().encode()
            if row["seq"] != number or self.release["hashes"][number - 1] != previous.decode():
                yield "chain", f"row {number} does not fit"
            if row["at"] < at:
                yield "time", f"row {number} is earlier than the one before"
            at = row["at"]
            if self.release["secret"].encode() in line:
                yield "secret", f"row {number} holds a secret"
        if self.release["writers"] != sorted(self.release["writers"]):
            yield "writer", "a stale engine wrote"
        for attempt, data in self.release["outputs"].items():
            if self.release["secret"][:8].encode() in data:
                yield "secret", f"the output of {attempt} holds a secret, or its beginning"

    def _row(self, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
        event, ledger = row["event"], self.ledger
        kind = event["event"]
        if ledger.closed and kind not in AFTER_CLOSE:
            yield "closed", f"{kind} after the end"
        if "the cockpit itself failed" in str(event):
            yield "defect", str(event)
        yield from self._who(event)
        if kind == "engine-started" and event["epoch"] <= ledger.epoch:
            yield "writer", "the epoch did not grow"
        elif kind == "step-started":
            yield from self._free(event["step"])
            if ledger.held:
                yield "held", f"{event['step']} began under a hold"
        elif kind == "attempt-started":
            yield from self._started(event)
        elif kind == "attempt-ended":
            yield from self._ended(event, row["seq"])
        elif kind == "attempt-settled":
            yield from self._settled(event)
        elif kind == "host-passed":
            yield from self._passed(event)
        elif kind == "step-passed":
            yield from self._step_passed(event)
        elif kind == "sign-off-lapsed":
            yield from self._lapsed(event, row["at"])
        elif kind == "gate-opened":
            yield from self._opened(event)
        elif kind == "ended":
            yield from self._over(event)

    def _who(self, event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        ledger, by, kind = self.ledger, event.get("by"), event["event"]
        if by in (None, "cockpit"):
            return
        if kind in CAPTAINS and by not in self._drivers(kind):
            yield "people", f"{kind} by {by}, and the captain is {ledger.captain}"
        if kind in ("item-ticked", "item-not-applicable", "step-done", "manual-ordered"):
            owners = self._people(ledger.steps[event["step"]].get("owner", ()))
            if by not in (ledger.captain, *owners):
                yield "people", f"{kind} by {by}"
        if kind == "signed-off":
            gate = ledger.steps[event["gate"]]
            if event["role"] not in gate.get("sign", {}) or by not in self._people([event["role"]]):
                yield "people", f"{by} signed as {event['role']}"
            if gate.get("without_starter") and by == ledger.starter:
                yield "people", f"{by} signed, and started the release"
        if kind == "captain-changed" and event.get("note", "") == "" and ledger.offered != by:
            yield "people", f"{by} became captain"

    def _drivers(self, kind: str) -> tuple[str, ...]:
        """Who may do what a captain does: the owner of a decision too, where it means that."""
        captain = (self.ledger.captain,)
        if kind == "attempt-settled":
            return (*captain, "check")
        return (*captain, self.book.decider) if kind in MEANT else captain

    def _people(self, roles: Any) -> list[str]:
        return [login for role in roles for login in self.ledger.plan["roles"][role]["people"]]

    def _free(self, name: str) -> Iterator[tuple[str, str]]:
        """Whether a step, or something of it, may begin now."""
        ledger = self.ledger
        if name not in [step["id"] for step in ledger.track]:
            yield "track", f"{name} belongs to the other way"
        for other in ledger.steps[name].get("after", ()):
            if ledger.done[other] not in ("passed", "skipped"):
                yield "order", f"{name} began before {other} was complete"
        if ledger.aborted or ledger.ended:
            yield "aborted", f"{name} began after abort or end"
        if ledger.back:
            names = [ledger.back, *ledger.behind(ledger.back)]
            if any(not one.outcome for one in ledger.tries.values() if one.step in names):
                yield "back", f"{name} began while attempts of what is undone run"
        if ledger.rolling:
            names = [*(step["id"] for step in ledger.forward), *ledger.left]
            if any(not one.outcome for one in ledger.tries.values() if one.step in names):
                yield "rollback", f"{name} began while forward attempts run"

    def _started(self, event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        ledger, name, host = self.ledger, event["step"], event["host"]
        spot, step = ledger.spots[name, host], ledger.steps[name]
        text = "\0".join((ledger.nonce, name, host, event["part"], str(event["number"])))
        if event["id"] != hashlib.sha256(text.encode()).hexdigest()[:24]:
            yield "id", f"{event['id']} is not computed"
        if event["id"] in ledger.tries:
            yield "id", f"{event['id']} was used before"
        if spot.busy:
            yield "twice", f"two attempts of {name} run on {host}"
        if ledger.done[name] != "running":
            yield "order", f"an attempt of {name}, which is {ledger.done[name]}"
        yield from self._free(name)
        yield from self._held(event, spot, step)
        yield from self._credentials(step, event)
        yield from self._identity(event, step)
        if host != "here":
            yield from self._locked(host)
        if event["part"] == "run" and spot.status == "waiting":
            yield from self._batch(step, host, spot)
        yield from self._decided(event, spot)
        if (ledger.rolling or ledger.back) and event["part"] == "run" and spot.status == "waiting":
            for other in (*ledger.forward, *ledger.manual.values()):
                if host in hosts(other) and other["id"] != name and ledger.spots[other["id"], host].unsettled:
                    yield "rollback", f"{name} began on {host}, where {other['id']} is unknown"

    def _held(self, event: dict[str, Any], spot: Spot, step: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if not self.ledger.held or event["step"] in self.ledger.manual:
            return
        polled = step["type"] == "http" and spot.status == "running"
        checked = event["part"] == "check" and (spot.status == "running" or spot.asked)
        if not (polled or checked):
            yield "held", f"an attempt of {event['step']} began under a hold"

    def _credentials(self, step: dict[str, Any], event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        needed = {"ssh login", *step.get("secrets", ())}
        needed |= set((step.get("check") or {}).get("secrets", ())) if event["part"] == "check" else set()
        if missed := needed & self.ledger.missing:
            yield "credentials", f"{event['step']} began without {missed}"

    def _identity(self, event: dict[str, Any], step: dict[str, Any]) -> Iterator[tuple[str, str]]:
        seen = self.ledger.what.get(event["host"])
        if seen != tuple(event.get(name, "") for name in ("key", "boot", "marker")):
            yield "identity", f"{event['host']} was last seen as {seen}"
        if self._commands(step, event["part"]) and self.ledger.reach.get(event["host"]) != "reached":
            yield "identity", f"{event['step']} began on {event['host']}, which is not reached"

    @staticmethod
    def _commands(step: dict[str, Any], part: str) -> bool:
        """Whether an attempt is a command on a host, and not a request from here."""
        return step["type"] == "run" and not (part == "check" and (step.get("check") or {}).get("request"))

    def _locked(self, host: str) -> Iterator[tuple[str, str]]:
        ledger = self.ledger
        groups = [members for members in ledger.plan["groups"].values() if host in members]
        for members in groups or [[host]]:
            first = ledger.locker(members)
            if ledger.locks.get(first) != "ours":
                yield "lock", f"something began on {host} without the lock on {first}"
            yield from self._alone(first, host)

    def _alone(self, first: str, host: str) -> Iterator[tuple[str, str]]:
        """Nothing may begin long after another release has taken the lock."""
        moment = self.release["moments"][self.row - 1]
        holder, since = self._holder(first, moment)
        if holder not in ("", self.ledger.nonce) and moment - since > TOLERANCE:
            yield "alone", f"something began on {host}, {moment - since:.0f} s after {holder} locked {first}"

    def _batch(self, step: dict[str, Any], host: str, spot: Spot) -> Iterator[tuple[str, str]]:
        if spot.ordered or step["type"] != "run":
            return
        spots = self.ledger.of(step["id"])
        failed = [each for each in spots.values() if each.status == "failed"]
        if len(failed) > step.get("fail_above", 0.0) * len(spots) + 1e-6:
            yield "fail_above", f"{step['id']} went on to {host}"
        others = [each for name, each in spots.items() if name != host]
        alone = len(step["batches"][0]) == 1 and not any(each.status == "passed" for each in others)
        if alone and any(each.status not in ("waiting", *COMPLETE) and each.bad != "error" for each in others):
            yield "first", f"{step['id']} began on {host} before the first host was well"
        for batch in step["batches"]:
            if host in batch:
                break
            if any(spots[name].status not in (*COMPLETE, "failed") for name in batch):
                yield "batch", f"{step['id']} began on {host} before the batch before it ended"

    def _decided(self, event: dict[str, Any], spot: Spot) -> Iterator[tuple[str, str]]:
        """After a failure or the unknown only an order of a person (or a new rollback) makes a new run attempt."""
        if event["part"] == "run" and spot.status in ("failed", *COMPLETE):
            yield "decision", f"{event['step']} began anew on {event['host']}, which has {spot.status}"
        latest = spot.latest
        unknown = latest is not None and latest.outcome == "unknown" and spot.status == "running"
        if unknown and event["part"] == "run" and self.ledger.steps[event["step"]]["type"] == "run":
            yield "decision", f"{event['step']} began anew on {event['host']}, where it is unknown"

    def _ended(self, event: dict[str, Any], seq: int) -> Iterator[tuple[str, str]]:
        one = self.ledger.tries.get(event["id"])
        if one is None or one.outcome:
            yield "result", f"{event['id']} did not run"
            return
        if self._commands(self.ledger.steps[one.step], one.part):
            yield from self._truth(event, one, seq)
        else:
            yield from self._answered(event, one)
        stored = self.release["outputs"].get(event["id"], b"")
        if event.get("sha256") and hashlib.sha256(stored[: event.get("size", 0)]).hexdigest() != event["sha256"]:
            yield "output", f"the output of {event['id']} is not the one that was sealed"

    def _truth(self, event: dict[str, Any], one: Try, seq: int) -> Iterator[tuple[str, str]]:
        runs, outcome = self.runs.get(event["id"], []), event["outcome"]
        really = runs[0]["how"] if runs else "never started"
        moment = self.release["moments"][seq - 1]
        if outcome == "unknown":
            return
        if outcome == "error":
            if runs:
                yield "result", f"{one.step} on {one.host} was started, and its result is an error"
            return
        expected = {"passed": "0", "stopped": "stopped"}.get(outcome, str(event.get("exit")))
        if len(runs) != 1 or really != expected or runs[0]["ended"] > moment + 1e-3:
            yield "result", f"{one.step} on {one.host} is {outcome}, and was {really}"
        elif outcome in ("passed", "failed"):
            yield from self._same_output(event, runs[0])

    def _same_output(self, event: dict[str, Any], run: dict[str, Any]) -> Iterator[tuple[str, str]]:
        _, _, pieces, captured = run["habit"]
        told = b"".join(piece for _, piece in pieces)
        for release in self.remains.releases:
            told = told.replace(release["secret"].encode(), b"*" * len(release["secret"]))
        stored = self.release["outputs"].get(event["id"], b"")
        if stored != told and not (told.startswith(stored.rstrip(b"*")) and "missing" in event.get("reason", "")):
            yield "output", f"{event['id']} printed {told!r}, and {stored!r} is stored"
        lines = [line.split("=") for line in captured.decode().splitlines()]
        known = event.get("captures", {})
        if known != {name: value for name, value in lines} and "left out" not in event.get("reason", ""):  # noqa: C416
            yield "result", f"{event['id']} captured {captured!r}, and {known} is recorded"

    def _answered(self, event: dict[str, Any], one: Try) -> Iterator[tuple[str, str]]:
        sent = self.sent.get(event["id"], [])
        if event["outcome"] == "passed" and not sent:
            yield "result", f"{one.step} passed, and nobody was asked"
        if event["outcome"] == "error" and any(each["method"] != "GET" for each in sent):
            yield "result", f"the request of {one.step} was sent, and its result is an error"

    def _settled(self, event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        one = self.ledger.tries.get(event["id"])
        if one is None:
            yield "settle", f"{event['id']} was never started"
            return
        spot = self.ledger.spots[one.step, one.host]
        if one is not spot.latest or not spot.unsettled:
            yield "settle", f"{one.step} on {one.host} is not unknown"
        if event["by"] == "check":
            yield from self._well(one.step, spot)

    def _passed(self, event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        name, spot = event["step"], self.ledger.spots[event["step"], event["host"]]
        latest, step = spot.latest, self.ledger.steps[name]
        if latest is None or spot.busy or spot.status == "failed":
            yield "passed", f"{name} passed on {event['host']}, which is {spot.status}"
            return
        if "passed" not in (latest.outcome, latest.settled):
            yield "passed", f"{name} passed on {event['host']}, which ended {latest.outcome} {latest.settled}"
        if latest.outcome == "unknown" and latest.settled != "passed":
            yield "passed", f"{name} passed on {event['host']} although it is unknown"
        if step.get("check") and not latest.settled:
            yield from self._well(name, spot)
        if step["type"] == "http" and not latest.settled:
            times = step.get("times", 1)
            if [each.outcome for each in spot.tries[-times:]] != ["passed"] * times:
                yield "passed", f"{name} passed on {event['host']} too early"

    def _well(self, name: str, spot: Spot) -> Iterator[tuple[str, str]]:
        times = self.ledger.steps[name]["check"].get("times", 1)
        if [(each.part, each.outcome) for each in spot.tries[-times:]] != [("check", "passed")] * times:
            yield "passed", f"{name} counts as well before its check passed {times} times"

    def _step_passed(self, event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        ledger, step = self.ledger, self.ledger.steps[event["step"]]
        if ledger.done[step["id"]] != "running":
            yield "order", f"{step['id']} passed, which is {ledger.done[step['id']]}"
        if any(spot.status not in COMPLETE for spot in ledger.of(step["id"]).values()):
            yield "passed", f"{step['id']} passed before all its hosts"
        if step["type"] == "checklist" and {item["id"] for item in step["items"]} - ledger.items[step["id"]]:
            yield "passed", f"{step['id']} passed without all its items"

    def _opened(self, event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        ledger, name = self.ledger, event["gate"]
        gate = ledger.steps[name]
        yield from self._free(name)
        if ledger.held:
            yield "held", f"{name} was opened under a hold"
        if event["by"] != ledger.captain:
            yield "gate", f"{name} was opened by {event['by']}"
        shown, votes = ledger.shown(name), dict[tuple[str, str], dict[str, Any]]()
        for vote, saw in ledger.votes[name]:
            if saw == shown:
                votes[vote["role"], vote["by"]] = vote
        oldest = ledger.rows[self.row - 1]["at"] - gate.get("expires", float("inf"))
        yeses = [pair for pair, vote in votes.items() if vote["yes"] and vote["at"] > oldest]
        if not all(vote["yes"] for vote in votes.values()):
            yield "gate", f"{name} was opened over a no"
        for role, count in gate.get("sign", {}).items():
            if sum(each == role for each, _ in yeses) < count:
                yield "gate", f"{name} was opened without {count} of {role}"
        if len({login for _, login in yeses}) < gate.get("distinct", 0):
            yield "gate", f"{name} was opened without {gate['distinct']} different people"

    def _lapsed(self, event: dict[str, Any], at: float) -> Iterator[tuple[str, str]]:
        """A yes becomes void when it is due and not before, and a no never does."""
        who, gate = (event["role"], event["by"]), self.ledger.steps[event["gate"]]
        given = [vote for vote, _ in self.ledger.votes[event["gate"]] if (vote["role"], vote["by"]) == who]
        if not given or not given[-1]["yes"] or at < given[-1]["at"] + gate.get("expires", float("inf")):
            yield "gate", f"a sign-off of {event['by']} for {event['gate']} became void too early"

    def _over(self, event: dict[str, Any]) -> Iterator[tuple[str, str]]:
        ledger = self.ledger
        if any(not one.outcome for one in ledger.tries.values()):
            yield "ended", "it ended while something runs"
        if event["outcome"] in ("done", "rolled_back"):
            track = ledger.track
            if ledger.rolling != (event["outcome"] == "rolled_back"):
                yield "ended", f"{event['outcome']} on the other way"
            if left := [step["id"] for step in track if ledger.done[step["id"]] not in ("passed", "skipped")]:
                yield "ended", f"{event['outcome']} without {left}"
        elif not ledger.aborted:
            yield "ended", f"{event['outcome']} without an abort"

    def _world(self) -> Iterator[tuple[str, str]]:
        """What hosts and servers remember, held against the journal."""
        for id_, one in self.ledger.tries.items():
            runs = self.runs.get(id_, [])
            if len(runs) > 1:
                yield "twice", f"{one.step} ran {len(runs)} times on {one.host} as {id_}"
            for run in runs:
                yield from self._journaled(run, one)
            posts = [each for each in self.sent.get(id_, []) if each["method"] != "GET"]
            if len(posts) > 1:
                yield "twice", f"the POST of {one.step} ({id_}) was sent {len(posts)} times"
            if any(each["known"] < one.row for each in self.sent.get(id_, [])):
                yield "journal", f"{one.step} was sent before it was journaled"
        nonce = self.ledger.nonce
        for run in self.remains.executions:
            if run["nonce"] == nonce and run["id"] not in self.ledger.tries:
                yield "journal", f"{run['host']} ran {run['id']}, which is not in the journal"
        yield from self._left()

    def _journaled(self, run: dict[str, Any], one: Try) -> Iterator[tuple[str, str]]:
        row = self.ledger.rows[one.row - 1]["event"]
        if run["known"] < one.row:
            yield "journal", f"{one.step} ran on {one.host} before it was journaled"
        if any(run[name] != row.get(name, "") for name in ("key", "boot", "marker")):
            yield "identity", f"{one.step} ran on a {one.host} that is not the one of its journal"
        if run["host"] != one.host:
            yield "identity", f"{one.step} of {one.host} ran on {run['host']}"

    def _left(self) -> Iterator[tuple[str, str]]:
        closed = next((row["seq"] for row in self.ledger.rows if row["event"]["event"] == "closed"), None)
        for seen in self.remains.seen:
            left = seen["nonce"] == self.ledger.nonce and seen["what"] in ("cleaned", "unlocked")
            if left and (closed is None or seen["known"] < closed):
                yield "cleaned", f"{seen['host']} was {seen['what']} before the end"

        yield from self._tidy()

    def _tidy(self) -> Iterator[tuple[str, str]]:
        """On a host that was cleaned nothing is left."""
        rows = [row["event"] for row in self.ledger.rows]
        for host in [row["host"] for row in rows if row["event"] == "host-cleaned" and not row.get("reason")]:
            mine = [each for each in self.remains.seen if each["host"] == host and each["nonce"] == self.ledger.nonce]
            if mine and mine[-1]["what"] in ("locked", "folder"):
                yield "left", f"{host} was cleaned, and then {mine[-1]['what']} again"

    def _holder(self, host: str, moment: float) -> tuple[str, float]:
        holder, since = "", 0.0
        for seen in self.remains.seen:
            if seen["host"] == host and seen["at"] <= moment and seen["what"] in ("locked", "unlocked", "swapped"):
                holder, since = (seen["nonce"] if seen["what"] == "locked" else ""), seen["at"]
        return holder, since
