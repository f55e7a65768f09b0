"""What the runbook of the production deployment checklist demands (001), where its playbook says so, and which test shows it."""

from __future__ import annotations

from tests.playbooks.row import Box, Line, Said, judged

FLOWN = "tests/playbooks/test_flown.py::"
SELF = FLOWN + "test_boxes_that_can_tick_themselves_do[production-checklist]"
PEOPLE = FLOWN + "test_boxes_of_people_have_evidence[production-checklist]"

LINES = {
    "001-01": Line({"steps.security": ""}, SELF),
    "001-02": Line({"steps.infrastructure.checklist.backups.run": "pg_restore --exit-on-error -d restore_check"}, SELF),
    "001-03": Line({"steps.application": ""}, SELF),
    "001-04": Line(
        {
            "steps.preparation.checklist.backup": "",
            "steps.preparation.checklist.rollback": "",
            "steps.preparation.checklist.baseline": "",
        },
        SELF,
    ),
    "001-05": Line(
        {"steps.shift-10": "", "steps.shift-50": "", "steps.shift-100": "", "steps.shifted.checklist.kept": ""},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[production-checklist]",
    ),
    "001-06": Line({"steps.verified": ""}, SELF),
    "001-07": Line({"steps.real-time": "", "steps.business-metrics": "", "steps.infrastructure-metrics": ""}, SELF),
    "001-08": Line({"steps.preparedness": "", "rules.broken.reported": ""}, PEOPLE),
    "001-09": Line(
        {
            "steps.first-hour.due": "1h after service",
            "steps.first-day.due": "24h after service",
            "steps.first-week.due": "7d after service",
        },
        "tests/release/test_times.py::test_step_that_never_began_is_late_too",
    ),
    "001-10": Line(
        {
            "steps.technical.sign": "lead: 1 devops: 1 security: 1 dba: 1",
            "steps.business.sign": "product: 1 trading: 1 risk: 1 support: 1",
            "steps.final": "",
        },
        FLOWN + "test_gate_is_signed_by_the_roles_that_the_runbook_names[production-checklist]",
    ),
    "001-11": Line({"rules.errors.bad": "above 5% for 5m", "steps.watch.guard.errors": "roll back"}, judged("001-11")),
    "001-12": Line(
        {"rules.slow.bad": "above 2x baseline for 3m", "steps.watch.guard.slow": "roll back"}, judged("001-12")
    ),
    "001-13": Line({"rules.down.bad": "fails 3 times", "steps.watch.guard.down": "roll back"}, judged("001-13")),
    "001-14": Line(
        {"rules.db_errors.bad": "above 10 per 1m", "steps.watch.guard.db_errors": "roll back"}, judged("001-14")
    ),
    "001-15": Line(
        {
            "rules.cpu.ok": "below 80%",
            "rules.memory.ok": "below 85%",
            "rules.network.ok": "between 1 and 800",
            "rules.pool.ok": "below 80%",
            "rules.cache.ok": "at least 80%",
        },
        judged("001-15"),
    ),
    "001-16": Line(
        {
            "rules.volume.bad": "outside baseline - 30% to baseline + 30%",
            "rules.success.ok": "at least 99%",
            "rules.ledger.ok": "is 0",
            "rules.activity.bad": "outside baseline",
            "rules.response.ok": "below 500ms",
        },
        judged("001-16"),
    ),
    "001-17": Line(
        {
            "rules.broken.reported": "Critical functionality broken",
            "rules.corruption.reported": "",
            "rules.vulnerability.reported": "",
            "rules.performance.reported": "",
            "rules.impact.reported": "",
            "steps.watch.guard.corruption": "roll back",
        },
        FLOWN + "test_reported_corruption_rolls_back",
    ),
    "001-18": Line(
        {
            "steps.final.checklist.checks": "",
            "steps.final.checklist.plan": "",
            "steps.final.checklist.communication": "",
            "steps.final.checklist.window": "",
            "steps.final.checklist.personnel": "",
            "steps.approval.passing": "fits-window",
        },
        FLOWN + "test_gate_is_signed_by_the_roles_that_the_runbook_names[production-checklist]",
    ),
    "001-19": Line(
        {"calendar.windows.business-hours": "from: 09:00 to: 17:00"},
        "tests/playbooks/test_calendars.py::test_business_hours_are_those_of_new_york",
    ),
    "001-20": Line(
        {
            "steps.preparedness.checklist.script": "",
            "steps.preparedness.checklist.documented": "",
            "steps.preparedness.checklist.communication": "",
            "steps.preparedness.checklist.verification": "rollback.verify",
        },
        PEOPLE,
    ),
    "001-21": Line(
        {
            "decisions.degradation.ask": "Identify: which dashboards show it. Contain: limit the rate if needed",
            "manual.limit-rate": "limit-rps",
        },
        FLOWN + "test_reported_degradation_asks_what_to_do",
    ),
    "001-22": Line(
        {"decisions.incident.ask": "Isolate: block suspicious traffic", "manual.isolate": "lockdown"},
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[001-22]",
    ),
    "001-23": Line(
        {
            "decisions.data_issues.ask": "Quarantine: isolate affected data",
            "manual.quarantine": "default_transaction_read_only",
            "rollback.steps.restore.run": "pg_restore",
        },
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[001-23]",
    ),
    "001-24": Line(later="history across releases: frequency, lead time and rates ask many releases"),
    "001-25": Line(later="history across releases: how often an item failed or was left out asks many releases"),
    "001-26": Line(
        {"review_every": "30d", "reviewed": "2026"},
        "tests/playbooks/test_table.py::test_checklist_is_to_be_reviewed_every_thirty_days",
    ),
    "001-27": Line(
        later="import: nothing is imported from Markdown yet; dates are written out here, and no shell is in them"
    ),
    "001-28": Line({"metrics.response": "", "baseline": "until: service"}, judged("001-28")),
    "001-29": Line({"metrics.health.every": "10s"}, judged("001-29")),
    "001-30": Line(
        {
            "steps.verified.checklist.business.passing": "volume success ledger activity",
            "steps.infrastructure.checklist.scaling": "evidence: required",
        },
        "tests/playbooks/test_table.py::test_every_box_has_a_number_or_a_person[001]",
    ),
    "001-31": Line(
        {"steps.security.checklist.keys": "not_applicable: allowed"},
        "tests/release/test_checklists.py::test_an_item_that_always_applies_cannot_be_left_out",
    ),
}

BOXES = {
    "S001-C01": Box("Security scans completed (npm audit, container scanning)", "steps.security.checklist.scans"),
    "S001-C02": Box("No critical vulnerabilities in dependencies", "steps.security.checklist.vulnerabilities"),
    "S001-C03": Box("Secrets properly encrypted and stored", "steps.security.checklist.secrets"),
    "S001-C04": Box("API keys rotated if required", "steps.security.checklist.keys"),
    "S001-C05": Box("SSL certificates valid and configured", "steps.security.checklist.certificates"),
    "S001-C06": Box("CORS policies properly configured", "steps.security.checklist.cors"),
    "S001-C07": Box("Rate limiting enabled and tested", "steps.security.checklist.rate"),
    "S001-C08": Box("Database backups verified and restorable", "steps.infrastructure.checklist.backups"),
    "S001-C09": Box("Sufficient disk space available", "steps.infrastructure.checklist.disk"),
    "S001-C10": Box("Network configurations verified", "steps.infrastructure.checklist.network"),
    "S001-C11": Box("Load balancer health checks configured", "steps.infrastructure.checklist.balancer"),
    "S001-C12": Box("Auto-scaling policies reviewed", "steps.infrastructure.checklist.scaling"),
    "S001-C13": Box("Resource limits and requests configured", "steps.infrastructure.checklist.limits"),
    "S001-C14": Box("Monitoring and alerting enabled", "steps.infrastructure.checklist.monitoring"),
    "S001-C15": Box("All tests passing (unit, integration, e2e)", "steps.application.checklist.tests"),
    "S001-C16": Box("Build process completed without errors", "steps.application.checklist.build"),
    "S001-C17": Box("Docker images built and scanned", "steps.application.checklist.images"),
    "S001-C18": Box("Environment variables validated", "steps.application.checklist.variables"),
    "S001-C19": Box("Feature flags configured appropriately", "steps.application.checklist.flags"),
    "S001-C20": Box("Database migrations tested and ready", "steps.application.checklist.migrations"),
    "S001-C21": Box("API version compatibility verified", "steps.application.checklist.compatibility"),
    "S001-C22": Box("Pre-deployment database backup completed", "steps.preparation.checklist.backup"),
    "S001-C23": Box("Migration scripts reviewed and approved", "steps.preparation.checklist.reviewed"),
    "S001-C24": Box("Rollback scripts prepared and tested", "steps.preparation.checklist.rollback"),
    "S001-C25": Box("Database performance baseline recorded", "steps.preparation.checklist.baseline"),
    "S001-C26": Box("Blue-green deployment strategy confirmed", "steps.blue-green.checklist.strategy"),
    "S001-C27": Box("New container images pushed to registry", "steps.blue-green.checklist.pushed"),
    "S001-C28": Box("Service discovery updated", "steps.instances.checklist.discovery"),
    "S001-C29": Box("Health checks passing for new instances", "steps.instances.checklist.healthy"),
    "S001-C30": Box("Traffic gradually shifted to new version", "steps.shifted.checklist.traffic"),
    "S001-C31": Box("Old instances kept for rollback capability", "steps.shifted.checklist.kept"),
    "S001-C32": Box("All services responding to health checks", "steps.verified.checklist.responding"),
    "S001-C33": Box("Key business metrics within expected ranges", "steps.verified.checklist.business"),
    "S001-C34": Box("Error rates monitored and acceptable", "steps.verified.checklist.errors"),
    "S001-C35": Box("Performance metrics compared to baseline", "steps.verified.checklist.performance"),
    "S001-C36": Box("Database connections stable", "steps.verified.checklist.connections"),
    "S001-C37": Box("External API integrations functional", "steps.verified.checklist.externals"),
    "S001-C38": Box("Application logs streaming correctly", "steps.real-time.checklist.logs"),
    "S001-C39": Box("Metrics collection operational", "steps.real-time.checklist.metrics"),
    "S001-C40": Box("Alert rules active and appropriate", "steps.real-time.checklist.alerts"),
    "S001-C41": Box("Dashboard updated with new deployment", "steps.real-time.checklist.dashboard"),
    "S001-C42": Box("Tracing and profiling enabled", "steps.real-time.checklist.tracing"),
    "S001-C43": Box("Trading volume within expected range", "steps.business-metrics.checklist.volume"),
    "S001-C44": Box("Success rates meeting targets", "steps.business-metrics.checklist.success"),
    "S001-C45": Box("Profit/loss calculations accurate", "steps.business-metrics.checklist.profit"),
    "S001-C46": Box("User activity patterns normal", "steps.business-metrics.checklist.activity"),
    "S001-C47": Box("API response times acceptable", "steps.business-metrics.checklist.response"),
    "S001-C48": Box("CPU utilization below 80%", "steps.infrastructure-metrics.checklist.cpu"),
    "S001-C49": Box("Memory usage within limits", "steps.infrastructure-metrics.checklist.memory"),
    "S001-C50": Box("Network I/O within expected ranges", "steps.infrastructure-metrics.checklist.network"),
    "S001-C51": Box("Database connection pool healthy", "steps.infrastructure-metrics.checklist.pool"),
    "S001-C52": Box("Cache hit rates acceptable", "steps.infrastructure-metrics.checklist.cache"),
    "S001-C53": Box("Error rate threshold: 5% for 5 minutes", "steps.preparedness.checklist.errors"),
    "S001-C54": Box("Response time threshold: 2x baseline for 3 minutes", "steps.preparedness.checklist.response"),
    "S001-C55": Box("Health check failure: 3 consecutive failures", "steps.preparedness.checklist.health"),
    "S001-C56": Box("Database connection errors: >10 per minute", "steps.preparedness.checklist.database"),
    "S001-C57": Box("Critical functionality broken", "rules.broken.reported"),
    "S001-C58": Box("Data corruption detected", "rules.corruption.reported"),
    "S001-C59": Box("Security vulnerability identified", "rules.vulnerability.reported"),
    "S001-C60": Box("Performance degradation unacceptable", "rules.performance.reported"),
    "S001-C61": Box("User impact significant", "rules.impact.reported"),
    "S001-C62": Box("Rollback script tested and ready", "steps.preparedness.checklist.script"),
    "S001-C63": Box("Database rollback procedures documented", "steps.preparedness.checklist.documented"),
    "S001-C64": Box("Communication plan for stakeholders", "steps.preparedness.checklist.communication"),
    "S001-C65": Box("Post-rollback verification checklist", "steps.preparedness.checklist.verification"),
    "S001-C66": Box("Monitor key business transactions", "steps.first-hour.checklist.transactions"),
    "S001-C67": Box("Verify all external integrations", "steps.first-hour.checklist.integrations"),
    "S001-C68": Box("Check security event logs", "steps.first-hour.checklist.security"),
    "S001-C69": Box("Validate backup procedures", "steps.first-hour.checklist.backups"),
    "S001-C70": Box("Confirm monitoring alerts functional", "steps.first-hour.checklist.alerts"),
    "S001-C71": Box("Performance trend analysis", "steps.first-day.checklist.trends"),
    "S001-C72": Box("Error pattern review", "steps.first-day.checklist.patterns"),
    "S001-C73": Box("User feedback collection", "steps.first-day.checklist.feedback"),
    "S001-C74": Box("Cost impact assessment", "steps.first-day.checklist.cost"),
    "S001-C75": Box("Capacity planning review", "steps.first-day.checklist.capacity"),
    "S001-C76": Box("Deployment success metrics review", "steps.first-week.checklist.success"),
    "S001-C77": Box("Incident response effectiveness", "steps.first-week.checklist.incidents"),
    "S001-C78": Box("User adoption and satisfaction", "steps.first-week.checklist.adoption"),
    "S001-C79": Box("Business impact assessment", "steps.first-week.checklist.impact"),
    "S001-C80": Box("Lessons learned documentation", "steps.first-week.checklist.lessons"),
    "S001-C81": Box("Lead Developer", "roles.lead.title"),
    "S001-C82": Box("DevOps Engineer", "roles.devops.title"),
    "S001-C83": Box("Security Engineer", "roles.security.title"),
    "S001-C84": Box("Database Administrator", "roles.dba.title"),
    "S001-C85": Box("Product Manager", "roles.product.title"),
    "S001-C86": Box("Trading Operations", "roles.trading.title"),
    "S001-C87": Box("Risk Management", "roles.risk.title"),
    "S001-C88": Box("Customer Support Lead", "roles.support.title"),
    "S001-C89": Box("All pre-deployment checks completed", "steps.final.checklist.checks"),
    "S001-C90": Box("Rollback plan confirmed", "steps.final.checklist.plan"),
    "S001-C91": Box("Communication plan executed", "steps.final.checklist.communication"),
    "S001-C92": Box("Business hours deployment window", "steps.final.checklist.window"),
    "S001-C93": Box("Key personnel on standby", "steps.final.checklist.personnel"),
}
COMMANDS: dict[str, tuple[Said, ...]] = {}
