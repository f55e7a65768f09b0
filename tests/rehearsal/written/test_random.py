"""Whatever a scenario's file holds, there are problems or a scenario: nothing is raised, and nothing takes long."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.playbook.problem import errors
from cockpit.playbook.source import parse
from cockpit.rehearsal.written.load import KEY, understand
from cockpit.rehearsal.written.resolve import resolve
from cockpit.rehearsal.written.rules import RULES
from cockpit.rehearsal.written.validate import owned
from tests.playbook.mistakes import PIECES, mistaken
from tests.rehearsal.written.scenes import HEAD, plan_of
from tests.rehearsal.written.test_lint import CASES
from tests.rehearsal.written.test_schema import GOOD

SHIPPED = sorted((Path(__file__).parents[3] / "playbooks" / "scenarios").glob("*/*.yaml"))
TEXTS = [
    *(path.read_text().replace("quickstart", "shop") for path in SHIPPED),
    *(f"{HEAD}{part}\n" for part in GOOD),
    *(f"{HEAD}{part}\n" for _, part, _ in CASES),
]
SECONDS = 1.0
FEW = settings(derandomize=True, deadline=None, max_examples=150, database=None)

pieces = st.sampled_from(
    [
        *PIECES,
        *("{{ x.y }}", "faults: ", "steps: ", "up: ", "on: ", "fault: hang", "with: up", "after: hang", "at: -5m"),
        *("at: 9999-99-99", "later: 5s", "to: 1e999", "2 per 1h", "2 per 0s", "per", "-5m", "10%"),
        *("web-[1:99999999]", "here", "9999-12-31T23:59:59+00:00", "2026-03-10T14:00:00+99:00", "says: no"),
        *("check: {exits: 1}", "tries: 1"),
    ]
)


def check(content: bytes) -> None:
    """See that these bytes have sound problems or make a scenario, in time."""
    start = time.process_time()
    root, findings = parse(content, KEY)
    loaded = understand("f", root, owned(findings), plan_of())
    assert all(p.code in RULES and p.line >= 1 and p.column >= 1 and p.message for p in loaded.problems)
    if errors(loaded.problems):
        return
    assert loaded.scene is not None
    assert resolve(loaded.scene, "f").title
    assert time.process_time() - start < SECONDS


@given(st.binary(max_size=1000))
@FEW
def test_random_bytes_are_problems(content: bytes) -> None:
    check(content)


@given(mistaken(TEXTS, pieces))
@settings(FEW, max_examples=1000)
def test_a_scenario_with_random_mistakes_is_problems_or_a_scenario(content: bytes) -> None:
    check(content)
