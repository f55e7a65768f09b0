"""What ssh_config says of a host, and what of it we do not follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.execution.route import Route, Routes, split_hop
from cockpit.execution.settings import Limits, Login
from cockpit.execution.trust import Gatekeeper
from tests.conftest import Home


def routes(tmp_path: Path, text: str, login: Login | None = None) -> Routes:
    config = tmp_path / "config"
    config.write_text(text)
    login = login or Login()
    return Routes(Login(login.user, login.jump, str(config), login.agent), Limits())


def route(tmp_path: Path, text: str, host: str = "app-01", login: Login | None = None) -> Route:
    return routes(tmp_path, text, login).of(host, Gatekeeper())


def test_key_is_known_by_alias_then_hostname_then_name(tmp_path: Path) -> None:
    assert route(tmp_path, "").name == "app-01"
    assert route(tmp_path, "Host app-*\n HostName %h.example\n Port 2222\n").name == "app-01.example"
    assert route(tmp_path, "Host app-*\n HostKeyAlias app\n").name == "app"


def test_playbook_overrides_user_and_jump(tmp_path: Path) -> None:
    found = route(tmp_path, "Host app-*\n User ana\n ProxyJump old\n", login=Login(user="deploy", jump="bastion:2222"))
    assert (found.options["username"], found.jumps) == ("deploy", ("bastion:2222",))


def test_jump_host_may_have_jump_hosts_of_its_own(tmp_path: Path) -> None:
    text = "Host app-01\n ProxyJump inner\nHost inner\n ProxyJump outer\n"
    assert route(tmp_path, text).jumps == ("outer", "inner")


def test_jump_host_is_not_its_own_jump_host(tmp_path: Path) -> None:
    assert route(tmp_path, "ProxyJump bastion\n").jumps == ("bastion",)
    assert route(tmp_path, "ProxyJump bastion\n", host="bastion").jumps == ()


def test_none_is_no_jump_host(tmp_path: Path) -> None:
    assert route(tmp_path, "ProxyJump none\n").jumps == ()
    assert route(tmp_path, "ProxyJump bastion\n", login=Login(jump="none")).jumps == ()


def test_jump_hosts_in_a_circle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="circle"):
        route(tmp_path, "Host app-01 b\n ProxyJump a\nHost a\n ProxyJump b\n")


@pytest.mark.parametrize(
    ("hop", "parts"),
    [
        ("bastion", ("", "bastion", None)),
        ("ana@bastion:2222", ("ana", "bastion", 2222)),
        ("[::1]:22", ("", "::1", 22)),
        ("::1", ("", "::1", None)),
    ],
)
def test_hop_is_split(hop: str, parts: tuple[str, str, int | None]) -> None:
    assert split_hop(hop) == parts


def test_ciphers_of_the_config_stay(tmp_path: Path) -> None:
    assert "encryption_algs" not in route(tmp_path, "Ciphers aes256-ctr\n").options
    assert str(route(tmp_path, "").options["encryption_algs"]).startswith("^aes128-gcm")


def test_what_is_not_followed_is_listed_with_its_place(tmp_path: Path) -> None:
    included = tmp_path / "more"
    included.write_text("CanonicalDomains example\nTunnel yes\n")
    loose = "StrictHostKeyChecking=no\n  UserKnownHostsFile /dev/null\n  ControlMaster auto"
    text = f"# comment\nHost *\n  {loose}\nInclude {included}\n"
    found = [(Path(each.file).name, each.line, each.option) for each in routes(tmp_path, text).ignored()]
    assert found == [("config", 3, "StrictHostKeyChecking"), ("config", 4, "UserKnownHostsFile"), ("more", 2, "Tunnel")]


def test_ordinary_config_has_nothing_to_tell(tmp_path: Path) -> None:
    text = "Host *\n  User ana\n  StrictHostKeyChecking yes\n  UserKnownHostsFile ~/.ssh/known_hosts\n"
    assert routes(tmp_path, text).ignored() == []


def test_missing_config_of_a_login_is_no_error(home: Home) -> None:
    assert Routes(Login(), Limits()).of("app-01", Gatekeeper()).name == "app-01"


def test_broken_config_says_where(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 2"):
        route(tmp_path, "Host *\nPort many\n")
