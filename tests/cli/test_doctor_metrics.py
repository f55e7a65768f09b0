"""What the doctor says of metrics."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from tests.cli.books import write
from tests.cli.conftest import Say
from tests.conftest import Home
from tests.loopback.fleet import Fleet
from tests.metrics.servers import certified

BOOK = """\
playbook: shop
roles: {{captain: ['{{{{ login }}}}']}}
secrets: {{token: {{env: SHOP_TOKEN}}}}
hosts: {{web: 'web-[1:2]'}}
metrics:
  orders: {{{metric}, no_data: hold}}
rules:
  few: {{metric: orders, bad: below 1}}
phases:
  - phase: only
    steps: [{{id: go, gate: Go, passing: few}}]
"""

Found = list[dict[str, Any]]
Examine = Callable[[str], Found]


@pytest.fixture
def examine(say: Say, tmp_path: Path) -> Examine:
    """The findings about a playbook's only metric; problems are told by the exit status."""

    def run(metric: str) -> Found:
        said = say("doctor", str(write(tmp_path, BOOK.format(metric=metric))), "--format", "json")
        found = [each for each in json.loads(said.out)["findings"] if each["group"] == "metrics"]
        problems = any(each["verdict"] == "problem" for each in json.loads(said.out)["findings"])
        assert said.code == (1 if problems else 0)
        return found

    return run


@contextmanager
def serving(body: str, *, ahead: float = 0.0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that answers everything with this body, by a clock that is so many seconds ahead; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + ahead if timestamp is None else timestamp)

        def log_message(self, *_: object) -> None: ...

    with ExitStack() as stack:
        server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_metric_that_answers_says_its_value(examine: Examine) -> None:
    with serving('{"value": 42}') as url:
        (found,) = examine(f"json: '{url}', pick: value, unit: 1/s")
    assert (found["subject"], found["verdict"], found["text"]) == ("orders", "ok", "42 1/s")


def test_sample_s_age_is_said(examine: Examine) -> None:
    with serving(json.dumps({"value": 42, "at": time.time() - 30})) as url:
        (found,) = examine(f"json: '{url}', pick: value, moment: at")
    assert (found["verdict"], found["text"].startswith("42 (3")) == ("ok", True), found


def test_sample_that_is_too_old_is_none(examine: Examine) -> None:
    with serving(json.dumps({"value": 42, "at": time.time() - 3000})) as url:
        (found,) = examine(f"json: '{url}', pick: value, moment: at")
    assert (found["check"], found["verdict"], "50:0" in found["text"]) == ("read", "problem", True), found


def test_clock_that_is_off_is_a_warning(examine: Examine) -> None:
    with serving('{"value": 42}', ahead=3600) as url:
        (found,) = examine(f"json: '{url}', pick: value")
    assert (found["verdict"], "its clock is 1:00:00 ahead" in found["text"]) == ("warning", True), found


def test_source_that_is_not_there_is_not_reached(examine: Examine) -> None:
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (found,) = examine(f"json: 'http://127.0.0.1:{port}', pick: value")
    assert (found["check"], found["verdict"]) == ("reach", "problem")
    assert "it refuses the connection" in found["text"]


def test_certificate_that_nobody_trusts_is_named(examine: Examine, tmp_path: Path) -> None:
    with serving('{"value": 42}', tls=certified(tmp_path)[0]) as url:
        (found,) = examine(f"json: '{url}', pick: value")
    assert (found["check"], found["verdict"]) == ("reach", "problem")
    assert "its certificate is not trusted" in found["text"]


def test_probe_of_a_server_that_is_down_is_a_warning(examine: Examine) -> None:
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (found,) = examine(f"probe: 'http://127.0.0.1:{port}'")
    assert (found["verdict"], found["text"]) == ("warning", "0; it refuses the connection")


def test_answer_without_a_number_is_not_read(examine: Examine) -> None:
    with serving("<html>sign in</html>") as url:
        (found,) = examine(f"json: '{url}', pick: value")
    assert (found["check"], found["text"]) == ("read", "HTML or XML, where JSON is needed")


def test_missing_secret_is_named(examine: Examine) -> None:
    with serving('{"value": 42}') as url:
        (found,) = examine(f"json: {{url: '{url}', headers: {{X-Key: '{{{{ token }}}}'}}}}, pick: value")
    assert (found["verdict"], found["text"]) == ("problem", "needs credentials: token")


def test_secret_is_used_and_not_shown(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "geheim-4711")
    (found,) = examine("command: 'echo \"no $token\" >&2; exit 3', on: here")
    assert ("geheim" in found["text"], "exit status 3" in found["text"]) == (False, True)


def test_command_is_tried_on_every_host(fleet: Fleet, home: Home, examine: Examine) -> None:
    folder = home.config / "cockpit"
    folder.mkdir()
    (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
    found = examine("command: 'echo \"$host\" | tail -c 2', on: web, unit: '%'")
    assert [(each["subject"], each["text"]) for each in found] == [("orders web-1", "1 %"), ("orders web-2", "2 %")]
