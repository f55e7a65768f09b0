"""What the runbook says about a failure, found by what was printed."""

from __future__ import annotations

from cockpit.cli.status import described, document
from tests.engine.driven import driven, playbook

ADVICE = "[{say: Out of memory, exit: 137}, {say: Start the database, output: REFUSED, run: 'pg_ctl \"$up\"'}, Call bo]"


def failing(command: str) -> str:
    """A playbook with a step that fails."""
    return playbook(f"{{id: up, run: {command}, on: here, advice: {ADVICE}}}")


async def test_failure_is_told_with_what_fits_its_output() -> None:
    async with driven(failing("'echo connection refused; exit 3'")) as release:
        state = await release.waits("answer")
        assert state.attempts[state.steps["up"].hosts["here"].run].advice == 2
        waiting = document(release.place, state)["waiting_for"]
        assert [each["advice"] for each in waiting] == [{"say": "Start the database", "run": ['pg_ctl "$up"']}]
        lines = [line.strip() for line in described(release.place, state)]
        assert "the playbook says: Start the database" in lines
        assert '$ pg_ctl "$up"' in lines


async def test_failure_is_told_with_what_fits_its_exit_status() -> None:
    async with driven(failing("'echo connection refused; exit 137'")) as release:
        state = await release.waits("answer")
        assert state.attempts[state.steps["up"].hosts["here"].run].advice == 1


async def test_failure_that_nothing_else_fits_is_told_with_the_rest() -> None:
    async with driven(failing("'exit 1'")) as release:
        state = await release.waits("answer")
        assert state.attempts[state.steps["up"].hosts["here"].run].advice == 3


async def test_what_passes_has_no_advice() -> None:
    async with driven(failing("'echo refused'")) as release:
        state = await release.until(lambda state: state.end == "done")
        assert state.attempts[state.steps["up"].hosts["here"].run].advice == 0
