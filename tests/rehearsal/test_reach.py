"""A rehearsal reaches nobody, reads no secret and runs nothing of its playbook: recorded where there is no network."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cockpit.engine.place import Home as Releases
from cockpit.engine.place import Place
from cockpit.journal import sqlite
from cockpit.release.apply import fold
from cockpit.release.state import State
from tests.conftest import Home
from tests.loopback.waiting import wait_until
from tests.rehearsal.lives import BOOKS
from tests.rehearsal.recorder import Noted, Recorder, refused

BOOK = BOOKS / "everywhere.yaml"
COCKPIT = "import sys; from cockpit.cli.main import main; sys.argv[0] = 'cockpit'; main()"
SECRETS = (b"s3cr3t-of-the-session", b"s3cr3t-of-a-file", b"s3cr3t-of-a-command")

STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")

pytestmark = pytest.mark.skipif(bool(why := refused()), reason=why)


@pytest.fixture
def recorder(home: Home, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """One beside the home in which the secrets of the playbook lie."""
    (home.user / "marks").mkdir()
    (home.user / "secret").mkdir()
    (home.user / "secret" / "token").write_bytes(SECRETS[1])
    monkeypatch.setenv("EVERYWHERE_TOKEN", SECRETS[0].decode())
    return Recorder(home.config)


def marks(home: Home) -> list[str]:
    return sorted(path.name for path in (home.user / "marks").iterdir())


def talks(recorder: Recorder) -> list[Noted]:
    return [each for each in recorder.noted() if each.event.startswith("socket.")]


def foreign(noted: Noted) -> bool:
    """Whether this is about anybody who is not on this machine."""
    if noted.event == "socket.getaddrinfo":
        return not noted.what.startswith(("('127.0.0.1'", "('::1'"))
    return noted.family != "AF_UNIX" and not noted.what.startswith(("('127.0.0.1'", "('::1'"))


def closed(place: Place) -> State:
    """The release, once its engine has closed it and gone."""

    def state() -> State:
        journal = sqlite.open(place.journal)
        try:
            return fold(journal.read())
        finally:
            journal.close()

    wait_until(lambda: state().closed and not place.socket.exists(), "the rehearsal is closed", 60)
    return state()


def rehearsed(recorder: Recorder, home: Home, speed: str, *, loopback: bool) -> None:
    """Rehearse, and see that nobody is reached, no secret is read or kept, and nothing of the playbook is run."""
    said = recorder.run(COCKPIT, "rehearse", str(BOOK), "--headless", "--speed", speed, loopback=loopback)
    assert said.returncode == 0, said.stderr
    place = Releases.default().place("rehearsal-everywhere-1")
    assert closed(place).end == "done"
    assert [each for each in talks(recorder) if foreign(each)] == []
    assert [each for each in recorder.noted() if each.event == "open"] == []
    assert marks(home) == []
    files = [path.read_bytes() for path in place.folder.rglob("*") if path.is_file()]
    assert files
    assert [secret for secret in SECRETS if any(secret in data for data in files)] == []


def test_rehearsal_of_modelled_hosts_needs_its_engine_and_that_s_socket_alone(recorder: Recorder, home: Home) -> None:
    rehearsed(recorder, home, "max", loopback=False)
    assert {each.family for each in talks(recorder)} == {"AF_UNIX"}
    started = [each.what for each in recorder.noted() if each.event in STARTS and not looks_for_library(each)]
    assert len(started) == 2, started
    assert all(module in each for module, each in zip(("engine.parent", "cockpit.rehearsal"), started, strict=True))


def test_rehearsal_of_real_hosts_stays_on_loopback(recorder: Recorder, home: Home) -> None:
    rehearsed(recorder, home, "60", loopback=True)
    assert {each.family for each in talks(recorder)} == {"AF_UNIX", "AF_INET"}


def looks_for_library(noted: Noted) -> bool:
    """Whether a package that is imported looks where a C library is, as `ctypes.util.find_library` does."""
    return any(word in noted.what for word in ("ldconfig", "-loqs", "-lliboqs"))


PEER = re.compile(r"(?:connect|bind|sendto|sendmsg)\(.*?sa_family=(AF_\w+)(.*?)\}")


def peers(trace: Path) -> list[str]:
    """Whoever was spoken to from any process, but for this machine, as the kernel was asked."""
    found = PEER.findall(trace.read_text())
    assert found
    return [f"{family}{rest}" for family, rest in found if not own(family, rest)]


def own(family: str, rest: str) -> bool:
    return family in ("AF_UNIX", "AF_NETLINK") or "127.0.0.1" in rest or '"::1"' in rest


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
def test_no_process_of_a_rehearsal_asks_the_kernel_for_anybody_else(recorder: Recorder, home: Home) -> None:
    """Also those that are not written in Python, and of which the recorder knows nothing."""
    trace = home.config / "trace"
    under = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,bind,sendto,sendmsg", "-o", str(trace))
    words = ("rehearse", str(BOOK), "--headless", "--speed", "60")
    said = recorder.run(COCKPIT, *words, loopback=True, under=under)
    assert said.returncode == 0, said.stderr
    assert peers(trace) == []
    seen = "import socket; socket.socket().connect_ex(('198.51.100.9', 443))"
    recorder.run(seen, loopback=False, under=under)
    assert "198.51.100.9" in "".join(peers(trace))


def test_recorder_sees_what_a_look_at_the_same_playbook_reaches(recorder: Recorder, home: Home) -> None:
    recorder.run(COCKPIT, "doctor", str(BOOK), loopback=False)
    told = "\n".join(each.what for each in talks(recorder) if foreign(each))
    assert "everywhere.test" in told
    assert "198.51.100.8" in told
    assert {each.what for each in recorder.noted() if each.event == "open"} == {str(home.user / "secret" / "token")}
    assert "secret-command" in marks(home)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("import socket; socket.socket().connect_ex(('198.51.100.9', 443))", "198.51.100.9"),
        ("import socket; socket.socket().bind(('0.0.0.0', 0))", "0.0.0.0"),
        ("import socket; socket.gethostbyname('localhost')", "localhost"),
        (
            "import asyncio; asyncio.run(asyncio.wait_for(asyncio.open_connection('198.51.100.9', 1), 5))",
            "198.51.100.9",
        ),
        ("import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('198.51.100.9', 53))", "198.51.100.9"),
    ],
)
def test_recorder_sees_whoever_is_reached_for(recorder: Recorder, script: str, found: str) -> None:
    recorder.run(script, loopback=False)
    assert any(found in each.what and foreign(each) for each in talks(recorder)), [*recorder.noted()]
