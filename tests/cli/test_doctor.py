"""The doctor on real hosts, and what it finds."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cli.books import QUICK, SECRET, write
from tests.cli.conftest import Said, Say
from tests.conftest import Home
from tests.loopback.fleet import Fleet
from tests.loopback.keeper import ROOT

BOOK = """\
playbook: shop
hosts: {web: ['web-[1:3]']}
phases:
  - phase: only
    steps:
      - {id: deploy, run: echo deployed, on: web}
      - {id: health, on: web, http: {url: 'http://{{ address }}:%d/health'}}
rollback:
  steps: [{id: undo, run: echo undone, on: web}]
  verify: [{id: proof, run: echo proven, on: web}]
"""

as_root = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("sudo"), reason="needs root and sudo")


@pytest.fixture
def listening(fleet: Fleet) -> Iterator[int]:
    """A port on which something listens on each host, and answers nothing."""
    servers = [socket.create_server((fleet["web-1"].address, 0))]
    port = int(servers[0].getsockname()[1])
    servers += [socket.create_server((fleet[name].address, port)) for name in ("web-2", "web-3")]
    yield port
    for server in servers:
        server.close()


def use(fleet: Fleet, home: Home, extra: str = "") -> None:
    """Let the settings name the fleet's ssh_config, with more at its end."""
    config = home.user / "ssh_config"
    config.write_text(fleet.ssh_config.read_text() + extra)
    settings = home.config / "cockpit"
    settings.mkdir()
    (settings / "settings.toml").write_text(f'ssh_config = "{config}"\n')


@pytest.fixture
def examine(say: Say, tmp_path: Path) -> Callable[..., tuple[int, list[dict[str, Any]]]]:
    """The exit status and the findings for a playbook's text."""

    def run(text: str, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        said = say("doctor", str(write(tmp_path, text)), *arguments, "--format", "json")
        return said.code, json.loads(said.out)["findings"]

    return run


Examine = Callable[..., tuple[int, list[dict[str, Any]]]]


def of(findings: list[dict[str, Any]], check: str = "", group: str = "hosts", subject: str = "") -> dict[str, Any]:
    """The first finding of its kind."""
    return next(
        each
        for each in findings
        if each["group"] == group and each["check"] == check and subject in ("", each["subject"])
    )


def traces(fleet: Fleet) -> list[Path]:
    return [path for host in fleet.values() for path in host.home.rglob(".cockpit*")]


def test_hosts_that_are_well(fleet: Fleet, home: Home, examine: Examine, listening: int) -> None:
    use(fleet, home)
    code, findings = examine(BOOK % listening)
    assert (code, [each for each in findings if each["verdict"] not in ("ok", "note")]) == (0, [])
    address = fleet["web-2"].address
    assert of(findings, "reached", subject="web-2")["text"].startswith(f"{address} as {fleet.user} in ")
    assert "host key SHA256:" in of(findings, "reached", subject="web-2")["text"]
    assert of(findings, "shell", subject="web-2")["text"].endswith("busybox, setsid")
    assert of(findings, "", "targets")["text"] == "connects, for health"


def test_nothing_is_left_on_hosts_or_here(fleet: Fleet, home: Home, examine: Examine, listening: int) -> None:
    use(fleet, home)
    before = traces(fleet)
    examine(BOOK % listening)
    assert (traces(fleet), list(home.state.iterdir())) == (before, [])


def test_no_request_is_sent(fleet: Fleet, home: Home, examine: Examine) -> None:
    use(fleet, home)
    with socket.create_server((fleet["web-1"].address, 0)) as server:
        examine(BOOK.replace("web-[1:3]", "web-1") % server.getsockname()[1])
        server.settimeout(5)
        connection, _ = server.accept()
        received = b""
        with connection, suppress(ConnectionResetError):
            received = connection.recv(100)
        assert received == b""


def test_text_is_grouped_with_glyph_and_word(
    fleet: Fleet, home: Home, say: Say, tmp_path: Path, listening: int
) -> None:
    use(fleet, home)
    said = say("doctor", str(write(tmp_path, BOOK % listening)))
    titles = [line for line in said.out.splitlines() if line and not line.startswith(" ")]
    assert titles == ["this machine", "SSH from here", "hosts", "HTTP targets"]
    assert (said.code, "  ✔ ok  web-3  reached  " in said.out, said.err) == (0, True, "problems: 0, warnings: 0\n")


def test_dead_host_is_told_and_the_others_are_looked_at(
    hosts: Callable[..., Fleet], home: Home, examine: Examine
) -> None:
    fleet = hosts()
    use(fleet, home)
    fleet["web-2"].kill()
    code, findings = examine(BOOK % 1)
    assert (code, of(findings, "reached", subject="web-2")["verdict"]) == (1, "problem")
    assert [of(findings, "reached", subject=name)["verdict"] for name in ("web-1", "web-3")] == ["ok", "ok"]


def test_changed_host_key_is_told_with_what_to_do(hosts: Callable[..., Fleet], home: Home, examine: Examine) -> None:
    fleet = hosts()
    use(fleet, home)
    lines = fleet.known_hosts.read_text().splitlines()
    swapped = [lines[1].split()[2] if number == 0 else line.split()[2] for number, line in enumerate(lines)]
    fleet.known_hosts.write_text(
        "".join(f"{line.split()[0]} {line.split()[1]} {key}\n" for line, key in zip(lines, swapped, strict=True))
    )
    found = of(examine(BOOK % 1)[1], "reached", subject="web-1")
    assert (found["verdict"], "CHANGED" in found["text"], "ssh-keygen -R" in found["hint"]) == ("problem", True, True)


def test_lock_of_another_release_is_told(fleet: Fleet, home: Home, examine: Examine, listening: int) -> None:
    use(fleet, home)
    lock = fleet["web-1"].home / ".cockpit" / "lock"
    lock.mkdir(parents=True)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    (lock / "000001").write_text(f"n0nce shop-1 bo laptop 2026-01-01T00:00:00Z {boot} 1.0 1 .\n")
    try:
        code, findings = examine(BOOK % listening)
        assert (code, "held by shop-1 of bo on laptop" in of(findings, "lock")["text"]) == (1, True)
        assert (lock / "000001").exists()
    finally:
        shutil.rmtree(lock.parent)


def test_refused_port_on_a_host_of_the_release_is_a_warning(fleet: Fleet, home: Home, examine: Examine) -> None:
    use(fleet, home)
    code, findings = examine(BOOK % 1)
    assert (code, of(findings, "", "targets")["verdict"]) == (0, "warning")


def test_target_elsewhere_that_refuses_is_a_problem(examine: Examine) -> None:
    code, findings = examine(
        QUICK
        + "      - {id: call, http: {url: 'https://127.0.0.9:1/x'}}\n".replace(
            "      -", "  - phase: b\n    steps:\n      -"
        )
    )
    found = of(findings, "", "targets")
    assert (code, found["subject"], found["verdict"]) == (1, "https://127.0.0.9:1", "problem")


def test_target_of_a_captured_value_is_not_checked(examine: Examine) -> None:
    text = (
        QUICK.replace("'printf \"hello\\\\n\"'", '\'echo "url=x" >> "$COCKPIT_CAPTURE"\'')
        + "  - phase: b\n    steps:\n      - {id: call, http: {url: 'http://{{ url }}/x'}}\n"
    )
    code, findings = examine(text)
    assert (code, of(findings, "", "targets")["verdict"]) == (0, "note")


def test_options_of_ssh_config_that_are_not_understood_are_named(
    fleet: Fleet, home: Home, examine: Examine, listening: int
) -> None:
    use(fleet, home, "Host *\n  Tunnel yes\n")
    code, findings = examine(BOOK % listening)
    found = of(findings, "ssh_config", "login")
    assert (code, found["verdict"], ": Tunnel yes: not understood" in found["text"]) == (0, "warning", True)


def test_agent_says_how_many_keys_it_has(
    ground: Path, examine: Examine, monkeypatch: pytest.MonkeyPatch, fleet: Fleet
) -> None:
    path = ground / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as agent:
        while not path.exists():
            assert agent.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        monkeypatch.delenv("SSH_CONNECTION", raising=False)
        subprocess.run(["ssh-add", "-q", str(fleet.client_key)], check=True)
        found = of(examine(QUICK)[1], "agent", "login")
        agent.terminate()
    assert (found["verdict"], found["text"]) == ("ok", "1 key")


def test_agent_that_is_gone_is_a_warning(examine: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    assert of(examine(QUICK)[1], "agent", "login")["verdict"] == "warning"


def test_secrets_give_a_value_or_not_and_never_show_it(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "correct-horse")
    monkeypatch.setenv("SHOP_SHORT", "abc")
    said = say("doctor", str(write(tmp_path, SECRET)))
    assert (said.code, "$SHOP_TOKEN gives a value\n" in said.out) == (0, True)
    assert "! warning  short    $SHOP_SHORT gives a value that is too short to hide" in said.out
    assert "correct-horse" not in said.out + said.err


def test_secret_without_a_value_is_a_problem(examine: Examine) -> None:
    code, findings = examine(SECRET)
    assert (code, of(findings, "", "secrets", "token")["text"]) == (1, "$SHOP_TOKEN gives no value")


def test_secret_of_a_file_and_of_a_command(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("correct-horse\n")
    text = SECRET.replace("{env: SHOP_TOKEN}", f"{{file: {tmp_path}/token}}").replace(
        "{env: SHOP_SHORT}", "{command: [sh, -c, 'echo battery-staple; exit 1']}"
    )
    findings = examine(text)[1]
    assert [of(findings, "", "secrets", name)["verdict"] for name in ("token", "short")] == ["ok", "problem"]


@as_root
def test_users_are_tried_by_sudo(examine: Examine) -> None:
    text = QUICK.replace("on: here", "on: here, as: nobody") + (
        "  - phase: b\n    steps: [{id: x, run: echo x, on: here, as: no-such-user}]\n"
    )
    code, findings = examine(text)
    sudo = [(each["verdict"], each["text"].split(":")[0]) for each in findings if each["check"] == "sudo"]
    assert (code, sudo) == (
        1,
        [("ok", "becomes nobody without a password"), ("problem", "cannot become no-such-user")],
    )


def test_folder_of_releases_that_others_may_write_is_a_problem(home: Home, examine: Examine) -> None:
    folder = home.state / "cockpit"
    folder.mkdir()
    folder.chmod(0o777)
    code, findings = examine(QUICK)
    assert (code, of(findings, "releases", "here")["text"]) == (1, f"{folder} is not yours alone")


def test_quickstart_needs_its_params(say: Say) -> None:
    said: Said = say("doctor", str(ROOT / "playbooks" / "quickstart.yaml"))
    assert (said.code, "P901" in said.err) == (2, True)
