"""What the runbook of the deployment and rollback workflow demands (002), where its playbook says so, and which test shows it."""

from __future__ import annotations

from tests.playbooks.row import Box, Line, Said, ends, judged

FLOWN = "tests/playbooks/test_flown.py::"

LINES = {
    "002-01": Line({"phases.staging": ""}, FLOWN + "test_commands_run_in_the_order_of_the_runbook[deploy-rollback]"),
    "002-02": Line(
        {
            "steps.soak.for.standard": "24h",
            "steps.market-hours.checklist.approved": "",
            "calendar.covers": "production",
        },
        "tests/playbooks/test_calendars.py::test_production_goes_out_while_the_market_is_closed",
    ),
    "002-03": Line(
        {
            "rules.errors.bad": "above 5%",
            "rules.breaker.ok": "is 1",
            "rules.integrity.reported": "Data integrity issues",
            "rules.slow.bad": "above baseline + 50%",
            "rules.critical.reported": "User-reported critical bug",
        },
        judged("002-03"),
    ),
    "002-04": Line(
        {
            "steps.required.checklist.ci.run": "statusCheckRollup",
            "steps.tests.run": "make test && make lint",
            "steps.required.checklist.adrs.run": "docs/ADRs/",
            "steps.changes.run": "git describe --tags --abbrev=0",
        },
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[deploy-rollback]",
    ),
    "002-05": Line(
        {"steps.required": "", "steps.ready": "", "steps.ready.checklist.migrations.when": "migrations == some"},
        FLOWN + "test_boxes_of_people_have_evidence[deploy-rollback]",
    ),
    "002-06": Line(
        {
            "steps.pull-staging": "",
            "steps.build-staging": "",
            "steps.up-staging": "",
            "steps.see-staging": "",
            "steps.health-staging": "",
            "steps.smoke-staging": "",
        },
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[deploy-rollback]",
    ),
    "002-07": Line(
        {
            "steps.soak.soak": "staging_errors staging_slow staging_breaker staging_drift",
            "rules.staging_errors.ok": "below 1%",
            "rules.staging_slow.ok": "below 500ms",
            "rules.staging_breaker.ok": "is 1",
            "rules.staging_drift.ok": "is 0",
        },
        judged("002-07"),
    ),
    "002-08": Line(
        {"steps.soak.redeploy": "pull-staging build-staging up-staging"},
        FLOWN + "test_soak_broken_at_hour_20_begins_anew",
    ),
    "002-09": Line(
        {
            "steps.soak.for": "by: change standard: 24h major: 48h schema: 48h strategy: 48h breaker: 48h reconciliation: 48h hotfix: 4h docs: 4h ui: 4h config: 4h"
        },
        "tests/playbooks/test_timelines.py::test_soak_lasts_as_the_change_wants",
    ),
    "002-10": Line(
        {
            "steps.go.passing": "rollback-proven fits-window",
            "steps.ready.checklist.oncall": "On-call engineer available",
            "steps.go.sign": "stakeholder: 1",
        },
        FLOWN + "test_gate_is_signed_by_the_roles_that_the_runbook_names[deploy-rollback]",
    ),
    "002-11": Line(
        {
            "steps.tag.run": "git tag -a",
            "steps.checkout-tag.run": "git fetch && git checkout $version",
            "hosts.prod": "prod-server",
        },
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[deploy-rollback]",
    ),
    "002-12": Line(
        {"steps.backup.run": "backup_$(date +%Y%m%d_%H%M%S).sql"}, FLOWN + "test_backup_is_handed_on_to_the_restore"
    ),
    "002-13": Line(
        {"steps.migrate.when": "migrations == some", "rollback.steps.restore.when": "migrate.started"},
        FLOWN + "test_nothing_is_restored_where_nothing_was_migrated",
    ),
    "002-14": Line(
        {"steps.build": "", "steps.up": "", "steps.see": ""},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[deploy-rollback]",
    ),
    "002-15": Line(
        {"steps.healthy.http": "/health", "steps.running.run": "grep Up", "steps.no-errors.run": "grep -i error"},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[deploy-rollback]",
    ),
    "002-16": Line(
        {"steps.short-term.guard": "errors: roll back", "rules.orders": "", "steps.short-term.for": "25m"},
        FLOWN + "test_guard_lasts_as_long_as_the_runbook_wants[deploy-rollback-short-term]",
    ),
    "002-17": Line(
        {
            "steps.medium-term.for": "3h 30m",
            "rules.sentry": "",
            "rules.paper": "",
            "steps.medium-term.look": "every: 30m",
        },
        FLOWN + "test_guard_lasts_as_long_as_the_runbook_wants[deploy-rollback-medium-term]",
    ),
    "002-18": Line(
        {
            "steps.healthy.http.expect": "version: {{ version }}",
            "rollback.verify.old-version.http.expect": "version: {{ previous }}",
        },
        ends("deploy-rollback-old-image"),
    ),
    "002-19": Line({"steps.validation": ""}, FLOWN + "test_boxes_that_can_tick_themselves_do[deploy-rollback]"),
    "002-20": Line(
        {
            "steps.short-term.guard": "errors: roll back down: roll back slow: roll back breaker: roll back drift: roll back users: roll back integrity: roll back critical: roll back broken: roll back"
        },
        FLOWN + "test_errors_after_the_deploy_roll_back",
    ),
    "002-21": Line(
        {
            "rollback.steps.stop.run": "down",
            "rollback.steps.back.run": "git checkout $previous",
            "rollback.steps.restore.run": "psql",
            "rollback.steps.start-previous.run": "up -d",
            "rollback.steps.tell-rolled-back.notice": "rolled-back",
            "notices.rolled-back.text": "Production rolled back to {{ previous }} due to",
        },
        FLOWN + "test_rollback_runs_in_the_order_of_the_runbook[deploy-rollback-migrated]",
    ),
    "002-22": Line(
        {
            "rollback.steps.postmortem.record": "docs/LESSONS_LEARNED/",
            "rollback.block.until": "Redeploy to staging for validation",
        },
        FLOWN + "test_records_are_kept[deploy-rollback]",
    ),
    "002-23": Line(
        {
            "steps.market-hours.checklist.emergency": "",
            "steps.market-hours.checklist.approved": "",
            "steps.market-hours.checklist.plan-tested": "",
            "steps.market-hours.checklist.monitoring": "",
            "calendar.avoid.market hours": "only_for: hotfix",
        },
        "tests/playbooks/test_calendars.py::test_hotfix_alone_goes_out_in_market_hours",
    ),
    "002-24": Line(
        {"calendar.avoid.market hours": "exchange: XNYS from: open to: close", "calendar.freezes.Monday morning": ""},
        "tests/playbooks/test_calendars.py::test_production_goes_out_while_the_market_is_closed",
    ),
    "002-25": Line(
        {
            "decisions.more_errors.guide.roll back": "more than 50 % of users or trades, data integrity at risk, root cause unknown, a fix takes over an hour, or several components are affected",
            "rules.users.bad": "above 50%",
        },
        judged("002-25"),
    ),
    "002-26": Line(
        {
            "decisions.more_errors.guide.fix forward": "less than 10 % of users, root cause clearly identified, fix available and tested, a rollback would lose data, or a non-critical feature alone"
        },
        judged("002-26"),
    ),
    "002-27": Line(
        {"decisions.more_errors.default": "roll back"},
        FLOWN + "test_errors_without_a_verdict_ask_and_roll_back_in_doubt",
    ),
    "002-28": Line(
        {
            "steps.up.advice": "Docker Container Won't Start",
            "steps.migrate.advice": "Database Migration Failed",
            "manual.reset-breaker": "false alarm",
        },
        "tests/release/test_advice.py::test_failure_waits_with_its_advice",
    ),
    "002-29": Line(
        {"manual.reset-breaker": "confirm: FALSE ALARM", "manual.reset-breaker.run": "redis-cli SET cb:state OPEN"},
        "tests/playbooks/test_table.py::test_breaker_is_reset_only_behind_its_question",
    ),
    "002-30": Line(
        {
            "steps.healthy.advice": "docker-compose logs --tail=200",
            "links": "01 git commit",
            "reviewed": "2026",
            "roles.devops.title": "@devops-team",
            "roles.development.title": "@development-team",
        },
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[002-30]",
    ),
    "002-31": Line({"metrics.breaker.values": "OPEN: 1 TRIPPED: 0", "rules.breaker.ok": "is 1"}, judged("002-31")),
    "002-32": Line(
        {
            "rules.errors": "below 1% bad: above 5%",
            "rules.slow": "at most baseline + 10% bad: above baseline + 50%",
            "rules.users": "below 10% bad: above 50%",
        },
        judged("002-32"),
    ),
    "002-33": Line(
        {
            "rollback.steps.up-database.run": "up -d postgres",
            "rollback.steps.restore.run": "DROP DATABASE IF EXISTS trading_db",
        },
        FLOWN + "test_restore_meets_a_database_that_is_stopped",
    ),
    "002-34": Line({"rollback.steps.rebuild.run": "build"}, FLOWN + "test_version_check_catches_the_wrong_image"),
    "002-35": Line(
        {"steps.migrate.point_of_no_return": "true"},
        FLOWN + "test_way_back_behind_the_migration_is_asked_for_once_more",
    ),
    "002-36": Line({"rollback.steps.restore.run": "$backup_file"}, FLOWN + "test_backup_is_handed_on_to_the_restore"),
    "002-37": Line(
        {"calendar.zone": "America/New_York", "calendar.avoid.market hours.exchange": "XNYS"},
        "tests/playbooks/test_calendars.py::test_market_hours_move_with_daylight_saving_and_holidays",
    ),
    "002-38": Line(
        {"calendar": "covers: production"},
        "tests/playbooks/test_calendars.py::test_weekend_is_good_for_one_playbook_and_frozen_for_another",
    ),
}

BOXES = {
    "S002-C01": Box("All tests passing in CI", "steps.required.checklist.ci"),
    "S002-C02": Box("Code reviewed and approved", "steps.required.checklist.review"),
    "S002-C03": Box("ADRs created for architectural changes", "steps.required.checklist.adrs"),
    "S002-C04": Box("Database migrations tested (if applicable)", "steps.ready.checklist.migrations"),
    "S002-C05": Box("Secrets/config updated in target environment", "steps.ready.checklist.settings"),
    "S002-C06": Box("Rollback plan documented", "steps.required.checklist.plan"),
    "S002-C07": Box("Stakeholders notified (for production)", "steps.ready.checklist.stakeholders"),
    "S002-C08": Box("All services running (`docker-compose ps`)", "steps.validation.checklist.services"),
    "S002-C09": Box("Health endpoints returning 200 OK", "steps.validation.checklist.endpoints"),
    "S002-C10": Box("Error rate <1%", "steps.validation.checklist.error-rate"),
    "S002-C11": Box("Latency within 10% of baseline", "steps.validation.checklist.latency"),
    "S002-C12": Box("Circuit breaker state is OPEN", "steps.validation.checklist.breaker"),
    "S002-C13": Box("Reconciliation completed successfully", "steps.validation.checklist.reconciliation"),
    "S002-C14": Box("Paper trading functioning", "steps.validation.checklist.paper"),
    "S002-C15": Box("Grafana dashboards showing healthy metrics", "steps.validation.checklist.dashboards"),
    "S002-C16": Box("No critical errors in logs", "steps.validation.checklist.logs"),
}
COMMANDS = {
    "S002-F01": (
        Said(
            "gh pr view <PR-number> --json statusCheckRollup",
            "steps.required.checklist.ci.run",
            'gh pr view "$pr" --json statusCheckRollup',
        ),
        Said("make test && make lint", "steps.tests.run"),
        Said('ls docs/ADRs/ | grep -E "$(git log --oneline main..HEAD)"', "steps.required.checklist.adrs.advice"),
        Said("git log --oneline $(git describe --tags --abbrev=0)..HEAD", "steps.changes.run"),
    ),
    "S002-F02": (
        Said("git checkout main && git pull", "steps.pull-staging.run"),
        Said("docker-compose -f docker-compose.staging.yml build", "steps.build-staging.run"),
        Said("docker-compose -f docker-compose.staging.yml up -d", "steps.up-staging.run"),
        Said("docker-compose -f docker-compose.staging.yml ps", "steps.see-staging.run"),
        Said("docker-compose -f docker-compose.staging.yml logs --tail=100", "steps.see-staging.run"),
    ),
    "S002-F03": (
        Said("curl https://staging.example.com/health", "steps.health-staging.http", "{{ staging }}/health"),
        Said("open http://staging-grafana.example.com", "steps.soak.look.boards", "http://staging-grafana.example.com"),
        Said("pytest tests/smoke/ --env=staging", "steps.smoke-staging.run"),
    ),
    "S002-F04": (
        Said(
            'git tag -a v1.2.3 -m "Release v1.2.3: Add feature X"',
            "steps.tag.run",
            'git tag -a "$version" -m "Release $version: $summary"',
        ),
        Said("git push origin v1.2.3", "steps.tag.run", 'git push origin "$version"'),
        Said("ssh prod-server", "hosts.prod", "prod-server"),
        Said("cd /opt/trading_platform", "params.home.default", "/opt/trading_platform"),
        Said("git fetch && git checkout v1.2.3", "steps.checkout-tag.run", 'git fetch && git checkout "$version"'),
        Said(
            "docker-compose exec postgres pg_dump -U postgres trading_db > backup_$(date +%Y%m%d_%H%M%S).sql",
            "steps.backup.run",
            'docker-compose exec -T postgres pg_dump -U postgres trading_db > "$backup_file"',
        ),
        Said("make db-migrate", "steps.migrate.run"),
        Said("docker-compose -f docker-compose.prod.yml build", "steps.build.run"),
        Said("docker-compose -f docker-compose.prod.yml up -d", "steps.up.run"),
        Said("docker-compose -f docker-compose.prod.yml ps", "steps.see.run"),
        Said("docker-compose -f docker-compose.prod.yml logs --tail=100", "steps.see.run"),
    ),
    "S002-F05": (
        Said("curl https://api.example.com/health", "steps.healthy.http", "{{ api }}/health"),
        Said("docker-compose ps | grep Up", "steps.running.run"),
        Said("docker-compose logs --tail=200 | grep -i error", "steps.no-errors.run"),
    ),
    "S002-F06": (
        Said("docker-compose -f docker-compose.prod.yml down", "rollback.steps.stop.run"),
        Said("git checkout v1.2.2", "rollback.steps.back.run", 'git checkout "$previous"'),
        Said(
            "psql -U postgres trading_db < backup_20251020_140000.sql",
            "rollback.steps.restore.run",
            'psql -v ON_ERROR_STOP=1 -U postgres trading_db < "$backup_file"',
        ),
        Said("docker-compose -f docker-compose.prod.yml up -d", "rollback.steps.start-previous.run"),
        Said("curl https://api.example.com/health", "rollback.verify.old-version.http", "{{ api }}/health"),
        Said("docker-compose logs --tail=100", "rollback.verify.old-logs.run"),
    ),
    "S002-F07": (
        Said("docker-compose up -d", "steps.up.advice"),
        Said("ERROR: Container exited with code 1", "steps.up.advice", "ERROR: Container exited with code 1"),
    ),
    "S002-F08": (
        Said("docker-compose logs service-name", "steps.up.advice"),
        Said("lsof -i :8000", "steps.up.advice"),
        Said("docker-compose config", "steps.build-staging.advice"),
        Said("docker images | grep trading_platform", "steps.up.advice"),
    ),
    "S002-F09": (
        Said(
            "ERROR: Migration 0015 failed: relation already exists",
            "steps.migrate.advice",
            "ERROR: Migration 0015 failed: relation already exists",
        ),
    ),
    "S002-F10": (
        Said("make db-status", "steps.migrate.advice"),
        Said("make db-rollback", "steps.migrate-staging.run"),
        Said("make db-migrate", "steps.migrate-staging.run"),
        Said("psql -U postgres trading_db < backup_file.sql", "steps.migrate.advice"),
    ),
    "S002-F11": (
        Said("redis-cli GET cb:state", "manual.show-breaker.run"),
        Said('docker-compose logs risk_manager | grep -i "trip"', "manual.show-trip.run"),
        Said("curl http://localhost:9090/metrics | grep drawdown", "manual.show-drawdown.run"),
    ),
    "S002-F12": (Said("redis-cli SET cb:state OPEN", "manual.reset-breaker.run"),),
    "S002-F13": (
        Said(
            'git tag -a v1.3.0 -m "Release v1.3.0: Add monitoring dashboards"',
            "steps.tag.run",
            'git tag -a "$version" -m "Release $version: $summary"',
        ),
        Said("git push origin v1.3.0", "steps.tag.run", 'git push origin "$version"'),
        Said("ssh prod-server", "hosts.prod", "prod-server"),
        Said(
            "docker-compose exec postgres pg_dump -U postgres trading_db > backup_20251020_180000.sql",
            "steps.backup.run",
            'docker-compose exec -T postgres pg_dump -U postgres trading_db > "$backup_file"',
        ),
        Said("git fetch && git checkout v1.3.0", "steps.checkout-tag.run", 'git fetch && git checkout "$version"'),
        Said("docker-compose -f docker-compose.prod.yml build", "steps.build.run"),
        Said("docker-compose -f docker-compose.prod.yml up -d", "steps.up.run"),
        Said("curl https://api.example.com/health", "steps.healthy.http", "{{ api }}/health"),
        Said(
            '{"status": "healthy", "version": "v1.3.0"}',
            "steps.healthy.http.expect",
            "json: {status: healthy version: {{ version }}}",
        ),
        Said("docker-compose logs --tail=100", "rollback.verify.old-logs.run"),
    ),
    "S002-F14": (
        Said(
            "curl https://api.example.com/metrics | grep error_rate",
            "manual.show-errors.run",
            'curl "$api/metrics" | grep error_rate',
        ),
        Said("error_rate 10.5%", "rules.errors.bad", "above 5%"),
        Said("ssh prod-server", "hosts.prod", "prod-server"),
        Said("docker-compose -f docker-compose.prod.yml down", "rollback.steps.stop.run"),
        Said("git checkout v1.2.9", "rollback.steps.back.run", 'git checkout "$previous"'),
        Said(
            "psql -U postgres trading_db < backup_20251020_180000.sql",
            "rollback.steps.restore.run",
            'psql -v ON_ERROR_STOP=1 -U postgres trading_db < "$backup_file"',
        ),
        Said("docker-compose -f docker-compose.prod.yml up -d", "rollback.steps.start-previous.run"),
        Said("curl https://api.example.com/health", "rollback.verify.old-version.http", "{{ api }}/health"),
        Said(
            '{"status": "healthy", "version": "v1.2.9"}',
            "rollback.verify.old-version.http.expect",
            "json: {status: healthy version: {{ previous }}}",
        ),
        Said(
            "curl https://api.example.com/metrics | grep error_rate",
            "manual.show-errors.run",
            'curl "$api/metrics" | grep error_rate',
        ),
        Said("error_rate 0.2%", "rules.errors.ok", "below 1%"),
        Said(
            "vi docs/LESSONS_LEARNED/2025-10-20-v1.3.0-rollback.md",
            "rollback.steps.postmortem.record",
            "docs/LESSONS_LEARNED/{{ now }}-{{ version }}-rollback.md",
        ),
    ),
    "S002-I01": (Said("docker-compose ps", "steps.up.advice"),),
    "S002-I02": (Said("docker-compose logs --tail=200", "steps.healthy.advice"),),
    "S002-I03": (Said("docker-compose config", "steps.build-staging.advice"),),
    "S002-I04": (Said("psql -U postgres -h localhost", "steps.healthy.advice"),),
    "S002-I05": (Said("git log -5 --oneline", "steps.healthy.advice"),),
    "S002-I06": (Said("df -h", "steps.build-staging.advice"),),
    "S002-I07": (Said("lsof -i :8000", "steps.up.advice"),),
}
