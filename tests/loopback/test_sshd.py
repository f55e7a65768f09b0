"""The hosts that tests and `make fly` release to."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from tests.loopback.fleet import Fleet


@pytest.mark.parametrize("name", ["web-1", "web-2", "web-3"])
def test_command_runs_in_the_home_of_its_host(fleet: Fleet, name: str) -> None:
    assert fleet.ssh(name, 'pwd; echo "$HOME"').stdout.split() == [str(fleet[name].home)] * 2


@pytest.mark.parametrize(("name", "program"), [("web-1", "dash"), ("web-2", "busybox"), ("web-3", "bash")])
def test_command_is_read_by_the_chosen_shell(fleet: Fleet, name: str, program: str) -> None:
    assert fleet.ssh(name, "readlink /proc/$$/exe; :").stdout.strip().endswith(f"/{program}")


def test_exit_status_comes_back(fleet: Fleet) -> None:
    assert fleet.ssh("web-1", "exit 7").returncode == 7


def test_host_with_busybox_has_its_programs(fleet: Fleet) -> None:
    assert "busybox" in fleet.ssh("web-2", "command -v stat; command -v setsid").stdout


def test_hosts_have_keys_of_their_own(fleet: Fleet) -> None:
    assert len({host.key_line.split()[2] for host in fleet.values()}) == len(fleet)


def test_host_with_another_key_is_refused(hosts: Callable[..., Fleet]) -> None:
    fleet = hosts(["db-1", "db-2"])
    first, second = fleet["db-1"].key_line.split(), fleet["db-2"].key_line.split()
    fleet.known_hosts.write_text(f"{first[0]} {second[1]} {second[2]}\n")
    assert "Host key verification failed" in fleet.ssh("db-1", "true").stderr


def test_kill_drops_a_live_session(hosts: Callable[..., Fleet]) -> None:
    fleet = hosts(["db-1"])
    with live_session(fleet, "db-1") as session:
        fleet["db-1"].kill()
        assert session.wait(10) == 255


def test_stop_leaves_a_live_session(hosts: Callable[..., Fleet]) -> None:
    fleet = hosts(["db-1"])
    with live_session(fleet, "db-1") as session:
        fleet["db-1"].stop()
        assert fleet.ssh("db-1", "true").returncode == 255
        output, _ = session.communicate(b"still here\n", timeout=10)
        assert output == b"still here\n"


def test_kill_drops_a_session_that_a_stopped_listener_left(hosts: Callable[..., Fleet]) -> None:
    fleet = hosts(["db-1"])
    with live_session(fleet, "db-1") as session:
        fleet["db-1"].stop()
        fleet["db-1"].kill()
        assert session.wait(10) == 255


def test_restart_serves_on_the_same_port(hosts: Callable[..., Fleet]) -> None:
    fleet = hosts(["db-1"])
    fleet["db-1"].restart()
    assert fleet.ssh("db-1", "true").returncode == 0


def live_session(fleet: Fleet, name: str) -> subprocess.Popen[bytes]:
    """A connection that echoes what it is sent, after it has answered once."""
    pipe = subprocess.PIPE
    session = subprocess.Popen(fleet.client(name, "echo ready; cat"), stdin=pipe, stdout=pipe, stderr=pipe)
    assert session.stdout is not None
    assert session.stdout.readline() == b"ready\n"
    return session
