"""A soak on the screens: how much is done, how often it was broken, and the redeploy."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.playbook.plan import Plan, Soak
from cockpit.release import events as happened
from cockpit.release.intents import Retry
from screens.panes.guards import watching
from screens.panes.stage import stage
from tests.screens import measured
from tests.screens.flying import flying
from tests.screens.measured import fields, seen
from tests.screens.release import Script
from tests.screens.seen import lines, view

SOAK = Soak(
    id="watch",
    phase="watch",
    title="Soak in staging",
    rules=("errors", "slow"),
    seconds=86400.0,
    after=("rest",),
    redeploy=("rest",),
)


def plan() -> Plan:
    """The measured plan with a soak in the guard's place."""
    made = measured.plan()
    last = replace(made.phases[-1], steps=(SOAK, *made.phases[-1].steps[1:]))
    return replace(made, phases=(*made.phases[:-1], last))


def soaking() -> Script:
    """Everything is out; the soak goes on for six hours."""
    script = measured.at_gate(Script(plan=plan())).after(25, happened.GateOpened(gate="go-rest", by="ana"))
    script.passed("go-rest").begin("rest").run("rest", "web-2", 52).run("rest", "web-3", 47).passed("rest")
    script.begin("watch").after(0, happened.SoakBegan(step="watch"))
    return script.after(6 * 3600, happened.LinkLost(host="web-2", reason="reset"))


def broken() -> Script:
    """The same, broken by slowness two minutes ago."""
    script = soaking().after(0, measured.verdict("slow", "failing", 402.0, "402 ms: above 2x baseline"))
    script.after(0, happened.SoakBroken(step="watch", rule="slow", why="402 ms"))
    return script.after(120, happened.LinkLost(host="web-3", reason="reset"))


def counting_anew() -> Script:
    """The same; all pass again since three hours, and it counts from there."""
    script = broken().after(0, measured.verdict("slow", "passing"))
    script.after(0, happened.SoakBegan(step="watch"))
    return script.after(3 * 3600, happened.LinkLost(host="web-2", reason="reset"))


def test_it_says_how_much_is_done_and_until_when() -> None:
    script = soaking()
    shown = "\n".join(lines(stage(view(script, **fields(script))).rows))
    assert "▶ 6:00:00 of 1d healthy" in shown
    assert "Soak in staging · soak" in stage(view(script, **fields(script))).title


def test_it_says_what_broke_it_and_how_often() -> None:
    script = broken()
    shown = "\n".join(lines(stage(view(script, **fields(script))).rows))
    assert "◆ begins once all pass: slow is failing: 402 ms: above 2x baseline · broken once" in shown
    assert "[D] does rest again" in shown


def test_it_is_among_what_watches() -> None:
    script = soaking()
    assert "Soak in staging" in str(watching(view(script, **fields(script))))


async def test_a_redeploy_shows_what_runs_and_needs_a_note() -> None:
    script = broken()
    async with flying(script, **seen(script)) as flight:
        await flight.opened("D")
        assert "./bin/restart" in flight.text
        await flight.press("d", "enter")
        assert flight.link.asked == []
        await flight.type("cache fixed")
        await flight.press("enter")
        assert await flight.until_asked() == Retry(step="watch", note="cache fixed")
