"""Rehearsals for the screens: scripts that are played, with faults in them."""

from __future__ import annotations

from cockpit.release import events as happened
from cockpit.release.events import End, Setting
from tests.screens import measured, release
from tests.screens.release import Script

SETTING = Setting(scenario="errors", digest="d" * 64, seed=7, speed=10.0)


def played(
    script: Script, speed: float = 10.0, *, captain: bool = False, real: bool = False, ends: End | None = None
) -> Script:
    """The same in a rehearsal."""
    opened = script.records[0].event
    assert isinstance(opened, happened.Opened)
    setting = Setting(scenario="errors", digest="d" * 64, seed=7, speed=speed, played=captain, real=real, ends=ends)
    copy = Script("rehearsal", opened.plan, setting)
    for record in script.records[len(copy.records) :]:
        copy.after(record.at - copy.at, record.event)
    return copy


def host_down(script: Script, **fields: object) -> Script:
    """web-2 does not answer for five minutes."""
    given = {"fault": "host-down-1", "kind": "host-down", "hosts": ("web-2",), "by": "ana", "lasts": 300.0, **fields}
    return script.after(1, happened.FaultBegan(**given))  # type: ignore[arg-type]


def deploying(speed: float = 10.0) -> Script:
    """The rest is deployed while web-2 does not answer."""
    return host_down(played(release.deploying(), speed))


def guarded() -> Script:
    """Errors jump while a guard watches."""
    script = played(measured.nearing(), 60.0)
    fault = happened.FaultBegan(fault="errors", kind="errors", metric="error_rate", lasts=900.0)
    return script.after(1, fault)


def rolled_back(expected: End | None = None) -> Script:
    """A host went down, and everything was undone."""
    script = host_down(played(release.failed(), ends=expected))
    script.after(35, happened.RollbackStarted(by="ana", note="web-2 is gone"))
    script.begin("back")
    for host in release.WEB:
        script.run("back", host, 21)
    script.passed("back").begin("proof")
    for host in release.WEB:
        script.run("proof", host, 1)
    return script.passed("proof").after(0, happened.Ended(outcome="rolled_back"))
