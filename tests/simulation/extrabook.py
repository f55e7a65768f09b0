"""What soaks, notices and files may cause, and must: read from a journal row by row, with no code of the core."""

from __future__ import annotations

from typing import Any

from tests.simulation.ledger import Ledger
from tests.simulation.rulebook import Book, Broken, Row

STALE = 45.0


class Extras:
    """What has become of them up to a row."""

    def __init__(self, ledger: Ledger, book: Book) -> None:
        self.ledger, self.book = ledger, book
        self.counted = 0.0
        self.began: float | None = None
        self.since: float | None = None
        self.told: dict[str, float] = {}
        self.files: dict[str, tuple[str, str]] = {}
        self.at = 0.0

    def before(self, row: Row) -> Broken:
        """What should have followed by itself before a later row."""
        if row["at"] > self.at:
            yield from self._missed()
        self.at = max(self.at, row["at"])

    def check(self, row: Row) -> Broken:
        """Whether a row may follow."""
        event, kind = row["event"], row["event"]["event"]
        if kind == "soaked":
            yield from self._soaked(event, row["at"])
        elif kind == "notice-told":
            yield from self._told(event, row["at"])
        elif kind == "manual-ordered" and (self.ledger.aborted or self.ledger.ended):
            yield "manual", f"{event['step']} was ordered after abort or end"
        if changed := self._changed(row["at"] if kind == "step-started" else None):
            polled = kind == "attempt-started" and self.ledger.spots[event["step"], event["host"]].status != "waiting"
            manual = event.get("step") in self.ledger.manual
            begins = kind in ("step-started", "gate-opened") or (kind == "attempt-started" and not polled)
            if (begins and not manual) or (kind == "ended" and event["outcome"] == "done"):
                yield "file", f"{kind} while {changed} is not as it was"

    def note(self, row: Row) -> None:
        """Take down a row that was checked."""
        event, at = row["event"], row["at"]
        match event["event"]:
            case "soak-began":
                self.began, self.since = at, at if self.since is None else self.since
            case "soak-paused":
                self.counted, self.began = self.counted + at - (self.began or at), None
            case "soak-broken":
                self.counted, self.began, self.since = 0.0, None, None
            case "step-started" if self.ledger.steps[event["step"]]["type"] == "soak":
                self.counted, self.began, self.since = 0.0, None, None
            case "engine-started" if self.began is not None and event.get("alive") is not None:
                if event["alive"] + STALE < at:
                    self.counted, self.began = self.counted + max(0.0, event["alive"] + STALE - self.began), at
            case "notice-told":
                self.told[event["step"]] = at
            case "step-started":
                self.told.pop(event["step"], None)
            case "file-seen":
                self.files[event["path"]] = event.get("was") or event["sha256"], event["sha256"]
            case _:
                pass

    def _soaked(self, event: dict[str, Any], at: float) -> Broken:
        step = self.ledger.steps[event["step"]]
        if sick := [name for name in step["rules"] if not self.book.rules[name].well]:
            yield "soak", f"{step['id']} passed over {sick}"
        if self.began is None or self.counted + at - self.began < step["seconds"] - 1e-6:
            yield "soak", f"{step['id']} passed after {self.counted} s, counting since {self.began}"

    def _told(self, event: dict[str, Any], at: float) -> Broken:
        step = self.ledger.steps[event["step"]]
        if self.ledger.aborted or self.ledger.ended:
            yield "notice", f"{step['id']} was told after abort or end"
        last = self.told.get(step["id"])
        if last is not None and (not step.get("repeat") or at < last + step["repeat"]):
            yield "notice", f"{step['id']} was told again after {at - last} s"

    def _changed(self, at: float | None) -> str:
        """A file that is watched and not as it was, or that nobody has looked at; not just since moment `at`."""
        if self.ledger.rolling or self.ledger.aborted or self.ledger.ended:
            return ""
        for step in self.ledger.forward:
            if self.ledger.done[step["id"]] in ("running", "passed"):
                for path in step.get("unchanged", ()):
                    was, now = self.files.get(path, ("", ""))
                    just_now = path not in self.files and at is not None and self.ledger.started[step["id"]] == at
                    if (not now or was != now) and not just_now:
                        return str(path)
        return ""

    def _missed(self) -> Broken:
        """At the end of everything that follows at one moment."""
        ledger = self.ledger
        if ledger.aborted or ledger.ended or ledger.closed:
            return
        for step in ledger.forward if not ledger.rolling else ():
            soaks = step["type"] == "soak" and ledger.done[step["id"]] == "running" and self.since is not None
            for name in step["rules"] if soaks else ():
                if self.book.rules[name].verdict == "failing":
                    yield "soak", f"{name} fails, and {step['id']} goes on"
        for step in ledger.track:
            last = self.told.get(step["id"])
            over = ledger.done[step["id"]] in ("running", "passed")
            if over and last is not None and step.get("repeat") and self.at >= last + step["repeat"]:
                yield "notice", f"{step['id']} was to be told again at {last + step['repeat']}"
