"""A scenario and its playbook as a whole: are they for each other, and can it end so."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.nearest import suggest
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.written.scene import Scene


def playbook(scene: Scene) -> Iterator[Finding]:
    """Whether the scenario is for this playbook."""
    said, meant = scene.model.playbook, scene.plan.playbook
    if said != meant:
        message = f"this is for the playbook `{said}`, not for `{meant}`"
        yield Finding(scene.book.at("playbook"), "S220", message, suggest(said, [meant]))


def ends(scene: Scene) -> Iterator[Finding]:
    """Whether the playbook can end so."""
    if scene.model.ends == "rolled_back" and scene.plan.rollback is None:
        message = "it cannot end `rolled_back`: the playbook has no rollback"
        yield Finding(scene.book.at("ends"), "S218", message, "done, aborted or failed")
