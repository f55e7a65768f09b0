"""What rules may cause, and must: read from a journal row by row, as a person would, with no code of the core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.simulation.ledger import Ledger

Broken = Iterator[tuple[str, str]]
Row = dict[str, Any]
GONE = ("failed", "error", "stopped")


@dataclass
class Rule:
    """Where a rule stands. `announced` and `asked` hold the event that says so."""

    said: dict[str, Any]
    verdict: str = ""
    since: float = 0.0
    announced: Row | None = None
    asked: Row | None = None
    excused: str = ""
    again: float | None = None
    backed: float | None = None

    @property
    def well(self) -> bool:
        """Whether it passes, or has no data where that counts as passing."""
        silent = self.verdict in ("no data", "error") and self.said.get("no_data") == "pass"
        return self.verdict == "passing" or silent

    def sick(self, at: float) -> bool:
        """Whether it causes what its guard says."""
        if self.excused and (self.again is None or at < self.again):
            return False
        silent = self.verdict in ("no data", "error") and self.said.get("no_data") == "fail"
        return self.verdict == "failing" or silent

    def dumb(self, at: float) -> bool:
        """Whether it causes a hold for want of data."""
        if self.excused and (self.again is None or at < self.again):
            return False
        return self.verdict in ("no data", "error") and self.said.get("no_data", "hold") == "hold"

    def settle(self) -> None:
        """Nothing is announced or asked any more."""
        self.announced = self.asked = None


class Book:
    """What has become of the rules up to a row."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.plan = ledger.plan
        self.rules = {name: Rule(said) for name, said in self.plan.get("rules", {}).items()}
        self.held_rules: tuple[str, ...] = ()
        self.held_guard = ""
        self.baselines: set[str] = set()
        self.at = 0.0
        self.engine = 0.0
        """When an engine began last: nobody may have measured before."""
        self.decider = ""
        self.decided: Row | None = None
        self.last: Row = {}

    def before(self, row: Row) -> Broken:
        """What should have followed by itself before a later row."""
        if row["at"] > self.at and self.rules:
            yield from self._settled()
        self.at = max(self.at, row["at"])
        if row["event"]["event"] == "engine-started":
            self.engine = row["at"]

    def check(self, row: Row) -> Broken:
        """Whether a row may follow."""
        event = row["event"]
        taken = getattr(self, f"_{event['event'].replace('-', '_')}", None)
        if taken is not None:
            yield from taken(event, row["at"])

    def note(self, row: Row) -> None:
        """Take down a row that was checked."""
        event = row["event"]
        noted = getattr(self, f"_note_{event['event'].replace('-', '_')}", None)
        if noted is not None:
            noted(event, row["at"])
        if event["event"] not in ("decided", "waived"):
            self.decider = self.decider if event["event"] in ("held", "decided") else ""
        self.last = event

    def guards(self) -> list[dict[str, Any]]:
        """The guards that watch."""
        ledger = self.ledger
        if ledger.aborted or ledger.ended or ledger.closed:
            return []
        track = ledger.backward if ledger.rolling else ledger.forward
        return [step for step in track if step["type"] == "guard" and ledger.done[step["id"]] == "running"]

    def past(self) -> str:
        """A step that cannot be undone, and has begun."""
        ledger = self.ledger
        for step in ledger.forward:
            spots = ledger.of(step["id"])
            begun = any(spot.touched for spot in spots.values())
            if not spots:
                begun = step["id"] in ledger.started or step["id"] in ledger.begun
            if step.get("no_return") and begun:
                return str(step["id"])
        return ""

    def _settled(self) -> Broken:
        """At the end of everything that follows at one moment."""
        for name, one in self.rules.items():
            if one.announced is not None and self.at >= one.announced["due"]:
                yield "countdown", f"{name} was to roll back at {one.announced['due']}, and nothing came of it"
            if one.asked is not None and "due" in one.asked and self.at >= one.asked["due"]:
                yield "deadline", f"{name} was to be decided by {one.asked['due']}"
        for guard in self.guards():
            for name, action in guard["rules"].items():
                yield from self._missed(guard, name, action)
        if self.held_rules and self.ledger.held:
            steady = self.ledger.steps[self.held_guard].get("steady", 0.0)
            since = max(self.engine, *(self.rules[name].since for name in self.held_rules))
            if steady and all(self.rules[name].well for name in self.held_rules) and self.at >= since + steady:
                yield "steady", f"held although {self.held_rules} were well since {since}"

    def _missed(self, guard: dict[str, Any], name: str, action: str) -> Broken:
        one, ledger = self.rules[name], self.ledger
        open_one = one.announced is not None or one.asked is not None
        stands = open_one or ledger.held or bool(ledger.back)
        if not one.sick(self.at):
            if one.dumb(self.at) and action != "warn" and not stands:
                yield "missed", f"{name} has no data, and {guard['id']} does not hold"
            return
        if action == "roll back" and "rollback" in self.plan and not ledger.rolling and not open_one:
            yield "missed", f"{name} fails, and {guard['id']} does not roll back"
        if action == "decide" and not open_one:
            yield "missed", f"{name} fails, and {guard['id']} asks for no decision"
        if action in ("hold", "back", "roll back") and not stands and not ledger.rolling:
            yield "missed", f"{name} fails, and {guard['id']} does not {action}"

    def _watched(self, event: Row, actions: tuple[str, ...]) -> bool:
        guard = next((each for each in self.guards() if each["id"] == event["guard"]), None)
        return guard is not None and guard["rules"].get(event["rule"]) in actions

    def _rollback_announced(self, event: Row, at: float) -> Broken:
        one, name = self.rules[event["rule"]], event["rule"]
        if not self._watched(event, ("roll back",)) or not one.sick(at):
            yield "guard", f"{name} announced a rollback, and is {one.verdict} excused by {one.excused!r}"
        if self.ledger.rolling or "rollback" not in self.plan or self.past():
            yield "guard", f"{name} announced a rollback that cannot be: past {self.past()!r}"
        countdown = self.ledger.steps[event["guard"]].get("countdown", 30.0)
        if one.announced or one.asked or abs(event["due"] - at - countdown) > 1e-3:
            yield "guard", f"{name} announced a rollback for {event['due']}"

    def _vetoed(self, event: Row, _at: float) -> Broken:
        if self.rules[event["rule"]].announced is None or event["by"] != self.ledger.captain:
            yield "veto", f"{event['by']} vetoed {event['rule']}, which had announced nothing or was not theirs"

    def _called_off(self, event: Row, _at: float) -> Broken:
        one = self.rules[event["rule"]]
        what = one.announced or one.asked
        if what is None or (not one.well and what["guard"] in [each["id"] for each in self.guards()]):
            yield "guard", f"{event['rule']} was called off, and is {one.verdict}"

    def _decision_opened(self, event: Row, at: float) -> Broken:
        one, about, name = self.rules[event["rule"]], event["about"], event["rule"]
        if one.announced or one.asked:
            yield "decision", f"{name} asks twice"
        if about == "decision":
            deadline = self.plan["decisions"][name]["deadline"]
            if not self._watched(event, ("decide",)) or not one.sick(at) or abs(event["due"] - at - deadline) > 1e-3:
                yield "decision", f"{name} asks, and is {one.verdict}"
        elif about == "no return":
            if not self._watched(event, ("roll back",)) or not one.sick(at) or not self.past():
                yield "decision", f"{name} asks whether to go back past {self.past()!r}"
        elif not self._watched(event, ("hold", "decide", "back", "roll back")) or not self._is_over(event["guard"], at):
            yield "decision", f"{name} asks whether {event['guard']} may end, which is not over"

    def _is_over(self, guard: str, at: float) -> bool:
        seconds: float = self.ledger.steps[guard]["seconds"]
        return at >= self.ledger.started[guard] + seconds - 1e-3

    def _decided(self, event: Row, at: float) -> Broken:
        one, name, by = self.rules[event["rule"]], event["rule"], event["by"]
        asked = one.asked
        if asked is None:
            yield "decision", f"{name} was decided, and had asked nothing"
            return
        decision = self.plan["decisions"].get(name, {}) if asked["about"] == "decision" else {}
        if by == "cockpit":
            if at < asked.get("due", at + 1) or event["option"] != decision.get("default"):
                yield "decision", f"{name} was decided by itself as {event['option']}"
        elif by != self.ledger.captain and not self._has(by, decision.get("owner", ())):
            yield "decision", f"{name} was decided by {by}"
        back = ("roll back",) if "rollback" in self.plan and not self.ledger.rolling else ()
        own = {"no return": (*back, "go on"), "end": ("accept", *back)}
        if event["option"] not in own.get(asked["about"], decision.get("options", ())):
            yield "decision", f"{name} was decided as {event['option']}"

    def _has(self, login: str, roles: Any) -> bool:
        return any(login in self.plan["roles"][role]["people"] for role in roles if role in self.plan["roles"])

    def _waived(self, event: Row, _at: float) -> Broken:
        step = self.ledger.steps[event["step"]]
        if self.ledger.done[event["step"]] != "running":
            yield "waiver", f"{event['what']} was waived at {event['step']}, which is not open"
        if step["type"] == "gate":
            role = event.get("role", "")
            if role not in step.get("waiver", ()) or not self._has(event["by"], (role,)):
                yield "waiver", f"{event['by']} waived {event['what']} as {role}"
        elif self.last.get("event") != "decided" or self.last["option"] != "accept":
            yield "waiver", f"{event['what']} was let pass at {event['step']} without a decision"

    def _gate_opened(self, event: Row, _at: float) -> Broken:
        gate = self.ledger.steps[event["gate"]]
        waived = self.ledger.waived[gate["id"]]
        for name in gate.get("passing", ()):
            if not self.rules[name].well and name not in waived:
                yield "criteria", f"{gate['id']} was opened, and {name} is {self.rules[name].verdict}"
        if any(one.announced or one.asked for one in self.rules.values()):
            yield "criteria", f"{gate['id']} was opened, and a rule waits to be settled"
        if gate.get("proven") and "rollback-proven" not in waived:
            for proof in self.plan.get("rollback", {}).get("proofs", ()):
                if self.ledger.done[proof] != "passed" and gate["id"] not in self.ledger.awaited(proof):
                    yield "criteria", f"{gate['id']} was opened, and {proof} has not passed"

    def _step_started(self, event: Row, _at: float) -> Broken:
        before = self.plan.get("before")
        if any(one.announced or one.asked for one in self.rules.values()) and not self.ledger.rolling:
            yield "countdown", f"{event['step']} began while a rule waits to be settled"
        if before and before["until"] == event["step"]:
            used = {rule["metric"] for rule in self.plan["rules"].values() if '"baseline"' in _text(rule)}
            if missing := used - self.baselines:
                yield "baseline", f"{event['step']} began before the baseline of {sorted(missing)}"

    def _step_passed(self, event: Row, at: float) -> Broken:
        step = self.ledger.steps[event["step"]]
        if step["type"] == "guard":
            if not self._is_over(step["id"], at):
                yield "guard", f"{step['id']} ended before its time"
            for name, action in step["rules"].items():
                accepted = name in self.ledger.waived[step["id"]]
                if action != "warn" and not self.rules[name].well and not accepted:
                    yield "guard", f"{step['id']} ended, and {name} is {self.rules[name].verdict!r}"
        if step["type"] == "steady":
            for name in step["rules"]:
                since = max(self.rules[name].since, self.ledger.started[step["id"]])
                if not self.rules[name].well or at < since + step.get("seconds", 0.0) - 1e-3:
                    yield "steady", f"{step['id']} passed, and {name} is {self.rules[name].verdict!r} since {since}"

    def _held(self, event: Row, at: float) -> Broken:
        rules = event.get("rules", ())
        for name in rules:
            one = self.rules[name]
            if name not in self.held_rules and not (one.sick(at) or one.dumb(at)):
                yield "guard", f"{name} holds, and is {one.verdict}"
        if rules and event["guard"] not in [guard["id"] for guard in self.guards()]:
            yield "guard", f"{event['guard']} holds, and does not watch"
        if rules and self.ledger.held and not self.held_rules:
            yield "guard", f"{rules} took a person's hold over"

    def _resumed(self, event: Row, at: float) -> Broken:
        if event["by"] != "cockpit":
            return
        if not self.held_rules:
            yield "steady", "a hold that no rule caused ended by itself"
            return
        steady = self.ledger.steps[self.held_guard].get("steady", 0.0)
        for name in self.held_rules:
            one = self.rules[name]
            if not steady or not one.well or at < one.since + steady - 1e-3:
                yield "steady", f"a hold ended by itself, and {name} is {one.verdict} since {one.since}"

    def _rollback_started(self, event: Row, at: float) -> Broken:
        if event["by"] != "cockpit":
            return
        if past := self.past():
            yield "no return", f"it went back by itself past {past}"
        announced = any(one.announced and one.announced["due"] <= at for one in self.rules.values())
        if not (announced or self._was_decided("roll back") or self._has_failed("roll back")):
            yield "guard", "it went back by itself, and nothing had said so"

    def _aborted(self, event: Row, _at: float) -> Broken:
        if event["by"] == "cockpit" and not (self._was_decided("abort") or self._has_failed("stop")):
            yield "guard", "it ended by itself, and nothing had said so"

    def _was_decided(self, option: str) -> bool:
        return self.last.get("event") == "decided" and self.last["option"] == option

    def _has_failed(self, action: str) -> bool:
        spots = self.ledger.spots.items()
        failed = {name for (name, _), spot in spots if spot.status == "failed" and spot.bad in GONE}
        return any(self.ledger.steps[name].get("if_fails") == action for name in failed)

    def _back_ordered(self, event: Row, at: float) -> Broken:
        ledger, name = self.ledger, event["step"]
        if (name, tuple(event["hosts"])) != self._last_batch():
            yield "back", f"{name} on {event['hosts']} is not the last batch: {self._last_batch()}"
        if ledger.back or ledger.rolling:
            yield "back", "something is being undone already"
        if event["by"] != "cockpit" or self._was_decided("back"):
            return
        rule = self.rules[event["rule"]]
        guards = [guard for guard in self.guards() if guard["rules"].get(event["rule"]) == "back"]
        if not guards or not rule.sick(at):
            yield "back", f"{event['rule']} took a batch back, and is {rule.verdict}"
        backed = rule.backed
        if guards and backed is not None and all(ledger.started[guard["id"]] <= backed for guard in guards):
            yield "back", f"{event['rule']} took a second batch back without having passed"

    def _last_batch(self) -> tuple[str, tuple[str, ...]] | None:
        found: list[tuple[float, int, str, tuple[str, ...]]] = []
        for number, step in enumerate(self.ledger.forward):
            spots = self.ledger.of(step["id"])
            for batch in reversed(step.get("batches", ()) if step.get("undo") else ()):
                begun = tuple(host for host in batch if spots[host].touched and spots[host].status != "dropped")
                if begun:
                    found.append((self.ledger.started.get(step["id"], 0.0), number, step["id"], begun))
                    break
        if not found:
            return None
        latest = max(each[0] for each in found)
        several = [each for each in found if each[0] == latest]
        return max(several, key=lambda each: each[2])[2:]

    def _note_verdict_changed(self, event: Row, at: float) -> None:
        one = self.rules[event["rule"]]
        one.verdict, one.since = event["verdict"], at
        if one.verdict == "passing":
            one.excused, one.again, one.backed = "", None, None

    def _note_baseline_recorded(self, event: Row, _at: float) -> None:
        self.baselines.add(event["metric"])

    def _note_rollback_announced(self, event: Row, _at: float) -> None:
        self.rules[event["rule"]].announced = event

    def _note_decision_opened(self, event: Row, _at: float) -> None:
        self.rules[event["rule"]].asked = event

    def _note_vetoed(self, event: Row, _at: float) -> None:
        one = self.rules[event["rule"]]
        one.settle()
        one.excused = event["by"]

    def _note_decided(self, event: Row, at: float) -> None:
        one = self.rules[event["rule"]]
        one.settle()
        one.excused, self.decider = event["by"], event["by"]
        one.again = at + event["wait"] if event.get("wait") else None

    def _note_called_off(self, event: Row, _at: float) -> None:
        self.rules[event["rule"]].settle()

    def _note_held(self, event: Row, _at: float) -> None:
        self.held_rules, self.held_guard = tuple(event.get("rules", ())), event.get("guard", "")

    def _note_resumed(self, event: Row, _at: float) -> None:
        for name in self.held_rules if event["by"] != "cockpit" else ():
            if self.rules[name].verdict != "passing":
                self.rules[name].excused = event["by"]
        self.held_rules = ()

    def _note_rollback_started(self, _event: Row, _at: float) -> None:
        self._nothing_open()

    _note_aborted = _note_rollback_started

    def _note_back_ordered(self, event: Row, at: float) -> None:
        self._nothing_open()
        if event.get("rule"):
            self.rules[event["rule"]].backed = at

    def _nothing_open(self) -> None:
        self.held_rules = ()
        for one in self.rules.values():
            one.settle()


def _text(rule: dict[str, Any]) -> str:
    return str(rule).replace("'", '"')
