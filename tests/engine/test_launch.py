from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.engine.exits import EngineExit, meaning
from cockpit.engine.launch import environment, outlives_login, systemd_run
from cockpit.engine.parent import pause
from cockpit.engine.place import Place

LINGERING = {Path("/run/user/1000/systemd/private"), Path("/var/lib/systemd/linger/ada")}


def test_engine_gets_what_ssh_needs_and_no_secret() -> None:
    captains = {"HOME": "/home/ada", "LC_ALL": "C", "XDG_STATE_HOME": "/s", "AWS_SECRET_ACCESS_KEY": "x", "TOKEN": "x"}
    assert environment(captains) == {"HOME": "/home/ada", "LC_ALL": "C", "XDG_STATE_HOME": "/s"}


def test_engine_gets_a_proxy_but_no_password_in_it() -> None:
    captains = {"https_proxy": "http://proxy:3128", "HTTP_PROXY": "http://ada:secret@proxy:3128"}
    assert environment(captains) == {"https_proxy": "http://proxy:3128"}


def test_command_for_systemd() -> None:
    place = Place("shop-1.2", Path("/home/ada/.local/state/cockpit/releases/shop-1.2"))
    assert " ".join(systemd_run(place, ("python3", "-m", "x"), ("HOME", "PATH"))) == (
        "systemd-run --user --quiet --collect --unit=cockpit-shop-1.2-5ff3899b --property=KillMode=mixed "
        "--property=WorkingDirectory=/ --setenv=HOME --setenv=PATH -- python3 -m x"
    )


@pytest.mark.parametrize("missing", [None, *sorted(LINGERING)])
def test_systemd_is_used_only_where_it_outlives_the_login(missing: Path | None, tmp_path: Path) -> None:
    (tmp_path / "systemd-run").touch(mode=0o755)
    captains = {"XDG_RUNTIME_DIR": "/run/user/1000", "PATH": str(tmp_path)}
    exists = (LINGERING - {missing}).__contains__
    assert outlives_login(captains, "ada", exists) == (missing is None)


def test_systemd_is_not_used_where_there_is_none() -> None:
    assert not outlives_login({"PATH": "/nonexistent", "XDG_RUNTIME_DIR": "/run/user/1000"}, "ada", lambda _: True)
    assert not outlives_login({}, "ada", lambda _: True)


def test_pauses_grow_are_spread_and_end_at_half_a_minute() -> None:
    assert [pause(failures, 1.0) for failures in (1, 2, 3, 4, 50)] == [0.2, 0.4, 0.8, 1.6, 30.0]
    assert [pause(failures, 0.0) for failures in (1, 50)] == [0.1, 15.0]


@pytest.mark.parametrize("status", EngineExit)
def test_every_exit_status_has_a_meaning(status: EngineExit) -> None:
    assert "crashed" not in meaning(status)


def test_crash_and_signal_have_a_meaning() -> None:
    assert meaning(1) == "it crashed with exit status 1"
    assert meaning(-9) == "it was killed by signal 9"
