"""Notices and records: what is told, when, and with what in it."""

from __future__ import annotations

from cockpit.release.events import NoticeTold, RecordMade
from tests.release.script import Script, make_plan, step

ASKS = {"impact": "Impact on customers", "next": "Next checkpoint"}


def told(script: Script) -> list[str]:
    """The texts that were told or kept, in order."""
    return [each.event.text for each in script.records if isinstance(each.event, NoticeTold | RecordMade)]


def test_notice_is_told_with_what_is_known_and_passes() -> None:
    text = "{{ version }} by {{ captain }}: {{ outcome }}"
    script = Script(make_plan(step("notice", "tell", name="begun", to=("slack:#x",), text=text)))
    script.play(
        """
        < start
        step-started tell
        notice-told tell begun slack:#x '2 by ana: released'
        step-passed tell
        ended done
    """.replace("'2 by ana: released'", "2 by ana: released")
    )


def test_what_has_no_value_is_said_to_be_unknown_and_stops_nothing() -> None:
    script = Script(make_plan(step("notice", "tell", name="n", to=("slack:#x",), text="{{ backup }} {{ reason }}")))
    assert told(script.feed("start")) == ["(not known) (not known)"]
    assert script.state.end == "done"


def test_notice_waits_for_what_it_asks_for() -> None:
    script = Script(
        make_plan(step("notice", "tell", name="n", to=("x:y",), text="{{ impact }}; {{ next }}", asks=ASKS))
    )
    script.feed("start")
    assert [each.asks for each in script.entries()] == [("impact", "next")]
    assert script.refusal("ana done tell impact=none") == "tell needs Next checkpoint"
    assert script.refusal("ana done tell impact=none next=15:00 more=x") == "tell asks for no more"
    assert told(script.feed("ana done tell impact=none next=15:00")) == ["none; 15:00"]
    assert script.state.end == "done"


def test_notice_is_told_again_until_the_release_has_ended() -> None:
    plan = make_plan(
        step("notice", "tell", name="n", to=("x:y",), text="at it", repeat=60.0), step("do", "work", text="x")
    )
    script = Script(plan).feed("start")
    script.feed("+59s")
    assert len(told(script)) == 1
    script.feed("+1s\n+60s")
    assert len(told(script)) == 3
    script.feed("ana done work\n+60s\n+60s")
    assert len(told(script)) == 3


def test_notice_of_a_rollback_has_its_reason_and_those_of_the_way_forward_fall_silent() -> None:
    forth = step("notice", "forth", name="n", to=("x:y",), text="forth", repeat=60.0)
    back = step("notice", "back", name="b", to=("x:y",), text="{{ outcome }}: {{ reason }}")
    script = Script(make_plan(forth, step("do", "work", text="x"), back=(back, step("do", "undo", text="x"))))
    script.feed("start\nana hold 'errors rose'\nana rollback rel\n+90s")
    assert told(script) == ["forth", "rolled back: (not known)"]


def test_record_is_kept_with_its_digest() -> None:
    text = "# {{ release }}\nBy {{ participants }}\n"
    script = Script(make_plan(step("record", "log", path="reports/{{ version }}.md", text=text))).feed("start")
    record = next(each.event for each in script.records if isinstance(each.event, RecordMade))
    assert (record.path, record.text) == ("reports/2.md", "# rel\nBy ana\n")
    assert len(record.sha256) == 64


def test_notice_is_told_in_a_hold_once_its_turn_had_come() -> None:
    script = Script(make_plan(step("notice", "tell", name="n", to=("x:y",), text="{{ impact }}", asks={"impact": "?"})))
    script.feed("start\nana hold\nana done tell impact=some")
    assert told(script) == ["some"]


def test_param_named_like_what_a_notice_knows_is_what_is_shown() -> None:
    text = "{{ reason }} by {{ captain }}"
    params = {"reason": "a quota", "captain": "the night shift"}
    script = Script(make_plan(step("notice", "tell", name="n", to=("x:y",), text=text), params=params))
    assert told(script.feed("start")) == ["a quota by the night shift"]
