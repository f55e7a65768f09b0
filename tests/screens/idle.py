"""A program for tests: a release on this terminal, through seconds that pass at once.

`metered`: a guard watches, and six metrics come every five seconds. `played`: a rehearsal waits for a person at ten
times real speed, and is told every second what time it is. Else the release has ended, and only the clock ticks. What
is painted between the two titles `begin` and `end` is what is sent to a terminal in `SECONDS` seconds.
"""

from __future__ import annotations

import asyncio
import sys

from cockpit.engine.client import Measured
from screens.app import CockpitApp
from screens.link import Metered, Timed
from tests.screens import measured, rehearsed, release
from tests.screens.link import ScriptedLink

SECONDS = 60


class IdleApp(CockpitApp):
    """An app whose clock is moved by hand."""

    def __init__(self, kind: str) -> None:
        metered, self.played = kind == "metered", kind == "played"
        self.script = measured.guarding() if metered else release.done()
        if self.played:
            self.script = rehearsed.played(release.at_first_gate())
        given = measured.seen(self.script, 0.0) if metered else {}
        self.link = ScriptedLink(self.script.records, **given)
        self.moment = self.script.at + 1
        self.metered = metered
        super().__init__(self.link.connect, clock=lambda: self.moment, theme="cockpit", ticking=False)

    def on_mount(self) -> None:
        """Begin once everything is there."""
        super().on_mount()
        self.run_worker(self.pass_time())

    async def painted(self) -> None:
        """Wait until what was asked for is on the terminal."""
        for _ in range(3):
            done = asyncio.Event()
            self.screen.call_after_refresh(done.set)
            await done.wait()

    async def tell(self, word: str) -> None:
        """Tell who reads the terminal."""
        await self.painted()
        assert self._driver is not None
        self._driver.write(f"\x1b]0;{word}\x07")
        self._driver.flush()

    async def pass_time(self) -> None:
        """Second by second."""
        while self.view.reach != "live" or len(self.view.traces) < len(self.link.stored):
            await self.painted()
        await self.tell("begin")
        for second in range(1, SECONDS + 1):
            self.moment += 1
            if self.played:
                self.link.send(Timed(self.script.at + 10.0 * second, 10.0))
                await self.painted()
            self._tick()
            await self.painted()
            if self.metered and second % 5 == 0:
                self.link.send(self.latest(second))
                await self.painted()
        await self.tell("end")

    def latest(self, second: int) -> Metered:
        """One more reading of everything."""
        x = 400.0 + second / 5
        readings = tuple(
            Measured(each.name, host, self.moment, measured.WAVES[each.name](x) + 2 * number)
            for each in measured.METRICS
            for number, host in enumerate(each.hosts or ("",))
        )
        return Metered(readings, measured.judged(self.script))


if __name__ == "__main__":
    IdleApp(sys.argv[1]).run()
