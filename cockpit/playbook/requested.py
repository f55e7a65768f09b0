"""Requests of a playbook as a plan has them, and the secrets that commands and templates use."""

from __future__ import annotations

from cockpit.playbook import plan
from cockpit.playbook.model.requests import Expect, Request
from cockpit.playbook.shell.uses import mentioned
from cockpit.playbook.templates import uses
from cockpit.playbook.world import World


def request_of(request: Request, expect: Expect | None = None) -> plan.Request:
    """A request, with what is expected of its answer where that stands beside it."""
    headers = dict(request.headers)
    if request.body[:1] in ("{", "[") and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    expected = request.expect if expect is None else expect
    return plan.Request(
        url=request.url,
        method=request.method,
        headers=headers,
        body=request.body,
        expect=plan.Expect(status=tuple(expected.status), contains=expected.contains, json=dict(expected.values)),
    )


def secrets_of(world: World, command: str, *templates: str) -> tuple[str, ...]:
    """The secrets that a command and templates use."""
    names = mentioned(command) if command else frozenset()
    return tuple(
        sorted(
            name for name in world.names.secrets if name in names or any(uses(text, {name: ""}) for text in templates)
        )
    )
