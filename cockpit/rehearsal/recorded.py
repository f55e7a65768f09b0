"""A recorded release as a scenario: what happened to it happens again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from cockpit.engine.place import Place
from cockpit.errors import BrokenChain, JournalError
from cockpit.journal import sqlite
from cockpit.journal.bulk import Bulk
from cockpit.journal.samples import Samples
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.past.absences import absences
from cockpit.rehearsal.past.acts import acts
from cockpit.rehearsal.past.people import spoken
from cockpit.rehearsal.past.series import series
from cockpit.rehearsal.scenario import Scenario
from cockpit.release.apply import fold
from cockpit.release.events import FreezeLifted, Opened, Record
from cockpit.release.state import State


def recorded(place: Place) -> tuple[Plan, Scenario]:
    """The plan of a release, as it was frozen, and its world up to now; it may be live or rehearsed, over or not.

    Metrics and people are as they were at the same moment after the beginning, and attempts take as long as they took:
    so everything meets as it did, as long as nothing else is done. What was not recorded is guessed as in every
    rehearsal. BrokenChain and JournalError where there is no whole journal, or one that never began.
    """
    records = _read(place)
    state = fold(records)
    return state.the_plan, _scenario(place, records, state)


def _scenario(place: Place, records: Sequence[Record], state: State) -> Scenario:
    plan, last = state.the_plan, records[-1].at
    return Scenario(
        name=f"recorded-{state.release}",
        title=f"As {state.release} went",
        starts=records[0].at,
        params=plan.params,
        ends=state.end or "done",
        acts=acts(plan, records, Bulk(place.output), last),
        faults=absences(records),
        series=series(plan, records, Samples(place.samples)),
        spoken=spoken(records),
        day=state.day,
        not_before=opened.not_before if isinstance(opened := records[0].event, Opened) else None,
        lifted=tuple(record.event for record in records if isinstance(record.event, FreezeLifted)),
        told=round((state.ended or last) - records[0].at, 3),
    )


def _read(place: Place) -> Sequence[Record]:
    """The records of a whole journal that has begun."""
    with closing(sqlite.open(place.journal)) as journal:
        try:
            journal.verify()
            records = tuple(journal.read())
        except BrokenChain as error:
            hint = error.hint or f"what happened then is not known: `cockpit verify {place.release}`"
            raise BrokenChain(error.what, seq=error.seq, where=error.where or str(place.journal), hint=hint) from None
    if not records or not isinstance(records[0].event, Opened):
        hint = "only what has begun can be rehearsed again"
        raise JournalError("the release never began", where=str(place.journal), hint=hint)
    return records
