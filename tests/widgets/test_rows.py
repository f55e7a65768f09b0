"""Rows of cells drawn as lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from widgets.looks import TONES
from widgets.rows import (
    Bit,
    Cell,
    Column,
    Row,
    cell,
    changed,
    lay_out,
    paint,
    paint_ends,
    share,
    text_row,
    trim,
    width_of,
    wrap,
)

INKS = {tone: Style() for tone in TONES}
COLUMNS = (Column("name", least=6), Column("state", 8), Column("late", 6, right=True, drop=1))
CELLS = st.lists(st.text(st.characters(exclude_categories=()), max_size=20), max_size=5).map(lambda texts: cell(*texts))


def drawn(content: Cell) -> str:
    return "".join(bit.text for bit in content)


def test_cells_stand_under_each_other() -> None:
    row = Row((cell("web-1"), cell("running"), cell("+0:10")))
    assert drawn(lay_out(row, COLUMNS, 24)[0]) == "web-1    running   +0:10"


def test_the_least_important_column_goes_first() -> None:
    assert share(COLUMNS, 24) == (8, 8, 6)
    assert share(COLUMNS, 20) == (11, 8, 0)


def test_a_row_of_one_cell_wraps_over_all_columns() -> None:
    lines = lay_out(text_row("one two three four", indent=2), COLUMNS, 10)
    assert [drawn(line).rstrip() for line in lines] == ["one two", "  three", "  four"]


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert [drawn(line) for line in wrap(cell("abcdefgh"), 3)] == ["abc", "def", "gh"]


def test_a_cut_keeps_its_tone() -> None:
    assert trim((Bit("abc", "good"), Bit("def", "bad")), 5) == (Bit("abc", "good"), Bit("d…", "bad"))


def test_the_left_gives_way_to_the_right() -> None:
    strip = paint_ends(cell("a long beginning"), cell("end"), 10, INKS, Style())
    assert strip.text == "a lon… end"


def test_markup_is_text() -> None:
    assert paint(cell("[red]x[/red]"), 14, INKS, Style()).text == "[red]x[/red]  "


@settings(derandomize=True, max_examples=300)
@given(CELLS, st.integers(1, 40))
def test_a_painted_line_is_exactly_as_wide_as_its_room(content: Cell, width: int) -> None:
    assert paint(content, width, INKS, Style()).cell_length == width


@settings(derandomize=True, max_examples=300)
@given(CELLS, st.integers(2, 40), st.integers(0, 6))
def test_no_wrapped_line_is_wider_than_its_room(content: Cell, width: int, indent: int) -> None:
    assert all(width_of(line) <= width for line in wrap(content, width, indent))


def test_only_the_cells_that_differ_have_changed() -> None:
    before, after = (paint(cell(text), 20, INKS, Style()) for text in ("running 0:12 now", "running 0:13 now"))
    assert changed(before, after) == (11, 12)
    assert changed(before, before) == (0, 0)
