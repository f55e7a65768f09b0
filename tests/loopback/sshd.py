"""A production host: an OpenSSH server of its own on a loopback address."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
from functools import cache
from pathlib import Path
from typing import Final, Literal

from tests.loopback import processes
from tests.loopback.waiting import wait_until

Shell = Literal["dash", "busybox ash", "bash"]

RUN_FOLDER: Final = Path("/run/sshd")  # sshd refuses to start as root without it

CONFIG: Final = """\
ListenAddress {address}:{port}
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
AuthenticationMethods publickey
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PermitUserRC no
PrintMotd no
PrintLastLog no
UseDNS no
MaxStartups 500
MaxSessions 100
LogLevel VERBOSE
SetEnv "HOME={folder}/home" "SHELL={shell}"
ForceCommand exec {login}
"""

LOGIN: Final = """\
#!/bin/sh
PATH={path}
export PATH
cd "$HOME" || exit 1
[ -n "$SSH_ORIGINAL_COMMAND" ] || exec {shell} -l
set -- "$SSH_ORIGINAL_COMMAND"
unset SSH_ORIGINAL_COMMAND
exec {shell} -c "$1"
"""


class Host:
    """An sshd on `address`, with its own host key, HOME folder (`home`), login shell and port, all below `folder`.

    Whoever holds the private part of `client_key` (a public key line) may log in, as the user who runs this.
    A host with busybox as its shell has busybox's programs before all others.
    """

    def __init__(self, folder: Path, name: str, address: str, shell: Shell, client_key: str) -> None:
        self.folder, self.name, self.address, self.shell = folder, name, address, shell
        self.home = folder / "home"
        self.log = folder / "log"
        self.port = free_port(address)
        self._listener: subprocess.Popen[bytes] | None = None
        self._earlier: list[processes.Process] = []
        self.home.mkdir(parents=True, mode=0o700)
        make_key(folder / "host_key", f"host {name}")
        (folder / "authorized_keys").write_text(f"{client_key}\n")
        self._write_login()
        self._write_config()

    @property
    def key_line(self) -> str:
        """The line of known_hosts by which this host is known."""
        kind, key = (self.folder / "host_key.pub").read_text().split()[:2]
        return f"[{self.address}]:{self.port} {kind} {key}"

    @property
    def sessions(self) -> list[processes.Process]:
        """The sshd processes that serve a connection now, those of earlier listeners among them."""
        now = processes.sessions_of([self._listener.pid]) if self._listener else []
        return [process for process in self._earlier if process.alive] + now

    def start(self) -> None:
        """Listen, on the same port as before."""
        if os.geteuid() == 0:
            RUN_FOLDER.mkdir(mode=0o755, exist_ok=True)
        with self.log.open("ab") as log:
            self._listener = subprocess.Popen(
                [program("sshd"), "-D", "-e", "-f", self.folder / "sshd_config"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, f"{self.name} listens; see {self.log}")

    def stop(self) -> None:
        """Take no more connections; those that are open stay."""
        if self._listener is None:
            return
        self._earlier = self.sessions
        self._listener.terminate()
        self._listener.wait()
        self._listener = None

    def kill(self) -> None:
        """Drop every connection and take no more. What was started on the host goes on."""
        self.drop()
        self.stop()
        self.drop()

    def drop(self) -> None:
        """Drop every connection that is open now, without a word to the other end."""
        processes.kill(self.sessions)

    def restart(self) -> None:
        """Drop every connection, then listen again on the same port."""
        self.kill()
        self.start()

    def _answers(self) -> bool:
        if self._listener is not None and self._listener.poll() is not None:
            raise RuntimeError(f"sshd of {self.name} ended:\n{self.log.read_text()}")
        with socket.socket() as probe:
            return probe.connect_ex((self.address, self.port)) == 0

    def _write_login(self) -> None:
        login = self.folder / "login"
        path = '"$PATH"'
        if self.shell == "busybox ash":
            path = f'{shlex.quote(str(self._install_busybox()))}:"$PATH"'
        login.write_text(LOGIN.format(path=path, shell=self.shell))
        login.chmod(0o700)

    def _install_busybox(self) -> Path:
        applets = self.folder / "busybox"
        applets.mkdir()
        subprocess.run([program("busybox"), "--install", "-s", applets], check=True)
        return applets

    def _write_config(self) -> None:
        text = CONFIG.format(
            address=self.address,
            port=self.port,
            folder=self.folder,
            shell=program(self.shell.split()[0]),
            login=shlex.quote(str(self.folder / "login")),
        )
        (self.folder / "sshd_config").write_text(text + _newer_options())


def make_key(path: Path, comment: str) -> None:
    """Write an Ed25519 key pair without a passphrase: `path`, and `path.pub`."""
    subprocess.run([program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], check=True)


def free_port(address: str) -> int:
    """A port that nobody listens on at this address."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str) -> str:
    """The full path of a program, also where only root has its folder on PATH."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if found is None:
        raise FileNotFoundError(f"{name} is not installed; `sh tests/loopback/needs.sh test` says how to get it")
    return found


def is_free(address: str, port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


@cache
def _newer_options() -> str:
    """Options which an older sshd does not know: here, to be patient with clients that fail on purpose."""
    options = "PerSourcePenalties no\n"
    command = [program("sshd"), "-G", "-f", "/dev/null", "-o", options.strip()]
    known = subprocess.run(command, check=False, capture_output=True)
    return options if known.returncode == 0 else ""
