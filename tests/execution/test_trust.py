"""known_hosts: read once, by name, and why a key is refused."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from cockpit.execution.trust import KnownHosts, distrust, matcher

KEYS = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(2)]
LINES = [key.export_public_key().decode().strip() for key in KEYS]
ERROR = asyncssh.HostKeyNotVerifiable("Host key is not trusted")


def known(tmp_path: Path, text: str) -> asyncssh.SSHKnownHosts:
    path = tmp_path / "known_hosts"
    path.write_text(text)
    return KnownHosts().of([str(path), str(tmp_path / "missing")])


def test_files_are_read_once_and_again_when_they_change(tmp_path: Path) -> None:
    path, files = tmp_path / "known_hosts", KnownHosts()
    path.write_text(f"app {LINES[0]}\n")
    first = files.of([str(path)])
    assert files.of([str(path)]) is first
    path.write_text(f"app {LINES[0]}\nweb {LINES[1]}\n")
    assert files.of([str(path)]) is not first


def test_line_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    keys = matcher(known(tmp_path, f"nonsense\n@strange x y\n\xff\napp {LINES[0]}\n"))("app", "10.0.0.1", None)[0]
    assert len(keys) == 1


def test_address_of_another_host_proves_nothing(tmp_path: Path) -> None:
    keys = matcher(known(tmp_path, f"10.0.0.1 {LINES[1]}\napp {LINES[0]}\n"))("app", "10.0.0.1", None)[0]
    assert keys == [KEYS[0].convert_to_public()]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", f"its host key {KEYS[1].get_fingerprint()} is not in known_hosts"),
        (f"app {LINES[0]}\n", f"its host key has CHANGED: it shows {KEYS[1].get_fingerprint()}"),
        (f"@cert-authority app {LINES[0]}\n", "its certificate authority"),
    ],
    ids=["unknown", "changed", "authority"],
)
def test_reason_tells_unknown_from_changed(tmp_path: Path, text: str, reason: str) -> None:
    found = distrust(known(tmp_path, text), "app", 22, KEYS[1], ERROR)
    assert found.reason.startswith(reason)
    assert found.final


def test_hint_names_the_port(tmp_path: Path) -> None:
    assert "ssh-keyscan -p 2222 app" in distrust(known(tmp_path, ""), "app", 2222, KEYS[1], ERROR).hint
    assert "'[app]:2222'" in distrust(known(tmp_path, f"[app]:2222 {LINES[0]}\n"), "app", 2222, KEYS[1], ERROR).hint


def test_revoked_key_is_named_so(tmp_path: Path) -> None:
    error = asyncssh.HostKeyNotVerifiable("Host key is revoked")
    assert "revoked" in distrust(known(tmp_path, ""), "app", 22, None, error).reason
