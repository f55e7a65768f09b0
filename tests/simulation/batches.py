"""Whether a batch that was taken back was undone, once on each of its hosts and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from tests.simulation.ledger import Ledger

ORDERS = ("retry-ordered", "step-skipped", "host-dropped", "attempt-settled")
"""What a person says of an undo that did not go well."""


class Batches:
    """Each batch taken back in a journal that was read to its end, beside what hosts ran."""

    def __init__(self, ledger: Ledger, executions: Iterable[dict[str, Any]]) -> None:
        self.ledger = ledger
        self.ran = {run["id"] for run in executions}

    def found(self) -> Iterator[tuple[str, str]]:
        """Every broken promise."""
        ordered: dict[str, Any] | None = None
        rows: list[dict[str, Any]] = []
        for row in self.ledger.rows:
            event = row["event"]
            if event["event"] == "back-ordered":
                ordered, rows = event, []
            elif ordered is not None and event["event"] in ("back-done", "rollback-started", "aborted"):
                yield from self._round(ordered, rows, done=event["event"] == "back-done")
                ordered = None
            rows.append(event)

    def _round(self, ordered: dict[str, Any], rows: list[dict[str, Any]], *, done: bool) -> Iterator[tuple[str, str]]:
        undo = self.ledger.steps[ordered["step"]]["undo"]
        starts = [event for event in rows if event["event"] == "attempt-started" and event["part"] == "run"]
        for other in [event for event in starts if event["step"] != undo]:
            yield "back", f"{other['step']} began on {other['host']} while {ordered['step']} was undone"
        began = Counter(event["host"] for event in starts if event["step"] == undo)
        if strange := set(began) - set(ordered["hosts"]):
            yield "back", f"{undo} began on {sorted(strange)}, which are not of the batch"
        spoken = {event.get("host", "") for event in rows if event["event"] in ORDERS and event.get("step") == undo}
        ended = {event["id"]: event["outcome"] for event in rows if event["event"] == "attempt-ended"}
        settled = {event["id"]: event["outcome"] for event in rows if event["event"] == "attempt-settled"}
        for host in ordered["hosts"]:
            ids = [event["id"] for event in starts if (event["step"], event["host"]) == (undo, host)]
            if len(ids) > 1 and host not in spoken:
                yield "back", f"{undo} began {len(ids)} times on {host}"
            passed = [each for each in ids if "passed" in (ended.get(each), settled.get(each))]
            if done and host not in spoken and "" not in spoken and len(passed) != 1:
                yield "back", f"{ordered['step']} counts as undone on {host}, where {undo} passed {len(passed)} times"
            if any(ended.get(each) == "passed" and each not in self.ran for each in ids):
                yield "back", f"{undo} passed on {host}, which never ran it"
