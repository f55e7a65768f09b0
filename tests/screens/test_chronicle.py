"""Events in words."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from cockpit.analysis.rule import Baseline
from cockpit.release import events as happened
from cockpit.release.events import AnyEvent, Event, Record
from screens.chronicle import entries
from tests.screens import release
from tests.screens.release import PLAN

SAMPLES = {"str": "x", "int": 1, "float": 1.0, "bool": True}


def sample(kind: type[Event]) -> Event:
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT:
            values[field.name] = SPECIAL.get(field.name, SAMPLES.get(getattr(field.type, "__name__", ""), "x"))
    return kind(**values)


SPECIAL: dict[str, object] = {"plan": PLAN, "outcome": "failed", "names": ("a", "b"), "mode": "live", "part": "run"} | {
    "verdict": "failing",
    "hosts": {"": Baseline(since=0.0, until=1.0, samples=9, median=1.0)},
}


@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: kind.__name__)
def test_every_event_is_a_sentence(kind: type[AnyEvent]) -> None:
    told = entries([Record(1, 0.0, sample(kind))], {})  # type: ignore[arg-type]  # one of the union
    assert told[0].text.strip()


def test_an_attempt_is_told_by_step_and_host() -> None:
    told = [entry.text for entry in entries(release.failed().records, {})]
    assert any(text.startswith("rest on web-2 failed in 52 s, exit 1") for text in told)


def test_the_end_of_an_attempt_is_quiet() -> None:
    ended = [one for one in entries(release.failed().records, {}) if "rest on web-2 failed in" in one.text]
    assert [one.tone for one in ended] == ["quiet"]


def test_only_the_first_line_of_a_note_is_told() -> None:
    event = happened.Held(by="ana", note="one\ntwo")
    assert entries([Record(1, 0.0, event)], {})[0].text == "held by ana: one"
