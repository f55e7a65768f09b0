"""Every rule over a whole playbook."""

from __future__ import annotations

from cockpit.playbook.problem import Finding
from cockpit.playbook.world import World


def lint(world: World, login: str = "") -> list[Finding]:
    """What the rules find; `login` takes the place of '{{ login }}' where it is known."""
    return []
