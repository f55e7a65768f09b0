"""What each recorded attempt did, as an act of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from cockpit.journal.bulk import Bulk
from cockpit.playbook.plan import Http, Plan, Run
from cockpit.rehearsal.scenario import Act
from cockpit.release.events import AttemptEnded, AttemptSettled, AttemptStarted, Record

MOST = 256 * 1024
"""Bytes of an attempt's output that are taken over, from its beginning."""

MOST_OF_ALL = 16 * 1024 * 1024
"""The same for all attempts together: once they are used up, nothing more is."""


class Attempt(msgspec.Struct):
    """One attempt of a journal: when it began (seconds since 1970), and how it ended, as far as that is known."""

    began: float
    what: AttemptStarted
    over: float | None = None
    ended: AttemptEnded | None = None
    settled: str = ""


def attempts(records: Iterable[Record]) -> tuple[Attempt, ...]:
    """The attempts of a journal, in order, but for those that were only looked for on their hosts."""
    found: dict[str, Attempt] = {}
    for record in records:
        match record.event:
            case AttemptStarted(sought=False):
                found[record.event.id] = Attempt(record.at, record.event)
            case AttemptEnded(id=name) if name in found:
                found[name].over, found[name].ended = record.at, record.event
            case AttemptSettled(id=name, outcome=outcome) if name in found:
                found[name].settled = outcome
            case _:
                continue
    return tuple(found.values())


def acts(plan: Plan, records: Iterable[Record], outputs: Bulk, until: float) -> Mapping[str, tuple[Act, ...]]:
    """The acts of a journal's attempts by step; `until` is its last moment.

    An act takes as long as it took from the decision to its recorded end. One that was stopped never ends by itself;
    one that is unknown is so again, and what it was settled as is how it really ended. One whose end is not recorded
    passes, after the time that its step is to take or has taken.
    """
    found: defaultdict[str, list[Act]] = defaultdict(list)
    steps = {step.id: step for step in plan.every}
    left = MOST_OF_ALL
    for attempt in attempts(records):
        step = steps.get(attempt.what.step)
        if isinstance(step, Run | Http):
            printed = _printed(outputs, attempt.what.id, min(MOST, left))
            left = max(0, left - len(printed))
            found[step.id].append(_act(attempt, step, printed, until))
    return {step: tuple(each) for step, each in found.items()}


def _act(attempt: Attempt, step: Run | Http, printed: str, until: float) -> Act:
    what, ended = attempt.what, attempt.ended
    whole = Act(
        part=what.part, hosts=(what.host,), number=what.number, takes=_seconds(attempt, step, until), prints=printed
    )
    if ended is None:
        return whole
    if ended.outcome == "stopped":
        return msgspec.structs.replace(whole, hangs=True)
    well = ended.outcome == "passed" or attempt.settled == "passed"
    told = _is_request(step, attempt) or ended.outcome in ("error", "unknown")
    return msgspec.structs.replace(
        whole,
        exits=0 if well else ended.exit or 1,
        captures=ended.captures,
        outcome=ended.outcome if told else "",
        reason=ended.reason if told else "",
    )


def _seconds(attempt: Attempt, step: Run | Http, until: float) -> float:
    if attempt.over is None or attempt.ended is None:
        return round(max(until - attempt.began, step.takes or 0.0), 3)
    lasted, measured = attempt.over - attempt.began, attempt.ended.seconds
    # What waits for an answer gives up at its timeout, however late that was written down.
    return round(measured if measured is not None and _is_request(step, attempt) else lasted, 3)


def _is_request(step: Run | Http, attempt: Attempt) -> bool:
    if isinstance(step, Http):
        return True
    return attempt.what.part == "check" and step.check is not None and step.check.request is not None


def _printed(outputs: Bulk, attempt: str, most: int) -> str:
    text = outputs.read(attempt, 0, most).decode("utf-8", "replace") if most else ""
    more = outputs.size(attempt) - most
    return f"{text}\nREHEARSAL: {more:,} more bytes were printed then\n" if more > 0 else text
