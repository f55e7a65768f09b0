"""Where a shipped playbook is flown for real: OpenSSH hosts with stand-ins for what commands call, and a web server.

The stand-ins keep state and write down each call; what the commands do to each other is theirs, not the test's.
"""

from __future__ import annotations

import json
import shlex
import shutil
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, Self

from cockpit.playbook.plan import HERE
from tests.loopback.fleet import Fleet
from tests.loopback.sshd import Host

STANDIN: Final = Path(__file__).with_name("standin")
PROGRAMS: Final = (
    *("docker-compose", "git", "psql", "pg_dump", "kubectl", "alembic", "make", "redis-cli", "gh", "pytest", "python"),
    *("aws", "cosign", "pact-broker", "jq", "curl", "lsof", "config_diff.py"),
)


class Site:
    """The hosts of a plan and this machine, each with the stand-ins before all else on its path.

    `answer` gives the JSON that the web server answers a path with.
    """

    def __init__(self, folder: Path, fleet: Fleet, answer: Callable[[str], object]) -> None:
        self.folder, self.fleet = folder, fleet
        for name in (*fleet, HERE):
            self._install(name)
        for host in fleet.values():
            self._dress(host)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where the web server is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def path(self, name: str) -> Path:
        """Where the stand-ins of a host are, or of this machine."""
        return self.folder / "bin" / name

    def called(self, host: str) -> list[str]:
        """Every call of a stand-in on a host, or `here`, in order, as `name words…`."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line.removeprefix(f"{host}: ") for line in lines if line.startswith(f"{host}: ")]

    def state(self, host: str, name: str) -> str:
        """What a stand-in keeps on a host; empty where it keeps nothing."""
        file = self.folder / "state" / host / name
        return file.read_text().strip() if file.exists() else ""

    def keep(self, host: str, name: str, text: str) -> None:
        """Let the stand-ins of a host find something."""
        file = self.folder / "state" / host / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")

    def _install(self, name: str) -> None:
        self.path(name).mkdir(parents=True)
        for program in PROGRAMS:
            (self.path(name) / program).symlink_to(STANDIN)

    def _dress(self, host: Host) -> None:
        login = host.folder / "login"
        login.write_text(login.read_text().replace("PATH=", f"PATH={shlex.quote(str(self.path(host.name)))}:", 1))


def folders(homes: Sequence[Path]) -> None:
    """The folder that the playbooks work in, on each host and here."""
    for home in homes:
        shutil.rmtree(home / "work", ignore_errors=True)
        for name in ("scripts", "configs/releases", "reports/release-smoke"):
            (home / "work" / name).mkdir(parents=True)
        script = home / "work" / "scripts" / "config_diff.py"
        script.write_text('#!/bin/sh\nexec config_diff.py "$@"\n')
        script.chmod(0o755)


def _handler(answer: Callable[[str], object]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    return Handler
