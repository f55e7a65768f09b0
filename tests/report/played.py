"""A rehearsal that is played by lines, as in `tests/release/script.py`, with faults."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Plan
from cockpit.release.events import AnyEvent, End, FaultBegan, FaultKind, Opened, Setting
from cockpit.report.score import Score, ScoredFault, score
from tests.release.script import Script, make_plan, step

RULES = {"r": Rule(name="r", metric="m", answer_within=120.0), "q": Rule(name="q", metric="n", hosts=("web-1",))}


def guarded(**actions: str) -> Plan:
    """Five minutes of deploying, then ten under guard; `actions` are what each rule leads to."""
    return make_plan(
        step("run", "deploy", takes=300.0),
        step("guard", "watch", rules=actions or {"r": "hold"}, seconds=600.0, steady=10.0),
        back=(step("run", "undo"),),
        rules=RULES,
    )


class Played(Script):
    """A rehearsal."""

    def _record(self, event: AnyEvent, *, quiet: bool = False) -> None:
        if isinstance(event, Opened):
            event = replace(event, mode="rehearsal", rehearsal=Setting(scenario="storm"))
        super()._record(event, quiet=quiet)

    def strike(self, kind: FaultKind, **fields: Any) -> Played:
        """Let a fault begin."""
        self._record(FaultBegan(fault=f"the-{kind}", kind=kind, **fields), quiet=True)
        self.settle()
        return self

    def then(self, text: str) -> Played:
        """See `feed`."""
        self.feed(text)
        return self

    def score(self, expected: End | None = None) -> Score:
        """How it went so far."""
        first, *others = self.records
        assert isinstance(first.event, Opened)
        opened = replace(first.event, rehearsal=Setting(scenario="storm", ends=expected))
        return score([replace(first, event=opened), *others])

    def fault(self) -> ScoredFault:
        """Its first fault."""
        return self.score().faults[0]


def deployed(**actions: str) -> Played:
    """A rehearsal under guard."""
    return Played(guarded(**actions)).then("hosts answer\n+5m\nall pass\nr is passing\nq is passing")


def times(fault: ScoredFault) -> tuple[float | None, float | None, float | None]:
    """When a fault was noticed, decided and restored."""
    return fault.noticed, fault.decided, fault.restored
