"""The process of one rehearsal: the engine as it is, on a stage and in the rehearsal's time."""

from __future__ import annotations

import msgspec

from cockpit.engine.daemon import Daemon
from cockpit.engine.place import Place
from cockpit.errors import JournalError
from cockpit.journal import sqlite
from cockpit.rehearsal.loop import run
from cockpit.rehearsal.pace import Pace
from cockpit.rehearsal.scenario import Scenario
from cockpit.rehearsal.stage import Stage
from cockpit.release.events import EngineStarted, Opened

OUTAGE = 3.0
"""Seconds of the rehearsal that go by until a killed engine drives again."""


def serve(place: Place) -> bool:
    """Drive the rehearsal that lies there until it is closed (true) or a signal says stop."""
    journal = sqlite.open(place.journal, place.file_mode)
    past = tuple(journal.read())
    opened = past[0].event if past else None
    if not isinstance(opened, Opened) or opened.rehearsal is None:
        raise JournalError("this is no rehearsal", where=str(place.journal))
    began_before = any(isinstance(record.event, EngineStarted) for record in past)
    pace = Pace(past[-1].at + (OUTAGE if began_before else 0.0), opened.rehearsal.speed)
    stage = Stage(opened.plan, read(place), opened.rehearsal, pace, past, place)
    return run(Daemon(place, journal, stage).run(), pace)


def read(place: Place) -> Scenario:
    """The scenario of a rehearsal that lies there; JournalError when it cannot be read."""
    try:
        return msgspec.json.decode(place.scenario.read_bytes(), type=Scenario)
    except (OSError, msgspec.MsgspecError) as error:
        hint = "rehearse anew: `cockpit rehearse`"
        raise JournalError(f"the scenario cannot be read: {error}", where=str(place.scenario), hint=hint) from None
