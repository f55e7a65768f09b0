"""How the screens look: pictures in `snapshots/`, on which the clock stands still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from cockpit.release import events as happened
from screens.chooser import ChooserApp, PlaybookLine, ReleaseLine
from screens.start import StartApp
from tests.screens import measured, rehearsed, release
from tests.screens.link import app_on
from tests.screens.release import PLAN, Script
from tests.screens.seen import screen
from tests.screens.waiting import until
from widgets.chart import Chart

Compare = Callable[..., bool]

PRINTED = {
    "rest-web-2-run-1": (
        b"From git.internal:orders\n * [new tag]         1.4.0      -> 1.4.0\n"
        b"HEAD is now at 3f2c1aa Release 1.4.0\nStopping orders ... \x1b[32mok\x1b[0m\nStarting orders ...\n"
    ),
    "back-web-3-run-1": b"HEAD is now at 88d01be Release 1.3.2\nStarting orders ...\n",
    "first-web-1-run-1": b"HEAD is now at 3f2c1aa Release 1.4.0\nStarting orders ... ok\n",
}
HOSTILE = {
    "rest-web-2-run-1": (
        b"\x1b]0;pwned\x07\x1b[2J\x1b[1;1Htitle, clear, home\n"
        b"\x1b[31mred\x1b[0m and \x1b[5mblinking\x1b[0m are plain\n"
        b"10 %\r 50 %\r100 % done\n"
        b"tab\tstop\tand \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\n"
        b"invalid \xff\xfe utf-8, C1 \xc2\x9b31m, NUL \x00, BEL \x07, backspace \x08\n"
        b"bidi \xe2\x80\xaegpj.exe\xe2\x80\xac, zero \xe2\x80\x8bwidth, zalgo e\xcc\x81\xcc\x81\xcc\x81\n"
        b"[bold red]markup[/] [@click=app.exit]click[/]\n" + b"x" * 9000 + b"\nno newline at the end"
    )
}


SIZES = pytest.mark.parametrize("size", [(200, 60), (120, 36), (80, 24)], ids=["200x60", "120x36", "80x24"])
NEAR = {"errors": (130.0, 300.0), "paged": (2.0, 3.0)}


def taken(
    compare: Compare,
    script: Script,
    press: tuple[str, ...] = (),
    *,
    size: tuple[int, int] = (120, 36),
    later: float = 8.0,
    shows: str = "",
    theme: str = "cockpit",
    **link: Any,
) -> bool:
    """Compare a picture of the app on this script, after these keys, once it shows something."""
    link.setdefault("printed", PRINTED)
    app, _ = app_on(script, later, theme, **link)

    async def settle(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.view.reach == "live" and app.view.ready, "live")
        await until(pilot, lambda: not app._flight.query_one("#tail")._due, "output is painted")  # type: ignore[attr-defined]
        await until(pilot, lambda: len(app.view.traces) == len(link.get("stored", ())), "what was measured")
        await until(pilot, lambda: all(len(each.moments) > 1 for each in app.view.traces.values()), "and before")
        for key in press:
            await pilot.press(key)
        await until(pilot, lambda: shows in screen(app), f"shows {shows}")
        await until(pilot, lambda: all(chart.drawn for chart in app.screen.query(Chart)), "charts are drawn")
        await pilot.pause()

    return compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize(
    "name",
    [
        "checklist",
        "at_first_gate",
        "deploying",
        "failed",
        "unknown",
        "holding",
        "rolling_back",
        "rolled_back",
        "waiting",
        "telling",
        "done",
    ],
)
@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
def test_flight(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert taken(snap_compare, getattr(release, name)(), size=size)


@pytest.mark.parametrize("size", [(200, 60), (20, 5)], ids=["200x60", "20x5"])
def test_flight_deploying(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert taken(snap_compare, release.deploying(), size=size)


@pytest.mark.parametrize("pane", ["1", "3"], ids=["timeline", "output"])
def test_narrow_panes(snap_compare: Compare, pane: str) -> None:
    assert taken(snap_compare, release.deploying(), (pane,), size=(80, 24))


def test_observer(snap_compare: Compare) -> None:
    assert taken(snap_compare, release.at_first_gate(), login="fay", observer=True)


@pytest.mark.parametrize("size", [(200, 60), (120, 36), (80, 24), (20, 5)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_rehearsal(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert taken(snap_compare, rehearsed.deploying(), size=size)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
def test_rehearsal_on_guard_screen(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = rehearsed.guarded()
    given = measured.seen(script, -6.0, NEAR, error_rate=6.1)
    assert taken(snap_compare, script, ("m",), size=size, shows="Rules · ", **given)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
def test_faults(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = rehearsed.guarded()
    given = measured.seen(script, -6.0)
    assert taken(snap_compare, script, ("x", "j", "right"), size=size, shows="enter: host slow · web-3", **given)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
def test_play(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = rehearsed.played(release.at_first_gate())
    assert taken(snap_compare, script, ("p",), size=size, shows="enter chooses")


def test_played(snap_compare: Compare) -> None:
    script = rehearsed.played(release.at_first_gate())
    assert taken(snap_compare, script, ("p", "1", "enter"), shows="you play chen")


@SIZES
def test_score(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert taken(snap_compare, rehearsed.rolled_back("rolled_back"), size=size, shows="Score · ")


def test_rehearsal_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert taken(snap_compare, rehearsed.deploying(), theme="")


def test_rehearsal_in_sixteen_colours(snap_compare: Compare) -> None:
    assert taken(snap_compare, rehearsed.deploying(), ("p",), shows="enter chooses", theme="cockpit-16")


def test_start_of_a_rehearsal(snap_compare: Compare) -> None:
    app = StartApp(PLAN, "orders-1.4.0", "rehearsal", theme="cockpit", calm=0.0)
    assert snap_compare(app, terminal_size=(120, 36))


def test_engine_lost(snap_compare: Compare) -> None:
    async def nobody(after: int) -> Any:
        raise ConnectionRefusedError("connection refused")

    app, _ = app_on(release.deploying())
    app._known = app.view = type(app.view)(release.deploying().state, app.view.now, "ana")
    app._follower._connect = nobody

    async def settle(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.view.reach == "lost", "lost")

    assert snap_compare(app, terminal_size=(120, 36), run_before=settle)


def test_hostile_output(snap_compare: Compare) -> None:
    assert taken(snap_compare, release.deploying(), printed=HOSTILE, shows="no newline")


def test_hostile_people(snap_compare: Compare) -> None:
    note = "[red]\x1b[2J\u202eevil\u202c[/red] " + "long " * 30
    assert taken(snap_compare, release.deploying().after(1, happened.Held(by="ana", note=note)))


DIALOGS = [
    ("gate_ready", "ready_to_go", ("g",)),
    ("gate_not_ready", "at_first_gate", ("g",)),
    ("gate_half_typed", "ready_to_go", ("g", "g", "enter", "1", ".", "4")),
    ("sign", "at_first_gate", ("s",)),
    ("failure", "failed", ("w",)),
    ("settle", "unknown", ("w",)),
    ("roll_back", "deploying", ("R",)),
    ("abort", "deploying", ("A",)),
    ("hold", "deploying", ("h",)),
    ("resume", "holding", ("u",)),
    ("stop", "deploying", ("S",)),
    ("item", "checklist", ("t",)),
    ("done", "telling", ("d",)),
    ("captaincy", "deploying", ("C",)),
    ("close", "done", ("X",)),
    ("leave", "deploying", ("q",)),
]


@pytest.mark.parametrize(("name", "script", "keys"), DIALOGS, ids=[name for name, _, _ in DIALOGS])
def test_dialog(snap_compare: Compare, name: str, script: str, keys: tuple[str, ...]) -> None:
    login = "chen" if name == "sign" else "ana"
    assert taken(snap_compare, getattr(release, script)(), keys, shows="enter chooses", login=login)


@pytest.mark.parametrize("name", ["gate_ready", "failure", "roll_back"])
def test_narrow_dialog(snap_compare: Compare, name: str) -> None:
    script, keys = next((script, keys) for each, script, keys in DIALOGS if each == name)
    assert taken(snap_compare, getattr(release, script)(), keys, size=(80, 24), shows="enter chooses")


def test_lock(snap_compare: Compare) -> None:
    refused = happened.LockRefused(
        host="web-1", release="orders-1.3.9", login="bo", machine="bastion-2", since="12:41", heartbeat_age=95.0
    )
    assert taken(snap_compare, release.at_second_gate().after(1, refused), ("w",), shows="enter chooses")


def test_help(snap_compare: Compare) -> None:
    assert taken(snap_compare, release.failed(), ("question_mark",))


def test_palette(snap_compare: Compare) -> None:
    assert taken(snap_compare, release.failed(), ("colon", "r", "o", "l", "l"))


def test_journal(snap_compare: Compare) -> None:
    assert taken(snap_compare, release.rolling_back(), ("e",))


def test_output_screen(snap_compare: Compare) -> None:
    assert taken(snap_compare, release.deploying(), ("o",), shows="Starting orders")


def test_no_color(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert taken(snap_compare, release.failed(), theme="")


def test_no_color_dialog(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert taken(snap_compare, release.ready_to_go(), ("g", "g", "enter", "1"), theme="")


def test_sixteen_colours(snap_compare: Compare) -> None:
    assert taken(snap_compare, release.failed(), theme="cockpit-16")


@SIZES
def test_telemetry(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = measured.mixed()
    given = measured.seen(script, -6.0, NEAR, latency=402.0, incidents=1.0, orders=None)
    assert taken(snap_compare, script, ("4",), size=size, **given)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
@pytest.mark.parametrize("name", ["counting_down", "deciding", "held"])
def test_announced(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    script = getattr(measured, name)()
    assert taken(snap_compare, script, size=size, **measured.seen(script, -6.0))


QUESTIONS = [
    ("veto", "counting_down", "v"),
    ("decision", "deciding", "w"),
    ("gate_open", "at_gate", "g"),
    ("gate_shut", "shut", "g"),
    ("waiver", "shut", "W"),
    ("seen", "mixed", "y"),
    ("batch_back", "guarding", "B"),
]


@pytest.mark.parametrize(("name", "script", "key"), QUESTIONS, ids=[name for name, _, _ in QUESTIONS])
def test_question_about_rules(snap_compare: Compare, name: str, script: str, key: str) -> None:
    made = getattr(measured, script)()
    assert taken(snap_compare, made, (key,), shows="enter chooses", **measured.seen(made, -6.0, latency=402.0))


@pytest.mark.parametrize(("name", "key"), [("deciding", "w"), ("at_gate", "g")], ids=["decision", "gate"])
def test_narrow_question_about_rules(snap_compare: Compare, name: str, key: str) -> None:
    script = getattr(measured, name)()
    assert taken(snap_compare, script, (key,), size=(80, 24), shows="enter chooses", **measured.seen(script, -6.0))


@SIZES
def test_guard_screen(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = measured.nearing()
    given = measured.seen(script, -6.0, NEAR, error_rate=6.1)
    assert taken(snap_compare, script, ("m",), size=size, shows="Rules · ", **given)


def test_tiny_guard_screen(snap_compare: Compare) -> None:
    script = measured.nearing()
    assert taken(snap_compare, script, ("m",), size=(20, 5), shows="errors", **measured.seen(script, -6.0, NEAR))


@pytest.mark.parametrize("key", ["m", "4"], ids=["guard", "telemetry"])
def test_measured_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    script = measured.counting_down()
    assert taken(snap_compare, script, (key,), theme="", **measured.seen(script, -6.0, error_rate=7.2))


def test_measured_in_sixteen_colours(snap_compare: Compare) -> None:
    script = measured.counting_down()
    assert taken(snap_compare, script, ("m",), theme="cockpit-16", **measured.seen(script, -6.0, error_rate=7.2))


def test_start(snap_compare: Compare) -> None:
    app = StartApp(PLAN, "orders-1.4.0", theme="cockpit", calm=0.0)
    assert snap_compare(app, terminal_size=(120, 36))


def test_chooser(snap_compare: Compare) -> None:
    releases = (
        ReleaseLine("orders-1.4.0", "waiting", "Go for the rest", "ana", "13:00, 6 min ago"),
        ReleaseLine("orders-1.3.9", "rolled_back", "", "bo", "2026-11-17 14:02"),
        ReleaseLine("orders-dress", "done", "", "ana", "2026-11-12 10:00", rehearsal=True),
    )
    playbooks = (PlaybookLine("playbooks/quickstart.yaml", "Quickstart"), PlaybookLine("orders.yaml", "Orders release"))
    assert snap_compare(ChooserApp(releases, playbooks, theme="cockpit"), terminal_size=(80, 24))
