"""The two lines at the top."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from cockpit.release import events as happened
from cockpit.release.state import Break
from screens.panes.call import call
from screens.panes.headline import engine, headline, strip
from screens.view import View
from tests.screens import asked, release
from tests.screens.release import Script
from tests.screens.seen import view
from widgets.line import Part, join
from widgets.rows import Bit

CONNECTED = {"ana": 1, "chen": 1, "dee": 1}


def text(parts: tuple[Part, ...], joint: str = " ── ", room: int = 200) -> str:
    return "".join(bit.text for bit in join(parts, Bit(joint), room))


def test_headline_says_what_where_when_how_late_and_who() -> None:
    shown = text(headline(view(release.deploying(), 8, connected=CONNECTED)))
    expected = "orders-1.4.0 ── LIVE ── rest ▸ Deploy rest ── +01:08 late ── you drive, 2 watch"
    assert shown == expected


def test_a_narrow_headline_keeps_release_mode_phase_and_lateness() -> None:
    assert (
        text(headline(view(release.deploying(), 8)), room=60)
        == "orders-1.4.0 ── LIVE ── rest ▸ Deploy rest ── +01:08 late"
    )


def test_a_rehearsal_says_so() -> None:
    assert "REHEARSAL" in text(headline(view(Script("rehearsal"))))


def test_a_captain_who_is_gone_is_away() -> None:
    assert "you drive (away), 1 watch" in text(headline(view(release.deploying(), connected={"chen": 1})))


def test_an_observer_is_told_so() -> None:
    assert call(view(release.deploying(), observer=True))[0].text == "you watch only"


def test_the_strip_asks_whoever_is_asked() -> None:
    one = view(release.failed())
    assert text(strip(one), " · ") == "◆ waiting · rest failed on web-2: exit 1"
    assert call(one)[0].text == "[w] answers"


def test_a_failure_comes_before_what_the_plan_asks() -> None:
    one = view(asked.ticking())
    assert "ready-signed failed on db-1: exit 1" in text(strip(one), " · ")
    assert call(one)[0].text == "[w] answers"


def test_after_the_end_the_strip_says_what_is_still_due() -> None:
    assert "tick before another release starts: The postmortem" in text(strip(view(asked.blocked())), " · ")


def test_nobody_else_is_given_a_key() -> None:
    assert call(view(release.failed(), login="chen")) == ()


def test_the_strip_says_who_else_is_asked() -> None:
    shown = text(strip(view(release.at_first_gate())), " · ")
    assert shown.startswith("◆ waiting · sign as sre: Go for the first host · waits for sre: chen or dee")


def test_the_strip_says_what_comes_by_itself() -> None:
    assert text(strip(view(release.deploying(), 8)), " · ").endswith("next: Smoke test, Soak, by itself")


def test_a_lost_engine_comes_before_everything() -> None:
    lost = replace(view(release.deploying()), reach="lost", trouble="no engine answers")
    assert text(strip(lost), " · ").startswith("✖ engine lost: no engine answers")
    assert engine(lost)[0].text == "✖ engine lost"


def test_engine_of_a_closed_release_is_not_missed() -> None:
    closed = view(release.done().after(9, happened.Closed(by="ana", note="")))
    gone = replace(closed, reach="lost", trouble="no engine answers")
    assert text(strip(gone), " · ") == text(strip(closed), " · ")
    assert engine(gone)[0].text == "○ engine not needed any more"


def test_before_the_first_event_there_is_something_to_read() -> None:
    assert text(strip(View()), " · ") == "no release yet: waiting for the engine"
    assert text(headline(View())).startswith("no release yet")


def test_a_release_that_ended_says_when_and_how_long() -> None:
    assert text(strip(view(release.done())), " · ") == "✔ done · 13:18:21 UTC after 18:21"


def test_strip_says_that_the_disk_is_full() -> None:
    full = "the disk is full: output waits on its hosts"
    assert f"✖ {full}" in text(strip(view(release.deploying(), room=full)))


def test_strip_says_that_the_journal_is_broken() -> None:
    one = view(release.deploying())
    broken = msgspec.structs.replace(one.state, broken=Break("journal.db", 17, "event 17 is missing", 0.0))
    assert "✖ journal.db is broken at event 17" in text(strip(replace(one, state=broken)))
