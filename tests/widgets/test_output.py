"""Live output on the Line API."""

from __future__ import annotations

from textual.app import App, ComposeResult

from screens.theme import OWN
from tests.screens.waiting import until
from widgets.output import Output


class Bare(App[None]):
    """Output alone."""

    def __init__(self) -> None:
        super().__init__()
        self.output = Output(keep=200)
        self.frames = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables."""
        return dict(OWN)

    def compose(self) -> ComposeResult:
        """The output alone."""
        yield self.output

    def shown(self) -> list[str]:
        """The lines on the screen."""
        return [self.output.render_line(y).text.rstrip() for y in range(self.output.size.height)]


def lines(first: int, last: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in range(first, last + 1))


async def test_the_end_is_followed() -> None:
    app = Bare()
    async with app.run_test(size=(30, 4)) as pilot:
        app.output.feed("web-1", lines(1, 50))
        await until(pilot, lambda: app.shown()[-1] == " web-1 │ line 50", "line 50 is last")


async def test_scrolling_up_stops_following_and_end_follows_again() -> None:
    app = Bare()
    async with app.run_test(size=(30, 4)) as pilot:
        app.output.focus()
        app.output.feed("web-1", lines(1, 50))
        await until(pilot, lambda: app.output.top == 46, "at the end")
        await pilot.press("k")
        assert not app.output.follows
        app.output.feed("web-1", lines(51, 60))
        await until(pilot, lambda: len(app.output._ring) == 60 and not app.output._due, "more lines came")
        assert app.shown()[-1] == " web-1 │ line 49"
        await pilot.press("end")
        await until(pilot, lambda: app.shown()[-1] == " web-1 │ line 60", "the end is shown")


async def test_what_one_reads_stays_while_old_lines_are_dropped() -> None:
    app = Bare()
    async with app.run_test(size=(30, 4)) as pilot:
        app.output.focus()
        app.output.feed("a", lines(1, 200))
        await until(pilot, lambda: app.output.top == 196, "at the end")
        await pilot.press("pageup")
        before = app.shown()
        app.output.feed("a", lines(201, 240))
        await until(pilot, lambda: app.output.top == 153, "scrolled with the lines")
        assert app.shown() == before


async def test_a_flood_leaves_keys_alive() -> None:
    app = Bare()
    async with app.run_test(size=(30, 4)) as pilot:
        app.output.focus()
        for start in range(0, 100_000, 1000):
            app.output.feed("a", lines(start, start + 999))
        app.output.feed("a", b"x" * (64 << 20))
        await pilot.press("k")
        assert not app.output.follows


async def test_search_goes_to_the_nearest_line_above_and_round() -> None:
    app = Bare()
    async with app.run_test(size=(30, 4)) as pilot:
        app.output.focus()
        app.output.feed("a", lines(1, 99))
        await until(pilot, lambda: not app.output._due, "painted")
        assert app.output.search("LINE 4")
        await until(pilot, lambda: " a │ line 49" in app.shown(), "the nearest one")
        await pilot.press("N")
        await until(pilot, lambda: " a │ line 48" in app.shown(), "the one before")
        assert not app.output.search("nowhere")


async def test_hostile_bytes_stay_in_their_line() -> None:
    app = Bare()
    async with app.run_test(size=(60, 4)) as pilot:
        app.output.feed("a", b"\x1b]0;title\x07\x1b[2J\x1b[Hx\xff\x9b\n[red]tag[/red]\n")
        await until(pilot, lambda: not app.output._due, "painted")
        assert app.shown()[:2] == [" a │ ␛]0;title␇␛[2J␛[Hx��", " a │ [red]tag[/red]"]


async def test_long_lines_can_be_shifted() -> None:
    app = Bare()
    async with app.run_test(size=(20, 4)) as pilot:
        app.output.focus()
        app.output.feed("a", b"0123456789abcdefghijklmnop\n")
        await until(pilot, lambda: app.shown()[0].startswith(" a │ 0123"), "painted")
        await pilot.press("right")
        await until(pilot, lambda: app.shown()[0] == " a │ 89abcdefghijkl…", "shifted")
