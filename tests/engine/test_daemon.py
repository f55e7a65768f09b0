"""Releases driven by a real engine on this machine."""

from __future__ import annotations

from pathlib import Path

from cockpit.release.events import AttemptStarted, EngineStarted
from cockpit.release.intents import Abort, Close, Retry, RollBack, Settle
from cockpit.release.waiting import waiting_for
from tests.conftest import Home
from tests.engine.driven import driven, playbook

SLOW = "until test -e ~/go; do sleep 0.05; done"


async def test_a_captured_value_reaches_the_next_command() -> None:
    text = playbook(
        """{id: make, on: here, run: 'echo "made=a  b" >> "$COCKPIT_CAPTURE"'}""",
        """{id: use, on: here, run: 'printf "%s" "$made"'}""",
    )
    async with driven(text) as release:
        await release.stands("done")
        assert release.output("use") == b"a  b"


async def test_whatever_a_param_holds_is_never_executed(home: Home) -> None:
    hostile = f"x; touch {home.user}/owned; $(touch {home.user}/owned) `touch {home.user}/owned` ' \" \n\\"
    text = playbook("""{id: say, on: here, run: 'printf "%s" "$value"'}""", head="params: {value: {help: any}}")
    async with driven(text, value=hostile) as release:
        await release.stands("done")
        assert release.output("say") == hostile.encode()
    assert not (home.user / "owned").exists()


async def test_a_command_runs_once_though_its_engine_is_killed(home: Home) -> None:
    text = playbook(f"{{id: slow, on: here, run: 'echo once >> ~/ran; echo begun; {SLOW}; echo over'}}")
    async with driven(text) as release:
        await release.prints("slow", b"begun")
        release.kill()
        await release.until(lambda _: sum(isinstance(each.event, EngineStarted) for each in release.records) == 2)
        (home.user / "go").touch()
        await release.stands("done")
        assert release.output("slow") == b"begun\nover\n"
    assert (home.user / "ran").read_text() == "once\n"


async def test_a_secret_reaches_the_command_and_nothing_else(home: Home) -> None:
    text = playbook(
        """{id: use, on: here, run: 'printf "%s" "$token" > ~/got; echo "token is $token."'}""",
        head="secrets: {token: {env: TOKEN}}",
    )
    async with driven(text) as release:
        await release.waits("credentials")
        await release.supply({"token": "s3cr3t-value"})
        await release.stands("done")
        assert release.output("use") == b"token is ************.\n"
        assert not _holds(release.place.folder, b"s3cr3t-value")
    assert (home.user / "got").read_text() == "s3cr3t-value"


async def test_a_secret_that_died_with_the_engine_is_missed_by_name() -> None:
    text = playbook(
        "{id: ask, do: Wait here}",
        """{id: use, on: here, run: 'test "$token" = s3cr3t'}""",
        head="secrets: {token: {env: TOKEN}}",
    )
    async with driven(text) as release:
        await release.waits("credentials")
        await release.supply({"token": "s3cr3t"})
        await release.until(lambda state: not state.missing)
        release.kill()
        state = await release.until(lambda state: state.missing)
        assert state.missing == ("token",)


async def test_abort_kills_what_runs() -> None:
    text = playbook(f"{{id: slow, on: here, run: 'echo begun; {SLOW}'}}")
    async with driven(text) as release:
        await release.prints("slow", b"begun")
        assert await release.ask(Abort()) is None
        state = await release.stands("aborted")
        (attempt,) = state.attempts.values()
        assert attempt.outcome == "stopped"


async def test_a_failure_waits_for_an_answer_and_a_retry_is_a_new_attempt(home: Home) -> None:
    text = playbook("{id: flaky, on: here, run: 'echo try; test -e ~/fixed'}")
    async with driven(text) as release:
        await release.waits("answer", "flaky")
        (home.user / "fixed").touch()
        assert await release.ask(Retry(step="flaky", note="fixed it")) is None
        await release.stands("done")
        started = [each.event for each in release.records if isinstance(each.event, AttemptStarted)]
        assert [event.number for event in started] == [1, 2]
        assert len({event.id for event in started}) == 2


async def test_a_deleted_run_folder_makes_the_attempt_unknown(home: Home) -> None:
    text = playbook(f"{{id: slow, on: here, run: 'echo begun; {SLOW}'}}")
    async with driven(text) as release:
        await release.prints("slow", b"begun")
        for output in (home.user / ".cockpit/releases").glob("*/*.out"):
            output.rename(home.user / "away")
        state = await release.waits("settle", "slow")
        assert [each.options for each in waiting_for(state)] == [("passed", "failed", "retry", "skip")]
        (home.user / "go").touch()
        assert await release.ask(Settle(step="slow", host="here", outcome="passed", note="seen")) is None
        await release.stands("done")


async def test_roll_back_stops_what_runs_first() -> None:
    text = playbook(f"{{id: slow, on: here, run: '{SLOW}'}}", back="{id: undo, on: here, run: 'echo undone'}")
    async with driven(text) as release:
        await release.until(lambda state: state.attempts)
        assert await release.ask(RollBack(confirm="rel")) is None
        state = await release.stands("rolled_back")
        assert state.steps["slow"].hosts["here"].status == "stopped"
        assert release.output("undo") == b"undone\n"


async def test_closing_leaves_nothing_on_the_host(home: Home) -> None:
    async with driven(playbook("{id: say, on: here, run: 'echo hi'}")) as release:
        await release.stands("done")
        assert (home.user / ".cockpit").exists()
        assert await release.ask(Close()) is None
        await release.until(lambda state: state.hosts["here"].cleaned)
    assert not (home.user / ".cockpit").exists()


def _holds(folder: Path, needle: bytes) -> bool:
    return any(needle in path.read_bytes() for path in folder.rglob("*") if path.is_file())
