"""The doctor's small parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.cli.checks.finding import Finding, lines
from cockpit.cli.checks.here import file_system, size
from cockpit.cli.checks.needs import needs_of
from cockpit.cli.checks.probe import Told, told
from cockpit.cli.checks.targets import Target, target_of
from cockpit.playbook import load
from cockpit.playbook.plan import Request
from tests.cli.books import write

MOUNTS = "/dev/sda1 / ext4 rw 0 0\nfiler:/home /home nfs4 rw 0 0\ntmpfs /home/ana/my\\040disk tmpfs rw 0 0\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/srv", "ext4"), ("/home/ana", "nfs4"), ("/homes", "ext4"), ("/home/ana/my disk/x", "tmpfs")],
)
def test_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_without_mounts_the_file_system_is_not_known() -> None:
    assert file_system(Path("/srv"), "") == ""


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1500, "2 kB"), (1_500_000, "1.5 MB"), (12_400_000_000, "12.4 GB"), (3e12, "3.0 TB")],
)
def test_sizes_read_well(count: int, text: str) -> None:
    assert size(count) == text


def test_what_a_host_tells_is_read_past_its_noise() -> None:
    output = (
        b"Welcome!\nlogin ana\nshell /bin/ash\nfree 10\nlock yes\nsudo www\nno-sudo pg sudo: a password is required\n"
    )
    assert told(output) == Told(
        "ana", "/bin/ash", locked=True, free=10240, sudo=("www",), refused=(("pg", "sudo: a password is required"),)
    )


def test_hint_stands_below_its_finding() -> None:
    found = [Finding("hosts", "web-1", "clock", "warning", "3.0 s ahead", "see its time service")]
    assert list(lines(found)) == [
        "hosts",
        "  ! warning  web-1  clock  3.0 s ahead",
        "      hint: see its time service",
        "",
    ]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a/x", Target("http", "a", 80)),
        ("https://{{ host }}/x", Target("https", "web-1", 443)),
        ("https://[::1]:8443/x", Target("https", "::1", 8443)),
        ("https://{{ later }}/x", "https://{{ later }}/x depends on what is known only later"),
        ("http://a:99999/", "http://a:99999/: Port out of range 0-65535"),
        ("file:///etc/passwd", "file:///etc/passwd is no URL of HTTP"),
    ],
)
def test_target_of_a_url(url: str, target: Target | str) -> None:
    assert target_of(Request(url=url), {"host": "web-1"}) == target


def test_needs_of_a_plan_are_gathered_by_host(tmp_path: Path) -> None:
    text = """\
playbook: shop
hosts: {a: a, b: b}
phases:
  - phase: only
    steps:
      - {id: one, run: echo one, on: [a, b], as: www}
      - {id: two, run: echo two, on: b, as: pg, shell: bash, check: {http: {url: 'http://b/'}}}
      - {id: call, http: {url: 'http://c/'}}
rollback:
  steps: [{id: undo, run: echo undone, on: a, as: root}]
  verify: [{id: proof, run: echo proven, on: [a, b]}]
"""
    found = needs_of(load.plan(write(tmp_path, text), {}, "ana"))
    assert [(each.host, each.users, each.bash, len(each.requests), each.commands) for each in found] == [
        ("a", ("www", "root"), False, 0, True),
        ("b", ("www", "pg"), True, 1, True),
        ("here", (), False, 1, False),
    ]
