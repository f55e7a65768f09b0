"""A release as its journal tells it, read by hand: plain dicts in, no code of the core."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

COMPLETE = ("passed", "skipped", "dropped")


@dataclass
class Try:
    """An attempt."""

    id: str
    step: str
    host: str
    part: str
    number: int
    row: int
    outcome: str = ""
    settled: str = ""
    stopped_by: str = ""


@dataclass
class Spot:
    """One host of a step. `status` is waiting, running, failed, or one of COMPLETE; `bad` is how it failed."""

    status: str = "waiting"
    bad: str = ""
    ordered: bool = False
    asked: bool = False
    begun: bool = False
    tries: list[Try] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """How many run attempts there were; a check shows nothing that is signed."""
        return sum(each.part == "run" for each in self.tries)

    @property
    def touched(self) -> bool:
        """Whether a command was started here and not undone, or is perhaps being started."""
        return self.begun or (self.status == "running" and any(not each.outcome for each in self.tries))

    @property
    def latest(self) -> Try | None:
        """Its latest run attempt."""
        return next((each for each in reversed(self.tries) if each.part == "run"), None)

    @property
    def unsettled(self) -> bool:
        """Whether its latest run attempt is unknown, and nobody has said more."""
        return self.latest is not None and self.latest.outcome == "unknown" and not self.latest.settled

    @property
    def busy(self) -> bool:
        """Whether an attempt runs."""
        return any(not each.outcome for each in self.tries)


class Ledger:
    """What has happened up to a row. Fields are what a person would note down on paper while reading the journal."""

    def __init__(self, lines: list[bytes]) -> None:
        self.rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
        opened = self.rows[0]["event"]
        self.plan: dict[str, Any] = opened["plan"]
        self.nonce: str = opened["nonce"]
        self.captain: str = opened["captain"]
        self.starter = self.captain
        self.forward: list[dict[str, Any]] = [step for phase in self.plan["phases"] for step in phase["steps"]]
        back = self.plan.get("rollback") or {}
        self.backward: list[dict[str, Any]] = [*back.get("steps", ()), *back.get("verify", ())]
        self.undos: list[dict[str, Any]] = list(self.plan.get("undos", ()))
        self.manual = {name: each["step"] | {"type": "run"} for name, each in self.plan.get("manual", {}).items()}
        ways = (*self.forward, *self.backward, *self.undos, *self.manual.values())
        self.steps = {step["id"]: step for step in ways}
        self.left: set[str] = set()
        self.done: dict[str, str] = dict.fromkeys(self.steps, "pending")
        self.spots = {(name, host): Spot() for name, step in self.steps.items() for host in hosts(step)}
        self.tries: dict[str, Try] = {}
        self.items: dict[str, set[str]] = {name: set() for name in self.steps}
        self.votes: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {name: [] for name in self.steps}
        self.waived: dict[str, set[str]] = {name: set() for name in self.steps}
        self.started: dict[str, float] = {}
        self.begun: set[str] = set()
        self.back = ""
        self.back_hosts: tuple[str, ...] = ()
        self.locks: dict[str, str] = {}
        self.held_by_others: set[str] = set()
        self.what: dict[str, tuple[str, str, str]] = {}
        self.reach: dict[str, str] = {}
        self.dropped: set[str] = set()
        self.missing: set[str] = set()
        self.offered = ""
        self.held = self.aborted = self.rolling = self.closed = False
        self.ended = ""
        self.epoch = 0

    @property
    def track(self) -> list[dict[str, Any]]:
        """The steps that are being done."""
        ordered = [step for name, step in self.manual.items() if self.done[name] == "running" and name not in self.left]
        if self.rolling:
            return self.backward + ordered
        return ([self.steps[self.steps[self.back]["undo"]]] if self.back else self.forward) + ordered

    def behind(self, name: str) -> list[str]:
        """The forward steps that wait for a step, however indirectly."""
        return [step["id"] for step in self.forward if name in self.awaited(step["id"])]

    def awaited(self, name: str) -> set[str]:
        """Every step that must be complete before this one's turn."""
        found, left = set[str](), list(self.steps[name].get("after", ()))
        while left:
            each = left.pop()
            found.add(each)
            left += self.steps[each].get("after", ())
        return found

    def of(self, step: str) -> dict[str, Spot]:
        """The hosts of a step."""
        return {host: spot for (name, host), spot in self.spots.items() if name == step}

    def locker(self, members: list[str]) -> str:
        """The host whose lock keeps others out of a group: the first that takes part, or is known to be locked."""
        for host in members:
            if host not in self.dropped or self.locks.get(host) == "ours" or host in self.held_by_others:
                return host
        return members[0]

    def before(self, name: str) -> list[str]:
        """What a signature at a gate covers: the steps written before it, and what it waits for."""
        written = [step["id"] for step in self.track]
        found = set(written[: written.index(name)]) if name in written else set(written)
        return sorted(found | self.awaited(name))

    def shown(self, name: str) -> dict[str, Any]:
        """What a signature covers: where those steps and their hosts stand, and what was ticked."""
        return {"waived": set(self.waived[name]), **{each: self._standing(each) for each in self.before(name)}}

    def _standing(self, name: str) -> tuple[Any, ...]:
        runs = {host: (spot.status, spot.bad, spot.runs) for host, spot in self.of(name).items()}
        return self.done[name], runs, set(self.items[name])

    def note(self, row: dict[str, Any]) -> None:
        """Take down one row."""
        event = row["event"]
        taken = getattr(self, f"_{event['event'].replace('-', '_')}", None)
        if taken is not None:
            taken(event, row["seq"])
        if event["event"] == "step-started":
            self.started[event["step"]] = row["at"]

    def _engine_started(self, event: dict[str, Any], _row: int) -> None:
        self.epoch = event["epoch"]
        self.locks = {host: "unsure" if lock == "ours" else lock for host, lock in self.locks.items()}
        self.reach = {host: "lost" if reach == "reached" else reach for host, reach in self.reach.items()}

    def _host_reached(self, event: dict[str, Any], _row: int) -> None:
        self.what[event["host"]] = (event["key"], event["boot"], event["marker"])
        self.reach[event["host"]] = "reached"

    def _host_unreachable(self, event: dict[str, Any], _row: int) -> None:
        self.reach[event["host"]] = "unreachable"

    def _link_lost(self, event: dict[str, Any], _row: int) -> None:
        self.reach[event["host"]] = "lost"

    def _lock_taken(self, event: dict[str, Any], _row: int) -> None:
        self.locks[event["host"]] = "ours"
        self.held_by_others.discard(event["host"])

    def _lock_refused(self, event: dict[str, Any], _row: int) -> None:
        self.locks[event["host"]] = "refused"
        self.held_by_others.add(event["host"])

    def _lock_takeover_ordered(self, event: dict[str, Any], _row: int) -> None:
        self.locks[event["host"]] = "unsure"

    def _step_started(self, event: dict[str, Any], _row: int) -> None:
        self._mark(event["step"], "running")

    def _manual_ordered(self, event: dict[str, Any], _row: int) -> None:
        self._mark(event["step"], "running")
        self.left.discard(event["step"])
        for spot in self.of(event["step"]).values():
            self._wait(spot, "waiting")

    def _redeploy_ordered(self, event: dict[str, Any], _row: int) -> None:
        for name in {event["step"], *event["steps"], *self.behind(event["step"])}:
            if self.done[name] != "pending":
                self._renew(name)

    def _step_passed(self, event: dict[str, Any], _row: int) -> None:
        self._mark(event["step"], "passed")

    def _step_ordered(self, event: dict[str, Any], _row: int) -> None:
        self._mark(event["step"], "pending")

    def _condition_unknown(self, event: dict[str, Any], _row: int) -> None:
        self._mark(event["step"], "asking")

    def _step_skipped(self, event: dict[str, Any], _row: int) -> None:
        if event.get("host"):
            self._spot(event, "skipped")
        else:
            self._mark(event["step"], "skipped")

    def _mark(self, step: str, word: str) -> None:
        self.done[step] = word

    def _spot(self, event: dict[str, Any], status: str, bad: str = "") -> None:
        spot = self.spots[event["step"], event["host"]]
        spot.status, spot.bad = status, bad

    def _attempt_started(self, event: dict[str, Any], row: int) -> None:
        one = Try(event["id"], event["step"], event["host"], event["part"], event["number"], row)
        self.tries[one.id] = one
        spot = self.spots[one.step, one.host]
        spot.tries.append(one)
        if one.part == "run":
            spot.status, spot.bad, spot.ordered, spot.asked = "running", "", False, False
        else:
            spot.asked = True

    def _stop_ordered(self, event: dict[str, Any], _row: int) -> None:
        if event["id"] in self.tries:
            self.tries[event["id"]].stopped_by = event["by"]

    def _attempt_ended(self, event: dict[str, Any], _row: int) -> None:
        if event["id"] in self.tries:
            one = self.tries[event["id"]]
            one.outcome = event["outcome"]
            if one.part == "run" and one.outcome != "error":
                self.spots[one.step, one.host].begun = True

    def _attempt_settled(self, event: dict[str, Any], _row: int) -> None:
        one = self.tries.get(event["id"])
        if one is None:
            return
        one.settled = event["outcome"]
        spot = self.spots[one.step, one.host]
        if spot.bad == "unknown":
            spot.status, spot.bad = "running", ""

    def _host_passed(self, event: dict[str, Any], _row: int) -> None:
        self._spot(event, "passed")

    def _host_failed(self, event: dict[str, Any], _row: int) -> None:
        self._spot(event, "failed", event["outcome"])
        self.spots[event["step"], event["host"]].asked = False

    def _host_dropped(self, event: dict[str, Any], _row: int) -> None:
        self._spot(event, "dropped")
        self.dropped.add(event["host"])

    def _retry_ordered(self, event: dict[str, Any], _row: int) -> None:
        self._spot(event, "waiting")
        self.spots[event["step"], event["host"]].ordered = True

    def _item_ticked(self, event: dict[str, Any], _row: int) -> None:
        self.items[event["step"]].add(event["item"])

    _item_not_applicable = _item_ticked

    def _signed_off(self, event: dict[str, Any], row: int) -> None:
        vote = event | {"at": self.rows[row - 1]["at"]}
        self.votes[event["gate"]].append((vote, self.shown(event["gate"])))

    def _gate_refused(self, event: dict[str, Any], _row: int) -> None:
        self.votes[event["gate"]].clear()

    def _waived(self, event: dict[str, Any], _row: int) -> None:
        self.waived[event["step"]].add(event["what"])

    def _back_ordered(self, event: dict[str, Any], _row: int) -> None:
        self.back, self.back_hosts, self.held = event["step"], tuple(event["hosts"]), False
        undo = self.steps[self.back]["undo"]
        self.done[undo] = "pending"
        for host, spot in self.of(undo).items():
            self._wait(spot, "waiting" if host in self.back_hosts else "skipped")

    def _back_done(self, event: dict[str, Any], _row: int) -> None:
        spots = self.of(event["step"])
        for host in set(self.back_hosts) & spots.keys():
            spots[host].begun = False
            self._let_wait(spots[host])
        self.done[event["step"]] = "running"
        if not any(spot.begun for spot in spots.values()):
            self._renew(event["step"])
        for name in self.behind(event["step"]):
            self._renew(name)
        self.back, self.back_hosts = "", ()

    def _renew(self, name: str) -> None:
        if name in self.started:
            self.begun.add(name)
        self.done[name] = "pending"
        self.started.pop(name, None)
        self.items[name].clear()
        self.votes[name].clear()
        self.waived[name].clear()
        for spot in self.of(name).values():
            self._let_wait(spot)

    def _let_wait(self, spot: Spot) -> None:
        if spot.status not in ("dropped", "skipped"):
            self._wait(spot, "waiting")

    @staticmethod
    def _wait(spot: Spot, status: str) -> None:
        spot.status, spot.bad, spot.ordered, spot.asked = status, "", False, False

    def _held(self, _event: dict[str, Any], _row: int) -> None:
        self.held = True

    def _resumed(self, _event: dict[str, Any], _row: int) -> None:
        self.held = False

    def _aborted(self, _event: dict[str, Any], _row: int) -> None:
        self.aborted, self.held, self.back = True, False, ""

    def _rollback_started(self, _event: dict[str, Any], _row: int) -> None:
        if self.rolling:
            for step in self.backward:
                self._again(step)
        else:
            self.dropped.clear()
        self.left |= {name for name in self.manual if self.done[name] == "running"}
        self.rolling, self.aborted, self.held, self.ended, self.back = True, False, False, "", ""

    def _again(self, step: dict[str, Any]) -> None:
        for spot in self.of(step["id"]).values():
            if self.done[step["id"]] == "running" and spot.status not in COMPLETE and not spot.unsettled:
                spot.status = "waiting" if not spot.busy else spot.status

    def _ended(self, event: dict[str, Any], _row: int) -> None:
        self.ended = event["outcome"]

    def _closed(self, _event: dict[str, Any], _row: int) -> None:
        self.closed = True

    def _credentials_missed(self, event: dict[str, Any], _row: int) -> None:
        self.missing |= set(event["names"])

    def _credentials_supplied(self, event: dict[str, Any], _row: int) -> None:
        self.missing -= set(event["names"])

    def _captaincy_offered(self, event: dict[str, Any], _row: int) -> None:
        self.offered = event["to"]

    def _captain_changed(self, event: dict[str, Any], _row: int) -> None:
        self.captain, self.offered = event["captain"], ""


def hosts(step: dict[str, Any]) -> list[str]:
    """The hosts of a step, in order."""
    if step["type"] == "run":
        return [host for batch in step["batches"] for host in batch]
    return list(step.get("hosts", ["here"])) if step["type"] == "http" else []
