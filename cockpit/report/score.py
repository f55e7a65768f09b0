"""The score of a rehearsal: planned against actual, how its faults went, what was missed, what to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from cockpit.playbook.plan import Plan
from cockpit.release.events import End, Ended, Opened, Record, RollbackStarted
from cockpit.report import advice
from cockpit.report.attention import Attention
from cockpit.report.missed import Missed
from cockpit.report.spent import Spending
from cockpit.report.tally import Score, ScoredFault, ScoredStep
from cockpit.report.wrongs import Wrongs

__all__ = ["Score", "ScoredFault", "ScoredStep", "score"]


def score(records: Iterable[Record]) -> Score:
    """The score of a journal from its first record on.

    What is recorded after the last end does not count: closing it takes its time.
    """
    kept, ended = _until_end(records)
    first = kept[0].event
    assert isinstance(first, Opened)
    plan, played = first.plan, first.rehearsal
    spending, wrongs, missed, attention = Spending(plan), Wrongs(plan), Missed(plan), Attention()
    for record in kept:
        for each in (spending, wrongs, missed, attention):
            each.take(record)
    steps, faults = spending.scored(), wrongs.scored()
    timed = [step for step in steps if step.planned and step.done]
    found = Score(
        release=first.release,
        playbook=plan.playbook,
        digest=first.digest,
        scenario=played.scenario if played else "",
        ended=ended,
        expected=played.ends if played else None,
        steps=steps,
        planned=sum(step.planned or 0.0 for step in timed),
        actual=sum(step.actual for step in timed),
        drift=steps[-1].drift if steps else 0.0,
        elapsed=kept[-1].at - kept[0].at,
        waited=sum(step.waited for step in steps),
        faults=faults,
        missed=(*_unnoticed(faults), *missed.texts, *attention.texts),
        looks=attention.looks,
        late_looks=attention.late,
        missed_looks=attention.missed,
        escalations=attention.escalations,
        live=played is None,
    )
    return replace(found, advice=tuple(_advice(plan, found, wrongs)))


def _until_end(records: Iterable[Record]) -> tuple[Sequence[Record], End | None]:
    """The records up to the last end, and that end; all of them, and None, where it goes on."""
    kept = list(records)
    for index in range(len(kept) - 1, -1, -1):
        match kept[index].event:
            case Ended(outcome=outcome):
                return kept[: index + 1], outcome
            case RollbackStarted():
                break
            case _:
                pass
    return kept, None


def _unnoticed(faults: Iterable[ScoredFault]) -> Iterator[str]:
    for fault in faults:
        if fault.noticed is None and fault.restored is None:
            where = f" of {fault.where}" if fault.where else ""
            yield f"nobody noticed {fault.id}: {fault.kind}{where}"


def _advice(plan: Plan, found: Score, wrongs: Wrongs) -> Iterator[str]:
    yield from advice.of_faults(plan, found.faults, wrongs.by_person())
    if not found.as_expected or found.expected in (None, "done"):  # else it was to go wrong, perhaps without a fault
        yield from advice.of_rules(wrongs.unexplained)
    disturbed = wrongs.disturbed()
    yield from advice.of_steps([step for step in found.steps if step.id not in disturbed])
    yield from advice.of_way_back(plan, rolled_back=found.rolled_back)
