"""Releases driven by a real engine on real OpenSSH hosts."""

from __future__ import annotations

import pytest

from cockpit.release.events import LinkLost, LockRefused, LockTaken
from cockpit.release.intents import Abort, Close, Decide, Drop
from tests.conftest import Home
from tests.engine.driven import driven, playbook
from tests.loopback.fleet import Fleet

HOSTS = "hosts: {web: 'web-[1:3]'}"
SLOW = "until test -e ~/go; do sleep 0.05; done"


@pytest.fixture(autouse=True)
def known(fleet: Fleet, home: Home) -> Fleet:
    """The settings name the fleet's ssh_config; nothing of an earlier release is left on its hosts."""
    folder = home.config / "cockpit"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
    for host in fleet.values():
        for name in ("go", "ran"):
            (host.home / name).unlink(missing_ok=True)
    return fleet


async def test_every_host_runs_a_command_once_whatever_its_shell(fleet: Fleet) -> None:
    text = playbook("{id: say, on: web, run: 'echo $host >> ~/ran; echo $host'}", head=HOSTS)
    async with driven(text) as release:
        await release.stands("done")
        assert [release.output("say", name) for name in fleet] == [f"{name}\n".encode() for name in fleet]
        assert await release.ask(Close()) is None
        await release.until(lambda state: all(state.hosts[name].cleaned for name in fleet))
    assert [(host.home / "ran").read_text() for host in fleet.values()] == [f"{name}\n" for name in fleet]
    assert not any((host.home / ".cockpit").exists() for host in fleet.values())


async def test_a_failing_first_host_keeps_the_rest_untouched(fleet: Fleet) -> None:
    text = playbook("{id: deploy, on: web, batches: [1, 100%], run: 'echo $host >> ~/ran; exit 4'}", head=HOSTS)
    async with driven(text) as release:
        state = await release.waits("answer", "deploy")
        assert state.steps["deploy"].hosts["web-1"].reason == "exit status 4"
        assert not (fleet["web-2"].home / "ran").exists()
        assert await release.ask(Drop(step="deploy", note="dead disk")) is None
        await release.until(lambda state: state.steps["deploy"].hosts["web-2"].status == "failed")
        await release.ask(Abort())
        await release.stands("aborted")
        await release.ask(Close())
        await release.until(lambda state: state.hosts["web-1"].cleaned)


async def test_a_lost_link_changes_nothing(fleet: Fleet) -> None:
    text = playbook(f"{{id: slow, on: web-1, run: 'echo begun >> ~/ran; echo begun; {SLOW}; echo over'}}", head=HOSTS)
    async with driven(text) as release:
        await release.prints("slow", b"begun", "web-1")
        fleet["web-1"].drop()
        await release.until(lambda _: any(isinstance(each.event, LinkLost) for each in release.records))
        (fleet["web-1"].home / "go").touch()
        await release.stands("done")
        assert release.output("slow", "web-1") == b"begun\nover\n"
        await release.ask(Close())
        await release.until(lambda state: state.hosts["web-1"].cleaned)
    assert (fleet["web-1"].home / "ran").read_text() == "begun\n"


async def test_an_engine_that_is_killed_comes_back_to_its_hosts(fleet: Fleet) -> None:
    text = playbook(f"{{id: slow, on: web, run: 'echo begun >> ~/ran; echo begun; {SLOW}; echo over'}}", head=HOSTS)
    async with driven(text) as release:
        for name in fleet:
            await release.prints("slow", b"begun", name)
        release.kill()
        await release.until(lambda state: state.epoch > 2)
        for host in fleet.values():
            (host.home / "go").touch()
        await release.stands("done")
        assert [release.output("slow", name) for name in fleet] == [b"begun\nover\n"] * 3
        await release.ask(Close())
        await release.until(lambda state: all(state.hosts[name].cleaned for name in fleet))
    assert [(host.home / "ran").read_text() for host in fleet.values()] == ["begun\n"] * 3


async def test_a_second_release_is_kept_out_until_someone_takes_the_lock(fleet: Fleet) -> None:
    text = playbook("{id: say, on: web, run: 'echo hi'}", "{id: pause, do: wait}", head=HOSTS)
    async with driven(text, "first") as first, driven(text, "second") as second:
        await first.until(lambda _: any(isinstance(each.event, LockTaken) for each in first.records))
        await first.waits("step", "pause")
        state = await second.waits("lock")
        assert "first" in state.hosts["web-1"].holder
        assert await second.ask(Decide(decision="lock-web-1", option="take over", note="first is abandoned")) is None
        await second.waits("step", "pause")
        await first.until(lambda _: any(isinstance(each.event, LockRefused) for each in first.records))
        for release in (first, second):
            await release.ask(Abort())
            await release.stands("aborted")
            await release.ask(Close())
            await release.until(lambda state: state.hosts["web-1"].cleaned)


async def test_a_changed_host_key_is_an_error_that_says_what_to_do(fleet: Fleet, home: Home) -> None:
    known = fleet.known_hosts.read_text()
    lines = known.splitlines()
    swapped = [*(f"{line.split()[0]} {' '.join(lines[0].split()[1:])}" for line in lines[1:]), *lines[:1]]
    config = home.config / "ssh_config"
    (home.config / "known_hosts").write_text("\n".join(swapped) + "\n")
    config.write_text(fleet.ssh_config.read_text().replace(str(fleet.known_hosts), str(home.config / "known_hosts")))
    (home.config / "cockpit" / "settings.toml").write_text(f'ssh_config = "{config}"\n')
    async with driven(playbook("{id: say, on: web-2, run: 'echo hi'}", head=HOSTS)) as release:
        state = await release.waits("answer", "say")
        assert state.steps["say"].hosts["web-2"].status == "error"
        assert "key" in state.steps["say"].hosts["web-2"].reason
        assert await release.ask(Abort()) is None
        await release.stands("aborted")
