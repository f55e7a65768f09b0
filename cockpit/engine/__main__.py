"""`python -m cockpit.engine RELEASE`: the process of one release's engine."""

from __future__ import annotations

import logging
import resource
import sys
from collections.abc import Callable, Sequence

from cockpit.engine import arguments
from cockpit.engine.exits import EngineExit
from cockpit.engine.place import Place
from cockpit.errors import BrokenChain, CockpitError, StaleWriter, StorageFull, WriterBusy

_FILES = 65536
_log = logging.getLogger("cockpit.engine")

_EXITS = (
    (WriterBusy, EngineExit.BUSY),
    (StaleWriter, EngineExit.STALE),
    (BrokenChain, EngineExit.BROKEN),
    (StorageFull, EngineExit.FULL),
    (CockpitError, EngineExit.UNUSABLE),
)
"""Most specific first."""


def _serve(place: Place) -> bool:
    from cockpit.engine.daemon import serve  # noqa: PLC0415  whatever fails from here on is in the log

    return serve(place)


def main(words: Sequence[str], serve: Callable[[Place], bool] = _serve) -> EngineExit:
    """Drive the release that these words name until it is closed or a signal says stop."""
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.INFO)
    for talkative in (
        "asyncssh",
        "httpx",
        "httpcore",
    ):  # they log commands and URLs: no secret goes there
        logging.getLogger(talkative).setLevel(logging.WARNING)
    try:
        place = arguments.place(arguments.parser("cockpit-engine").parse_args(words))
        _allow_many_files()
        return EngineExit.CLOSED if serve(place) else EngineExit.STOPPED
    except CockpitError as error:
        _log.error("%s", error)
        return exit_of(error)


def exit_of(error: CockpitError) -> EngineExit:
    """The exit status for an error that ended the engine."""
    return next(found for kind, found in _EXITS if isinstance(error, kind))


def _allow_many_files() -> None:
    """Each host takes a descriptor, and each open output."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
