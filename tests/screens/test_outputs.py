"""Whose output is shown."""

from __future__ import annotations

from screens.follower import Printed
from tests.screens import release
from tests.screens.flying import flying


async def test_what_another_step_printed_late_is_not_shown() -> None:
    async with flying(release.deploying()) as flight:
        flight.app.post_message(Printed("first-web-1-run-1", "web-1", b"from before\n"))
        await flight.pilot.pause()
        assert "from before" not in flight.text
