"""A process in place of an engine: the real lock, socket and exit statuses, and nothing behind them.

It does what the first line of the file `script` in the release's folder says, and takes that line out: `crash`,
`exit N`, or (for any other line, and when there is none) serve until told to stop or asked to close.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cockpit.engine import arguments
from cockpit.engine.exits import EngineExit
from cockpit.engine.place import Place
from cockpit.engine.server import Server
from cockpit.journal.lock import Lock
from cockpit.release.intents import AnyIntent, Close, Refusal
from tests.engine.memory import Memory


class Closing(Memory):
    """Ends when it is asked to close."""

    def __init__(self, release: str) -> None:
        super().__init__(release)
        self.over: asyncio.Future[EngineExit] = asyncio.get_running_loop().create_future()

    async def submit(self, login: str, intent: AnyIntent, played: str = "") -> Refusal | None:  # noqa: ARG002  the contract's
        if isinstance(intent, Close):
            self.over.set_result(EngineExit.CLOSED)
        return await super().submit(login, intent)


async def serve(place: Place) -> EngineExit:
    """Serve until a signal or `Close`."""
    memory = Closing(place.release)
    server = Server(place, memory)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, memory.over.set_result, EngineExit.STOPPED)
    await server.start()
    status = await memory.over
    await server.close("over")
    return status


def main() -> int:
    """Claim the release, do what the script says."""
    place = arguments.place(arguments.parser("standin").parse_args())
    lock = Lock.take(place.lock)
    if lock is None:
        return EngineExit.BUSY
    (place.folder / "environment").write_text("\n".join(f"{name}={value}" for name, value in os.environ.items()))
    match next_line(place.folder / "script").split():
        case ["crash"]:
            raise RuntimeError("as the script says")
        case ["exit", status]:
            return int(status)
        case _:
            return asyncio.run(serve(place))


def next_line(script: Path) -> str:
    """The first line, which is taken out; empty when there is none."""
    first, _, rest = script.read_text().partition("\n") if script.exists() else ("", "", "")
    script.write_text(rest)
    return first


if __name__ == "__main__":
    sys.exit(main())
