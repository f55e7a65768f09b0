"""`tradepulse` on OpenSSH hosts: the right commands, in the right order, on the right hosts, once."""

from __future__ import annotations

import pytest

from cockpit.release.intents import Report
from tests.conftest import Home
from tests.playbooks.conftest import MakeSite
from tests.playbooks.flown import flown
from tests.playbooks.site import Site

METRICS = {
    **dict.fromkeys(("staging_errors", "staging_alerts", "error_rate", "unreconciled", "pages", "serious"), 0),
    "requests": 500,
    "latency": 300,
    "orders": 100,
}
PARAMS = {"version": "4.2.0", "prior": "4.1.3", "previous": "41", "ticket": "TP-1201", "change": "schema"}
TOKENS = {"pagerduty_token": "p", "jira_token": "j"}
STAGING = """\
make migrate-dry-run
pact-broker can-i-deploy --pacticipant tradepulse --version 4.2.0 --to-environment production
python scripts/smoke_e2e.py --output-dir reports/release-smoke/4.2.0
make test:fast
aws s3 cp --recursive reports/release-smoke/4.2.0 s3://tradepulse-release-validation/4.2.0/
"""
RESTORE_POINT = (
    "aws s3api get-object-retention --bucket tradepulse-release --key snapshots/4.2.0.dump "
    "--query Retention.RetainUntilDate --output text"
)
IMAGE = "registry.tradepulse.internal/tradepulse:4.2.0"
READY = f"""\
kubectl rollout history deployment/tradepulse --revision=41
cosign verify --key release.pub {IMAGE}
cosign verify-attestation --key release.pub --type spdxjson {IMAGE}
cosign verify-attestation --key release.pub --type slsaprovenance {IMAGE}
cosign verify-blob --key release.pub --signature dist/4.2.0/*.whl.sig dist/4.2.0/*.whl
cosign verify-blob --key release.pub --signature dist/4.2.0/templates.tar.gz.sig dist/4.2.0/templates.tar.gz
jq -e all(.[]; .default == .safe) configs/feature_flags.json
python scripts/kill_switch_verify.py
"""
STREAMED = "kubectl logs -f deployment/tradepulse --since=10m"
ARCHIVED = """\
kubectl logs deployment/tradepulse --since=2h
aws s3 cp reports/release-smoke/4.2.0.log s3://tradepulse-release-validation/4.2.0/
"""
CANARY = """\
alembic upgrade head
kubectl set image deployment/tradepulse-canary tradepulse=registry.tradepulse.internal/tradepulse:4.2.0
kubectl rollout status deployment/tradepulse-canary --timeout=5m
python -m scripts test --pytest-args tests/performance tests/observability
"""
PROMOTED = """\
kubectl set image deployment/tradepulse tradepulse=registry.tradepulse.internal/tradepulse:4.2.0
kubectl rollout status deployment/tradepulse --timeout=10m
"""
BACK = """\
kubectl rollout undo deployment/tradepulse --to-revision=41
kubectl rollout status deployment/tradepulse --timeout=10m
kubectl set image deployment/tradepulse-canary tradepulse=registry.tradepulse.internal/tradepulse:4.1.3
kubectl rollout status deployment/tradepulse-canary --timeout=5m
alembic downgrade -1
python scripts/smoke_e2e.py --output-dir reports/release-smoke/4.2.0-rolled-back-to-4.1.3
"""


@pytest.fixture
def site(site_of: MakeSite, home: Home) -> Site:
    """The host of the repository and kubectl, the staging host and the database; a manifest of the release here."""
    made = site_of(["release-01", "stg-01", "db-01"], lambda _site, _path: {"total": 0}, METRICS)
    (home.user / "work" / "configs" / "releases" / "4.2.0.yaml").write_text("replicas: 6\n")
    return made


def params(site: Site) -> dict[str, str]:
    return {**PARAMS, "home": "~/work", "checkout": "~/work", "jira": site.url}


async def test_it_does_each_command_once_on_its_host(site: Site) -> None:
    async with flown("tradepulse", params(site), TOKENS, {}) as release:
        await release.stands("done")
    ran = site.called("release-01")
    canary = ran.index("alembic upgrade head")
    assert site.called("stg-01") == STAGING.splitlines()
    assert sorted(ran[:canary]) == sorted(READY.splitlines())
    assert ran[canary : canary + 7] == [*CANARY.splitlines(), *PROMOTED.splitlines(), STREAMED]
    assert ran[canary + 7 :] == ARCHIVED.splitlines()
    assert site.called("db-01") == [RESTORE_POINT, "pg_dump tradepulse"]
    assert site.called("here")[-1] == "config_diff.py --release 4.2.0"
    assert site.state("release-01", "tradepulse") == "4.2.0"


async def test_breach_that_is_reported_takes_it_back_in_the_order_of_the_runbook(site: Site) -> None:
    async with flown("tradepulse", params(site), TOKENS, {}, watch=30.0) as release:
        await release.until(lambda state: state.plan and state.steps["post-release"].status == "running")
        await release.ask(Report(rule="breach", note="keys in a log"))
        await release.stands("rolled_back")
    ran = site.called("release-01")
    assert ran[-len(BACK.splitlines()) :] == BACK.splitlines()
    assert site.called("here")[-1] == "gh workflow disable deploy.yml"
    assert (site.state("release-01", "tradepulse"), site.state("release-01", "tradepulse-canary")) == ("4.1.3", "4.1.3")
    assert site.state("release-01", "schema") == "old"


async def test_manifest_that_changes_holds_the_release_until_it_is_as_it_was(site: Site, home: Home) -> None:
    file = home.user / "work" / "configs" / "releases" / "4.2.0.yaml"
    left = {"go-no-go"}
    async with flown("tradepulse", params(site), TOKENS, {}, left=left) as release:
        await release.until(lambda state: state.files)
        file.write_text("replicas: 60\n")
        await release.waits("file", "config")
        before = site.called("release-01")
        assert "alembic upgrade head" not in before
        left.clear()
        file.write_text("replicas: 6\n")
        await release.stands("done")
