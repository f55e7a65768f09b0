"""What the runbook of Netlify Trading demands (000), where its playbook says so, and which test shows it."""

from __future__ import annotations

from tests.playbooks.row import Box, Line, Said, ends, judged

FLOWN = "tests/playbooks/test_flown.py::"

LINES = {
    "000-01": Line(
        {
            "params.site.default": "https://trading.netlify.app",
            "params.stage.default": "https://trading-stage.netlify.app",
        },
        ends("netlify-trading-happy"),
    ),
    "000-02": Line(
        {"calendar.windows.second-tuesday": "every_weeks: 2", "params.change": "regular hotfix"},
        "tests/playbooks/test_calendars.py::test_trading_goes_out_every_second_tuesday",
    ),
    "000-03": Line(
        {
            "params.analyst": "AI Analyst",
            "params.screener": "Quant Screener",
            "params.valuation": "Valuation Lab",
            "params.desk": "Professional Desk",
            "params.functions": "Shared functions",
            "params.assets": "Static assets",
            "params.infrastructure": "netlify.toml",
        },
        FLOWN + "test_only_touched_surfaces_have_a_change_log",
    ),
    "000-04": Line(
        {"roles.captain": "Release captain", "roles.sre": "SRE liaison", "roles.qa": "QA signatory"},
        FLOWN + "test_gate_is_signed_by_the_roles_that_the_runbook_names[netlify-trading]",
    ),
    "000-05": Line(
        {"escalation": "pager manager", "roles.pager": "netlify-trading-release"},
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[000-05]",
    ),
    "000-06": Line(
        {"roles.commander": "assigned: true", "steps.commander.assign": "commander"},
        FLOWN + "test_commander_is_designated_during_the_call",
    ),
    "000-07": Line(
        {"steps.branch.checklist.main.run": "gh run list --branch main"},
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-08": Line(
        {"steps.branch.checklist.merged.run": "--before=12 hours ago HEAD..origin/main"},
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-09": Line(
        {"steps.branch.checklist.protection.run": "mergeStateStatus"},
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-10": Line(
        {"steps.branch.checklist.log-valuation": "evidence: required"},
        FLOWN + "test_boxes_of_people_have_evidence[netlify-trading]",
    ),
    "000-11": Line(
        {"steps.install.run": "npm install git diff --exit-code -- package-lock.json"},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[netlify-trading]",
    ),
    "000-12": Line(
        {"steps.dependencies.checklist.tests.run": "npm test"},
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-13": Line(
        {"steps.configuration.checklist.variables.run": "diff <(names < netlify/.env.production)"},
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-14": Line(
        {"steps.configuration.checklist.flags.run": "data/feature-flags.json"},
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-15": Line(
        {"steps.configuration.checklist.compliance": "evidence: required"},
        FLOWN + "test_boxes_of_people_have_evidence[netlify-trading]",
    ),
    "000-16": Line(
        {"steps.contracts.checklist.tiingo.run": "node tests/test-tiingo.js"},
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-17": Line(
        {"rules.quota.ok": "at most 75%", "steps.contracts.checklist.quota.passing": "quota"}, judged("000-17")
    ),
    "000-18": Line(
        {"steps.schema.run": "schema=incompatible", "steps.tell-incompatible.when": "schema == incompatible"},
        FLOWN + "test_incompatible_schema_is_flagged_to_sre",
    ),
    "000-19": Line(
        {
            "steps.operational.checklist.dashboards.passing": "alerts",
            "steps.operational.checklist.oncall.passing": "oncall",
        },
        judged("000-19"),
    ),
    "000-20": Line(
        {
            "notices.war-room.to": "product@example.com email:engineering@example.com email:sre@example.com email:support@example.com"
        },
        FLOWN + "test_everybody_is_told[netlify-trading]",
    ),
    "000-21": Line(
        {
            "steps.dependencies.checklist.integration": "",
            "steps.dependencies.checklist.lint": "",
            "steps.dependencies.checklist.tests": "",
        },
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-22": Line(
        {"rules.uptime.ok": "at least 99.5%", "metrics.uptime.json": "/history/7d", "steps.go-no-go.passing": "uptime"},
        judged("000-22"),
    ),
    "000-23": Line(
        {
            "metrics.old_incidents.command": "> 43200",
            "rules.incidents.ok": "is 0",
            "steps.go-no-go.passing": "incidents",
        },
        judged("000-23"),
    ),
    "000-24": Line(
        {"steps.go-no-go.sign": "product: 1 design: 1 sre: 1 qa: 1"},
        FLOWN + "test_gate_is_signed_by_the_roles_that_the_runbook_names[netlify-trading]",
    ),
    "000-25": Line(
        {"steps.go-no-go.sign": "product: 1 design: 1 sre: 1 qa: 1"}, FLOWN + "test_tag_comes_behind_the_approvals"
    ),
    "000-26": Line(
        {"steps.go-no-go.takes": "15m", "steps.go-no-go.due": "15m"},
        "tests/release/test_times.py::test_time_that_a_step_has_counts_from_its_begin",
    ),
    "000-27": Line(
        {
            "steps.build.run": "npm run build",
            "steps.inspected.checklist.assets": "",
            "steps.inspected.checklist.functions": "evidence: required",
        },
        FLOWN + "test_boxes_of_people_have_evidence[netlify-trading]",
    ),
    "000-28": Line(
        {"steps.manifest.text": "Commit: {{ commit }} - Artifact size: {{ size }} - Checksum: {{ checksum }}"},
        FLOWN + "test_manifest_has_commit_size_and_checksum",
    ),
    "000-29": Line(
        {"steps.deploy-staging.run": "--message=$tag --alias=stage"},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[netlify-trading]",
    ),
    "000-30": Line(
        {"steps.smoke.checklist.plan": "e2e-regression-plan: screenshots and logs evidence: required"},
        FLOWN + "test_boxes_of_people_have_evidence[netlify-trading]",
    ),
    "000-31": Line(
        {"steps.tag.run": "git tag -a $tag -m Release $day && git push origin --tags"},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[netlify-trading]",
    ),
    "000-32": Line(
        {"steps.promote.run": "netlify deploy --prod --dir=build --message=Release $day"},
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[netlify-trading]",
    ),
    "000-33": Line(
        {
            "steps.site-answers.http": "{{ site }}",
            "steps.from-cdn.run": "cache-status",
            "steps.functions-answer.http.expect": "200 201 202 204",
        },
        FLOWN + "test_commands_run_in_the_order_of_the_runbook[netlify-trading]",
    ),
    "000-34": Line(
        {"steps.tell-window.notice": "window", "steps.tell-completed.notice": "completed"},
        FLOWN + "test_everybody_is_told[netlify-trading]",
    ),
    "000-35": Line(
        {"steps.watch.for": "30m", "steps.watch.look.boards": "Netlify Analytics Datadog"},
        FLOWN + "test_guard_lasts_as_long_as_the_runbook_wants[netlify-trading-watch]",
    ),
    "000-36": Line(
        {
            "steps.canaries.checklist.summary.run": "summary-generation",
            "steps.canaries.checklist.filter.run": "screener-filter",
            "steps.canaries.checklist.export.run": "spreadsheet-export",
        },
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-37": Line(
        {
            "steps.snapshot.due": "2h after promote",
            "steps.snapshot.checklist.vitals.passing": "vitals_lcp vitals_fid vitals_cls",
            "steps.snapshot.checklist.api.passing": "api",
        },
        "tests/release/test_times.py::test_step_that_is_late_is_told_once",
    ),
    "000-38": Line(
        {
            "steps.war-room.planned": "14:30",
            "steps.deploy-staging.planned": "14:40",
            "steps.go-no-go.planned": "14:55",
            "steps.promote.planned": "15:00",
            "steps.canaries.planned": "15:10",
            "steps.sign-off.planned": "15:30",
            "steps.go-no-go.owner": "product sre",
        },
        "tests/playbooks/test_timelines.py::test_cutover_has_its_six_rows_with_their_owners",
    ),
    "000-39": Line(
        {
            "rollback.steps.redeploy.run": "--prod-branch $previous",
            "rollback.steps.flags-back.run": "releases/$tag.flags.json",
            "steps.flags-before.run": "releases/$tag.flags.json",
        },
        FLOWN + "test_rollback_runs_in_the_order_of_the_runbook[netlify-trading-outage]",
    ),
    "000-40": Line(
        {"rollback.steps.annotate.http": "/api/v1/events"},
        FLOWN + "test_rollback_runs_in_the_order_of_the_runbook[netlify-trading-outage]",
    ),
    "000-41": Line(
        {
            "steps.branch-hotfix.run": "git checkout -b hotfix/$issue tags/$previous",
            "steps.hotfix.do": "expedited code review",
            "steps.smoke.checklist.valuation.when": "hotfix",
            "steps.audit.checklist.cause.when": "hotfix",
        },
        FLOWN + "test_hotfix_goes_out_on_a_saturday_by_a_waiver",
    ),
    "000-42": Line(
        {
            "notices.incident.to": "pagerduty:netlify-trading-release statuspage:trading",
            "notices.incident.repeat": "30m",
        },
        FLOWN + "test_updates_come_every_half_hour_until_it_is_resolved",
    ),
    "000-43": Line(
        {
            "notices.stakeholders.to": "slack:#trading-release",
            "notices.stakeholders.asks": "Customer impact summary checkpoint: Next checkpoint",
        },
        FLOWN + "test_stakeholders_are_told_impact_and_next_checkpoint",
    ),
    "000-44": Line(
        {
            "severities.sev-1": "Production outage or P0 alert action: roll back owner: captain",
            "rules.outage.severity": "sev-1",
        },
        ends("netlify-trading-outage"),
    ),
    "000-45": Line(
        {"severities.sev-2": "action: decide owner: sre deadline: 10m", "rules.slow": "above 5s severity: sev-2"},
        FLOWN + "test_sev_2_is_decided_within_ten_minutes",
    ),
    "000-46": Line(
        {
            "severities.sev-3": "action: warn owner: product deadline: 24h",
            "rules.bug": "Non-blocking bug with workaround",
        },
        "tests/playbooks/test_table.py::test_place_says_what_the_runbook_wants[000-46]",
    ),
    "000-47": Line(
        {"metrics.lcp": "", "metrics.fid": "", "metrics.cls": "", "metrics.api_success": "", "metrics.cold_start": ""},
        judged("000-47"),
    ),
    "000-48": Line({"rules.functions.bad": "mean over 5m above 2%"}, judged("000-48")),
    "000-49": Line({"rules.loading.bad": "above 3s"}, judged("000-49")),
    "000-50": Line({"rules.quota.bad": "above 85%"}, judged("000-50")),
    "000-51": Line({"steps.operational.checklist.logs.passing": "logs"}, judged("000-51")),
    "000-52": Line(
        {
            "steps.dependencies.checklist.dependabot.run": "dependabot/alerts",
            "steps.dependencies.checklist.audit.run": "npm audit --omit=dev",
        },
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-53": Line(
        {
            "steps.configuration.checklist.privacy": "evidence: required",
            "steps.audit.checklist.trail": "evidence: required",
        },
        FLOWN + "test_boxes_of_people_have_evidence[netlify-trading]",
    ),
    "000-54": Line(
        {
            "steps.dependencies.checklist.gates.run": "lint|unit|contract",
            "steps.configuration.checklist.plugin.run": "netlify-plugin-env",
        },
        FLOWN + "test_boxes_that_can_tick_themselves_do[netlify-trading]",
    ),
    "000-55": Line(
        {"steps.synthetics": "due: 15m after deploy-staging if_late: hold"},
        FLOWN + "test_synthetics_that_do_not_pass_in_time_hold",
    ),
    "000-56": Line(
        {"steps.retrospective.asks": "Action items: priority, owner, action, target date"},
        FLOWN + "test_records_are_kept[netlify-trading]",
    ),
    "000-57": Line(later="history across releases: a quarterly report asks many releases"),
    "000-58": Line(
        {
            "steps.audit.checklist.folder": "compliance folder",
            "steps.audit.checklist.soc2": "release ticket and the linked dashboards",
        },
        FLOWN + "test_boxes_of_people_have_evidence[netlify-trading]",
    ),
    "000-59": Line(later="retention: records are kept, and nothing deletes them yet"),
    "000-60": Line(
        {"steps.release-ticket.text": "Summary of changes grouped by product surface"},
        FLOWN + "test_records_are_kept[netlify-trading]",
    ),
    "000-61": Line(
        {
            "notices.support-before.to": "#trading-support",
            "notices.support-after.to": "#trading-support",
            "notices.digest.text": "Engineering Manager",
            "notices.changelog.text": "Product Marketing",
        },
        FLOWN + "test_everybody_is_told[netlify-trading]",
    ),
    "000-62": Line(
        {"steps.branch.checklist.playbook.item": "reviewed by Engineering and SRE, and cite the release ticket"},
        FLOWN + "test_boxes_of_people_have_evidence[netlify-trading]",
    ),
    "000-63": Line(
        {"steps.go-no-go.planned": "14:55", "steps.go-no-go.takes": "15m", "steps.promote.planned": "15:00"},
        "tests/playbooks/test_timelines.py::test_call_that_ends_behind_the_promotion_makes_it_late",
    ),
    "000-64": Line(
        {"steps.deploy-staging.planned": "14:40", "steps.synthetics.due": "15m after deploy-staging"},
        "tests/playbooks/test_timelines.py::test_synthetics_leave_no_slack_before_the_call",
    ),
    "000-65": Line(
        {"steps.watch.for": "30m", "steps.sign-off.planned": "15:30"},
        "tests/playbooks/test_timelines.py::test_watching_ends_behind_the_sign_off_after_any_delay",
    ),
    "000-66": Line(
        {"rules.quota": "at most 75% bad: above 85%", "rules.quota_soon.bad": "reaches 85% within 2h"}, judged("000-66")
    ),
    "000-67": Line(
        {"rollback.steps.unpack.run": "sha256sum -c -- $previous.sha256", "steps.promote.run": "test $now = $checksum"},
        FLOWN + "test_rollback_deploys_the_artifact_of_its_tag",
    ),
    "000-68": Line(
        {"severities": "sev-1", "steps.go-no-go.passing": "no sev-2"},
        "tests/playbooks/test_table.py::test_worst_severity_stands_first[000]",
    ),
    "000-69": Line({"steps.go-no-go.sign": "design: 1"}, FLOWN + "test_tag_comes_behind_the_approvals"),
    "000-70": Line(
        {"cockpit: widgets/defuse.py": ""},
        "tests/widgets/test_defuse.py::test_every_character_takes_the_cells_that_unicode_gives_it",
    ),
}

BOXES: dict[str, Box] = {}
COMMANDS = {
    "S000-I01": (Said("npm install", "steps.install.run"),),
    "S000-I02": (Said("npm test", "steps.dependencies.checklist.tests.run"),),
    "S000-I03": (Said("node tests/test-tiingo.js", "steps.contracts.checklist.tiingo.run"),),
    "S000-I04": (Said("npm run build", "steps.build.run"),),
    "S000-I05": (
        Said(
            'netlify deploy --dir=build --message="<release-tag>" --alias=stage',
            "steps.deploy-staging.run",
            'netlify deploy --dir=build --message="$tag" --alias=stage',
        ),
    ),
    "S000-I06": (
        Said(
            'git tag -a release-YYYYMMDD -m "Release YYYY-MM-DD" && git push origin --tags',
            "steps.tag.run",
            'git tag -a "$tag" -m "Release $day" && git push origin --tags',
        ),
    ),
    "S000-I07": (
        Said(
            'netlify deploy --prod --dir=build --message="Release YYYY-MM-DD"',
            "steps.promote.run",
            'netlify deploy --prod --dir=build --message="Release $day"',
        ),
    ),
    "S000-I08": (
        Said(
            'netlify deploy --prod --dir=build --message="Rollback to release-YYYYMMDD" --prod-branch release-YYYYMMDD',
            "rollback.steps.redeploy.run",
            'netlify deploy --prod --dir=build --message="Rollback to $previous" --prod-branch "$previous"',
        ),
    ),
    "S000-I09": (Said("npm audit --omit=dev", "steps.dependencies.checklist.audit.run"),),
}
