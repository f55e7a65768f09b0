"""Attempts on real hosts with dash, busybox ash and bash, and here: all keep the same contract."""

from __future__ import annotations

import asyncio
import hashlib
import os
from contextlib import suppress
from pathlib import Path

import pytest

from cockpit.errors import StorageFull
from cockpit.execution.contract import HERE, Ended, Reached
from tests.execution.conftest import EVERY, Bench, Screen, as_root, signals_here
from tests.execution.test_quote import NASTY
from tests.loopback.processes import look

pytestmark = pytest.mark.parametrize("host", EVERY)


BOOT_ID = Path("/proc/sys/kernel/random/boot_id").read_text().strip()


async def test_reached_host_says_what_it_is(bench: Bench, host: str) -> None:
    first, again = await bench.hosts.reach(host), await bench.hosts.reach(host)
    assert isinstance(first, Reached)
    assert isinstance(again, Reached)
    assert (first.identity, first.address) == (again.identity, again.address)
    assert first.identity.boot == BOOT_ID
    assert first.skew is None


async def test_reached_host_says_how_late_it_is_when_asked(bench: Bench, host: str) -> None:
    reached = await bench.hosts.reach(host, clock=True)
    assert isinstance(reached, Reached)
    assert reached.skew is not None
    assert abs(reached.skew) < 1


async def test_another_release_has_another_marker(bench: Bench, host: str) -> None:
    other = bench.another(nonce="other")
    reached = await other.reach(host)
    assert isinstance(reached, Reached)
    assert reached.identity.marker != (await bench.identity(host)).marker
    assert await other.clean(host) == ""


@pytest.mark.parametrize("code", [0, 1, 2, 77, 126, 127, 137, 255])
async def test_exit_status_comes_back(bench: Bench, host: str, code: int) -> None:
    ended = (await bench.run(host, f"exit {code}")).ended
    assert (ended.outcome, ended.exit) == ("failed" if code else "passed", code)


async def test_both_streams_come_in_the_order_they_were_written(bench: Bench, host: str) -> None:
    script = "for n in 1 2 3; do echo out $n; echo err $n >&2; done; echo dev >/dev/stderr; printf end"
    expected = "".join(f"out {n}\nerr {n}\n" for n in (1, 2, 3)) + "dev\nend"
    assert (await bench.run(host, script)).output.decode() == expected


async def test_any_byte_comes_back(bench: Bench, host: str) -> None:
    data = bytes(range(256)) + b"\r\n\x1b]0;title\x07\xff\xfe\r no newline"
    (bench.home(host) / "bytes").write_bytes(data)
    assert (await bench.run(host, "cat bytes")).output == data


async def test_64_megabytes_come_exactly(bench: Bench, host: str) -> None:
    path = bench.home(host) / "large"
    path.write_bytes(pseudo_random(64))
    digest = hashlib.sha256()
    order = await bench.order(host, "cat large")
    ended = await bench.hosts.run(order, digest.update, lambda _: None)
    assert (ended.outcome, digest.hexdigest()) == ("passed", hashlib.sha256(path.read_bytes()).hexdigest())
    path.unlink()


def pseudo_random(megabytes: int) -> bytes:
    return b"".join(hashlib.shake_256(str(number).encode()).digest(1 << 20) for number in range(megabytes))


@pytest.mark.parametrize("value", NASTY)
async def test_value_reaches_the_command_and_is_never_run(bench: Bench, host: str, value: str) -> None:
    ran = await bench.run(host, 'printf %s "$v"', exports={"v": value})
    assert ran.output == value.encode("utf-8", "surrogateescape")


async def test_value_may_have_the_name_of_anything_of_ours(bench: Bench, host: str) -> None:
    names = ["user", "script", "_p", "_t", "_d", "_mark", "_program", "_user", "_token", "T"]
    script = "; ".join(f'echo "${name}"' for name in names)
    ran = await bench.run(host, script, exports={name: f"my {name}" for name in names})
    assert ran.output.decode().splitlines() == [f"my {name}" for name in names]


async def test_unset_variable_ends_the_command(bench: Bench, host: str) -> None:
    ran = await bench.run(host, 'echo "$nothing"; echo on')
    assert ran.ended.outcome == "failed"
    assert b"on\n" not in ran.output


async def test_standard_input_is_empty(bench: Bench, host: str) -> None:
    assert (await bench.run(host, "cat; echo done")).output == b"done\n"


async def test_bash_runs_where_it_is_asked_for(bench: Bench, host: str) -> None:
    script = "words=(a b c); echo ${#words[@]} $BASH_VERSINFO | cut -c1"
    assert (await bench.run(host, script, shell="bash")).output == b"3\n"  # noqa: S604  a field of ours


async def test_command_runs_in_its_folder(bench: Bench, host: str) -> None:
    (bench.home(host) / "app dir").mkdir(exist_ok=True)
    for directory in ("~/app dir", "app dir", str(bench.home(host) / "app dir")):
        assert (await bench.run(host, "pwd", directory=directory)).output.decode() == f"{bench.home(host)}/app dir\n"


async def test_missing_folder_is_said(bench: Bench, host: str) -> None:
    ran = await bench.run(host, "touch wrong", directory="/no/such")
    assert (ran.ended.outcome, ran.output) == ("failed", b"cockpit: cannot enter /no/such\n")
    assert not (bench.home(host) / "wrong").exists()


async def test_captures_come_back(bench: Bench, host: str) -> None:
    ended = (await bench.run(host, 'echo "file=b 1.sql" >>"$COCKPIT_CAPTURE"; echo rows=7 >>"$COCKPIT_CAPTURE"')).ended
    assert (ended.outcome, ended.captures) == ("passed", {"file": "b 1.sql", "rows": "7"})


async def test_bad_capture_fails_the_attempt(bench: Bench, host: str) -> None:
    ended = (await bench.run(host, 'echo PATH=/tmp >"$COCKPIT_CAPTURE"')).ended
    assert (ended.outcome, ended.exit) == ("failed", 0)
    assert "'PATH'" in ended.reason


async def test_duration_is_the_hosts(bench: Bench, host: str) -> None:
    seconds = (await bench.run(host, "sleep 0.3")).ended.seconds
    assert seconds is not None
    assert 0.25 <= seconds < 5


async def test_daemon_that_is_left_behind_does_not_hold_it_up(bench: Bench, host: str) -> None:
    ran = await bench.run(host, "sleep 30 & echo $!; echo started")
    pid = int(ran.output.split()[0])
    assert ran.ended.outcome == "passed"
    assert look(pid)
    assert (await bench.run(host, f"kill {pid}")).ended.outcome == "passed"


async def test_signals_are_as_usual_for_the_command(bench: Bench, host: str) -> None:
    command = "grep -E 'Sig(Ign|Blk)' /proc/self/status"
    usual = signals_here("SigBlk", "SigIgn") if host == HERE else bench.fleet.ssh(host, command).stdout.encode()
    assert (await bench.run(host, command)).output == usual


async def test_file_mode_mask_is_the_logins(bench: Bench, host: str) -> None:
    assert (await bench.run(host, "umask")).output == b"0022\n"


async def test_run_folder_is_private(bench: Bench, host: str) -> None:
    await bench.run(host, "echo x")
    found = [bench.folder(host), *bench.folder(host).rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o600}


async def test_command_runs_once_however_often_it_is_started(bench: Bench, host: str) -> None:
    order = await bench.order(host, "echo x >>count; echo ran")
    runs = [await bench.carry_out(order) for _ in range(3)]
    assert [(run.ended.outcome, run.output) for run in runs] == [("passed", b"ran\n")] * 3
    assert counted(bench, host) == 1


async def test_two_starts_at_once_run_it_once(bench: Bench, host: str) -> None:
    order = await bench.order(host, "echo x >>count; sleep 0.2; echo ran")
    other = bench.another()
    runs = await asyncio.gather(*(bench.carry_out(order, hosts=hosts) for hosts in (bench.hosts, other) * 3))
    assert {(run.ended.outcome, run.output) for run in runs} == {("passed", b"ran\n")}
    assert counted(bench, host) == 1


def counted(bench: Bench, host: str) -> int:
    path = bench.home(host) / "count"
    lines = path.read_text().splitlines()
    path.unlink()
    return len(lines)


async def test_restarted_engine_goes_on_at_the_stored_byte(bench: Bench, host: str) -> None:
    first = await bench.order(host, "echo x >>count; echo one; echo two")
    await bench.carry_out(first)
    later = await bench.order(host, first.script, first.id, fresh=False, offset=4)
    ran = await bench.carry_out(later)
    assert (ran.ended.outcome, ran.output, counted(bench, host)) == ("passed", b"two\n", 1)


async def test_full_store_is_its_owners_to_handle(bench: Bench, host: str) -> None:
    def full(_data: bytes) -> None:
        raise StorageFull("no room")

    order = await bench.order(host, "echo x >>count; echo one")
    with pytest.raises(StorageFull):
        await bench.hosts.run(order, full, print)
    assert (await bench.carry_out(order)).output == b"one\n"
    assert counted(bench, host) == 1


async def test_dropped_follower_leaves_the_command(bench: Bench, host: str) -> None:
    screen = Screen()
    order = await bench.order(host, "mkfifo hold; echo ready; read -r _ <hold; rm hold; echo on")
    following = asyncio.create_task(bench.carry_out(order, screen))
    await screen.shows(b"ready\n")
    following.cancel()
    await asyncio.wait([following])
    (bench.home(host) / "hold").write_text("\n")
    assert (await bench.carry_out(order)).output == b"ready\non\n"


async def test_half_a_payload_starts_nothing(bench: Bench, host: str) -> None:
    from cockpit.execution.ear import Ear, Word  # noqa: PLC0415
    from cockpit.execution.machine import Call  # noqa: PLC0415
    from cockpit.execution.payload import payload  # noqa: PLC0415

    order = await bench.order(host, "echo x >>count")
    words: list[Word] = []
    arguments = (bench.nonce, order.identity.boot, order.identity.marker, order.id, "", "0")
    call = Call("start", arguments, 1, 1, payload(order, bench.nonce)[:-9])
    await bench.hosts._machine(host).talk(call, Ear("t0", words.append), lambda: False, None)
    assert [word.verb for word in words] == (["cut"] if host == HERE else [])
    assert not (bench.folder(host) / "claims" / order.id).exists()
    assert (await bench.carry_out(order)).ended.outcome == "passed"
    assert counted(bench, host) == 1


async def test_secret_is_in_no_file_argument_or_output(bench: Bench, host: str) -> None:
    secret = "hunter22-and-more"
    screen = Screen()
    script = 'echo "got $token"; mkfifo go; echo ready; read -r _ <go; rm go'
    order = await bench.order(host, script, secrets={"token": secret})
    running = asyncio.create_task(bench.carry_out(order, screen))
    await screen.shows(b"ready\n")
    files = [path.read_bytes() for path in bench.folder(host).rglob("*") if path.is_file() and path.suffix != ".out"]
    assert not [data for data in files + argument_lists() if secret.encode() in data]
    (bench.home(host) / "go").write_text("\n")
    assert (await running).output == b"got *****************\nready\n"


def argument_lists() -> list[bytes]:
    """The command line of every process that can be seen."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes())
    return found


async def test_secret_that_is_not_printed_is_nowhere_on_disk(bench: Bench, host: str) -> None:
    secret = "hunter22-never-printed"
    await bench.run(host, 'test -n "$token"', secrets={"token": secret})
    files = [path.read_bytes() for path in bench.folder(host).rglob("*") if path.is_file()]
    assert files
    assert not [data for data in files if secret.encode() in data]


async def test_secret_is_hidden_in_captures(bench: Bench, host: str) -> None:
    ran = await bench.run(host, 'echo "url=http://me:$token@x" >"$COCKPIT_CAPTURE"', secrets={"token": "hunter22"})
    assert ran.ended.captures == {"url": "http://me:********@x"}


async def test_secret_of_another_step_is_hidden_too(bench: Bench, host: str) -> None:
    bench.hidden = ("elsewhere1",)
    assert (await bench.run(host, "echo is elsewhere1")).output == b"is **********\n"


async def test_too_long_a_value_starts_nothing(bench: Bench, host: str) -> None:
    ended = (await bench.run(host, "echo x >>long", exports={"v": "x" * 200_000})).ended
    assert ended.outcome == "error"
    assert "too long" in ended.reason


async def test_long_values_and_scripts_work(bench: Bench, host: str) -> None:
    ran = await bench.run(host, "# " + "y" * 100_000 + '\nprintf %s "$v" | wc -c', exports={"v": "x" * 100_000})
    assert ran.output.split() == [b"100000"]


@as_root
async def test_other_user_runs_it_with_all_values(bench: Bench, host: str) -> None:
    script = 'id -un; echo "$v$token"; pwd; echo who=$(id -un) >>"$COCKPIT_CAPTURE"; exit 3'
    ran = await bench.run(
        host, script, user="nobody", directory="/", exports={"v": "a b"}, secrets={"token": "hunter22"}
    )
    assert ran.output == b"nobody\na b********\n/\n"
    assert ran.ended == Ended("failed", 3, "", ran.ended.seconds, {"who": "nobody"})


@as_root
async def test_other_users_capture_folder_goes(bench: Bench, host: str) -> None:
    ran = await bench.run(host, 'dirname "$COCKPIT_CAPTURE"; stat -c %a "$(dirname "$COCKPIT_CAPTURE")"', user="nobody")
    folder, mode = ran.output.decode().split()
    assert (mode, os.access(folder, os.F_OK)) == ("700", False)


@as_root
async def test_unknown_user_fails_with_what_sudo_said(bench: Bench, host: str) -> None:
    ran = await bench.run(host, "echo x", user="nosuchuser")
    assert ran.ended.outcome == "failed"
    assert b"nosuchuser" in ran.output


async def test_clean_leaves_nothing(bench: Bench, host: str) -> None:
    await bench.run(host, "echo x")
    assert await bench.hosts.clean(host) == ""
    assert not bench.folder(host).exists()


async def test_clean_spares_what_still_runs(bench: Bench, host: str) -> None:
    screen = Screen()
    order = await bench.order(host, "mkfifo hold; echo ready; read -r _ <hold; rm hold")
    running = asyncio.create_task(bench.carry_out(order, screen))
    await screen.shows(b"ready\n")
    assert "still runs" in await bench.hosts.clean(host)
    (bench.home(host) / "hold").write_text("\n")
    assert (await running).ended.outcome == "passed"
