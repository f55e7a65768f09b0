"""Metrics, rules, guards, decisions and proofs as a plan has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.analysis import grammar
from cockpit.analysis.rule import Compare, Level, Minimum, Share, Trigger
from cockpit.cli.plan_text import plan_lines
from cockpit.cli.plan_watch import watch_lines
from cockpit.playbook import plan as plans
from cockpit.playbook.load import plan
from cockpit.playbook.model.reference import CONDITIONS
from cockpit.playbook.plan import Plan
from tests.playbook.watched import METRIC, STEPS, book, by_host, decided, rule


def planned(folder: Path, text: str) -> Plan:
    path = folder / "book.yaml"
    path.write_text(text)
    return plan(path, {"version": "1.2"}, "ana")


def measured(folder: Path, text: str) -> plans.Metric:
    return planned(folder, book(metrics=f"metrics: {{m: {{{text}, no_data: hold}}}}\n")).metrics["m"]


def test_a_metric_has_sensible_defaults(tmp_path: Path) -> None:
    assert measured(tmp_path, "prometheus: up, url: 'http://x'") == plans.Metric(
        name="m", title="M", source=plans.Prometheus(url="http://x", query="up"), stale=55.0
    )


@pytest.mark.parametrize(("every", "timeout"), [("1m", 10.0), ("2s", 2.0), ("300ms", 0.3)])
def test_a_try_takes_ten_seconds_and_no_more_than_the_interval(tmp_path: Path, every: str, timeout: float) -> None:
    assert measured(tmp_path, f"prometheus: up, url: 'http://x', every: {every}").timeout == timeout


def test_a_metric_is_as_it_is_said(tmp_path: Path) -> None:
    text = "datadog: 'a{b}', headers: {K: '{{ token }}'}, label: host, on: web, title: 'T {{ version }}', unit: ms"
    found = measured(tmp_path, f"{text}, every: 1m, timeout: 5s, retries: 0, stale: 5m, minimum: 7")
    assert found == plans.Metric(
        name="m",
        title="T 1.2",
        source=plans.Datadog(url="https://api.datadoghq.com", query="a{b}", headers={"K": "{{ token }}"}, label="host"),
        every=60.0,
        timeout=5.0,
        retries=0,
        unit="ms",
        stale=300.0,
        minimum=Minimum(samples=7),
        hosts=("web-1", "web-2", "web-3", "web-4"),
        secrets=("token",),
    )


def test_json_and_commands_are_picked_from(tmp_path: Path) -> None:
    found = measured(tmp_path, "json: 'http://x', pick: a.b, moment: c, values: {OPEN: 0, CLOSED: 1.5}")
    assert found.source == plans.Json(request=plans.Request(url="http://x"), pick="a.b", moment="c")
    assert found.values == {"OPEN": 0.0, "CLOSED": 1.5}
    found = measured(tmp_path, "command: 'df \"$token\"', on: here, dir: /x, as: app, column: Use%, row: /var")
    assert found.source == plans.Output(command='df "$token"', user="app", directory="/x", column="Use%", row="/var")
    assert (found.hosts, found.secrets) == ((), ("token",))


@pytest.mark.parametrize(("take", "unit"), [("up", ""), ("status", ""), ("latency", "s"), ("expiry", "d")])
def test_a_probe_has_the_unit_of_what_it_takes(tmp_path: Path, take: str, unit: str) -> None:
    found = measured(tmp_path, f"probe: 'https://x', expect: {{status: 204}}, take: {take}")
    assert isinstance(found.source, plans.Probe)
    assert (found.unit, found.source.take, found.source.request.expect.status) == (unit, take, (204,))


def test_a_rule_knows_its_metric(tmp_path: Path) -> None:
    text = by_host("ok: 'is 1', bad: fails 3 times, hosts: 50%, no_data: pass, level: warn, answer_within: 5m")
    found = planned(tmp_path, text).rules["r"]
    assert (found.every, found.stale, found.no_data) == (15.0, 55.0, "pass")
    assert (found.hosts, found.share) == (("web-1", "web-2", "web-3", "web-4"), Share(of_all=0.5))
    assert (found.level, found.answer_within) == ("warn", 300.0)
    assert found.ok == Trigger(text="is 1", condition=Compare(how="is", level=Level(offset=1.0)))
    assert found.bad is not None
    assert found.bad.times == 3


@pytest.mark.parametrize(
    ("hosts", "share"),
    [("any", Share()), ("all", Share(of_all=1.0)), ("3", Share(count=3)), ("100%", Share(of_all=1.0))],
)
def test_it_takes_so_many_hosts(tmp_path: Path, hosts: str, share: Share) -> None:
    assert planned(tmp_path, by_host(f"bad: fails, hosts: {hosts}")).rules["r"].share == share


def test_objectives_and_floors_come_out_in_the_metrics_unit(tmp_path: Path) -> None:
    found = planned(tmp_path, rule("bad: above slo, slo: 0.5s")).rules["r"]
    assert (found.slo, found.period) == (500.0, 0.0)
    text = rule("bad: above 2x baseline, floor: 1s", "baseline: {over: 1h, until: main, samples: 5}\n")
    assert planned(tmp_path, text).rules["r"].floor == 1000.0
    assert planned(tmp_path, text).before == plans.Before(over=3600.0, until="up", samples=5)
    budget = book(METRIC.replace("ms", "'%'"), "rules: {r: {metric: m, bad: burns 2x over 1h, slo: 99.9% over 30d}}\n")
    found = planned(tmp_path, budget).rules["r"]
    assert (found.slo, found.period) == (0.999, 2592000.0)


def test_a_rules_minimum_takes_the_place_of_its_metrics(tmp_path: Path) -> None:
    metrics = "metrics: {n: {prometheus: n, url: 'http://x', no_data: hold, unit: kB}, "
    text = METRIC.replace("metrics: {", metrics).replace("unit: ms", "unit: ms, minimum: 5")
    assert planned(tmp_path, book(text)).rules["r"].minimum == Minimum(samples=5)
    least = "rules: {r: {metric: m, bad: above 5, minimum: {metric: n, value: 2 MB}}}\n"
    assert planned(tmp_path, book(text, least)).rules["r"].minimum == Minimum(metric="n", value=2000.0)


def test_guards_gates_and_waits_are_steps(tmp_path: Path) -> None:
    made = planned(tmp_path, book(steps=STEPS + "  - {guard: {r: back}, for: 5m, steady: 1m, countdown: 10s}\n"))
    go, watch, last = made.steps[2:]
    assert isinstance(go, plans.Gate)
    assert (go.passing, go.proven, go.waiver) == (("r",), True, ("sre",))
    assert watch == plans.Guard(
        id="watch", phase="main", title="Watch", after=("go",), rules={"r": "hold"}, seconds=1800.0
    )
    assert isinstance(last, plans.Guard)
    assert (last.id, last.title, last.rules, last.countdown) == ("guard", "Guard 5:00", {"r": "back"}, 10.0)
    assert made.rollback is not None
    assert made.rollback.verify == (
        plans.Steady(id="shown", phase="verify", title="Shown", after=("undo",), rules=("r",), seconds=60.0),
    )


def test_what_undoes_a_step_runs_where_and_as_the_step_does(tmp_path: Path) -> None:
    full = "{run: ./down, check: {probe: m, times: 2}}"
    step = f"dir: /x, as: app, env: {{A: b}}, timeout: 5m, batches: [1, 100%], undo: {full}"
    text = book("metrics: {m: {probe: 'http://{{ host }}/', on: web, no_data: fail}}\n", steps=STEPS)
    made = planned(tmp_path, text.replace("undo: ./down", step))
    up = made.steps[1]
    (undo,) = made.undos
    assert isinstance(up, plans.Run)
    assert (up.undo, undo.id, undo.phase, undo.title, undo.command) == (
        "up-undo",
        "up-undo",
        "back",
        "Up back",
        "./down",
    )
    same = ("batches", "group", "directory", "user", "env", "timeout", "shell")
    assert [getattr(undo, name) for name in same] == [getattr(up, name) for name in same]
    assert undo.check == plans.Check(request=plans.Request(url="http://{{ host }}/"), times=2)
    assert (undo.after, undo.undo) == ((), "")


def test_a_decision_is_as_it_is_said(tmp_path: Path) -> None:
    text = decided("options: [fix, wait], default: wait, deadline: 5m, owner: sre, guide: {fix: easy}")
    assert planned(tmp_path, text.replace("ask: x", "ask: 'Fix {{ version }}?'")).decisions["r"] == plans.Decision(
        name="r",
        ask="Fix 1.2?",
        options=("fix", "wait"),
        deadline=300.0,
        default="wait",
        owner=("sre",),
        guide={"fix": "easy"},
    )


def test_a_rule_that_nobody_wrote_a_decision_for_gets_one(tmp_path: Path) -> None:
    made = planned(tmp_path, book(steps=STEPS.replace("r: hold", "r: decide")))
    assert made.decisions["r"] == plans.Decision(
        name="r", ask="r is failing: above 5", options=("roll back", "hold", "go on"), deadline=600.0, default="hold"
    )


def test_proofs_come_first_and_nothing_else_waits_for_them(tmp_path: Path) -> None:
    text = book().replace("on: here}]\n", "on: here}, {id: late, run: ./late, on: here, before: watch}]\n")
    made = planned(tmp_path, text)
    assert [phase.name for phase in made.phases] == ["proof", "main"]
    assert {step.id: step.after for step in made.steps} == {
        "can": (),
        "late": ("go",),
        "up": (),
        "go": ("up",),
        "watch": ("go", "late"),
    }
    assert made.rollback is not None
    assert made.rollback.proofs == ("can", "late")


def test_a_point_of_no_return_is_one(tmp_path: Path) -> None:
    made = planned(tmp_path, book().replace("undo: ./down", "point_of_no_return: true"))
    assert [step.no_return for step in made.steps] == [False, True, False, False]


@pytest.mark.parametrize("text", CONDITIONS)
def test_every_condition_of_the_reference_page_is_one(text: str) -> None:
    assert grammar.parse(text, "%").text == text


PRINTED = """\
metric m in ms: every 0:15
         Prometheus at http://x
         up
         no data: hold; stale after 0:55
before up: baselines over 1:00:00, of at least 20 samples
rule   r (warn): m ok: at most baseline, bad: above 2x baseline
         to be answered within 5:00
         leads to watch: decide, guard: roll back
asks   about r: r is failing: above 2x baseline
         roll back / hold / go on; after 10:00: hold
proofs of the way back: can"""


def test_a_gate_may_ask_for_a_rehearsal_beside_rules(tmp_path: Path) -> None:
    made = planned(tmp_path, book().replace("passing: [r, rollback-proven]", "passing: [r, rehearsed 1d 12h]"))
    go = made.steps[2]
    assert isinstance(go, plans.Gate)
    assert (go.passing, go.proven, go.rehearsed) == (("r",), False, 129600.0)
    assert "      while this plan was rehearsed within 1d 12h" in plan_lines(made)


def test_a_plan_prints_what_it_watches(tmp_path: Path) -> None:
    said = "ok: at most baseline, bad: above 2x baseline, level: warn, answer_within: 5m"
    text = rule(said, "baseline: {over: 1h, until: up}\n").replace("r: hold", "r: decide")
    made = planned(tmp_path, text + "  - {guard: {r: roll back}, for: 5m, countdown: 1m}\n")
    assert "\n".join(watch_lines(made)) == PRINTED
    lines = [line.strip() for line in plan_lines(made)]
    expected = ["undone batch by batch by up-undo", "$ ./down", "once the way back is proven", "r fails: decide"]
    expected += ["a rollback is announced for 1:00", "waits until r passes for 1:00 at a stretch"]
    assert [line for line in expected if line not in lines] == []
