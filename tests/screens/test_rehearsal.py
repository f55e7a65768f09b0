"""A rehearsal on the screens, under someone's hands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import get_args

import pytest

from cockpit.release import events as happened
from cockpit.release.events import FaultKind, Mode
from cockpit.release.intents import Go, Hurry, LetPlay, Sign, Throw
from screens.actions import BY_ID, Act
from screens.dialogs.fault import FaultList
from screens.faults import KINDS, places
from screens.flight import FlightScreen
from screens.link import Records, Timed
from screens.panes.practice import TIMES
from screens.reasons import SPEEDS, faster, slower
from screens.score import ScoreScreen
from screens.start import StartApp
from tests.screens import measured, rehearsed, release
from tests.screens.flying import Flight, flying
from tests.screens.release import PLAN
from tests.screens.seen import screen, view
from tests.screens.waiting import until

PRACTICE = ("faster", "slower", "fault", "play", "autopilot", "score")


def why_not(action: str, script: release.Script, login: str = "ana", *, observer: bool = False) -> str:
    return BY_ID[action].why_not(script.state, login, observer)


async def asked(flight: Flight, count: int = 1) -> None:
    await until(flight.pilot, lambda: len(flight.link.asked) == count, f"{count} asked")


def test_a_live_release_gives_the_reason() -> None:
    assert {why_not(action, release.deploying()) for action in PRACTICE} == {"this is no rehearsal"}


def test_who_only_watches_changes_no_rehearsal() -> None:
    changing = [action for action in PRACTICE if BY_ID[action].intents]
    assert all("only watch" in why_not(action, rehearsed.deploying(), observer=True) for action in changing)


def test_the_ladder_of_speeds_goes_up_and_down() -> None:
    up = [faster(speed) for speed in SPEEDS]
    down = [slower(speed) for speed in SPEEDS]
    assert up == [*SPEEDS[1:], None]
    assert down == [None, *SPEEDS[:-1]]


def test_a_speed_between_two_goes_to_the_next() -> None:
    assert (faster(7.0), slower(7.0)) == (10.0, 5.0)
    assert slower(4000.0) == 300.0


def test_every_kind_of_fault_has_words() -> None:
    assert set(KINDS) == set(get_args(FaultKind))


def test_a_fault_of_a_host_is_guessed_where_something_runs() -> None:
    found = [each.name for each in places(rehearsed.deploying().state, "host-down")]
    assert found == ["web-2", "web-3", "db-1", "web-1", ""]


def test_a_fault_of_a_signer_is_guessed_where_a_signature_is_waited_for() -> None:
    script = rehearsed.played(release.at_first_gate())
    assert [each.name for each in places(script.state, "signer-no")] == ["sre", "captain", ""]


def test_between_two_steps_a_fault_of_a_host_is_guessed_where_something_ran_last() -> None:
    script = rehearsed.played(release.at_second_gate())
    assert places(script.state, "host-down")[0].name == "web-1"


EVERYWHERE = {
    "flight": (),
    "output": ("o",),
    "journal": ("e",),
    "search": ("e", "slash"),
    "faults": ("x",),
    "play": ("p",),
    "roll back": ("R",),
    "help": ("question_mark",),
    "palette": ("colon",),
    "leave": ("q",),
}
"""The keys to each screen."""


async def walk(flight: Flight) -> AsyncIterator[str]:
    """Each screen in turn, as text."""
    for name, keys in EVERYWHERE.items():
        await flight.press(*keys)
        assert (len(flight.app.screen_stack) > 2) == bool(keys), name
        yield flight.text
        await flight.press(*("escape" for _ in keys))


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (20, 5), (12, 3)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_says_that_it_is_a_rehearsal(size: tuple[int, int]) -> None:
    async with flying(rehearsed.deploying(), size=size) as flight:
        async for text in walk(flight):
            assert text.splitlines()[0].strip("▞▌▐ ").startswith("REHEARSAL"), text


async def test_so_do_guard_screen_and_score() -> None:
    script = rehearsed.guarded()
    async with flying(script, **measured.seen(script, -6.0)) as flight:
        await flight.press("m")
        assert "REHEARSAL" in flight.text.splitlines()[0]
    async with flying(rehearsed.rolled_back()) as flight:
        await flight.until("Score")
        assert "REHEARSAL" in flight.text.splitlines()[0]


async def test_no_screen_of_a_live_release_does() -> None:
    async with flying(release.deploying()) as flight:
        async for text in walk_live(flight):
            assert "REHEARSAL" not in text
            assert "▌" not in text


async def walk_live(flight: Flight) -> AsyncIterator[str]:
    """The screens that a live release has."""
    for name, keys in EVERYWHERE.items():
        if name not in ("faults", "play"):
            await flight.press(*keys)
            yield flight.text
            await flight.press(*("escape" for _ in keys))


@pytest.mark.parametrize("mode", ["live", "rehearsal"])
async def test_so_does_the_question_whether_to_begin(mode: Mode) -> None:
    app = StartApp(PLAN, "orders-1.4.0", mode, theme="cockpit", calm=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "enter chooses" in screen(app), "painted")
        assert (screen(app).splitlines()[0].strip("▞▌▐ ").startswith("REHEARSAL")) == (mode == "rehearsal")


async def test_before_it_is_known_neither_is_said() -> None:
    async with flying(release.deploying()) as flight:
        flight.app.view = type(flight.app.view)()
        await flight.until("no release yet")
        assert "LIVE" not in flight.text
        assert "REHEARSAL" not in flight.text


async def test_the_frame_goes_round_the_screen() -> None:
    async with flying(rehearsed.deploying(), size=(80, 24)) as flight:
        lines = flight.text.splitlines()
        assert all(line[0] == "▌" and line[79] == "▐" for line in lines[1:-1])
        assert lines[-1] == "▙" + "▄" * 78 + "▟"


async def test_a_question_over_it_leaves_what_is_behind_in_its_place() -> None:
    async with flying(rehearsed.deploying()) as flight:
        before = flight.text.splitlines()[1]
        await flight.press("x")
        assert flight.text.splitlines()[1] == before


async def test_head_says_speed_and_band_what_goes_wrong_until_when() -> None:
    async with flying(rehearsed.deploying()) as flight:
        assert f"── REHEARSAL 10{TIMES} ──" in flight.text
        assert "↯ host down on web-2 until 13:10 " in flight.text


async def test_of_several_faults_the_latest_is_named_and_the_others_counted() -> None:
    script = rehearsed.host_down(rehearsed.deploying(), fault="other", kind="link-lost", hosts=("web-3",))
    async with flying(script, size=(80, 24)) as flight:
        assert "↯ link lost on web-3 until 13:10 and 1 more" in flight.text


async def test_a_fault_that_is_over_is_not_shown() -> None:
    async with flying(rehearsed.deploying()) as flight:
        flight.link.send(Timed(rehearsed.deploying().at + 301.0, 10.0))
        await until(flight.pilot, lambda: "↯" not in flight.text, "the fault is over")


async def test_the_clock_is_the_rehearsals() -> None:
    script = rehearsed.deploying()
    async with flying(script, timed=Timed(script.at + 60.0, 10.0)) as flight:
        await flight.until("13:06:54 UTC")


async def test_a_clock_goes_on_at_its_speed_a_second_at_a_time() -> None:
    script = rehearsed.deploying()
    async with flying(script, timed=Timed(script.at, 10.0)) as flight:
        flight.later(3.0)
        await flight.until("13:06:24 UTC")


async def test_at_full_speed_what_happens_moves_the_clock() -> None:
    script = rehearsed.deploying(0.0)
    async with flying(script, timed=Timed(script.at, 0.0)) as flight:
        script.after(86400.0, happened.Held(by="ana", note="x"))
        flight.link.send(Records(tuple(script.records[-1:])))
        await flight.until("REHEARSAL max")
        await until(flight.pilot, lambda: flight.app.view.now == script.at, "the next day")


async def test_waiting_for_somebody_slows_full_speed_down_and_says_so() -> None:
    script = rehearsed.played(release.ready_to_go(), 0.0)
    async with flying(script, timed=Timed(script.at, 1.0)) as flight:
        await flight.until(f"max · 1{TIMES} while it waits for you")


async def test_plus_and_minus_change_the_speed() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.press("plus")
        await asked(flight)
        assert flight.link.asked == [Hurry(speed=30.0)]


async def test_keys_that_come_faster_than_answers_each_count() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.press("plus", "plus", "minus", "minus", "minus")
        await asked(flight, 5)
        assert [each.speed for each in flight.link.asked if isinstance(each, Hurry)] == [30.0, 60.0, 30.0, 10.0, 5.0]


async def test_at_its_fastest_it_says_so() -> None:
    async with flying(rehearsed.deploying(0.0)) as flight:
        await flight.press("plus")
        await flight.until("it goes as fast as it can")
        assert flight.link.asked == []


async def test_where_hosts_are_real_it_says_how_one_goes_faster() -> None:
    async with flying(rehearsed.played(release.deploying(), 60.0, real=True)) as flight:
        await flight.press("plus")
        await flight.until("its hosts are SSH servers")
        assert flight.link.asked == []


async def test_live_keys_for_rehearsals_give_the_reason() -> None:
    async with flying(release.deploying()) as flight:
        await flight.press("x")
        await flight.until("fault: this is no rehearsal")
        await flight.press("p")
        await flight.until("play: this is no rehearsal")


async def test_enter_throws_what_is_guessed() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.press("x", "j", "enter")
        assert await flight.until_asked() == Throw(kind="host-slow", hosts=("web-2",))


async def test_another_host_is_chosen() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.press("x", "right")
        await flight.until("enter: host down · web-3, for 5:00")
        await flight.press("enter")
        assert await flight.until_asked() == Throw(kind="host-down", hosts=("web-3",))


async def test_every_host_is_left_of_the_first() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.press("x", "left", "enter")
        assert await flight.until_asked() == Throw(kind="host-down")


async def test_a_metric_is_chosen() -> None:
    script = rehearsed.guarded()
    async with flying(script, **measured.seen(script, -6.0)) as flight:
        await flight.press("x", *("j",) * 13, "right")
        await flight.until("enter: silent metric · error_rate")
        await flight.press("enter")
        assert await flight.until_asked() == Throw(kind="silence", metric="error_rate")


async def test_what_there_is_nothing_for_is_not_thrown() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.press("x", *("j",) * 9, "enter")
        await flight.until("not here: this release measures nothing")
        assert flight.link.asked == []


async def test_a_key_from_before_the_list_opened_opens_nothing_over_it() -> None:
    async with flying(rehearsed.played(release.checklist())) as flight:
        await flight.press("x")
        await flight.until("Throw a fault")
        flight.app.post_message(Act("tick"))
        await flight.press("down")
        assert isinstance(flight.app.screen, FaultList)


async def test_leaving_the_list_throws_nothing() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.press("x", "escape")
        assert isinstance(flight.app.screen, FlightScreen)
        assert flight.link.asked == []


async def test_somebody_else_signs() -> None:
    async with flying(rehearsed.played(release.at_first_gate())) as flight:
        await flight.opened("p")
        await flight.press("2", "enter")
        await flight.until("you play dee")
        await flight.until("enter chooses")
        await flight.press("y", "enter")
        one = await flight.until_asked()
        assert isinstance(one, Sign)
        assert (one.role, one.yes, flight.link.played) == ("sre", True, ["dee"])


async def test_who_is_not_the_captain_plays_him() -> None:
    async with flying(rehearsed.played(release.ready_to_go()), login="chen") as flight:
        await flight.opened("p")
        await flight.until("ana")
        await flight.press("1", "enter")
        await flight.until("you play ana")
        await flight.until("tab: type the word")
        await flight.type("1.4.0")
        await flight.press("enter")
        assert await flight.until_asked() == Go(gate="go-first", confirm="1.4.0")
        assert flight.link.played == ["ana"]


async def test_what_is_done_afterwards_is_ones_own_again() -> None:
    async with flying(rehearsed.played(release.at_first_gate())) as flight:
        await flight.opened("p")
        await flight.press("1", "enter")
        await flight.until("you play chen")
        await flight.press("escape")
        await flight.opened("h")
        await flight.press("h", "enter")
        await flight.until_asked()
        assert flight.link.played == [""]


async def test_where_nobody_is_waited_for_it_says_so() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.opened("p")
        assert "Nobody else is waited for now." in flight.text


async def test_whoever_answered_meanwhile_is_named_and_cannot_be_played() -> None:
    script = rehearsed.played(release.at_first_gate())
    async with flying(script) as flight:
        await flight.opened("p")
        script.sign("go-first", "sre", "chen")
        flight.link.send(Records(tuple(script.records[-1:])))
        await flight.until("no longer waited for")
        assert "dee, sre" in flight.text


async def test_the_captain_is_let_be_played() -> None:
    async with flying(rehearsed.deploying()) as flight:
        await flight.opened("p")
        await flight.press("c", "enter")
        assert await flight.until_asked() == LetPlay(played=True)


async def test_one_key_takes_the_captain_back() -> None:
    async with flying(rehearsed.played(release.deploying(), captain=True)) as flight:
        assert "the captain is played" in flight.text
        await flight.press("P")
        assert await flight.until_asked() == LetPlay(played=False)


async def test_the_score_opens_by_itself_once_and_again_by_key() -> None:
    async with flying(rehearsed.rolled_back()) as flight:
        await flight.until("Score · orders-1.4.0 · scenario errors")
        await flight.press("escape")
        assert isinstance(flight.app.screen, FlightScreen)
        flight.app._tick()
        assert isinstance(flight.app.screen, FlightScreen)
        await flight.press("c")
        await flight.until("this plan now counts as rehearsed")


async def test_the_score_waits_for_an_open_question() -> None:
    script = rehearsed.rolled_back()
    ended = script.records.pop()
    async with flying(script) as flight:
        await flight.opened("q")
        flight.link.send(Records((ended,)))
        await until(flight.pilot, lambda: flight.app.view.state.end is not None, "ended")
        assert not isinstance(flight.app.screen, ScoreScreen)
        await flight.press("escape")
        flight.app._tick()
        await flight.until("Score · orders-1.4.0")


async def test_another_end_than_expected_does_not_count() -> None:
    async with flying(rehearsed.rolled_back("done")) as flight:
        await flight.until("rolled back, though done was expected")
        assert "this plan does not count as rehearsed" in flight.text


async def test_a_live_release_has_no_score() -> None:
    async with flying(release.done()) as flight:
        await flight.press("c")
        await flight.until("score: this is no rehearsal")
        assert isinstance(flight.app.screen, FlightScreen)


async def test_the_score_scrolls() -> None:
    async with flying(rehearsed.rolled_back(), size=(80, 24)) as flight:
        await flight.until("Score · orders-1.4.0")
        assert "Old version answers" not in flight.text
        await flight.press("pagedown", "pagedown")
        await flight.until("Old version answers")


def test_the_badge_of_every_screen_says_so() -> None:
    assert view(rehearsed.deploying()).badge == "REHEARSAL · orders-1.4.0"
