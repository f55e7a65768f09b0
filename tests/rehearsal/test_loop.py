"""The loop of a rehearsal: its own timers in its own time, those of sockets in real time."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic

import pytest

from cockpit.engine.clock import real_time
from cockpit.rehearsal.loop import PacedLoop, run
from cockpit.rehearsal.pace import Pace
from cockpit.rehearsal.scenario import STARTS
from tests.conftest import Home

DAY = 86400.0


class Counted(PacedLoop):
    """A loop that counts its turns."""

    turns = 0

    def _run_once(self) -> None:
        self.turns += 1
        super()._run_once()


def turns_of(main: Callable[[Pace], Awaitable[None]], speed: float = 0.0) -> int:
    """How often the loop goes round until that is over."""
    pace = Pace(STARTS, speed)
    loop = Counted(pace)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(_awaited(main(pace)))
    return loop.turns


async def _awaited(what: Awaitable[None]) -> None:
    async with asyncio.timeout(None):
        await what


def wakings(pace: Pace, *spans: float) -> list[tuple[float, float]]:
    """Sleep so long, all at once: who woke when."""
    found: list[tuple[float, float]] = []

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds)
        found.append((seconds, pace.gone()))

    async def main() -> None:
        await asyncio.gather(*map(sleep, spans))

    run(main(), pace)
    return found


def test_timers_come_in_order_each_at_its_moment() -> None:
    spans = (30 * DAY, 10 * DAY, 0.25, 20 * DAY, 0.0)
    began = monotonic()
    assert wakings(Pace(STARTS, 0.0), *spans) == [(span, span) for span in sorted(spans)]
    assert monotonic() - began < 5


@pytest.mark.parametrize("speed", [1e6, 200.0])
def test_timers_come_in_order_at_any_speed(speed: float) -> None:
    began = monotonic()
    spans = (speed * 0.05, speed * 0.02, speed * 0.03)
    assert wakings(Pace(STARTS, speed), *spans) == [(span, span) for span in sorted(spans)]
    assert monotonic() - began >= 0.05


def test_timers_of_one_moment_come_in_the_order_in_which_they_were_set() -> None:
    order: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for number in range(50):
            loop.call_at(loop.time() + 60.0, order.append, number)
        await asyncio.sleep(61)

    run(main(), Pace(STARTS, 0.0))
    assert order == [*range(50)]


def test_what_is_real_waits_for_real_seconds_however_far_time_jumps() -> None:
    pace = Pace(STARTS, 0.0)

    async def main() -> tuple[float, float]:
        jumping = asyncio.create_task(_jump())
        began = monotonic()
        with real_time():
            real = asyncio.create_task(asyncio.sleep(0.05))
        await real
        jumping.cancel()
        return monotonic() - began, pace.gone()

    real, gone = run(main(), pace)
    assert real >= 0.05
    assert gone > 100 * 60.0


async def _jump() -> None:
    for _ in iter(int, 1):
        await asyncio.sleep(60.0)


def test_deadline_of_what_is_real_is_real() -> None:
    async def main() -> None:
        with real_time():
            async with asyncio.timeout(0.02):
                await asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError):
        run(main(), Pace(STARTS, 0.0))


def test_real_timer_that_is_cancelled_wakes_nobody() -> None:
    async def main(pace: Pace) -> None:
        with real_time():
            asyncio.get_running_loop().call_later(0.0, pytest.fail).cancel()
        await asyncio.sleep(1.0)

    assert turns_of(main) < 10


def test_client_is_served_while_time_jumps(home: Home) -> None:
    answers: list[bytes] = []
    path = home.state / "socket"

    async def main() -> None:
        jumping = asyncio.create_task(_jump())
        with real_time():
            server = await asyncio.start_unix_server(_echo, path)
            await asyncio.get_running_loop().run_in_executor(None, _ask, path, answers)
        jumping.cancel()
        server.close()

    run(main(), Pace(STARTS, 0.0))
    assert answers == [b"%d\n" % number for number in range(100)]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


def _ask(path: Path, answers: list[bytes]) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(path))
        with client.makefile("rwb", buffering=0) as file:
            for number in range(100):
                file.write(b"%d\n" % number)
                answers.append(file.readline())


def test_what_goes_to_a_thread_is_done_at_once() -> None:
    pace = Pace(STARTS, 60.0)

    async def main() -> tuple[int, float]:
        return await asyncio.to_thread(threading.get_ident), pace.gone()

    assert run(main(), pace) == (threading.get_ident(), 0.0)


def test_what_fails_in_a_thread_fails_where_it_is_awaited() -> None:
    async def main() -> None:
        await asyncio.to_thread(int, "none")

    with pytest.raises(ValueError, match="none"):
        run(main(), Pace(STARTS, 0.0))


@pytest.mark.parametrize("speed", [0.0, 1.0])
def test_loop_that_waits_for_a_socket_alone_takes_no_turns(speed: float) -> None:
    async def main(pace: Pace) -> None:
        ours, theirs = socket.socketpair()
        with real_time():
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            asyncio.get_running_loop().call_later(0.1, theirs.send, b"\n")
        await reader.readline()
        writer.close()
        theirs.close()
        assert pace.gone() <= (0.0 if not speed else 5.0)

    assert turns_of(main, speed) < 15


async def _reach(pace: Pace, moment: float) -> None:
    """Sleep again and again for what is left, as the engine does."""
    for left in iter(lambda: max(0.0, moment - pace.now()), 0.0):
        await asyncio.sleep(left)


def test_tiny_delays_late_in_a_long_rehearsal_take_a_turn_each() -> None:
    async def main(pace: Pace) -> None:
        await asyncio.sleep(400 * DAY)
        for number in range(300):
            await _reach(pace, pace.now() + number * 1e-7)

    assert turns_of(main) < 1500


def test_ever_smaller_steps_end_where_they_are_to() -> None:
    async def main(pace: Pace) -> None:
        for _ in range(2000):
            await asyncio.sleep(0.1)
        assert pace.gone() == pytest.approx(200.0, abs=1e-6)

    assert turns_of(main) < 2 * 2000 + 10


def test_speed_that_changes_is_felt_by_what_waits_already() -> None:
    pace = Pace(STARTS, 1.0)

    async def main() -> None:
        with real_time():
            asyncio.get_running_loop().call_later(0.02, pace.set, 0.0)
        await asyncio.sleep(30 * DAY)

    began = monotonic()
    run(main(), pace)
    assert monotonic() - began < 10
    assert pace.gone() == 30 * DAY


def test_speed_that_is_next_to_none_is_one() -> None:
    pace = Pace(STARTS, 1e-300)

    async def main() -> None:
        with real_time():
            asyncio.get_running_loop().call_later(0.02, pace.set, 0.0)
        await asyncio.sleep(DAY)

    run(main(), pace)
    assert pace.gone() == DAY
