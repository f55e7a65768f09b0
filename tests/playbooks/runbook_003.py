"""What the runbook of the staged rollout demands (003), where its playbook says so, and which test shows it."""

from __future__ import annotations

from tests.playbooks.row import Box, Line, Said, ends, judged

FLOWN = "tests/playbooks/test_flown.py::"
SELF = FLOWN + "test_boxes_that_can_tick_themselves_do[staged-rollout]"
PEOPLE = FLOWN + "test_boxes_of_people_have_evidence[staged-rollout]"

LINES = {
    "003-01": Line({"steps.staging-sign-off.passing": "staging_target"}, FLOWN + "test_phases_come_on_their_days"),
    "003-02": Line(
        {
            "steps.staging.checklist.manual.run": ">= 0.95",
            "steps.staging.checklist.e2e.run": ">= 0.90",
            "steps.staging.checklist.soak.passing": "staging_stable",
            "steps.staging.checklist.errors.passing": "staging_target",
        },
        SELF,
    ),
    "003-03": Line({"steps.environment": "", "steps.team": "", "steps.legal": ""}, PEOPLE),
    "003-04": Line(
        {"steps.deploy-canary": "", "steps.canary-logs.look": "every: 15m", "steps.canary-tasks": ""},
        FLOWN + "test_looks_are_due_as_often_as_the_runbook_says",
    ),
    "003-05": Line(
        {"steps.canary-gate.passing": "canary_errors", "rules.canary_errors.ok": "below 0.5%"}, judged("003-05")
    ),
    "003-06": Line(
        {
            "steps.canary-watch.guard": "critical: roll back canary_issue: decide",
            "rollback.block.until": "Investigate and fix",
        },
        ends("staged-rollout-canary-issue"),
    ),
    "003-07": Line(
        {
            "steps.graduated-watch.look": "every: 5m",
            "steps.graduated-logs.look": "every: 15m",
            "steps.graduated-watch.guard": "target_errors: warn",
        },
        FLOWN + "test_looks_are_due_as_often_as_the_runbook_says",
    ),
    "003-08": Line(
        {
            "steps.graduated-gate.passing": "target_errors target_p50 target_p95 target_p99 target_connections target_cache"
        },
        judged("003-08"),
    ),
    "003-09": Line(
        {"steps.graduated-watch.guard.critical_errors": "back", "steps.deploy-graduated.undo": ""},
        FLOWN + "test_critical_at_25_goes_back_to_5",
    ),
    "003-10": Line(
        {"steps.full-tasks": "", "steps.full-watch.for": "24h"},
        FLOWN + "test_guard_lasts_as_long_as_the_runbook_wants[staged-rollout-full-watch]",
    ),
    "003-11": Line(
        {"steps.proceed.passing": "target_errors target_p95 target_availability critical full_issue"}, judged("003-11")
    ),
    "003-12": Line(
        {"steps.full-watch.look.every": "1m for 1h 5m for 8h 15m for 24h"},
        FLOWN + "test_looks_are_due_as_often_as_the_runbook_says",
    ),
    "003-13": Line(
        {"steps.week-watch.for": "6d", "steps.daily": "wait: 14d", "steps.daily.look.every": "1d"},
        FLOWN + "test_looks_are_due_as_often_as_the_runbook_says",
    ),
    "003-14": Line(
        {
            "phases.canary.planned": "day 2 09:00",
            "phases.graduated.planned": "day 4 09:00",
            "phases.full.planned": "day 6 09:00",
        },
        FLOWN + "test_phases_come_on_their_days",
    ),
    "003-15": Line(
        {
            "secrets": "database_url: {env: DATABASE_URL} secret_key: {env: SECRET_KEY}",
            "steps.deploy-canary.env": "ENVIRONMENT: production",
        },
        "tests/playbooks/test_table.py::test_secrets_are_named_and_never_written",
    ),
    "003-16": Line(
        {
            "steps.backup-tag.run": "git tag prod-backup-$now",
            "steps.migrate.run": "alembic upgrade head",
            "steps.api-health": "",
            "steps.site-answers": "",
        },
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[staged-rollout]",
    ),
    "003-17": Line(
        {
            "rules.target_p50.ok": "below 200ms",
            "rules.target_p95.ok": "below 500ms",
            "rules.target_p99.ok": "below 2s",
            "rules.target_fcp.ok": "below 1.5s",
            "rules.target_lcp.ok": "below 2.5s",
            "rules.target_cls.ok": "below 0.1",
            "rules.target_cpu.ok": "below 60%",
            "rules.target_memory.ok": "below 80%",
            "rules.target_connections.ok": "below 50",
            "rules.target_cache.ok": "above 80%",
            "rules.target_availability.ok": "above 99.9%",
        },
        judged("003-17"),
    ),
    "003-18": Line(
        {"rules.warn_errors": "above 0.5% level: warn", "rules.critical_errors.bad": "above 1%"}, judged("003-18")
    ),
    "003-19": Line(
        {
            "rules.warn_p95.bad": "above 1s",
            "rules.critical_p95.bad": "above 3s",
            "rules.warn_cpu.bad": "above 70%",
            "rules.critical_cpu.bad": "above 85%",
            "rules.warn_memory.bad": "grows 2% per 1h",
            "rules.critical_memory.bad": "above 90%",
        },
        judged("003-19"),
    ),
    "003-20": Line(
        {"answer_within": "warn: 15m critical: 5m"},
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[003-20]",
    ),
    "003-21": Line(
        {
            "steps.full-watch.look.boards": "Real-Time Status Dashboard Performance Dashboard Business Dashboard Infrastructure Dashboard"
        },
        FLOWN + "test_looks_are_due_as_often_as_the_runbook_says",
    ),
    "003-22": Line(
        {
            "decisions.critical_errors": "deadline: 10m",
            "rollback.steps.undo-canary": "",
            "rollback.steps.tell-issue.notice": "issue",
        },
        FLOWN + "test_rollback_runs_in_the_order_of_the_runbook[staged-rollout-canary-issue]",
    ),
    "003-23": Line(
        {"decisions.partial_issue": "", "steps.graduated-watch.guard": "partial_issue: decide"},
        FLOWN + "test_critical_at_25_goes_back_to_5",
    ),
    "003-24": Line(
        {"decisions.full_issue.ask": "Assess severity and impact"},
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[003-24]",
    ),
    "003-25": Line(
        {
            "decisions.canary_issue.options": "roll back hotfix and re-test wait for team decision",
            "decisions.partial_issue.options": "fix roll back increase slowly",
            "decisions.full_issue.options": "hotfix roll back partial workaround wait and observe",
        },
        ends("staged-rollout-canary-issue"),
    ),
    "003-26": Line(
        {
            "rollback.proven_by.has-tag.run": "git tag -l | tail -10",
            "rollback.steps.undo-canary.run": "git checkout $previous",
            "rollback.steps.downgrade.run": "alembic downgrade -1",
            "rollback.verify.old-health": "",
        },
        FLOWN + "test_rollback_runs_in_the_order_of_the_runbook[staged-rollout-canary-issue]",
    ),
    "003-27": Line(
        {"steps.first-day": "", "steps.first-week": "", "steps.medium-term": "", "steps.ongoing": ""}, PEOPLE
    ),
    "003-28": Line(
        {
            "steps.proceed.gate": "Proceed to Day 7",
            "steps.successful.gate": "Release successful",
            "steps.next-sprint.gate": "Ready for next sprint",
        },
        FLOWN + "test_each_sign_off_opens_the_next",
    ),
    "003-29": Line(
        {
            "steps.successful.passing": "target_errors target_p50 target_p95 target_p99 target_availability critical full_issue",
            "steps.day-1.checklist.team": "",
            "steps.day-7.checklist.monitoring": "No false alerts",
        },
        FLOWN + "test_each_sign_off_opens_the_next",
    ),
    "003-30": Line(
        {
            "roles.manager": "",
            "roles.backend": "",
            "roles.frontend": "",
            "roles.devops": "",
            "roles.qa": "",
            "steps.proceed.owner": "manager",
        },
        FLOWN + "test_gate_is_signed_by_the_roles_that_the_runbook_names[staged-rollout]",
    ),
    "003-31": Line(
        {
            "notices.announcement": "",
            "steps.tell-canary.notice": "phase",
            "steps.tell-graduated.notice": "phase",
            "steps.tell-full.notice": "phase",
            "notices.success.to": "email:users@example.com slack:#releases statuspage:proofile webhook:blog",
        },
        FLOWN + "test_everybody_is_told[staged-rollout]",
    ),
    "003-32": Line(
        {
            "steps.error-log": "run: docker-compose logs -f backend | grep ERROR stream: 60m",
            "steps.usage": "run: docker stats stream: 60m",
        },
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[003-32]",
    ),
    "003-33": Line({"steps.staging.checklist.manual.item": "95%+", "steps.staging-sign-off.gate": ""}, SELF),
    "003-34": Line(
        {
            "phases.canary.not_before": "day 2 09:00",
            "phases.graduated.not_before": "day 4 09:00",
            "phases.full.not_before": "day 6 09:00",
        },
        FLOWN + "test_phases_come_on_their_days",
    ),
    "003-35": Line(
        {"hosts.canary": "app-01", "hosts.graduated": "app-[02:05]", "hosts.rest": "app-[06:20]"},
        "tests/playbooks/test_timelines.py::test_shares_are_of_the_servers",
    ),
    "003-36": Line(
        {
            "rollback.steps.undo-canary.run": "git checkout $previous",
            "rollback.steps.undo-canary.advice": "git revert <hash>",
            "params.previous.pattern": "prod-v",
        },
        FLOWN + "test_rollback_runs_in_the_order_of_the_runbook[staged-rollout-canary-issue]",
    ),
    "003-37": Line(
        {
            "steps.graduated-gate.passing": "target_errors",
            "rules.target_errors": "below 0.1%",
            "rules.warn_errors": "above 0.5%",
        },
        FLOWN + "test_target_missed_without_an_alert_keeps_the_gate_shut",
    ),
    "003-38": Line({"rules.canary_errors.ok": "below 0.5%", "rules.warn_errors.bad": "above 0.5%"}, judged("003-38")),
    "003-39": Line(
        {
            "steps.full-watch.look.every": "1m for 1h 5m for 8h 15m for 24h",
            "steps.first-day.checklist.monitored.text": "looks of full-watch",
        },
        FLOWN + "test_looks_are_due_as_often_as_the_runbook_says",
    ),
    "003-40": Line(
        {"metrics.error_rate.minimum": "metric: requests value: 5000"},
        "tests/playbooks/test_thresholds.py::test_few_requests_say_nothing_of_a_tenth_of_a_percent",
    ),
}

BOXES = {
    "S003-C01": Box("All manual QA checks passed (95%+)", "steps.staging.checklist.manual"),
    "S003-C02": Box("E2E tests passing on staging (90%+)", "steps.staging.checklist.e2e"),
    "S003-C03": Box("Soak tests complete (24-48h stable)", "steps.staging.checklist.soak"),
    "S003-C04": Box("Performance metrics acceptable", "steps.staging.checklist.performance"),
    "S003-C05": Box("Error rate < 0.1%", "steps.staging.checklist.errors"),
    "S003-C06": Box("Security verified", "steps.staging.checklist.security"),
    "S003-C07": Box("Monitoring and alerts working", "steps.staging.checklist.monitoring"),
    "S003-C08": Box("Rollback procedure tested", "steps.staging.checklist.rollback"),
    "S003-C09": Box("Production database prepared and tested", "steps.environment.checklist.database"),
    "S003-C10": Box("Production Redis configured", "steps.environment.checklist.redis"),
    "S003-C11": Box("SSL/TLS certificates installed", "steps.environment.checklist.certificates"),
    "S003-C12": Box("DNS records updated", "steps.environment.checklist.dns"),
    "S003-C13": Box("CDN configured (if applicable)", "steps.environment.checklist.cdn"),
    "S003-C14": Box("Backup systems tested", "steps.environment.checklist.backups"),
    "S003-C15": Box("Disaster recovery plan documented", "steps.environment.checklist.recovery"),
    "S003-C16": Box("Production secrets secured", "steps.environment.checklist.secrets"),
    "S003-C17": Box("On-call schedule defined", "steps.team.checklist.oncall"),
    "S003-C18": Box("Escalation paths clear", "steps.team.checklist.escalation"),
    "S003-C19": Box("Communication channels ready", "steps.team.checklist.channels"),
    "S003-C20": Box("Incident response team briefed", "steps.team.checklist.incidents"),
    "S003-C21": Box("Documentation reviewed", "steps.team.checklist.documentation"),
    "S003-C22": Box("Runbooks prepared", "steps.team.checklist.runbooks"),
    "S003-C23": Box("Health check procedures trained", "steps.team.checklist.health"),
    "S003-C24": Box("Privacy policy updated", "steps.legal.checklist.privacy"),
    "S003-C25": Box("Terms of service updated", "steps.legal.checklist.terms"),
    "S003-C26": Box("GDPR compliance verified", "steps.legal.checklist.gdpr"),
    "S003-C27": Box("Accessibility compliance confirmed", "steps.legal.checklist.accessibility"),
    "S003-C28": Box("Security audit passed", "steps.legal.checklist.audit"),
    "S003-C29": Box("Data handling procedures verified", "steps.legal.checklist.data"),
    "S003-C30": Box("Deploy to 5% of production servers", "steps.canary-tasks.checklist.deployed"),
    "S003-C31": Box("Monitor all metrics closely", "steps.canary-watch.title"),
    "S003-C32": Box("Check error logs every 15 minutes", "steps.canary-logs.title"),
    "S003-C33": Box("Verify Web Vitals metrics", "steps.canary-tasks.checklist.vitals"),
    "S003-C34": Box("Test core functionality", "steps.canary-tasks.checklist.core"),
    "S003-C35": Box("Monitor user feedback", "steps.canary-tasks.checklist.feedback"),
    "S003-C36": Box("Increase to 25% of traffic", "steps.graduated-tasks.checklist.deployed"),
    "S003-C37": Box("Continue close monitoring", "steps.graduated-watch.title"),
    "S003-C38": Box("Watch for performance degradation", "steps.graduated-tasks.checklist.performance"),
    "S003-C39": Box("Check database load", "steps.graduated-tasks.checklist.database"),
    "S003-C40": Box("Verify cache effectiveness", "steps.graduated-tasks.checklist.cache"),
    "S003-C41": Box("Monitor error patterns", "steps.graduated-tasks.checklist.patterns"),
    "S003-C42": Box("Increase to 100% of traffic", "steps.full-tasks.checklist.deployed"),
    "S003-C43": Box("Monitor continuously for 24 hours", "steps.full-watch.title"),
    "S003-C44": Box("Watch for edge cases", "steps.full-tasks.checklist.edges"),
    "S003-C45": Box("Verify all features working", "steps.full-tasks.checklist.features"),
    "S003-C46": Box("Check third-party integrations", "steps.full-tasks.checklist.third-parties"),
    "S003-C47": Box("Monitor performance under full load", "steps.full-tasks.checklist.load"),
    "S003-C48": Box("Monitor every 1-5 minutes", "steps.first-day.checklist.monitored"),
    "S003-C49": Box("Read user feedback", "steps.first-day.checklist.feedback"),
    "S003-C50": Box("Check support tickets", "steps.first-day.checklist.tickets"),
    "S003-C51": Box("Review error logs", "steps.first-day.checklist.logs"),
    "S003-C52": Box("Verify all features working", "steps.first-day.checklist.features"),
    "S003-C53": Box("Check performance metrics", "steps.first-day.checklist.performance"),
    "S003-C54": Box("Collect user feedback", "steps.first-week.checklist.feedback"),
    "S003-C55": Box("Monitor performance trends", "steps.first-week.checklist.trends"),
    "S003-C56": Box("Document any issues", "steps.first-week.checklist.issues"),
    "S003-C57": Box("Performance optimization opportunities", "steps.first-week.checklist.opportunities"),
    "S003-C58": Box("Security audit results", "steps.first-week.checklist.audit"),
    "S003-C59": Box("User satisfaction survey", "steps.first-week.checklist.survey"),
    "S003-C60": Box("Analyze usage patterns", "steps.medium-term.checklist.usage"),
    "S003-C61": Box("Optimize based on real data", "steps.medium-term.checklist.optimize"),
    "S003-C62": Box("Address any lingering issues", "steps.medium-term.checklist.lingering"),
    "S003-C63": Box("Plan for next iteration", "steps.medium-term.checklist.plan"),
    "S003-C64": Box("Celebrate successful release", "steps.medium-term.checklist.celebrate"),
    "S003-C65": Box("Standard monitoring", "steps.ongoing.checklist.monitoring"),
    "S003-C66": Box("Regular maintenance", "steps.ongoing.checklist.maintenance"),
    "S003-C67": Box("Feature requests tracking", "steps.ongoing.checklist.features"),
    "S003-C68": Box("Performance tuning", "steps.ongoing.checklist.tuning"),
    "S003-C69": Box("Security updates", "steps.ongoing.checklist.security"),
    "S003-C70": Box("Announce scheduled deployment", "steps.announced.checklist.scheduled"),
    "S003-C71": Box("Inform about expected changes", "steps.announced.checklist.changes"),
    "S003-C72": Box("Provide release notes", "steps.announced.checklist.notes"),
    "S003-C73": Box("Set expectations", "steps.announced.checklist.expectations"),
    "S003-C74": Box("Status updates every phase", "steps.tell-canary.title"),
    "S003-C75": Box("Alert of any issues", "rollback.steps.tell-issue.title"),
    "S003-C76": Box("Expected availability", "notices.phase.asks.availability"),
    "S003-C77": Box("Contact for support", "notices.phase.asks.contact"),
    "S003-C78": Box("Announcement of successful release", "steps.after-a-week.checklist.announced"),
    "S003-C79": Box("Thank you to team", "steps.after-a-week.checklist.thanks"),
    "S003-C80": Box("Lessons learned", "steps.after-a-week.checklist.lessons"),
    "S003-C81": Box("Next steps", "steps.after-a-week.checklist.next"),
    "S003-C82": Box("Error rate < 0.1%", "steps.day-1.checklist.errors"),
    "S003-C83": Box("Performance good", "steps.day-1.checklist.performance"),
    "S003-C84": Box("No critical issues", "steps.day-1.checklist.critical"),
    "S003-C85": Box("Users happy", "steps.day-1.checklist.users"),
    "S003-C86": Box("Team confident", "steps.day-1.checklist.team"),
    "S003-C87": Box("Proceed to Day 7", "steps.proceed.gate"),
    "S003-C88": Box("Stable 24+ hours", "steps.day-7.checklist.stable"),
    "S003-C89": Box("Minor issues only", "steps.day-7.checklist.issues"),
    "S003-C90": Box("Performance consistent", "steps.day-7.checklist.performance"),
    "S003-C91": Box("Monitoring stable", "steps.day-7.checklist.monitoring"),
    "S003-C92": Box("Users satisfied", "steps.day-7.checklist.users"),
    "S003-C93": Box("Release successful", "steps.successful.gate"),
    "S003-C94": Box("No regressions", "steps.weeks-2-4.checklist.regressions"),
    "S003-C95": Box("Performance optimal", "steps.weeks-2-4.checklist.performance"),
    "S003-C96": Box("Usage patterns normal", "steps.weeks-2-4.checklist.usage"),
    "S003-C97": Box("Team satisfied", "steps.weeks-2-4.checklist.team"),
    "S003-C98": Box("Ready for next sprint", "steps.next-sprint.gate"),
}
COMMANDS = {
    "S003-F01": (
        Said("Week 1:", "phases.staging.planned", "day 1 09:00"),
        Said("Day 1: Final staging sign-off", "steps.staging-sign-off.gate", "Final staging sign-off"),
        Said("Day 2: Canary deployment (5%, review)", "phases.canary.planned", "day 2 09:00"),
        Said("Day 3: Canary monitoring", "steps.canary-watch.for", "46h"),
        Said("Week 2:", "phases.graduated.planned", "day 4 09:00"),
        Said("Day 4: Graduated rollout (25%, review)", "phases.graduated.planned", "day 4 09:00"),
        Said("Day 5: Graduated monitoring", "steps.graduated-watch.for", "46h"),
        Said("Day 6: Full production (100%)", "phases.full.planned", "day 6 09:00"),
        Said("Day 7: Post-release monitoring", "steps.week-watch.for", "6d"),
        Said("Week 3-4:", "steps.daily.wait", "14d"),
        Said("Intensive monitoring", "steps.week-watch.title", "Monitor intensively"),
        Said("User feedback collection", "steps.first-week.checklist.feedback.item", "Collect user feedback"),
        Said("Performance analysis", "steps.first-week.checklist.trends.item", "Monitor performance trends"),
        Said("Issue tracking", "steps.medium-term.checklist.lingering.item", "Address any lingering issues"),
        Said("Total: 2-4 weeks from staging completion", "steps.medium-term.due", "28d after deploy-full"),
    ),
    "S003-F02": (
        Said("ENVIRONMENT=production", "steps.deploy-canary.env", "ENVIRONMENT: production"),
        Said(
            "DATABASE_URL=postgres://prod-user:secure-pass@prod-db:5432/proofile",
            "steps.deploy-canary.env",
            "DATABASE_URL: {{ database_url }}",
        ),
        Said("REDIS_URL=redis://prod-redis:6379/0", "steps.deploy-canary.env", "REDIS_URL: redis://prod-redis:6379/0"),
        Said(
            "NEXT_PUBLIC_API_URL=https://api.proofile.dev",
            "steps.deploy-canary.env",
            "NEXT_PUBLIC_API_URL: https://api.proofile.dev",
        ),
        Said("SECRET_KEY=<long-secure-key>", "steps.deploy-canary.env", "SECRET_KEY: {{ secret_key }}"),
        Said("JWT_AUDIENCE=proofile:auth", "steps.deploy-canary.env", "JWT_AUDIENCE: proofile:auth"),
        Said("CSRF_ENABLED=true", "steps.deploy-canary.env", "CSRF_ENABLED: true"),
    ),
    "S003-F03": (
        Said("git tag prod-backup-$(date +%Y%m%d-%H%M%S)", "steps.backup-tag.run", 'git tag "prod-backup-$now"'),
        Said("docker-compose -f docker-compose.prod.yml up -d", "steps.deploy-canary.run"),
        Said(
            "docker-compose -f docker-compose.prod.yml exec backend alembic upgrade head",
            "steps.migrate.run",
            "docker-compose -f docker-compose.prod.yml exec -T backend alembic upgrade head",
        ),
        Said("curl https://api.proofile.dev/health", "steps.api-health.http", "{{ api }}/health"),
        Said("curl https://proofile.dev", "steps.site-answers.http", "{{ site }}"),
    ),
    "S003-F04": (
        Said("docker-compose logs -f backend | grep ERROR", "steps.error-log.run"),
        Said("curl https://api.proofile.dev/health", "steps.api-health.http", "{{ api }}/health"),
        Said("docker stats", "steps.usage.run"),
    ),
    "S003-F05": (
        Said("git tag -l | tail -10", "rollback.proven_by.has-tag.run"),
        Said("git checkout prod-v1.0.0", "rollback.steps.undo-canary.run", 'git checkout "$previous"'),
        Said("docker-compose -f docker-compose.prod.yml build", "steps.deploy-canary.run"),
        Said("docker-compose -f docker-compose.prod.yml up -d", "steps.deploy-canary.run"),
        Said("docker-compose exec backend alembic downgrade -1", "rollback.steps.downgrade.advice"),
        Said("curl https://api.proofile.dev/health", "rollback.verify.old-health.http", "{{ api }}/health"),
    ),
    "S003-F06": (
        Said("docker-compose -f docker-compose.prod.yml build", "steps.deploy-canary.run"),
        Said("docker-compose -f docker-compose.prod.yml up -d", "steps.deploy-canary.run"),
        Said(
            "docker-compose exec backend alembic upgrade head",
            "steps.migrate.run",
            "docker-compose -f docker-compose.prod.yml exec -T backend alembic upgrade head",
        ),
    ),
    "S003-F07": (
        Said("curl https://api.proofile.dev/health", "steps.api-health.http", "{{ api }}/health"),
        Said("curl https://proofile.dev", "steps.site-answers.http", "{{ site }}"),
        Said("docker-compose logs backend | head -50", "manual.show-errors.run"),
        Said("docker stats", "steps.usage.run"),
    ),
    "S003-F08": (
        Said("docker-compose logs -f backend | grep ERROR", "steps.error-log.run"),
        Said("curl https://api.proofile.dev/health | jq", "manual.show-health.run", 'curl "$api/health" | jq'),
        Said("docker stats --no-stream", "manual.show-usage.run"),
    ),
    "S003-F09": (
        Said("git checkout <previous-version>", "rollback.steps.undo-canary.advice"),
        Said("docker-compose down", "rollback.steps.undo-canary.advice"),
        Said("docker-compose build", "rollback.steps.undo-canary.advice"),
        Said("docker-compose up -d", "rollback.steps.undo-canary.advice"),
        Said("docker-compose exec backend alembic downgrade -1", "rollback.steps.downgrade.advice"),
    ),
    "S003-I01": (Said("git revert <hash>", "rollback.steps.undo-canary.advice"),),
}
