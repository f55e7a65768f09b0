"""`deploy-rollback` on OpenSSH hosts: the right commands, in the right order, on the right hosts, once."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import MakeSite
from tests.playbooks.flown import flown
from tests.playbooks.site import Site

STAGING = """\
git checkout main
git pull
git rev-parse HEAD
docker-compose -f docker-compose.staging.yml build
docker-compose -f docker-compose.staging.yml up -d
docker-compose -f docker-compose.staging.yml ps
docker-compose -f docker-compose.staging.yml logs --tail=100
make db-migrate
make db-rollback
make db-migrate
make db-status
"""
PROVEN = """\
git fetch
git rev-parse --verify --quiet refs/tags/v1.2.9
"""
PROMOTED = """\
git fetch
git checkout v1.3.0
docker-compose exec -T postgres pg_dump -U postgres trading_db
make db-migrate
docker-compose -f docker-compose.prod.yml build
docker-compose -f docker-compose.prod.yml up -d
docker-compose -f docker-compose.prod.yml ps
docker-compose -f docker-compose.prod.yml logs --tail=100
docker-compose ps
docker-compose ps
docker-compose logs --tail=200
"""
BACK = """\
docker-compose -f docker-compose.prod.yml down
git checkout v1.2.9
docker-compose -f docker-compose.prod.yml up -d postgres
docker-compose -f docker-compose.prod.yml exec -T postgres pg_isready -U postgres
psql -U postgres postgres -c DROP DATABASE IF EXISTS trading_db -c CREATE DATABASE trading_db
psql -v ON_ERROR_STOP=1 -U postgres trading_db
docker-compose -f docker-compose.prod.yml build
docker-compose -f docker-compose.prod.yml up -d
docker-compose logs --tail=100
"""


METRICS = {
    **dict.fromkeys(("staging_errors", "staging_drift", "error_rate", "drift", "failed_orders", "affected"), 0),
    "new_errors": 0,
    "staging_latency": 200,
    "latency": 200,
    "requests": 500,
    "paper_trades": 5,
}


@pytest.fixture
def site(site_of: MakeSite) -> Site:
    """A staging and a production server."""

    def answer(made: Site, _path: str) -> object:
        return {"status": "healthy", "version": made.state("prod-server", "running")}

    return site_of(["staging-server", "prod-server"], answer, METRICS)


def params(site: Site, **more: str) -> dict[str, str]:
    given = {"version": "v1.3.0", "previous": "v1.2.9", "pr": "418", "summary": "Add feature X"}
    work = {"home": "~/work", "checkout": "~/work", "api": site.url, "staging": site.url}
    return {**given, **work, **more}


async def test_it_does_each_command_once_on_its_host(site: Site) -> None:
    async with flown("deploy-rollback", params(site, migrations="some"), {"sentry_token": "t"}, {}) as release:
        await release.stands("done")
    here, prod = site.called("here"), site.called("prod-server")
    assert site.called("staging-server") == STAGING.splitlines()
    assert prod[:2] == PROVEN.splitlines()
    assert sorted(prod[2:5])[1:] == ["git fetch", "git show --end-of-options 8d3f0c1:docker-compose.prod.yml"]
    assert prod[5 : 5 + len(PROMOTED.splitlines())] == PROMOTED.splitlines()
    assert here.index("pytest tests/smoke/ --env=staging") == len(here) - 3
    assert here[-2:] == ["git tag -a v1.3.0 -m Release v1.3.0: Add feature X -- 8d3f0c1", "git push origin v1.3.0"]
    assert (site.state("prod-server", "running"), site.state("prod-server", "schema")) == ("v1.3.0", "new")


async def test_it_goes_back_in_the_order_that_lets_the_database_be_restored(site: Site) -> None:
    site.keep("prod-server", "log", "ERROR: orders lost")
    said = {"no-errors": ("roll back",)}
    async with flown("deploy-rollback", params(site, migrations="some"), {"sentry_token": "t"}, said) as release:
        await release.stands("rolled_back")
        files = {each for value in release.state.captures["backup_file"].values() for each in [value]}
    prod = site.called("prod-server")
    assert prod[5:] == [*PROMOTED.splitlines(), *BACK.splitlines()]
    assert (site.state("prod-server", "running"), site.state("prod-server", "schema")) == ("v1.2.9", "old")
    assert len(files) == 1


async def test_without_migrations_the_database_is_left_alone(site: Site) -> None:
    site.keep("prod-server", "log", "ERROR: orders lost")
    said = {"no-errors": ("roll back",)}
    async with flown("deploy-rollback", params(site), {"sentry_token": "t"}, said) as release:
        await release.stands("rolled_back")
    touched = ("make", "psql", "docker-compose -f docker-compose.prod.yml up -d postgres")
    assert [call for call in site.called("prod-server") if call.startswith(touched)] == []
    assert site.state("prod-server", "running") == "v1.2.9"
