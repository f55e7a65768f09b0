"""The service that the quickstart releases."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.loopback.fleet import Fleet
from tests.loopback.load import Load
from tests.loopback.processes import living_in
from tests.loopback.service import Service
from tests.loopback.waiting import wait_until

HOSTS = ["web-1", "web-2", "web-3"]


@pytest.fixture(scope="module")
def service(standing_fleet: Fleet) -> Iterator[Service]:
    with Service(standing_fleet) as running:
        yield running


@pytest.fixture
def upgraded(service: Service) -> Iterator[Service]:
    """web-1 at 1.1.0, with a backup of its data; afterwards at 1.0.0 again."""
    release(service, "web-1", "1.1.0", "./service backup ~/before.db")
    yield service
    release(service, "web-1", "1.0.0", "./service restore ~/before.db")


def release(service: Service, name: str, tag: str, copy: str) -> None:
    done = service.fleet.ssh(
        name, f"cd app && ./service stop && {copy} && git fetch -q --tags && git checkout -q {tag} && ./service start"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", HOSTS)
def test_health_tells_version_and_records(service: Service, name: str) -> None:
    assert service.get(name) == {"version": "1.0.0", "status": "ok", "records": 3}


def test_service_outlives_the_session_that_restarted_it(service: Service) -> None:
    assert service.control("web-3", "restart").returncode == 0
    assert service.get("web-3")["status"] == "ok"


def test_start_of_a_running_service_changes_nothing(service: Service) -> None:
    assert "already running" in service.control("web-1", "start").stdout


@pytest.mark.parametrize("name", HOSTS)
def test_stopped_service_is_gone_when_stop_returns(service: Service, name: str) -> None:
    assert service.control(name, "stop").stdout == "stopped\n"
    assert [process.name for process in living_in(service.fleet[name].home) if "python" in process.name] == []
    assert service.control(name, "status").returncode == 1
    service.control(name, "start")


def test_health_command_prints_what_the_service_answers(service: Service) -> None:
    assert '"version": "1.0.0"' in service.control("web-2", "health").stdout


def test_health_command_fails_when_nothing_answers(service: Service) -> None:
    service.control("web-2", "stop")
    assert service.control("web-2", "health").returncode == 1
    service.control("web-2", "start")


def test_taken_port_is_a_reason_not_to_start(service: Service) -> None:
    conf = service.fleet["web-3"].home / "service.conf"
    original = conf.read_text()
    service.control("web-3", "stop")
    conf.write_text(f"address={service.fleet['web-3'].address}\nport={service.fleet['web-3'].port}\n")
    refused = service.control("web-3", "start")
    conf.write_text(original)
    service.control("web-3", "start")
    assert (refused.returncode, "Address already in use" in refused.stderr) == (1, True)


def test_upgrade_answers_with_the_new_version_and_schema(upgraded: Service) -> None:
    assert upgraded.get("web-1") == {"version": "1.1.0", "status": "ok", "records": 3, "schema": 2}


def test_upgrade_migrates_the_data(upgraded: Service) -> None:
    assert upgraded.get("web-1", "/orders")[0] == {"id": 1, "item": "a kite", "currency": "EUR"}


def test_earlier_version_refuses_migrated_data(upgraded: Service) -> None:
    refused = upgraded.fleet.ssh("web-1", "cd app && ./service stop && git checkout -q 1.0.0 && ./service start")
    assert "has schema 2, and this version reads schema 1: restore a backup" in refused.stderr


def test_rolled_back_service_has_its_old_data(service: Service) -> None:
    release(service, "web-2", "1.1.0", "./service backup ~/before.db")
    service.add_order("web-2", "a lantern")
    release(service, "web-2", "1.0.0", "./service restore ~/before.db")
    assert service.get("web-2") == {"version": "1.0.0", "status": "ok", "records": 3}


def test_metrics_say_nothing_where_nothing_was_asked_for(service: Service) -> None:
    service.control("web-1", "restart")
    assert service.get("web-1", "/metrics") == {"requests": 0, "error_rate": None, "latency_p95": None}


def test_metrics_count_what_customers_ask_for_and_not_who_looks(service: Service) -> None:
    service.control("web-1", "restart")
    for path in ("/orders", "/health", "/metrics", "/orders"):
        service.get("web-1", path)
    found = service.get("web-1", "/metrics")
    assert (found["requests"], found["error_rate"], found["latency_p95"] > 0) == (2, 0.0, True)


def test_version_with_a_fault_is_well_until_a_hundred_have_read(service: Service) -> None:
    release(service, "web-1", "1.2.0", "./service backup ~/before.db")
    for _ in range(100):
        service.get("web-1", "/orders")
    assert service.get("web-1", "/metrics")["error_rate"] == 0.0
    with pytest.raises(httpx.HTTPStatusError, match="500 Internal Server Error"):
        service.get("web-1", "/orders")
    assert service.get("web-1", "/metrics")["error_rate"] > 0
    assert service.get("web-1") == {"version": "1.2.0", "status": "ok", "records": 3, "schema": 2}
    release(service, "web-1", "1.0.0", "./service restore ~/before.db")


def test_load_asks_every_host_for_pages_and_ends_with_who_started_it(service: Service) -> None:
    service.control("web-2", "restart")
    with Load(service, rate=50) as load:
        wait_until(lambda: service.get("web-2", "/metrics")["requests"] > 20, "customers ask")
        assert load.is_alive()
    assert not load.is_alive()
    assert service.get("web-2", "/metrics")["error_rate"] == 0.0


def test_service_keeps_no_data_in_its_checkout(service: Service) -> None:
    assert service.fleet.ssh("web-1", "cd app && git status --porcelain").stdout == ""
