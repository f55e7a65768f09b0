"""Other tools that run a command on many hosts, as far as they are installed: whole runs of the program."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

from benchmarks.hosts_cpu import Account
from benchmarks.hosts_server import ADDRESS, Server

LIBSSH2 = """
from pssh.clients import ParallelSSHClient
client = ParallelSSHClient(["{address}"] * {count}, user="{user}", port={port}, pkey="{key}", pool_size={at_once})
output = client.run_command("true")
client.join(output)
assert [host.exit_code for host in output] == [0] * {count}
"""


def peers(account: Account, host: Server, names: list[str], at_once: int) -> Iterator[str]:
    """A line for each tool: what its run on all hosts costs."""
    for name, command in commands(host, names, at_once).items():
        if (program := found(command[0])) is None:
            yield f"{name}: not installed\n"
            continue
        with account.measure() as cost:
            ran = subprocess.run([program, *command[1:]], check=False, capture_output=True, text=True, env=settings())
        wrong = "" if ran.returncode == 0 else f"  exit {ran.returncode}: {(ran.stderr or ran.stdout).strip()[-200:]}"
        yield f"{name:32}{cost.wall:9.2f}{'':16}{cost.total / len(names) * 1000:17.2f}{wrong}\n"


def commands(host: Server, names: list[str], at_once: int) -> dict[str, list[str]]:
    """The argument list of each tool."""
    listed, inventory, script = (host.folder / name for name in ("hosts.txt", "inventory.py", "libssh2.py"))
    listed.write_text("".join(f"{name}\n" for name in names))
    data = {"ssh_config_file": str(host.config), "ssh_strict_host_key_checking": "yes"}
    inventory.write_text(f"hosts = {[(name, data) for name in names]!r}\n")
    values = {"address": ADDRESS, "count": len(names), "user": host.user, "port": host.port, "key": host.client_key}
    script.write_text(LIBSSH2.format(**values, at_once=at_once))
    options = f"-F {host.config}"
    many = str(at_once)
    ansible = ["-i", str(listed), "all", "-f", many, "-m", "raw", "-a", "true", "--ssh-common-args", options]
    return {
        "parallel-ssh (libssh2)": ["python", str(script)],
        "pyinfra": ["pyinfra", "-y", "--parallel", many, str(inventory), "exec", "--", "true"],
        "pssh": ["parallel-ssh", "-h", str(listed), "-p", many, "-t", "0", "-x", options, "true"],
        "clush": ["clush", "-q", "-f", many, "-o", options, "-w", ",".join(names), "true"],
        "Ansible raw": ["ansible", *ansible],
    }


def found(program: str) -> str | None:
    """Where a tool is: in the folder that BENCH_PEERS names, or on PATH."""
    folder = os.environ.get("BENCH_PEERS", "")
    if program == "python" and not folder:
        return None
    return shutil.which(program, path=folder or None) or shutil.which(program)


def settings() -> dict[str, str]:
    """Ansible without its kept connections, which would be from an earlier run."""
    return {
        **os.environ,
        "ANSIBLE_SSH_ARGS": "-o ControlMaster=no -o ControlPath=none",
        "ANSIBLE_HOST_KEY_CHECKING": "1",
    }
