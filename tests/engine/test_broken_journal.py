"""Releases whose journal is broken, rolled back on real hosts in a new one."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cockpit.cli.common import login, read_state
from cockpit.engine import supervisor
from cockpit.engine.place import Place
from cockpit.engine.renewal import renew
from cockpit.errors import BrokenChain, Refused, Unreachable, WriterBusy
from cockpit.journal import sqlite
from cockpit.release.events import AnyEvent, AttemptStarted, JournalContinued, RollbackStarted, StepStarted
from cockpit.release.intents import Close, Decide, Resume, Retry, RollBack
from tests.conftest import Home
from tests.engine.driven import Driven, driven, playbook
from tests.journal.damage import DAMAGES, Damage, cut, flip
from tests.loopback.fleet import Fleet

HOSTS = "hosts: {web: 'web-[1:2]'}"
DEPLOY = "{id: deploy, on: web, run: 'echo deploy >> ~/ran'}"
MIGRATE = "{id: migrate, on: web-1, run: 'echo migrate >> ~/ran; echo begun; until test -e ~/go; do sleep 0.05; done'}"
UNDO = "{id: undo, on: web, when: migrate.started, run: 'echo undo >> ~/ran; echo undone'}"
SLOW_UNDO = "{id: undo, on: web, run: 'echo undo >> ~/ran; echo undone; until test -e ~/back; do sleep 0.05; done'}"

LOOK = "{id: undo, do: look}"


@pytest.fixture
def web(hosts: Callable[..., Fleet], home: Home) -> Fleet:
    """Two hosts, which the settings of this test's login name."""
    fleet = hosts(["web-1", "web-2"], ["dash", "bash"])
    folder = home.config / "cockpit"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
    return fleet


def ran(web: Fleet) -> dict[str, list[str]]:
    """What ran on each host, as it wrote it down itself."""
    return {name: (host.home / "ran").read_text().split() for name, host in web.items()}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def number_of(release: Driven, is_it: Callable[[AnyEvent], bool]) -> int:
    """The number of the first such event."""
    return next(record.seq for record in release.records if is_it(record.event))


async def stopped(release: Driven) -> Place:
    """Stop supervisor and engine; commands on hosts go on."""
    await supervisor.stop(release.place)
    return release.place


@asynccontextmanager
async def renewed(place: Place) -> AsyncIterator[Driven]:
    """The release rolled back in a new journal."""
    renew(place, login(), place.release, "the disk went bad", time.time())
    await supervisor.start(place)
    release = Driven(place)
    following = asyncio.create_task(release.follow())
    try:
        yield release
    finally:
        following.cancel()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
async def test_what_was_lost_is_found_on_hosts_stopped_and_undone_once(web: Fleet, damage: Damage) -> None:
    async with driven(playbook(DEPLOY, MIGRATE, head=HOSTS, back=UNDO)) as release:
        await release.prints("migrate", b"begun", "web-1")
        bad = number_of(release, lambda event: event == StepStarted(step="migrate"))
        place = await stopped(release)
        damage(place.journal, bad)
        before = digest(place.journal)
        async with renewed(place) as again:
            state = await again.stands("rolled_back")
            assert state.steps["migrate"].hosts["web-1"].status == "stopped"
            found = next(each.event for each in again.records if isinstance(each.event, JournalContinued))
            assert (found.journal, found.first_bad, found.last_good) == ("journal.db", bad, bad - 1)
            assert again.output("undo", "web-1") == b"undone\n"
            assert again.output("migrate", "web-1") == b"begun\n"
            assert await again.ask(Close()) is None
            await again.until(lambda state: all(state.hosts[name].cleaned for name in web))
        assert digest(place.folder / "journal.db") == before
    assert ran(web) == {"web-1": ["deploy", "migrate", "undo"], "web-2": ["deploy", "undo"]}
    assert not any((host.home / ".cockpit").exists() for host in web.values())


async def test_what_hosts_never_started_is_not_undone(web: Fleet) -> None:
    async with driven(playbook(DEPLOY, "{id: pause, do: wait}", MIGRATE, head=HOSTS, back=UNDO)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        cut(place.journal, release.state.seq)
        async with renewed(place) as again:
            state = await again.stands("rolled_back")
            assert state.steps["undo"].status == "skipped"
    assert ran(web) == {"web-1": ["deploy"], "web-2": ["deploy"]}


async def test_rollback_runs_once_though_its_engine_is_killed_in_it(web: Fleet) -> None:
    async with driven(playbook(DEPLOY, "{id: pause, do: wait}", head=HOSTS, back=SLOW_UNDO)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        flip(place.journal, release.state.seq)
        async with renewed(place) as again:
            await again.prints("undo", b"undone", "web-1")
            epoch = again.state.epoch
            again.kill()
            await again.until(lambda state: state.epoch > epoch)
            for host in web.values():
                (host.home / "back").touch()
            await again.stands("rolled_back")
    assert ran(web) == {"web-1": ["deploy", "undo"], "web-2": ["deploy", "undo"]}


async def test_rollback_that_was_lost_is_not_run_again(web: Fleet) -> None:
    undo = "{id: undo, on: web, fail_above: 50%, run: 'echo undo >> ~/ran; test $host = web-1'}"
    async with driven(playbook(DEPLOY, "{id: pause, do: wait}", head=HOSTS, back=undo)) as release:
        await release.waits("step", "pause")
        await release.ask(RollBack(confirm="rel"))
        await release.waits("answer", "undo")
        bad = number_of(release, lambda event: isinstance(event, RollbackStarted))
        place = await stopped(release)
        cut(place.journal, bad)
        async with renewed(place) as again:
            await again.waits("answer", "undo")
            await again.until(lambda state: state.steps["undo"].hosts["web-1"].status == "passed")
            assert ran(web) == {"web-1": ["deploy", "undo"], "web-2": ["deploy", "undo"]}
            await again.ask(Retry(step="undo", note="again"))
            await again.until(lambda state: state.steps["undo"].hosts["web-2"].tries == 2)
            await again.waits("answer", "undo")
    assert ran(web)["web-2"] == ["deploy", "undo", "undo"]


async def test_journal_that_breaks_again_is_continued_again(web: Fleet) -> None:
    async with driven(playbook(DEPLOY, "{id: pause, do: wait}", head=HOSTS, back=SLOW_UNDO)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        flip(place.journal, release.state.seq)
        async with renewed(place) as again:
            await again.prints("undo", b"undone", "web-1")
            bad = number_of(again, lambda event: isinstance(event, AttemptStarted) and event.step == "undo")
            await stopped(again)
        cut(place.journal, bad)
        for host in web.values():
            (host.home / "back").touch()
        async with renewed(place) as third:
            await third.stands("rolled_back")
            assert place.journal.name == "journal-3.db"
            assert third.state.broken
            assert third.state.broken.journal == "journal-2.db"
    assert ran(web) == {"web-1": ["deploy", "undo"], "web-2": ["deploy", "undo"]}


async def test_there_is_no_way_forward(web: Fleet) -> None:
    async with driven(playbook(DEPLOY, "{id: pause, do: wait}", MIGRATE, head=HOSTS, back=LOOK)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        flip(place.journal, release.state.seq)
        async with renewed(place) as again:
            await again.waits("step", "undo")
            refusal = await again.ask(Resume())
            assert refusal
            assert refusal.reason == "nothing is held"
            assert await again.ask(Decide(decision="migrate", option="run", note="x"))
    assert ran(web)["web-1"] == ["deploy"]


async def test_broken_journal_starts_no_engine_and_is_never_written_to(web: Fleet) -> None:
    async with driven(playbook("{id: pause, do: wait}", head=HOSTS, back=LOOK)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        flip(place.journal, 2)
        before = digest(place.journal)
        with pytest.raises(Unreachable, match="its journal is broken"):
            await supervisor.start(place)
        with pytest.raises(BrokenChain, match=r"event 2 .*[\s\S]*rollback rel --in-new-journal"):
            read_state(place)
        assert digest(place.journal) == before


async def test_whole_journal_is_not_continued(web: Fleet) -> None:
    async with driven(playbook("{id: pause, do: wait}", head=HOSTS, back=LOOK)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        with pytest.raises(Refused, match="is whole"):
            renew(place, login(), "rel", "note", time.time())


async def test_journal_is_not_continued_beside_a_living_engine(web: Fleet) -> None:
    async with driven(playbook("{id: pause, do: wait}", head=HOSTS, back=LOOK)) as release:
        await release.waits("step", "pause")
        with pytest.raises(WriterBusy):
            renew(release.place, login(), "rel", "note", time.time())


async def test_second_engine_is_kept_out_of_the_new_journal_by_the_old_ones_lock(web: Fleet) -> None:
    async with driven(playbook("{id: pause, do: wait}", head=HOSTS, back=LOOK)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        flip(place.journal, release.state.seq)
        async with renewed(place) as again:
            await again.waits("step", "undo")
            for path in (place.folder / "journal.db", place.folder / "journal-2.db"):
                with pytest.raises((WriterBusy, BrokenChain)) as raised:
                    sqlite.open(path).claim()
                assert isinstance(raised.value, WriterBusy)


async def test_plan_that_is_lost_says_what_cannot_be_done(web: Fleet) -> None:
    async with driven(playbook("{id: pause, do: wait}", head=HOSTS, back=LOOK)) as release:
        await release.waits("step", "pause")
        place = await stopped(release)
        flip(place.journal, 1)
        with pytest.raises(Refused, match="the plan is lost"):
            renew(place, login(), "rel", "note", time.time())
        assert not (place.folder / "journal-2.db").exists()
