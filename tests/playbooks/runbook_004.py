"""What the runbook of TradePulse release validation demands (004), where its playbook says so, and which test shows it."""

from __future__ import annotations

from tests.playbooks.row import Box, Line, Said, ends, judged

FLOWN = "tests/playbooks/test_flown.py::"
SELF = FLOWN + "test_boxes_that_can_tick_themselves_do[tradepulse]"
PEOPLE = FLOWN + "test_boxes_of_people_have_evidence[tradepulse]"

LINES = {
    "004-01": Line(
        {"steps.ready.checklist.artifacts.run": "cosign verify-attestation --key release.pub --type spdxjson"}, SELF
    ),
    "004-02": Line(
        {
            "steps.ready.checklist.scope.run": "PR_FREEZE",
            "steps.ready.checklist.tickets.http": "status+not+in+(Approved,Done)",
        },
        SELF,
    ),
    "004-03": Line({"steps.ready.checklist.dependencies.run": "make migrate-dry-run pact-broker can-i-deploy"}, SELF),
    "004-04": Line(
        {
            "steps.ready.checklist.observability.passing": "staging_healthy staging_calm",
            "steps.ready.checklist.alerts-tuned": "evidence: required",
        },
        judged("004-04"),
    ),
    "004-05": Line(
        {
            "steps.ready.checklist.risk": "python scripts/kill_switch_verify.py fresh: 7d",
            "steps.ready.checklist.regulatory.when": "compliance == affected",
        },
        SELF,
    ),
    "004-06": Line(
        {"steps.ready.checklist.data.run": "+30 days"}, FLOWN + "test_restore_point_is_asked_for_where_data_change"
    ),
    "004-07": Line(
        {"steps.ready.checklist.communication": "evidence: required", "steps.announcement.sign": "operations: 1"},
        PEOPLE,
    ),
    "004-08": Line({"steps.go-no-go": ""}, "tests/playbooks/test_table.py::test_meeting_waits_for_every_item"),
    "004-09": Line(
        {
            "roles.captain": "",
            "roles.sre": "",
            "roles.qa": "",
            "roles.risk": "",
            "roles.owner": "",
            "rollback.owner": "sre",
            "steps.ready.checklist.thresholds": "",
        },
        FLOWN + "test_gate_is_signed_by_the_roles_that_the_runbook_names[tradepulse]",
    ),
    "004-10": Line(
        {"escalation": "captain sre director cto"},
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[004-10]",
    ),
    "004-11": Line(
        {
            "calendar.windows.primary": "days: tue thu from: 13:00 to: 15:00",
            "calendar.avoid.New York opens": "",
            "calendar.freezes.US consumer prices": "lifted_by: owner",
        },
        "tests/playbooks/test_calendars.py::test_tradepulse_goes_out_in_its_window_and_not_as_a_market_opens",
    ),
    "004-12": Line(
        {"calendar.freezes.weekend": "from: fri 18:00 to: mon 04:00 lifted_by: risk only_for: hotfix"},
        "tests/playbooks/test_calendars.py::test_weekend_freeze_is_lifted_by_risk_for_a_hotfix_alone",
    ),
    "004-13": Line(
        {"calendar.buffer": "90m", "steps.ready.checklist.coverage": ""},
        "tests/playbooks/test_calendars.py::test_buffer_may_lie_behind_the_window_and_not_in_the_freeze",
    ),
    "004-14": Line({"steps.go-no-go.zones": "2", "people.chen": "Asia/Singapore"}, FLOWN + "test_two_time_zones_sign"),
    "004-15": Line(
        {
            "steps.smoke.run": "reports/release-smoke/$version",
            "steps.fast.run": "make test:fast",
            "steps.archive.run": "aws s3 cp",
        },
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[tradepulse]",
    ),
    "004-16": Line(
        {
            "steps.sanity.run": "tests/performance tests/observability",
            "steps.within-slo": "for: 30m",
            "rules.slo_latency.bad": "above slo + 5%",
        },
        judged("004-16"),
    ),
    "004-17": Line(
        {
            "steps.telemetry": "run: kubectl logs -f deployment/tradepulse --since=10m stream: 60m",
            "steps.post-release.for": "60m",
            "steps.post-release.look.boards": "Release Control Center",
        },
        FLOWN + "test_guard_lasts_as_long_as_the_runbook_wants[tradepulse-post-release]",
    ),
    "004-18": Line(
        {"steps.canary-guard.guard.paged": "hold", "steps.promotion.passing": "paged"},
        FLOWN + "test_page_holds_until_nobody_is_paged",
    ),
    "004-19": Line(
        {"steps.archive-logs.run": "s3://tradepulse-release-validation/$version/"},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[tradepulse]",
    ),
    "004-20": Line(
        {
            "steps.exit.checklist.complete": "",
            "steps.exit.checklist.automation": "",
            "steps.exit.checklist.stable": "",
            "steps.exit.checklist.calm": "",
            "steps.exit.checklist.merged": "",
            "steps.success.passing": "no sev-2",
        },
        PEOPLE,
    ),
    "004-21": Line({"steps.success.confirm": "SUCCESS", "steps.success.sign": "captain: 1"}, ends("tradepulse-happy")),
    "004-22": Line(
        {
            "steps.smoke.fails_twice": "roll back",
            "steps.fast.fails_twice": "roll back",
            "steps.sanity.fails_twice": "roll back",
        },
        FLOWN + "test_smoke_that_fails_twice_rolls_back",
    ),
    "004-23": Line(
        {
            "rules.kpi_orders.bad": "outside baseline - 10% to baseline + 10%",
            "steps.post-release.guard.kpi_orders": "roll back",
        },
        judged("004-23"),
    ),
    "004-24": Line(
        {"rules.budget.bad": "spends 5% within 30m", "steps.post-release.guard.budget": "roll back"}, judged("004-24")
    ),
    "004-25": Line(
        {
            "rules.data.reported": "Unrecoverable schema or state migration failure",
            "rollback.steps.downgrade.run": "alembic downgrade -1",
        },
        FLOWN + "test_migration_that_cannot_be_undone_asks_the_captain",
    ),
    "004-26": Line(
        {"rules.breach.reported": "Security or compliance breach", "steps.post-release.guard.breach": "roll back"},
        FLOWN + "test_reported_breach_rolls_back",
    ),
    "004-27": Line(
        {
            "notices.rollback.to": "slack:#release-rollback pagerduty:sre-lead",
            "rollback.steps.freeze.run": "gh workflow disable",
            "rollback.steps.undo.run": "--to-revision=$previous",
            "rollback.verify.smoke-prior.run": "rolled-back-to-$prior",
            "rollback.verify.after.checklist.ticket": "severity ≥ 2",
        },
        FLOWN + "test_rollback_runs_in_the_order_of_the_runbook[tradepulse-breach]",
    ),
    "004-28": Line(
        {
            "steps.config.unchanged": "configs/releases/{{ version }}.yaml",
            "steps.ready.checklist.reviewed.item": "peer-reviewed and referenced in {{ ticket }}",
        },
        PEOPLE,
    ),
    "004-29": Line(
        {"steps.config.run": "scripts/config_diff.py --release $version", "steps.config.waiver": "risk"},
        FLOWN + "test_divergence_passes_only_by_risk",
    ),
    "004-30": Line({"steps.config.unchanged": ""}, FLOWN + "test_manifest_that_changes_holds_everything"),
    "004-31": Line(
        {"steps.decision-log.record": "reports/release-decisions/{{ version }}.md"},
        FLOWN + "test_records_are_kept[tradepulse]",
    ),
    "004-32": Line(
        {
            "steps.ready.checklist.access": "PagerDuty routes",
            "steps.canary-guard.look.boards": "Trading Health",
            "steps.canary-guard.look.owner": "captain sre qa risk owner",
        },
        PEOPLE,
    ),
    "004-33": Line(
        {
            "steps.retrospective.due": "48h after success",
            "steps.retrospective.checklist.runbook": "tagged for the next checklist",
        },
        PEOPLE,
    ),
    "004-34": Line(
        {"links": "Release Control Center", "steps.ready.checklist.observability.text": "#8-dashboards"},
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[004-34]",
    ),
    "004-35": Line(
        {"steps.sanity.run": "python -m scripts test --pytest-args tests/performance tests/observability"},
        "tests/playbooks/test_table.py::test_command_of_the_runbook_stands_in_the_playbook[S004-I05]",
    ),
    "004-36": Line(
        {"steps.canary-guard.steady": "5m"},
        "tests/release/test_guards.py::test_rule_holds_and_the_hold_ends_once_it_was_steady",
    ),
    "004-37": Line(
        {
            "rules.slo_latency.bad": "slo + 5%",
            "rules.kpi_latency.bad": "baseline + 10%",
            "rules.budget.bad": "5% within 30m",
        },
        judged("004-37"),
    ),
    "004-38": Line({"rules.budget.slo": "99.9% over 30d"}, judged("004-38")),
    "004-39": Line(
        {"calendar.buffer": "90m", "calendar.covers": "canary promote guard"},
        "tests/playbooks/test_calendars.py::test_buffer_may_lie_behind_the_window_and_not_in_the_freeze",
    ),
}

BOXES = {
    "S004-C01": Box(
        "Artifact integrity – container images, wheels, and infrastructure templates are signed and stored in the release registry. SBOM and provenance attestations are attached.",
        "steps.ready.checklist.artifacts",
    ),
    "S004-C02": Box(
        "Change scope locked – PR freeze is in effect. All merge requests in the release train are tagged `release-X.Y.Z` and linked to approved JIRA tickets.",
        "steps.ready.checklist.scope",
    ),
    "S004-C03": Box(
        "Dependencies verified – database migrations have been dry-run against the staging shadow copy using `make migrate-dry-run`. External API contracts have green provider/consumer pact runs.",
        "steps.ready.checklist.dependencies",
    ),
    "S004-C04": Box(
        "Observability baselines – dashboards listed in [Dashboards](#8-dashboards) show healthy staging metrics for the last 24 hours. Alerting rules have been tuned for the new release features.",
        "steps.ready.checklist.observability",
    ),
    "S004-C05": Box(
        "Risk controls – feature flags have default safe positions. Kill-switch tests (`python scripts/kill_switch_verify.py`) have executed within the last 7 days. Regulatory sign-off captured for compliance-impacting changes.",
        "steps.ready.checklist.risk",
    ),
    "S004-C06": Box(
        "Data protection – backfills, data migrations, or schema changes have backup/restore points. Snapshots stored in the release S3 bucket with retention ≥ 30 days.",
        "steps.ready.checklist.data",
    ),
    "S004-C07": Box(
        "Communication plan – stakeholder announcement drafted and reviewed by operations. Support rotation briefed on release scope and recovery options.",
        "steps.ready.checklist.communication",
    ),
}
COMMANDS = {
    "S004-F01": (
        Said("# Release <id> Decision Log", "steps.decision-log.text", "# Release {{ version }} Decision Log"),
        Said("- **Release date/time (UTC):**", "steps.decision-log.text"),
        Said("- **Participants:**", "steps.decision-log.text"),
        Said("- **Scope summary:**", "steps.decision-log.text"),
        Said("- **Evidence links:**", "steps.decision-log.text"),
        Said("  - Readiness checklist:", "steps.decision-log.text"),
        Said("  - Smoke/sanity runs:", "steps.decision-log.text"),
        Said("  - Config diff report:", "steps.decision-log.text"),
        Said("  - Dashboards:", "steps.decision-log.text"),
        Said("- **Go/No-Go Decision:**", "steps.decision-log.text"),
        Said(
            "- **Rollback executed:** Yes/No (details)",
            "rollback.verify.rollback-log.text",
            "- **Rollback executed:** Yes ({{ reason }})",
        ),
        Said("- **Post-release notes:**", "steps.decision-log.text"),
        Said("- **Outstanding risks/debt:**", "steps.decision-log.text"),
    ),
    "S004-I01": (Said("make migrate-dry-run", "steps.ready.checklist.dependencies.run"),),
    "S004-I02": (Said("python scripts/kill_switch_verify.py", "steps.ready.checklist.risk.run"),),
    "S004-I03": (
        Said(
            "python scripts/smoke_e2e.py --output-dir reports/release-smoke/<release-id>",
            "steps.smoke.run",
            'python scripts/smoke_e2e.py --output-dir "reports/release-smoke/$version"',
        ),
    ),
    "S004-I04": (Said("make test:fast", "steps.fast.run"),),
    "S004-I05": (
        Said("python -m scripts test --pytest-args tests/performance tests/observability", "steps.sanity.run"),
    ),
    "S004-I06": (Said("kubectl logs -f deployment/tradepulse --since=10m", "steps.telemetry.run"),),
    "S004-I07": (Said("alembic downgrade -1", "steps.migrate.advice"),),
    "S004-I08": (
        Said(
            "kubectl rollout undo deployment/tradepulse --to-revision=<revision>",
            "rollback.steps.undo.run",
            'kubectl rollout undo deployment/tradepulse --to-revision="$previous"',
        ),
    ),
    "S004-I09": (Said("python scripts/smoke_e2e.py", "steps.smoke.run"),),
    "S004-I10": (
        Said(
            "scripts/config_diff.py --release <id>", "steps.config.run", 'scripts/config_diff.py --release "$version"'
        ),
    ),
}
