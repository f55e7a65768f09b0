"""What is asked about rules."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Severity
from cockpit.release import events as happened
from cockpit.release.apply import fold
from cockpit.release.intents import Acknowledge, Back, Decide, Report, RollBack, Veto, Waive
from screens.dialogs.commands import commands
from screens.dialogs.dialog import Dialog
from screens.link import Records
from screens.panes.stage import stage
from tests.screens import measured, release
from tests.screens.flying import flying
from tests.screens.measured import fields, seen
from tests.screens.seen import lines, view
from tests.screens.waiting import until


async def test_enter_at_once_vetoes_nothing() -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        await (await flight.opened("v")).press("enter")
        assert flight.link.asked == []


async def test_a_veto_needs_a_reason() -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        await (await flight.opened("v")).press("v", "enter")
        assert flight.link.asked == []
        await flight.type("a load test")
        await flight.press("enter")
        assert await flight.until_asked() == Veto(rule="errors", note="a load test")


async def test_a_veto_shows_the_countdown_the_rule_and_what_would_run() -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        await flight.opened("v")
        for text in (
            "rolls back by itself in 0:22, at 13:31:03 UTC",
            "Error rate is 7.2 %; it fails when above 5% for 5m",
            "would run  2 steps on 3 hosts",
        ):
            assert text in flight.text


async def test_a_burst_of_keys_vetoes_nothing() -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        flight.app._calm = 60.0
        await flight.press("v", "v", "enter", "x", "enter")
        assert flight.link.asked == []


async def test_a_decision_shows_everything_that_it_takes() -> None:
    script = measured.deciding()
    async with flying(script, login="chen", **seen(script, -6.0, latency=402.0)) as flight:
        await flight.opened("w")
        for text in (
            "The shop is slow. Fix forward or roll back?",
            "Fix forward   less than a tenth of the users",
            "sre (chen or dee), or ana, captain",
            "9:52 left, at 13:35:33 UTC; then roll back",
            "p95 latency is 402 ms; it fails when above 2x baseline for 3m = 368 ms",
        ):
            assert text in flight.text


async def test_a_decision_needs_a_note() -> None:
    script = measured.deciding()
    async with flying(script, login="chen", **seen(script, -6.0)) as flight:
        await (await flight.opened("w")).press("2", "enter")
        assert flight.link.asked == []
        await flight.type("known")
        await flight.press("tab", "2", "enter")
        assert await flight.until_asked() == Decide(decision="slow", option="fix forward", note="known")


async def test_an_observer_who_owns_a_decision_decides() -> None:
    script = measured.deciding()
    async with flying(script, login="dee", observer=True, **seen(script, -6.0)) as flight:
        await flight.until("[w] decides")
        await (await flight.opened("w")).press("tab")
        await flight.type("x")
        await flight.press("tab", "1", "enter")
        assert (await flight.until_asked()).option == "roll back"


async def test_a_decision_that_somebody_took_says_so() -> None:
    script = measured.deciding()
    async with flying(script, **seen(script, -6.0)) as flight:
        await flight.opened("w")
        before = len(script.records)
        script.after(1, happened.Decided(rule="slow", option="wait", by="chen", note="gets better", wait=600.0))
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("nothing is asked any more")


async def test_reason_that_is_entered_after_somebody_else_decided_goes_nowhere() -> None:
    script = measured.deciding()
    async with flying(script, **seen(script, -6.0)) as flight:
        await (await flight.opened("w")).press("tab", *"why")
        before = len(script.records)
        script.after(1, happened.Decided(rule="slow", option="wait", by="chen", note="gets better", wait=600.0))
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("nothing is asked any more")
        await flight.press("enter", "enter")
        await until(flight.pilot, lambda: not isinstance(flight.app.screen, Dialog), "the dialog is gone")
        assert flight.link.asked == []


async def test_at_the_end_of_a_guard_it_asks_whether_to_accept() -> None:
    script = measured.deciding()
    script.after(1, happened.CalledOff(rule="slow", reason="x"))
    script.after(0, happened.DecisionOpened(guard="watch", rule="slow", about="end"))
    async with flying(script, **seen(script, -6.0)) as flight:
        await flight.opened("w")
        assert "watch is over, but this does not pass. Accept it?" in flight.text
        assert "Accept" in flight.text


async def test_a_gate_lists_rules_with_value_and_source() -> None:
    script = measured.at_gate()
    async with flying(script, **seen(script, -6.0)) as flight:
        await flight.opened("g")
        for text in (
            "✔ errors  0.12 %  passing  (error_rate: fails when above 5% for 5m)",
            "✔ slow  212 ms  passing  (latency: fails when above 2x baseline for 3m = 368 ms)",
            "✔ rollback-proven: Back up",
            "can be opened: you decide",
        ):
            assert text in flight.text


async def test_verdicts_at_a_gate_keep_moving() -> None:
    script = measured.at_gate()
    async with flying(script, **seen(script, -6.0)) as flight:
        await flight.opened("g")
        before = len(script.records)
        script.after(4, measured.verdict("slow", "failing", 402.0, "402 ms: above 2x baseline (368 ms) for 3:10"))
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("✖ slow  402 ms  failing")
        assert "w  Waive a criterion" in flight.text


async def test_a_criterion_is_waived_for_a_role_with_a_reason() -> None:
    script = measured.shut()
    async with flying(script, **seen(script, -6.0)) as flight:
        await (await flight.opened("W")).press("tab")
        await flight.type("known")
        await flight.press("tab", "2", "enter")
        assert await flight.until_asked() == Waive(what="paged", role="risk", note="known")


async def test_the_gate_leads_to_the_waiver() -> None:
    script = measured.shut()
    async with flying(script, **seen(script, -6.0)) as flight:
        await (await flight.opened("g")).press("w", "enter")
        await flight.until("These keep the gate shut:")


async def test_only_a_role_that_may_waives() -> None:
    script = measured.shut()
    async with flying(script, login="chen", **seen(script, -6.0)) as flight:
        await flight.press("W")
        await flight.until("risk may waive, and you are not")


async def test_a_waived_criterion_says_by_whom() -> None:
    script = measured.shut().after(3, happened.Waived(step="go-rest", what="slow", by="eli", note="known", role="risk"))
    found = lines(stage(view(script, **fields(script, 0.0))).rows)
    assert any("↷ slow  402 ms  failing  waived by eli as risk at 13:05:55: known" in line for line in found)


async def test_what_does_not_pass_is_seen_by_somebody() -> None:
    script = measured.mixed()
    async with flying(script, login="fay", observer=True, **seen(script, -6.0)) as flight:
        await (await flight.opened("y")).press("1", "enter")
        assert await flight.until_asked() == Acknowledge(rule="slow")


async def test_the_last_batch_is_taken_back_with_a_reason() -> None:
    script = measured.guarding()
    async with flying(script, **seen(script, 0.0)) as flight:
        await flight.press("colon")
        await flight.type("batch back")
        await flight.press("enter")
        await flight.until("Deploy rest on 1 host: web-3")
        await flight.until("enter chooses")
        await flight.press("tab")
        await flight.type("slow")
        await flight.press("enter")
        assert await flight.until_asked() == Back(note="slow")


async def test_past_a_point_of_no_return_more_is_typed_to_roll_back() -> None:
    plan = measured.plan()
    first = replace(measured.FIRST, no_return=True)
    phases = tuple(
        replace(each, steps=(each.steps[0], first)) if each.name == "first" else each for each in plan.phases
    )
    script = measured.at_gate(release.Script(plan=replace(plan, phases=phases)))
    async with flying(script, **seen(script, 0.0)) as flight:
        await flight.opened("R")
        assert "! first cannot be undone" in flight.text
        await flight.press("b", "enter")
        await flight.type("orders-1.4.0 past first")
        await flight.press("enter")
        assert await flight.until_asked() == RollBack(confirm="orders-1.4.0 past first")


async def test_no_dialog_opens_without_anything_to_ask() -> None:
    script = measured.guarding()
    async with flying(script, **seen(script, 0.0)) as flight:
        await flight.press("v")
        await flight.until("no rollback is announced")
        assert not isinstance(flight.app.screen, Dialog)


def test_a_guard_is_explained_before_it_starts() -> None:
    found = [line.strip() for line in lines(tuple(commands((measured.GUARD,), measured.at_gate().state)))]
    assert found[:3] == [
        "Watch the release  watches 6 rules for 1:00:00",
        "errors  above 5% for 5m  → rolls back",
        "slow  above 2x baseline for 3m  → opens a decision",
    ]
    assert found[-2:] == [
        "a hold that it caused ends after 5:00 of passing",
        "a rollback is announced 0:30 before",
    ]


def test_a_step_that_waits_for_rules_is_explained_before_it_starts() -> None:
    found = [line.strip() for line in lines(tuple(commands((measured.CALM,), measured.at_gate().state)))]
    assert found == [
        "Calm again  waits until these pass for 2:00 at a stretch",
        "errors  above 5% for 5m",
        "slow  above 2x baseline for 3m",
    ]


def test_a_guard_that_runs_says_what_is_left_and_where_each_rule_stands() -> None:
    script = measured.nearing()
    shown = stage(view(script, 8.0, **fields(script, 0.0, pending={"errors": (130.0, 300.0)})))
    found = [" ".join(line.split()) for line in lines(shown.rows, shown.columns, 130)]
    assert found[0] == "▶ 41:52 of 1:00:00 left, until 14:07:33 UTC"
    assert "~ errors inconclusive 6.1 % above 5% for 5m ▰▰▰▱▱▱ 2:10 of 5:00 above 5% rolls back" in found


def test_a_step_that_waits_for_rules_says_how_much_is_left() -> None:
    script = measured.guarding().passed("watch").begin("smoke").run("smoke", "here", 2).passed("smoke").begin("calm")
    shown = stage(view(script, 30.0))
    assert lines(shown.rows, shown.columns)[0].startswith("▶ all pass, 1:30 more, until ")
    script.after(1, measured.verdict("slow", "failing", 402.0))
    assert lines(stage(view(script)).rows)[0] == "◆ not all of these pass: the time begins anew"


def _asking_people() -> release.Script:
    """The guard watches what people report, too."""
    rule = Rule(name="corruption", reported="Data corruption detected", by=("sre",), every=0.0)
    made = measured.plan()
    return release.Script(plan=replace(made, rules={**made.rules, "corruption": rule})).begin("ready")


async def test_what_people_see_is_reported_with_a_reason() -> None:
    async with flying(_asking_people(), login="chen") as flight:
        await (await flight.opened("exclamation_mark")).press("1", "enter")
        assert flight.link.asked == []
        assert "Data corruption detected" in flight.text
        await flight.type("orders have no lines")
        await flight.press("enter")
        assert await flight.until_asked() == Report(rule="corruption", note="orders have no lines")


async def test_what_was_reported_is_cleared_by_the_same_key() -> None:
    script = _asking_people()
    script.after(1, happened.VerdictChanged(rule="corruption", verdict="failing", reason="seen", by="chen"))
    async with flying(script) as flight:
        await flight.opened("exclamation_mark")
        await flight.press("1", "enter")
        await flight.type("a false alarm")
        await flight.press("enter")
        assert await flight.until_asked() == Report(rule="corruption", note="a false alarm", clear=True)


def _by_severity() -> release.Script:
    """The decision about latency is one of the second severity."""
    made, script = measured.plan(), measured.deciding()
    bad = Severity(name="sev-2", means="A core workflow is slow", action="decide", owner=("sre",), deadline=600.0)
    rules = {**made.rules, "slow": replace(made.rules["slow"], severity="sev-2")}
    opened = script.records[0].event
    assert isinstance(opened, happened.Opened)
    plan = replace(made, severities=(bad,), rules=rules)
    script.records[0] = replace(script.records[0], event=replace(opened, plan=plan))
    script.state = fold(script.records)
    return script


async def test_a_decision_says_how_bad_it_is_and_whose_it_is() -> None:
    script = _by_severity()
    async with flying(script, login="chen", **seen(script, -6.0, latency=402.0)) as flight:
        await flight.opened("w")
        assert "sev-2: A core workflow is slow, sre" in flight.text


def test_a_guard_says_how_bad_each_of_its_rules_is() -> None:
    script = _by_severity()
    found = stage(view(script, **fields(script)))
    assert any("slow sev-2" in " ".join(line.split()) for line in lines(found.rows, found.columns, 120))
