"""What each fault needs, what it can use beside that, and which of its keys is its value."""

from __future__ import annotations

import msgspec

from cockpit.rehearsal.written import model
from cockpit.release.events import FaultKind


class Needs(msgspec.Struct, frozen=True):
    """Keys that a fault must have, and those that it may have beside its times; `value` is one of these, if any."""

    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    value: str = ""

    @property
    def usable(self) -> frozenset[str]:
        """Every key that means something to the fault."""
        return self.must | self.may | ({self.value} if self.value else frozenset())


def _needs(must: str = "", may: str = "", value: str = "") -> Needs:
    return Needs(frozenset(must.split()), frozenset(may.split()), value)


NEEDS: dict[FaultKind, Needs] = {
    "host-down": _needs(may="on for"),
    "host-slow": _needs(may="on for", value="times"),
    "host-reboot": _needs(may="on for"),
    "link-lost": _needs(may="on for"),
    "disk-full": _needs(may="on for"),
    "wrong-exit": _needs("step", "on", "exits"),
    "flood": _needs("step", "on"),
    "hang": _needs("step", "on"),
    "deaf": _needs(may="on step for"),
    "errors": _needs("metric", "on for", "to"),
    "latency": _needs("metric", "on for", "to"),
    "quota": _needs("metric", "on for", "to"),
    "leak": _needs("metric", "on for", "grows"),
    "silence": _needs("metric", "on for"),
    "lie": _needs("metric", "on for", "to"),
    "signer-late": _needs("role", "for", "takes"),
    "signer-no": _needs("role", "for"),
    "signer-silent": _needs("role", "for"),
    "file-changed": _needs("step", "for"),
    "engine-killed": _needs(),
}
"""The keys of each fault beside `fault`, `id` and when it begins."""

MEANINGS: dict[FaultKind, str] = {
    "host-down": "it does not answer",
    "host-slow": "everything there takes `times` as long",
    "host-reboot": "it does not answer, and what ran there is lost",
    "link-lost": "connections break, commands go on",
    "disk-full": "nothing new can be started there",
    "wrong-exit": "the next attempt exits with `exits`",
    "flood": "the next attempt prints without measure",
    "hang": "the next attempt never ends",
    "deaf": "requests get no answer",
    "errors": "a metric jumps `to` a value",
    "latency": "a metric jumps `to` a value",
    "quota": "a metric jumps `to` a value",
    "leak": "a metric `grows`",
    "silence": "a metric has no samples",
    "lie": "a metric shows the value `to`, and never anything else",
    "signer-late": "the person answers later, by what it `takes`",
    "signer-no": "the person says no",
    "signer-silent": "the person says nothing",
    "file-changed": "the files that a step wants to stay as they are change",
    "engine-killed": "the engine's process is killed",
}
"""What each fault is, for people."""

SPECIFIC = ("for", "on", "step", "metric", "role", "to", "grows", "times", "exits", "takes")
"""The keys that not every fault can use."""


def said(fault: model.Fault) -> dict[str, object]:
    """What a fault says under the keys that not every fault can use."""
    found = {key: getattr(fault, "lasts" if key == "for" else key) for key in SPECIFIC}
    return {key: value for key, value in found.items() if value is not None}


def value_of(fault: model.Fault) -> float | None:
    """The number that goes with a fault; None where it is to be guessed."""
    value = said(fault).get(NEEDS[fault.fault].value)
    return float(value) if isinstance(value, (int, float)) else None


def step_of(fault: model.Fault) -> str:
    """The step that a fault meets: where it needs one and names none, the one that it begins with."""
    beside = (fault.beside or "") if "step" in NEEDS[fault.fault].must else ""
    return fault.step or beside
