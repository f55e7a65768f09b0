"""Saying who a role is."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.playbook.plan import Assign, Role
from cockpit.release import events as happened
from cockpit.release.intents import Assign as Assigning
from screens.panes.stage import stage
from tests.screens import release
from tests.screens.flying import flying
from tests.screens.seen import lines, view


def _asking(*people: str) -> release.Script:
    """The first step waits until somebody is the commander."""
    roles = {**release.PLAN.roles, "commander": Role(title="Commander", people=people, assigned=True)}
    first = Assign(id="ready", phase="prepare", title="Commander", role="commander")
    phase = replace(release.PLAN.phases[0], steps=(first, *release.PLAN.phases[0].steps[1:]))
    plan = replace(release.PLAN, roles=roles, phases=(phase, *release.PLAN.phases[1:]))
    return release.Script(plan=plan).begin("ready")


def _shown(script: release.Script) -> list[str]:
    found = stage(view(script))
    return [" ".join(line.split()) for line in lines(found.rows, found.columns, 90)]


def test_the_step_says_that_nobody_has_the_role_and_which_key_says_who() -> None:
    found = _shown(_asking())
    assert found[0] == "◇ nobody is Commander yet"
    assert "ana, captain, says who: any login · [i]" in found


def test_the_step_says_who_it_is() -> None:
    script = _asking().after(1, happened.RoleAssigned(role="commander", to="chen", by="ana"))
    assert "✔ chen is Commander" in _shown(script)


async def test_a_login_is_typed_where_anybody_can_be_it() -> None:
    async with flying(_asking()) as flight:
        await flight.opened("i")
        await flight.press("a", "enter")
        assert flight.link.asked == []
        await flight.type("chen")
        await flight.press("enter")
        assert await flight.until_asked() == Assigning(role="commander", to="chen")


async def test_somebody_is_chosen_where_the_playbook_names_them() -> None:
    async with flying(_asking("bo", "chen")) as flight:
        await flight.opened("i")
        await flight.press("2", "enter")
        assert await flight.until_asked() == Assigning(role="commander", to="chen")


async def test_only_the_captain_assigns() -> None:
    async with flying(_asking(), login="chen") as flight:
        await flight.press("i")
        assert "only the captain assigns: ana" in flight.text
