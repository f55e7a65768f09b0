"""This machine, through the same wrapper as every other."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress

from cockpit.execution.contract import HERE, NotReached
from cockpit.execution.ear import Ear
from cockpit.execution.machine import MOST, Call, Hangup, Met, Said, Silence, listen, upto
from cockpit.execution.wrapper import argv, request, text_of

PIECE = 1 << 16


class LocalMachine:
    """The machine that the engine runs on, as the engine's own login."""

    host = HERE

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment

    async def meet(self) -> Met | NotReached:
        """Always there."""
        return Met("", "localhost")

    async def talk(self, call: Call, ear: Ear, enough: Callable[[], bool], key: str | None) -> Hangup:
        """Run the wrapper in a session of its own: what it starts must outlive the engine."""
        if key:
            return Hangup(other_key=True)
        environment = os.environ if self._environment is None else self._environment
        try:
            process = await asyncio.create_subprocess_exec(
                *argv(text_of(call.verb)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=environment.get("HOME", "/"),
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            return Hangup(why=NotReached(HERE, f"no shell can be started here: {error.strerror}"))
        try:
            return await _listen(process, call, ear, lambda: ear.over or enough())
        finally:
            try:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGKILL)  # process.kill() may reap it behind the loop's back
                    await process.wait()
            finally:
                # A subshell of it that is left finds nobody to write to, and ends.
                process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001

    async def ask(self, words: list[str], stdin: bytes) -> Said | NotReached:
        """As a child of the engine, gone with it."""
        environment = os.environ if self._environment is None else self._environment
        pipe = asyncio.subprocess.PIPE
        home = environment.get("HOME", "/")
        try:
            process = await asyncio.create_subprocess_exec(
                *words, stdin=pipe, stdout=pipe, stderr=pipe, cwd=home, env=environment, start_new_session=True
            )
        except OSError as error:
            return NotReached(HERE, f"no shell can be started here: {error.strerror}")
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(stdin)
                await process.stdin.drain()
            process.stdin.close()
            said = asyncio.create_task(upto(process.stderr, MOST))
            out = await upto(process.stdout, MOST + 1)
            if len(out) > MOST:
                said.cancel()
                return Said(out, b"", None)
            return Said(out, await said, await process.wait())
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            # Pipes of which nobody reads any more would keep it from ever being seen to end.
            process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
            await process.wait()

    async def close(self) -> None:
        """Nothing is kept open."""


async def _listen(process: asyncio.subprocess.Process, call: Call, ear: Ear, enough: Callable[[], bool]) -> Hangup:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    heard = loop.time()

    async def read(stream: asyncio.StreamReader, take: Callable[[bytes], None]) -> None:
        nonlocal heard
        while data := await stream.read(PIECE):
            heard = loop.time()
            take(data)
            if enough():
                _finish(done)

    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(request(ear.token, call.verb, *call.arguments) + call.stdin)
        await process.stdin.drain()
    process.stdin.close()
    reading = asyncio.gather(read(process.stdout, ear.out), read(process.stderr, ear.err))
    reading.add_done_callback(lambda _: _finish(done))
    try:
        await listen(done, call, ear, lambda: heard)
    except Silence as silence:
        return Hangup(sent=True, why=NotReached(HERE, str(silence)))
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    return Hangup(exit=await process.wait() if reading.done() and not enough() else 0, sent=True)


def _finish(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
