"""From a playbook to its plan."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from cockpit.cli.plan_text import plan_lines
from cockpit.errors import PlaybookError
from cockpit.playbook import plan as plans
from cockpit.playbook.load import plan
from cockpit.playbook.plan import Plan
from tests.playbook.books import HEAD

GIVEN = {"version": "1.2", "count": "3"}


def planned(folder: Path, steps: str, **given: str) -> Plan:
    path = folder / "book.yaml"
    path.write_text(HEAD + indent(steps, "  "))
    return plan(path, GIVEN | given, "ana")


def after(folder: Path, steps: str) -> dict[str, tuple[str, ...]]:
    return {step.id: step.after for step in planned(folder, steps).steps}


def test_steps_wait_for_the_one_before(tmp_path: Path) -> None:
    steps = "- {id: a, wait: 1s}\n- {id: b, wait: 1s}\n- {id: c, wait: 1s}\n"
    assert after(tmp_path, steps) == {"a": (), "b": ("a",), "c": ("b",)}


def test_a_step_without_after_joins_everything_side_by_side(tmp_path: Path) -> None:
    steps = "- {id: a, wait: 1s}\n- {id: b, wait: 1s, after: []}\n- {id: c, wait: 1s, after: a}\n- {id: d, wait: 1s}\n"
    assert after(tmp_path, steps) == {"a": (), "b": (), "c": ("a",), "d": ("b", "c")}


def test_a_step_without_after_waits_across_phases(tmp_path: Path) -> None:
    steps = "- {id: a, wait: 1s}\n- {id: b, wait: 1s, after: []}\n"
    text = HEAD + indent(steps, "  ") + "- {phase: next, steps: [{id: c, wait: 1s}]}\n"
    path = tmp_path / "book.yaml"
    path.write_text(text)
    assert plan(path, GIVEN, "ana").steps[-1].after == ("a", "b")


def test_verify_waits_for_the_whole_way_back(tmp_path: Path) -> None:
    back = planned(tmp_path, "- {id: a, wait: 1s}\n").rollback
    assert back is not None
    assert [(step.id, step.phase, step.after) for step in back] == [
        ("undo", "rollback", ()),
        ("proof", "verify", ("undo",)),
    ]


def test_a_run_step_has_everything_it_needs(tmp_path: Path) -> None:
    step = planned(
        tmp_path,
        """\
- id: a
  run: 'curl -H "X: $token" "$version"'
  on: [web, db-1]
  dir: /srv/{{ version }}
  env: {TAG: '{{ version }}', KEY: 'k {{ token }}'}
  as: app
  batches: [1, 50%, 100%]
  check: {http: 'http://{{ address }}/', times: 2, every: 1s, deadline: 1m}
  fail_above: 10%
  if_fails: roll back
  timeout: 5m
  quiet: 30s
  takes: 1m 30s
  owner: sre
""",
    ).steps[0]
    assert isinstance(step, plans.Run)
    assert step.batches == (("web-1",), ("web-2", "web-3"), ("web-4", "db-1"))
    assert (step.directory, step.env, step.secret_env) == (
        "/srv/{{ version }}",
        {"TAG": "{{ version }}"},
        {"KEY": "k {{ token }}"},
    )
    assert (step.user, step.secrets, step.group, step.owner) == ("app", ("token",), "web, db-1", ("sre",))
    assert step.check == plans.Check(
        request=plans.Request(url="http://{{ address }}/"), times=2, every=1.0, deadline=60.0
    )
    assert (step.fail_above, step.if_fails, step.timeout, step.quiet, step.takes) == (
        0.1,
        "roll back",
        300.0,
        30.0,
        90.0,
    )


@pytest.mark.parametrize(
    ("more", "sizes"),
    [
        ("", [10]),
        (", batches: [50%, 100%]", [1, 4, 5]),
        (", batches: [100%]", [1, 9]),
        (", batches: [1, 5%, 25%, 100%]", [1, 2, 7]),
        (", check: {run: 'true'}", [1, 9]),
        (", check: {run: 'true'}, batches: [3, 100%]", [1, 2, 7]),
    ],
)
def test_the_first_host_goes_alone_where_there_are_batches_or_a_check(
    tmp_path: Path, more: str, sizes: list[int]
) -> None:
    path = tmp_path / "b.yaml"
    step = f"{{run: ls, on: w{more}}}"
    path.write_text(f"playbook: x\nhosts: {{w: 'w-[1:10]'}}\nphases: [{{phase: p, steps: [{step}]}}]\n")
    planned_step = plan(path, {}, "ana").steps[0]
    assert isinstance(planned_step, plans.Run)
    assert [len(batch) for batch in planned_step.batches] == sizes
    assert planned_step.hosts == tuple(f"w-{number}" for number in range(1, 11))


def test_one_host_is_one_batch(tmp_path: Path) -> None:
    step = planned(tmp_path, "- {run: ls, on: db, check: {run: 'true'}}\n").steps[0]
    assert isinstance(step, plans.Run)
    assert step.batches == (("db-1",),)


def test_a_secret_goes_only_to_the_steps_that_mention_it(tmp_path: Path) -> None:
    steps = planned(
        tmp_path, "- {id: a, run: 'true', on: web}\n- {id: b, http: {url: 'http://x/', headers: {A: '{{ token }}'}}}\n"
    ).steps
    assert [step.secrets for step in steps if isinstance(step, (plans.Run, plans.Http))] == [(), ("token",)]


def test_a_request_may_be_short_or_whole(tmp_path: Path) -> None:
    text = """\
- {id: a, http: 'http://x/'}
- id: b
  on: web
  http:
    url: http://{{ host }}/
    method: POST
    body: {n: 1, yes: true, s: '1', v: '{{ version ~ "x" }}', l: [a]}
    expect: {status: [200, 201], json: {a: {b: 1.10}, l: [x]}, contains: ok}
  times: 3
  every: 1s
  deadline: 1m
"""
    short, whole = planned(tmp_path, text).steps
    assert isinstance(short, plans.Http)
    assert isinstance(whole, plans.Http)
    assert (short.request, short.hosts, short.deadline) == (plans.Request(url="http://x/"), ("here",), 0.0)
    assert whole.request.body == '{"n": 1, "yes": true, "s": "1", "v": "{{ version ~ "x" }}", "l": ["a"]}'
    assert whole.request.headers == {"Content-Type": "application/json"}
    assert whole.request.expect == plans.Expect(status=(200, 201), contains="ok", json={"a.b": "1.10", "l.0": "x"})
    assert (whole.hosts, whole.times, whole.deadline) == (("web-1", "web-2", "web-3", "web-4"), 3, 60.0)


def test_checklist_items_get_ids_of_their_own(tmp_path: Path) -> None:
    text = (
        "- {id: a, checklist: [Signed?, {item: Signed, evidence: required, not_applicable: allowed, text: t}, '!']}\n"
    )
    step = planned(tmp_path, text).steps[0]
    assert isinstance(step, plans.Checklist)
    assert [(item.id, item.evidence, item.not_applicable) for item in step.items] == [
        ("signed", False, False),
        ("signed-2", True, True),
        ("item-3", False, False),
    ]


def test_items_keep_the_ids_they_are_given(tmp_path: Path) -> None:
    text = "- {id: a, checklist: [Signed, {id: signed, item: Other}, {id: sbom, item: Signed}]}\n"
    step = planned(tmp_path, text).steps[0]
    assert isinstance(step, plans.Checklist)
    assert [item.id for item in step.items] == ["signed-2", "signed", "sbom"]


@pytest.mark.parametrize("version", ["", "  ", "1\n2", "1\x1b[2J"])
def test_a_word_that_nobody_can_type_opens_no_gate(tmp_path: Path, version: str) -> None:
    with pytest.raises(PlaybookError, match=r":12:46: P904 the word to confirm"):
        planned(tmp_path, "- {id: g, gate: Go, sign: [sre], confirm: '{{ version }}'}\n", version=version)


def test_titles_and_words_are_filled_in(tmp_path: Path) -> None:
    text = "- {id: g, gate: 'Go {{ version }}', sign: [captain, sre], distinct: 2, confirm: '{{ version }}'}\n"
    text += "- {do: 'Tell {{ login }}'}\n"
    gate, do = planned(tmp_path, text).steps
    assert gate == plans.Gate(
        id="g", phase="main", title="Go 1.2", sign={"captain": 1, "sre": 1}, distinct=2, confirm="1.2"
    )
    assert isinstance(do, plans.Do)
    assert (do.id, do.title, do.text) == ("tell-login", "Tell ana", "Tell ana")


def test_a_gate_says_how_old_a_yes_may_be_and_who_may_not_give_it(tmp_path: Path) -> None:
    made = planned(tmp_path, "- {id: g, gate: Go, sign: {captain: 1}, expires: 2h, without_starter: true}\n")
    gate = made.steps[0]
    assert isinstance(gate, plans.Gate)
    assert (gate.expires, gate.without_starter) == (7200.0, True)
    lines = plan_lines(made)
    assert "      not by whoever starts the release" in lines
    assert "      a yes is void after 2h" in lines


def test_a_gate_that_only_its_starter_could_sign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="asks for 1 person of `sre`, which has nobody without whoever starts"):
        planned(tmp_path, "- {id: g, gate: Go, sign: [sre], without_starter: true}\n")


def test_a_step_says_what_helps_when_it_fails(tmp_path: Path) -> None:
    advice = "[{say: 'No {{ version }}', exit: 3, output: [refused, reset], run: 'tail \"$log\"'}, Call bo]"
    made = planned(tmp_path, f"- {{id: a, run: ls, on: web, undo: ls, advice: {advice}}}\n")
    assert isinstance(made.steps[0], plans.Run)
    assert made.steps[0].advice == (
        plans.Advice(say="No 1.2", commands=('tail "$log"',), output=("refused", "reset"), exit=(3,)),
        plans.Advice(say="Call bo"),
    )
    assert made.undos[0].advice == ()
    lines = plan_lines(made)
    assert "      when it fails with exit 3 and prints 'refused' or 'reset': No 1.2" in lines
    assert '        helps: tail "$log"' in lines
    assert "      when it fails: Call bo" in lines


def test_steps_without_id_or_title_get_sensible_ones(tmp_path: Path) -> None:
    text = (
        "- {wait: 90s}\n- {run: 'true', on: here}\n- {gate: 'Go / no-go'}\n- {id: back_up-data, run: 'true', on: db}\n"
    )
    steps = planned(tmp_path, text).steps
    assert [(step.id, step.title) for step in steps] == [
        ("wait", "Wait 1:30"),
        ("main-2", "Main 2"),
        ("go-no-go", "Go / no-go"),
        ("back_up-data", "Back up data"),
    ]


def test_equal_playbooks_and_params_have_equal_digests(tmp_path: Path) -> None:
    text = "- {id: a, wait: 1s}\n"
    assert planned(tmp_path, text).digest == planned(tmp_path, text).digest
    assert planned(tmp_path, text).digest != planned(tmp_path, text, version="1.3").digest


def test_numbers_reach_the_plan_as_written(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text("playbook: x\nparams: {v: {default: 1.10}}\nphases: [{phase: p, steps: [{do: '{{ v }}'}]}]\n")
    assert plan(path, {}, "ana").params == {"v": "1.10"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"count": "3"}, "2:10: P901"),
        ({"version": "1", "count": "x"}, "2:21: P903"),
        ({"version": "1\0", "count": "3"}, "2:10: P903"),
        ({"version": "1", "count": "3", "versoin": "1"}, "1:1: P902"),
    ],
)
def test_params_that_do_not_fit_are_said(tmp_path: Path, given: dict[str, str], code: str) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(HEAD + "  - {id: a, wait: 1s}\n")
    with pytest.raises(PlaybookError) as error:
        plan(path, given, "ana")
    assert error.value.problems[0].startswith(f"{path}:{code}")


def test_a_wrong_playbook_gives_no_plan_and_every_problem(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError) as error:
        planned(tmp_path, "- {id: a, wait: 5}\n- {id: b, wait: 1s, after: zz}\n")
    assert len(error.value.problems) == 2


def test_warnings_do_not_keep_a_plan_back(tmp_path: Path) -> None:
    assert planned(tmp_path, "- {id: a, run: 'echo $version', on: web}\n").steps[0].id == "a"


def test_a_gate_that_only_the_starter_could_open_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(
        "playbook: x\nroles: {a: [ana], b: ['{{ login }}']}\n"
        "phases: [{phase: p, steps: [{gate: Go, sign: [a, b], distinct: 2}]}]\n"
    )
    assert plan(path, {}, "bo").roles["b"].people == ("bo",)
    with pytest.raises(PlaybookError, match="P501"):
        plan(path, {}, "ana")
