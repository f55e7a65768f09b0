"""Every place in a playbook where a template may stand, with what may be named there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, assert_never

import msgspec

from cockpit.playbook.model.metrics import (
    AnyMetric,
    CommandMetric,
    DatadogMetric,
    JsonMetric,
    ProbeMetric,
    PrometheusMetric,
)
from cockpit.playbook.model.requests import Expect, Request
from cockpit.playbook.model.steps import (
    Attended,
    ChecklistStep,
    DoStep,
    Fallible,
    GateStep,
    HttpStep,
    Manual,
    RecordStep,
    RunStep,
    Titled,
)
from cockpit.playbook.node import Path
from cockpit.playbook.reserved import BUILTINS, TOLD
from cockpit.playbook.world import Placed, World, is_by_host

Scope = Literal["plan", "host", "private", "once", "metric", "source", "told"]
"""plan: params and login · host: captures and the host too · private: secrets too · once: that, but no host ·
metric: params, and the host where there is one value for each · source: that and secrets · told: params, captures and
what is known of a release."""


class Spot(msgspec.Struct, frozen=True):
    """A template: where it is written, its text, what it may name, and the step it belongs to.

    `by_host`: it is rendered for each host. `asked` are lines that a person supplies.
    """

    path: Path
    text: str
    scope: Scope
    placed: Placed | None = None
    by_host: bool = True
    asked: frozenset[str] = frozenset()

    def allowed(self, world: World) -> frozenset[str]:
        """The names that may stand here."""
        names = world.names
        if self.scope == "plan":
            return names.params | {"login"}
        if self.scope == "told":
            return names.params | names.captures | TOLD | self.asked
        if self.scope in ("metric", "source"):
            host = frozenset({"host", "address"}) if self.by_host else frozenset()
            return names.params | host | (names.secrets if self.scope == "source" else frozenset())
        hosts = BUILTINS.keys() - (set() if self.by_host else {"host", "address"})
        secrets = names.secrets if self.scope in ("private", "once") else frozenset()
        return names.params | names.captures | secrets | hosts


def spots(world: World) -> Iterator[Spot]:
    """The templates of a playbook, as written."""
    if world.book.model.title:
        yield Spot(("title",), world.book.model.title, "plan")
    for name, metric in world.book.model.metrics.items():
        yield from _of_metric(("metrics", name), metric)
    for name, decision in world.book.model.decisions.items():
        yield Spot(("decisions", name, "ask"), decision.ask, "plan")
    for name, notice in world.book.model.notices.items():
        yield Spot(("notices", name, "text"), notice.text, "told", asked=frozenset(notice.asks))
    for name, severity in world.book.model.severities.items():
        yield Spot(("severities", name, "means"), severity.means, "plan")
    for name, rule in world.book.model.rules.items():
        yield Spot(("rules", name, "reported"), rule.reported or "", "plan")
    back = world.book.model.rollback
    for index, item in enumerate(back.block.until if back and back.block else ()):
        path: Path = ("rollback", "block", "until", index)
        yield Spot((*path, "item"), item.item, "plan")
        yield Spot((*path, "text"), item.text, "plan")
    for placed in world.steps:
        yield from _of_step(placed)


def _of_metric(path: Path, metric: AnyMetric) -> Iterator[Spot]:
    by_host = is_by_host(metric)
    yield Spot((*path, "title"), metric.title or "", "plan")
    match metric:
        case PrometheusMetric(prometheus=query, url=url, headers=headers):
            yield Spot((*path, "prometheus"), query, "metric", by_host=by_host)
            yield from _of_request(path, Request.model_construct(url=url, headers=headers), "source", None, by_host)
        case DatadogMetric(datadog=query, url=url, headers=headers):
            yield Spot((*path, "datadog"), query, "metric", by_host=by_host)
            yield from _of_request(path, Request.model_construct(url=url, headers=headers), "source", None, by_host)
        case JsonMetric(request=request):
            yield from _of_request((*path, "json"), request, "source", None, by_host)
        case CommandMetric(directory=directory):
            yield Spot((*path, "dir"), directory, "metric", by_host=by_host)
        case ProbeMetric(request=request, expect=expect):
            yield from _of_request((*path, "probe"), request, "source", None, by_host)
            if expect is not None:
                yield from _of_answer((*path, "expect"), expect, "source", None, by_host)
        case never:
            assert_never(never)


def _of_step(placed: Placed) -> Iterator[Spot]:
    step, path = placed.step, placed.path
    for index, name in enumerate(step.unchanged or ()):
        yield Spot((*path, "unchanged", index), name, "plan", placed)
    if isinstance(step, Titled) and step.title:
        yield Spot((*path, "title"), step.title, "plan", placed)
    for index, advice in enumerate(step.advice if isinstance(step, Fallible) else ()):
        yield Spot((*path, "advice", index, "say"), advice.say, "plan", placed)
    look = step.look if isinstance(step, Attended) else None
    for index, board in enumerate(look.boards if look else ()):
        yield Spot((*path, "look", "boards", index, "title"), board.title, "plan", placed)
        if board.url:
            yield Spot((*path, "look", "boards", index, "url"), board.url, "plan", placed)
    if isinstance(step, Manual):
        yield Spot((*path, "ask"), step.ask, "plan", placed)
        yield Spot((*path, "confirm"), step.confirm or "", "plan", placed)
    match step:
        case RunStep():
            yield Spot((*path, "dir"), step.directory, "host", placed)
            yield from _texts((*path, "env"), step.env, "private", placed)
            for place, check in placed.checks:
                if check.http:
                    yield from _of_request((*place, "http"), check.http, "private", placed)
        case HttpStep(on=None):
            yield from _of_request((*path, "http"), step.http, "once", placed, False)
        case HttpStep():
            yield from _of_request((*path, "http"), step.http, "private", placed)
        case ChecklistStep():
            for index, item in enumerate(step.checklist):
                yield Spot((*path, "checklist", index, "item"), item.item, "plan", placed)
                yield Spot((*path, "checklist", index, "text"), item.text, "plan", placed)
        case DoStep():
            yield Spot((*path, "do"), step.do, "plan", placed)
        case RecordStep():
            for key, text in (("record", step.record), ("text", step.text)):
                yield Spot((*path, key), text, "told", placed, asked=frozenset(step.asks))
        case GateStep():
            yield Spot((*path, "gate"), step.gate, "plan", placed)
            yield Spot((*path, "confirm"), step.confirm or "", "plan", placed)
        case _:
            return


def _of_request(
    path: Path, request: Request, scope: Scope, placed: Placed | None, by_host: bool = True
) -> Iterator[Spot]:
    yield Spot((*path, "url"), request.url, scope, placed, by_host)
    yield Spot((*path, "body"), request.body, scope, placed, by_host)
    for key, text in request.headers.items():
        yield Spot((*path, "headers", key), text, scope, placed, by_host)
    yield from _of_answer((*path, "expect"), request.expect, scope, placed, by_host)


def _of_answer(path: Path, expect: Expect, scope: Scope, placed: Placed | None, by_host: bool) -> Iterator[Spot]:
    yield Spot((*path, "contains"), expect.contains, scope, placed, by_host)
    for key, text in expect.values.items():
        steps = (int(part) if part.isdecimal() else part for part in key.split("."))
        yield Spot((*path, "json", *steps), text, scope, placed, by_host)


def _texts(path: Path, texts: Mapping[str, str], scope: Scope, placed: Placed) -> Iterator[Spot]:
    yield from (Spot((*path, key), text, scope, placed) for key, text in texts.items())
