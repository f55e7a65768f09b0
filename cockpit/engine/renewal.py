"""A release whose journal is broken: rolled back in a new one, which has what was good of it and names the break."""

from __future__ import annotations

from cockpit.engine.place import Place
from cockpit.errors import BrokenChain, Refused, StorageFull, WriterBusy
from cockpit.journal import chain, sqlite
from cockpit.journal.lock import Lock, holder
from cockpit.journal.reserve import Reserve
from cockpit.release.apply import apply, fold
from cockpit.release.decide import decide
from cockpit.release.events import AnyEvent, CaptainChanged, JournalContinued, Record
from cockpit.release.intents import Refusal, RollBack
from cockpit.release.people import is_captain
from cockpit.release.state import State

LOST = (
    "the plan is lost with it, so nothing can be rolled back from here: look at the hosts; to run its rollback,"
    " make it the steps of a playbook, start that under another name, and let it take the locks over"
)


def broken(place: Place) -> BrokenChain:
    """What is wrong with a release's journal; Refused where it is whole."""
    return _read(place)[1]


def renew(place: Place, login: str, confirm: str, note: str, now: float) -> State:
    """Make the journal that continues the broken one, with the rollback ordered there; the state that it gives.

    The broken one is only read. Refused by the same rules as a rollback; WriterBusy while an engine lives. Who is not
    the captain becomes it, as `captain take` would do, because nobody else can be asked.
    """
    lock = Lock.take(place.lock, place.file_mode)
    if lock is None:
        raise WriterBusy("an engine writes this journal", where=str(place.journal), hint=f"it is {holder(place.lock)}")
    try:
        rows, problem = _read(place)
        state = fold(map(chain.record, rows))
        if state.plan is None:
            raise Refused(f"{place.release} has no event that is whole", where=str(place.journal), hint=LOST)
        events = _ordered(state, _continued(place, rows, problem, login, note), login, confirm, note)
        now = max(now, state.at)
        rows += chain.extend(len(rows), rows[-1][1], events, now)
        _write(place, rows, state.epoch)
    finally:
        lock.release()
    return fold(map(chain.record, rows))


def _read(place: Place) -> tuple[list[chain.Row], BrokenChain]:
    try:
        journal = sqlite.open(place.journal, place.file_mode)
    except BrokenChain as error:
        return [], error
    try:
        rows, problem = journal.good()
    finally:
        journal.close()
    if problem is None:
        hint = f"`cockpit rollback {place.release}` rolls back as usual"
        raise Refused(f"the journal of {place.release} is whole", where=str(place.journal), hint=hint)
    return rows, problem


def _continued(place: Place, rows: list[chain.Row], problem: BrokenChain, login: str, note: str) -> JournalContinued:
    return JournalContinued(
        journal=place.journal.name,
        first_bad=problem.seq,
        last_good=len(rows),
        head=rows[-1][1].decode(),
        problem=problem.what,
        by=login,
        note=note,
    )


def _ordered(state: State, first: AnyEvent, login: str, confirm: str, note: str) -> list[AnyEvent]:
    """The break, a new captain where one is needed, and the rollback unless it goes on already."""
    events = [first]
    if not is_captain(state, login):
        events.append(CaptainChanged(captain=login, by=login, note=note))
    for event in events:
        state = apply(state, Record(state.seq + 1, state.at, event))
    if state.rolling_back and not state.aborted and not state.closed and state.end in (None, "rolled_back"):
        return events
    decision = decide(state, login, RollBack(confirm=confirm, note=note))
    if isinstance(decision, Refusal):
        raise Refused(decision.reason, where=state.release, hint=decision.hint)
    return [*events, *decision]


def _write(place: Place, rows: list[chain.Row], epoch: int) -> None:
    try:
        sqlite.continue_(place.next_journal, rows, epoch, place.file_mode)
    except StorageFull:
        if not Reserve(place.reserve).release():
            raise
        sqlite.continue_(place.next_journal, rows, epoch, place.file_mode)
