"""Arguments that the shell completes: releases, parts of a release's plan, playbooks.

Completion reads a journal's first event only, for the plan is there; whatever goes wrong completes to nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem, split_arg_string

from cockpit.errors import CockpitError

if TYPE_CHECKING:
    from cockpit.playbook.plan import Plan

ENDINGS = (".yaml", ".yml")


class ReleaseName(click.ParamType[str]):
    """The name of a release that exists."""

    name = "release"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  click's
        return _items(_releases, incomplete)


class Part(click.ParamType[str]):
    """A name in the plan of the release that the command is about."""

    def __init__(self, name: str, among: Callable[[Plan, Mapping[str, str]], Iterable[str]]) -> None:
        self.name = name
        self._among = among

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  click's
        def names() -> Iterable[str]:
            given = _given(ctx)
            plan = _plan(given.get("release") or "")
            return self._among(plan, given) if plan else ()

        return _items(names, incomplete)


class PlaybookPath(click.ParamType[Path]):
    """A playbook's file."""

    name = "playbook"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002  click's
        return Path(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  click's
        found = _items(lambda: playbooks_at(incomplete), incomplete)
        return found or [CompletionItem(incomplete, type="file")]


def playbooks_at(incomplete: str) -> list[str]:
    """The YAML files and folders whose path begins so; a folder that is the only one is gone into."""
    folder, slash, prefix = incomplete.rpartition("/")
    found = []
    for entry in sorted(Path(folder + slash or ".").iterdir()):
        if entry.name.startswith(prefix) and not (entry.name.startswith(".") and not prefix):
            if entry.is_dir():
                found.append(f"{folder}{slash}{entry.name}/")
            elif entry.name.endswith(ENDINGS):
                found.append(f"{folder}{slash}{entry.name}")
    return playbooks_at(found[0]) if len(found) == 1 and found[0].endswith("/") else found


def _items(names: Callable[[], Iterable[str]], incomplete: str) -> list[CompletionItem]:
    try:
        return [CompletionItem(name) for name in dict.fromkeys(names()) if name.startswith(incomplete)]
    except (CockpitError, OSError, RecursionError):
        return []


def _given(ctx: click.Context) -> Mapping[str, str]:
    """The arguments before the incomplete word; click knows none of them behind an option that has no value yet."""
    known = {name: str(value) for name, value in ctx.params.items() if value}
    words = [word for word in split_arg_string(os.environ.get("COMP_WORDS", ""))[2:] if not word.startswith("-")]
    names = [each.name or "" for each in ctx.command.params if isinstance(each, click.Argument)]
    return dict(zip(names, words, strict=False)) | known


def _releases() -> Iterable[str]:
    from cockpit.engine.place import Home  # noqa: PLC0415  help is faster without

    return [place.release for place in Home.default().releases()]


def _plan(release: str) -> Plan | None:
    from cockpit.engine.place import Home  # noqa: PLC0415  help is faster without
    from cockpit.journal import sqlite  # noqa: PLC0415  the same
    from cockpit.release.events import Opened  # noqa: PLC0415  the same

    journal = sqlite.open(Home.default().find(release).journal)
    try:
        event = next((record.event for record in journal.read()), None)
    finally:
        journal.close()
    return event.plan if isinstance(event, Opened) else None


def _steps(plan: Plan, kinds: tuple[str, ...] = ()) -> Iterable[Any]:
    every = plan.every
    return [step for step in every if not kinds or type(step).__name__ in kinds]


def _items_of(plan: Plan, _: Mapping[str, str]) -> Iterable[str]:
    return [item.id for step in _steps(plan, ("Checklist",)) for item in step.items]


def _hosts_of(plan: Plan, given: Mapping[str, str]) -> Iterable[str]:
    return [
        host
        for step in _steps(plan, ("Run", "Http"))
        if given.get("step") in (None, "", step.id)
        for host in step.hosts
    ]


RELEASE = ReleaseName()
PLAYBOOK = PlaybookPath()
STEP = Part("step", lambda plan, _: [step.id for step in _steps(plan)])
COMMAND_STEP = Part("step", lambda plan, _: [step.id for step in _steps(plan, ("Run", "Http"))])
AGAIN_STEP = Part("step", lambda plan, _: [step.id for step in _steps(plan, ("Run", "Http", "Soak"))])
PERSONS_STEP = Part("step", lambda plan, _: [step.id for step in _steps(plan, ("Do", "Notice", "Document"))])
LOOKED_STEP = Part("step", lambda plan, _: [step.id for step in _steps(plan) if getattr(step, "look", None)])
GATE = Part("gate", lambda plan, _: [step.id for step in _steps(plan, ("Gate",))])
ITEM = Part("item", _items_of)
HOST = Part("host", _hosts_of)
RULE = Part("rule", lambda plan, _: plan.rules)
REPORTED = Part("rule", lambda plan, _: (name for name, rule in plan.rules.items() if rule.reported))
MANUAL = Part("manual command", lambda plan, _: plan.manual)
ROLE = Part("role", lambda plan, _: plan.roles)
LOGIN = Part("login", lambda plan, _: [person for role in plan.roles.values() for person in role.people])
