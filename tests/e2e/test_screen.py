"""What the terminal itself does to the screen: keys that were pressed too early, and its size."""

from __future__ import annotations

import re

from tests.e2e.captain import Captain
from tests.e2e.conftest import Open
from tests.e2e.site import RELEASE, RUN, Site
from tests.e2e.terminal import Terminal

CHECKLIST = "◇ The team knows"
TIMELINE = "▾ prepare"
OUTPUT = "3 Output"
TELEMETRY = "4 Telemetry"
LOOKS = 6
"""So many times a screen is the same when it is at rest; metrics have it painted every second."""


def start(site: Site, open_terminal: Open, size: tuple[int, int] = (120, 36)) -> Terminal:
    captain = Captain(open_terminal(site.command(*RUN), size))
    captain.start()
    captain.terminal.wait("waiting ·.* tick in Ready to release")
    return captain.terminal


def test_keys_from_before_a_dialog_do_nothing_in_it(site: Site, open_terminal: Open) -> None:
    terminal = start(site, open_terminal)
    terminal.keys("R", "b", "Enter", *RELEASE, "Enter", "Tab", *RELEASE, "Enter")
    screen = terminal.wait(rf"Roll back {RELEASE}[\s\S]*enter chooses")
    assert re.search(r"to roll back:\s+type here", screen)
    assert re.search(r"›n", screen)  # noqa: RUF001  the mark of a prompt
    assert site.status()["state"] == "waiting"


def test_screen_comes_back_after_a_tiny_terminal(site: Site, open_terminal: Open) -> None:
    terminal = start(site, open_terminal)
    before = settled(terminal)
    terminal.resize(20, 5)
    terminal.until(lambda screen: max(map(len, screen.splitlines())) <= 20, "a screen of 20 columns")
    terminal.resize(120, 36)
    terminal.until(lambda screen: still(screen) == before, f"the screen of before:\n{before}")


def settled(terminal: Terminal) -> str:
    """The whole flight screen, once nothing but the clock and the metrics move."""
    seen = [""] * LOOKS

    def holds(screen: str) -> bool:
        seen.append(still(screen))
        return "way back" in screen and "Latency" in screen and len(set(seen[-LOOKS:])) == 1

    return still(terminal.until(holds, "a screen at rest"))


def still(screen: str) -> str:
    """A screen without what a clock or a metric moves: standing, telemetry, the latest of the journal, and the keys."""
    lines = screen.rstrip().splitlines()[:-2]
    width = next((line.index(TELEMETRY) - 4 for line in lines if TELEMETRY in line), None)
    kept = "\n".join(line[:width] for number, line in enumerate(lines) if number != 1)
    return re.sub(r"[~+\u2212]?\d+:\d\d(:\d\d)?", "-", kept)


def test_small_terminal_shows_one_pane_at_a_time(site: Site, open_terminal: Open) -> None:
    terminal = start(site, open_terminal, (80, 24))
    assert TIMELINE not in terminal.wait(CHECKLIST)
    terminal.keys("1")
    assert CHECKLIST not in terminal.wait(TIMELINE)
    terminal.keys("3")
    assert TIMELINE not in terminal.wait(OUTPUT)
    terminal.keys("2")
    assert OUTPUT not in terminal.wait(CHECKLIST)
