"""The table on the Line API."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.strip import Strip

from screens.theme import OWN
from widgets.rows import Row, cell, text_row
from widgets.table import MARK, Table


class Counted(Table):
    """A table that knows which lines it painted."""

    painted: list[int]

    def render_line(self, y: int) -> Strip:
        """Paint and count."""
        self.painted.append(y)
        return super().render_line(y)


class Bare(App[None]):
    """A table of six rows, the first of them a heading."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Counted(rows())
        self.table.painted = []
        self.opened: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables."""
        return dict(OWN)

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield self.table

    def on_table_opened(self, message: Table.Opened) -> None:
        """Keep what was opened."""
        self.opened.append(message.key)


def rows(third: str = "c") -> tuple[Row, ...]:
    return (text_row("head"), *(Row((cell(each),), key=each[0]) for each in ("a", "b", third, "d", "e")))


async def test_only_changed_rows_are_painted_again() -> None:
    app = Bare()
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.pause()
        app.table.painted.clear()
        app.table.rows = rows("changed")
        await pilot.pause()
        assert set(app.table.painted) == {3}


async def test_equal_rows_are_not_painted_again() -> None:
    app = Bare()
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.pause()
        app.table.painted.clear()
        app.table.rows = rows()
        await pilot.pause()
        assert app.table.painted == []


async def test_the_cursor_skips_what_stands_for_nothing() -> None:
    app = Bare()
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.press("j")
        assert app.table.cursor == "a"
        await pilot.press("j", "j", "k", "enter")
        assert app.opened == ["b"]


async def test_the_row_under_the_cursor_is_marked_without_colour() -> None:
    app = Bare()
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.press("j")
        assert app.table.render_line(1).text.startswith(f"{MARK}a")


async def test_a_cursor_whose_row_went_is_gone() -> None:
    app = Bare()
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.press("end")
        app.table.rows = rows()[:3]
        assert app.table.cursor == ""


async def test_the_cursor_stays_in_sight() -> None:
    app = Bare()
    async with app.run_test(size=(20, 3)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert app.table.scroll_offset.y == 3


async def test_what_is_followed_is_in_sight() -> None:
    app = Bare()
    async with app.run_test(size=(20, 2)) as pilot:
        app.table.follow = "d"
        await pilot.pause()
        assert app.table.scroll_offset.y == 3
