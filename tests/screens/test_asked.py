"""How it looks when much is asked of people: panes and dialogs in pictures, in two sizes each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screens import asked, measured
from tests.screens.test_snapshots import Compare, taken
from tests.screens.test_soak import counting_anew

TWO = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])


def given(script: Any) -> dict[str, Any]:
    return measured.seen(script, -6.0)


@TWO
def test_soak(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = counting_anew()
    assert taken(snap_compare, script, size=size, shows="healthy", **given(script))


@TWO
def test_looks_on_guard_screen(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = asked.owing()
    assert taken(snap_compare, script, ("m",), size=size, shows="Rules · ", login="chen", **given(script))


@TWO
def test_ticking(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = asked.ticking()
    assert taken(snap_compare, script, size=size, shows="Penetration", **given(script))


@TWO
def test_notice(snap_compare: Compare, size: tuple[int, int]) -> None:
    keys = ("d", "tab", *"Faster", "tab", *"Less")
    assert taken(snap_compare, asked.telling(), keys, size=size, shows="Less")


@TWO
def test_manual_list(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = asked.manual()
    assert taken(snap_compare, script, ("M",), size=size, shows="enter chooses", **given(script))


@TWO
def test_manual(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = asked.manual()
    keys = ("M", "a", "enter", "tab", *"FALSE")
    assert taken(snap_compare, script, keys, size=size, shows="By hand · ", **given(script))


@TWO
def test_report(snap_compare: Compare, size: tuple[int, int]) -> None:
    script = asked.reported()
    assert taken(snap_compare, script, ("exclamation_mark",), size=size, shows="enter chooses", **given(script))


@TWO
def test_timeline(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert taken(snap_compare, asked.timed(), ("1",), size=size, shows="slack")


@TWO
def test_blocked(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert taken(snap_compare, asked.blocked(), size=size, shows="rolled back")


@TWO
def test_kept(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert taken(snap_compare, asked.kept(), size=size, shows="has changed")
