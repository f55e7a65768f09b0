"""What is wrong with a scenario, each at its place."""

from __future__ import annotations

import pytest

from cockpit.playbook.problem import errors
from cockpit.rehearsal.written.lint.places import MAX_FACTS
from cockpit.rehearsal.written.rules import RULES
from tests.rehearsal.written.scenes import BOOK, HEAD, NO_WAY_BACK, found, said, understood

CASES = [
    # of the model
    ("an unknown key", "fualts: []", ["1:1: S101"]),
    ("an unknown key of an act", "steps: {up: {exit: 1}}", ["1:14: S101"]),
    ("an unknown key of an act in a list", "steps:\n  up:\n  - {exit: 1}", ["3:6: S101"]),
    ("a fault without its kind", "faults: [{on: web-1}]", ["1:10: S102"]),
    ("a curve that shows nothing", "metrics: {errors: {noise: 10%}}", ["1:19: S102"]),
    ("a list that is none", "faults: {fault: hang}", ["1:9: S103"]),
    ("a key without a value", "faults:", ["1:1: S103"]),
    ("steps that are a list", "steps: [up]", ["1:8: S103"]),
    ("an act that is text", "steps: {up: fails}", ["1:13: S103"]),
    ("an unknown fault", "faults: [{fault: host-donw}]", ["1:18: S104"]),
    ("an unknown end", "ends: rolled back", ["1:7: S104"]),
    ("an unknown answer", "answers: {up: [retry, explode]}", ["1:23: S104"]),
    ("a duration without a unit", "steps: {up: {takes: 20}}", ["1:21: S104"]),
    ("a number that is none", "metrics: {errors: {steady: much}}", ["1:28: S104"]),
    ("a status that is none", "steps: {up: {exits: 256}}", ["1:21: S104"]),
    ("a rate without a time", "metrics: {errors: {steady: 1, drift: 2}}", ["1:38: S104"]),
    ("a rate over nothing", "metrics: {errors: {steady: 1, drift: 2 per 0s}}", ["1:38: S104"]),
    ("a date that is none", "starts: 2026-02-30T14:00:00Z", ["1:9: S104"]),
    ("a time that is none", "faults: [{fault: hang, step: up, at: soon}]", ["1:38: S104"]),
    (
        "several at once",
        "ends: x\nvetoes: {}\nfaults: [{fault: x}, {at: 1s}]",
        ["1:7: S104", "2:9: S103", "3:18: S104", "3:22: S102"],
    ),
    ("no levels", "metrics: {errors: []}", ["1:19: S104"]),
    # hosts
    ("facts of an unknown host", "hosts: {wbe: {version: 1}}", ["1:9: S201"]),
    ("facts of a host beyond a range", "hosts: {'web-[1:4]': {version: 1}}", ["1:9: S201"]),
    ("facts of a wrong range", "hosts: {'web-[3:1]': {version: 1}}", ["1:9: S201"]),
    ("facts of this machine", "hosts: {here: {version: 1}}", ["1:9: S216"]),
    ("an act on an unknown host", "steps: {up: {on: [web-1, web-9]}}", ["1:26: S201"]),
    ("an act on a host of another step", "steps: {up: {on: db-1}}", ["1:18: S216"]),
    ("a curve on a host that is not measured", "metrics: {errors: {on: db, steady: 1}}", ["1:24: S216"]),
    ("a curve on a host of a metric without hosts", "metrics: {orders: {on: web, steady: 1}}", ["1:24: S216"]),
    ("a fault on this machine", "faults: [{fault: host-down, on: here}]", ["1:33: S216"]),
    ("a fault on a host of another step", "faults: [{fault: hang, step: up, on: db}]", ["1:38: S216"]),
    ("a fault on a host without the metric", "faults: [{fault: errors, metric: errors, on: db}]", ["1:46: S216"]),
    # names
    ("acts of an unknown step", "steps: {upp: {exits: 1}}", ["1:9: S202"]),
    ("acts of a gate", "steps: {go: {exits: 1}}", ["1:9: S216"]),
    ("a check of a step without one", "steps: {back-up: {check: {exits: 1}}}", ["1:19: S216"]),
    ("a fault of an unknown step", "faults: [{fault: hang, step: upp}]", ["1:30: S202"]),
    ("a fault of a gate", "faults: [{fault: hang, with: go}]", ["1:30: S216"]),
    ("a fault with an unknown step", "faults: [{fault: host-down, with: upp}]", ["1:35: S202"]),
    ("an order with an unknown step", "orders: [{does: hold, with: upp}]", ["1:29: S202"]),
    ("answers to an unknown step", "answers: {upp: retry}", ["1:11: S202"]),
    ("a report of an unknown rule", "orders: [{does: report, rule: lots}]", ["1:25: S209"]),
    ("a report of what is measured", "orders: [{does: clear, rule: bad}]", ["1:30: S217"]),
    ("a report of nothing", "orders: [{does: report}]", ["1:17: S217"]),
    ("a rule that is not reported", "orders: [{does: hold, rule: lost}]", ["1:23: S219"]),
    ("answers to a gate", "answers: {go: retry}", ["1:11: S216"]),
    ("an unknown person", "people: {sra: 20s}", ["1:10: S203"]),
    ("a fault of an unknown person", "faults: [{fault: signer-no, role: sra}]", ["1:35: S203"]),
    ("an unknown metric", "metrics: {erors: 1}", ["1:11: S208"]),
    ("a fault of an unknown metric", "faults: [{fault: silence, metric: erors}]", ["1:35: S208"]),
    ("a decision on an unknown rule", "decisions: {bda: hold}", ["1:13: S209"]),
    ("an unknown option", "decisions: {few: hodl}", ["1:18: S209"]),
    ("a decision on what is never asked", "decisions: {odd: hold}", ["1:13: S217"]),
    ("a veto of an unknown rule", "vetoes: [bda]", ["1:10: S209"]),
    ("a veto of what announces nothing", "vetoes: few", ["1:9: S217"]),
    ("a waiver of an unknown rule", "waives: {bda: known}", ["1:10: S209"]),
    ("a waiver of what no gate asks for", "waives: {odd: known}", ["1:10: S217"]),
    ("a wrong template", "steps: {up: {prints: 'a {{ version'}}", ["1:28: S204"]),
    ("an unknown variable", "hosts: {web: {version: 'v{{ verison }}'}}", ["1:29: S204"]),
    ("a variable that only commands have", "orders: [{does: hold, note: '{{ host }}'}]", ["1:33: S204"]),
    ("a capture of another name", "steps: {back-up: {captures: {flie: x}}}", ["1:30: S207"]),
    ("a capture of a request", "steps: {look: {captures: {file: x}}}", ["1:27: S207"]),
    # faults
    ("two faults of one id", "faults:\n- {id: a, fault: host-down}\n- {id: a, fault: link-lost}", ["3:8: S205"]),
    ("after an unknown fault", "faults: [{id: down, fault: host-down, after: dwon}]", ["1:46: S206"]),
    ("after itself", "faults: [{fault: host-down, after: host-down}]", ["1:36: S210"]),
    (
        "after each other",
        "faults:\n- {id: a, fault: host-down, after: b}\n- {id: b, fault: link-lost, after: a}",
        ["2:36: S210"],
    ),
    ("at two times", "faults: [{fault: host-down, at: 1m, with: up}]", ["1:37: S212"]),
    ("later than a time", "faults: [{fault: host-down, at: 1m, later: 1m}]", ["1:37: S212"]),
    ("before the start", "faults: [{fault: host-down, at: -5m}]", ["1:33: S211"]),
    (
        "at a date before the start",
        "starts: 2026-03-10T14:00:00Z\norders: [{does: hold, at: 2026-03-10T13:59:59Z}]",
        ["2:27: S211"],
    ),
    ("errors without a metric", "faults: [{fault: errors, to: 5}]", ["1:10: S213"]),
    ("a hang without a step", "faults: [{fault: hang, at: 5m}]", ["1:10: S213"]),
    ("a signer without a role", "faults: [{fault: signer-no}]", ["1:10: S213"]),
    ("a value that cannot be used", "faults: [{fault: host-down, to: 5}]", ["1:29: S214"]),
    ("hosts that cannot be used", "faults: [{fault: signer-no, role: sre, on: web}]", ["1:40: S214"]),
    ("an end that cannot be used", "faults: [{fault: engine-killed, for: 5m}]", ["1:33: S214"]),
    # reach
    ("an act behind one that always fits", "steps:\n  up:\n  - {exits: 1}\n  - {on: web-1, exits: 2}", ["4:5: S215"]),
    (
        "an act behind one for all its hosts",
        "steps:\n  up:\n  - {on: web, exits: 1}\n  - {exits: 2}",
        ["4:5: S215"],
    ),
    (
        "a try behind one for more tries",
        "steps:\n  up:\n  - {tries: 2, exits: 1}\n  - {tries: 1, exits: 2}",
        ["4:5: S215"],
    ),
    (
        "a curve behind one for more hosts",
        (
            "metrics:\n  errors:\n  - {given: {a: 1}, steady: 1}\n  - {on: web-1, given: {a: 1}, steady: 2}\n"
            "hosts: {web: {a: 1}}"
        ),
        ["4:5: S215"],
    ),
    # answers and settings
    ("a retry of a person", "answers: {ready: retry}", ["1:11: S216"]),
    ("run of what has no condition", "answers: {look: run}", ["1:17: S217"]),
    ("a rollback of the rollback", "answers: {down: [retry, roll back]}", ["1:25: S217"]),
    ("facts of what fails", "steps: {up: {exits: 1, sets: {version: 1}}}", ["1:24: S219"]),
    ("a time of what hangs", "steps: {up: {hangs: true, takes: 5s}}", ["1:27: S219"]),
    ("noise of silence", "metrics: {errors: {silent: true, noise: 5%}}", ["1:34: S219"]),
    ("a note of who says nothing", "people: {sre: {says: nothing, note: x}}", ["1:31: S219"]),
    ("a fact that nobody has", "steps: {up: {given: {verison: 1}, exits: 1}}", ["1:22: S219"]),
]


@pytest.mark.parametrize(("part", "wrong"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_found(part: str, wrong: list[str]) -> None:
    assert found(part) == wrong


def test_another_playbook_is_refused_where_it_is_named() -> None:
    problems = understood("scenario: s\nplaybook: shpo\n").problems
    assert [str(problem) for problem in problems] == [
        "scene.yaml:2:11: S220 this is for the playbook `shpo`, not for `shop`\nhint: did you mean `shop`?"
    ]


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("ends: rolled_back", "1:7: S218"),
        ("answers: {look: roll back}", "1:17: S217"),
        ("orders: [{does: roll back}]", "1:17: S217"),
        ("orders: [{does: back}]", "1:17: S217"),
    ],
)
def test_there_is_no_way_back_in_a_playbook_without_rollback(part: str, wrong: str) -> None:
    assert found(part, NO_WAY_BACK) == [wrong]
    assert found(part.replace("look", "up"), BOOK) == []


@pytest.mark.parametrize(
    ("part", "hint"),
    [
        ("faults: [{fault: host-donw}]", "did you mean `host-down`?"),
        ("steps: {upp: {exits: 1}}", "did you mean `up`?"),
        ("steps: {up: {exit: 1}}", "did you mean `exits`?"),
        ("hosts: {wbe: {version: 1}}", "did you mean `web`?"),
        ("decisions: {few: hodl}", "did you mean `hold`?"),
        ("steps: {back-up: {captures: {flie: x}}}", "did you mean `file`?"),
        ("faults: [{fault: errors, to: 5}]", "metrics: errors, orders"),
        ("people: {x: 20s}", "roles: captain, everybody, sre"),
        ("hosts: {web: {version: '{{ host }}'}}", "only params are known in a scenario"),
    ],
)
def test_the_hint_names_what_was_meant_or_what_there_is(part: str, hint: str) -> None:
    assert [told for _, told in said(part)] == [hint]


@pytest.mark.parametrize(
    "part",
    [
        "steps:\n  up:\n  - {tries: 1, exits: 1}\n  - {exits: 0}",
        "steps:\n  up:\n  - {check: {tries: 1, exits: 1}}\n  - {exits: 1}",
        "steps:\n  up:\n  - {given: {version: 1}, exits: 1}\n  - {on: web-1, sets: {version: 1}}",
        "steps: {count: {captures: {rows: 5}}, back-up: {captures: {file: x}}}",
        "steps: {up-undo: {exits: 1}, old: {on: web-2, exits: 1}}",
        "metrics: {orders: [{given: {version: 1}, steady: 5}, 7]}\nhosts: {web: {version: 1}}",
        "faults: [{fault: hang, with: up}, {fault: host-down, at: 0s}, {fault: link-lost, after: hang, later: 0s}]",
        "answers: {up: [retry, run, roll back], ready: []}".replace(", ready: []", ""),
        "decisions: {bad: accept, few: go on}",
        "waives: {few: 'known {{ version }}'}",
        "people: {everybody: 5s, captain: {answers: 0s, note: x}, sre: no}",
    ],
)
def test_nothing_is_wrong_with(part: str) -> None:
    assert found(part) == []


def test_more_acts_than_can_be_followed_are_refused() -> None:
    acts = ", ".join("{exits: 1}" for _ in range(101))
    assert [code[-4:] for code in found(f"steps: {{up: [{acts}]}}")] == ["S014"]


def test_more_faults_than_can_be_followed_are_refused() -> None:
    faults = ", ".join("{fault: host-down}" for _ in range(1001))
    assert [code[-4:] for code in found(f"faults: [{faults}]")] == ["S014"]


def test_more_hosts_than_can_be_known_are_refused() -> None:
    book = BOOK.replace("web: 'web-[1:3]'", "web: 'web-[1:5000]'").replace("on: web", "on: web-1")
    places = ", ".join(f"'web-[1:{5000 - index}]': {{version: 1}}" for index in range(25))
    assert MAX_FACTS < 25 * 4900
    assert [code[-4:] for code in found(f"hosts: {{{places}}}", book)] == ["S014"]


def test_more_hosts_than_can_be_looked_up_are_refused() -> None:
    book = BOOK.replace("web: 'web-[1:3]'", "web: 'web-[1:5000]'").replace("on: web", "on: web-1")
    assert found(f"faults: [{{fault: host-down, on: [{', '.join(['web'] * 101)}]}}]", book) == ["1:34: S201"]


def test_every_rule_of_the_table_has_a_code_that_is_explained() -> None:
    codes = {code.split()[-1] for _, _, wrong in CASES for code in wrong}
    assert codes <= RULES.keys()
    assert {code for code in RULES if code > "S2"} - codes == {"S218", "S220", "S221", "S222"}


def test_warnings_alone_do_not_keep_a_scenario_from_being_used() -> None:
    loaded = understood(HEAD + "steps: {up: {hangs: true, takes: 5s}}")
    assert (len(loaded.problems), errors(loaded.problems)) == (1, [])
