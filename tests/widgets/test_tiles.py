"""Tiles of metrics."""

from __future__ import annotations

from dataclasses import replace

from textual.app import App, ComposeResult
from textual.strip import Strip

from screens.theme import OWN
from widgets.curve import Curve
from widgets.rows import cell
from widgets.tiles import Tile, Tiles, laid_out, lines_of

TILE = Tile("a", cell("Error rate  0.12 %"), cell("✔ passing"), cell("errors: above 5%"), (), Curve((1.0, 2.0)))


def text(lines: list[tuple[object, ...]] | list[object]) -> list[str]:
    return ["".join(bit.text for bit in line).rstrip() for line in lines]  # type: ignore[attr-defined]


def test_a_tile_says_value_verdict_and_rule_above_its_curve() -> None:
    lines = text(lines_of(TILE, 32, 1))  # type: ignore[arg-type]
    assert lines[:2] == ["Error rate  0.12 %     ✔ passing", "errors: above 5%"]


def test_a_title_gives_way_before_its_value_does() -> None:
    tile = replace(TILE, head=cell("Functions error rate", "  ", "0.008873 %"))
    assert text(lines_of(tile, 30, 1))[0] == "Function… 0.008873 % ✔ passing"  # type: ignore[arg-type]


def test_curves_are_higher_where_there_is_room() -> None:
    assert len(lines_of(TILE, 30, 3)) == 5
    assert len(laid_out((TILE,) * 2, 30, 20)) > len(laid_out((TILE,) * 2, 30, 7))


def test_tiles_stand_side_by_side_where_there_is_room() -> None:
    lines = text(laid_out((TILE,) * 2, 80, 10))  # type: ignore[arg-type]
    assert lines[0].count("Error rate") == 2


def test_without_tiles_there_is_nothing() -> None:
    assert laid_out((), 30, 10) == []


class Counted(Tiles):
    """Tiles that know which lines they painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[int] = []

    def render_line(self, y: int) -> Strip:
        """Paint and count."""
        self.painted.append(y)
        return super().render_line(y)


class Bare(App[None]):
    """Two tiles."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles = Counted()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables."""
        return dict(OWN)

    def compose(self) -> ComposeResult:
        """The tiles alone."""
        yield self.tiles


async def test_only_changed_lines_are_painted_again() -> None:
    app = Bare()
    async with app.run_test(size=(34, 12)) as pilot:
        app.tiles.tiles = (TILE, replace(TILE, key="b"))
        await pilot.pause()
        app.tiles.painted.clear()
        app.tiles.tiles = (TILE, replace(TILE, key="b", note=cell("other")))
        await pilot.pause()
        assert len(set(app.tiles.painted)) == 1
