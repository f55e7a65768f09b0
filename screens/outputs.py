"""Which attempts' output is followed: workers that only post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker

from cockpit.release.state import FAILING, State, StepState
from screens.follower import Follower, Printed

MOST = 64
"""Attempts followed at once; failing and running ones come first."""

READ = 256 << 10
"""Bytes shown at most of an attempt that has ended."""


@dataclass(frozen=True)
class Source:
    """The output of one attempt on a host, wanted from a byte on."""

    host: str
    offset: int = 0


def wanted(state: State, one: StepState, host: str = "") -> Mapping[str, Source]:
    """The attempts of a step whose output is to be shown, by id; of one host if it is named."""
    runs = [run for run in one.hosts.values() if host in ("", run.host)]
    runs.sort(key=lambda run: (run.status not in FAILING, run.status not in ("running", "checking")))
    ids = [each for run in runs[:MOST] for each in (run.run, run.check) if each in state.attempts]
    attempts = sorted((state.attempts[each] for each in ids), key=attrgetter("started"))
    return {one.id: Source(one.host, max(0, one.size - READ)) for one in attempts}


class Outputs:
    """Follows the wanted outputs for a screen or the app, which gets them as messages."""

    def __init__(self, follower: Follower, owner: DOMNode) -> None:
        self._follower = follower
        self._owner = owner
        self._workers: dict[str, Worker[None]] = {}
        self._turn = 0

    def want(self, attempts: Mapping[str, Source]) -> None:
        """Follow these, and no others."""
        self._turn += not attempts
        for gone in self._workers.keys() - attempts.keys():
            self._workers.pop(gone).cancel()
        for attempt, source in attempts.items():
            if attempt not in self._workers:
                post = partial(self._post, self._turn)
                work = self._follower.output(attempt, source.host, source.offset, post)
                self._workers[attempt] = self._owner.run_worker(work, group="output")

    def wants(self, message: Printed) -> bool:
        """Whether it is still wanted, and was read since nothing was."""
        return message.turn == self._turn and message.attempt in self._workers

    def _post(self, turn: int, message: Message) -> None:
        if isinstance(message, Printed):
            message.turn = turn
        self._owner.post_message(message)
