"""Modelled servers: what requests of steps and checks are answered in a rehearsal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from msgspec.structs import replace

from cockpit.execution.contract import Ended, HttpOrder, Sink
from cockpit.execution.http import HARMLESS, Answer, Requests, judge
from cockpit.playbook.plan import HERE
from cockpit.rehearsal.document import document
from cockpit.rehearsal.world import Doing, Site

LINES = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 503: "Service Unavailable"}


class ModelledRequests:
    """Keeps `contract.Requester`: an answer is what is expected, as far as the host's facts do not say otherwise."""

    def __init__(self, site: Site, now: Callable[[], float]) -> None:
        self._site, self._now = site, now

    async def send(self, order: HttpOrder, sink: Sink) -> Ended:
        """See `Requester`."""
        doing = self._site.doing(order.id)
        deaf = self._site.struck(self._now(), "deaf", host=doing.host, step=doing.step) is not None
        seconds = order.timeout if deaf or doing.habit.seconds is None else doing.habit.seconds
        await asyncio.sleep(min(seconds, order.timeout))
        if seconds >= order.timeout:
            return _silent(order, f"no answer within {order.timeout:g} s")
        if doing.host != HERE and self._site.away(doing.host, self._now()):
            return _silent(order, "connection refused") if order.method.upper() in HARMLESS else _unsent()
        if doing.habit.outcome:
            sink(b"".join(piece for _, piece in doing.habit.pieces))
            return Ended(doing.habit.outcome, reason=doing.habit.reason, seconds=round(seconds, 3))
        answer = self._answer(order, doing)
        sink(f"{answer.line}\n\n".encode() + answer.body)
        problem = judge(order if doing.habit.pieces else replace(order, contains=""), answer)
        return Ended("failed" if problem else "passed", reason=problem, seconds=round(seconds, 3))

    def cancelled(self, order: HttpOrder) -> Ended:
        """See `Requester`."""
        return Requests().cancelled(order)

    async def close(self) -> None:
        """See `Requester`."""

    def _answer(self, order: HttpOrder, doing: Doing) -> Answer:
        status = 503 if doing.habit.code else order.status[0]
        line = f"HTTP/1.1 {status} {LINES.get(status, '')}".strip()
        if doing.habit.pieces:
            return Answer(status, line, b"".join(piece for _, piece in doing.habit.pieces), whole=True)
        facts = self._site.known(doing.host, self._now()).known
        if not order.json:
            return Answer(status, line, f"{order.contains}\n".encode(), whole=True)
        body = document({path: facts.get(path, value) for path, value in order.json.items()})
        shown = {"shows": order.contains} if order.contains else {}
        text = json.dumps({**body, **shown}, ensure_ascii=False)
        return Answer(status, line, text.encode(), whole=True)


def _silent(order: HttpOrder, reason: str) -> Ended:
    return Ended("failed" if order.method.upper() in HARMLESS else "unknown", reason=reason)


def _unsent() -> Ended:
    return Ended("error", reason="nothing was sent: connection refused")
