"""The footer."""

from __future__ import annotations

from textual.app import App, ComposeResult

from screens.theme import OWN
from widgets.keybar import Key, KeyBar

KEYS = (Key("[h]", "hold", "hold"), Key("[R]", "roll back", "rollback", enabled=False), Key("[?]", "help", "help"))


class Bare(App[None]):
    """A footer alone."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = KeyBar()
        self.pressed: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables."""
        return dict(OWN)

    def compose(self) -> ComposeResult:
        """The footer."""
        yield self.bar

    def on_key_bar_pressed(self, message: KeyBar.Pressed) -> None:
        """Keep it."""
        self.pressed.append(message.action)


async def test_a_key_that_does_nothing_now_goes_first_and_the_last_stays() -> None:
    app = Bare()
    async with app.run_test(size=(24, 3)):
        app.bar.keys = KEYS
        assert app.bar.render_line(0).text.strip() == "[h] hold  [?] help"


async def test_a_click_on_a_key_is_that_key() -> None:
    app = Bare()
    async with app.run_test(size=(60, 3)) as pilot:
        app.bar.keys = KEYS
        await pilot.click(KeyBar, offset=(13, 0))
        assert app.pressed == ["rollback"]
