"""A small bad playbook for every rule, and the place and code that is said of it."""

from __future__ import annotations

import pytest

from cockpit.playbook.problem import RULES
from tests.playbook.books import found, in_steps, problems
from tests.playbook.watched import WATCHED

STEPS = [
    ("P101", "- {id: a, wait: 1s, tkes: 2s}", ["1:21: P101"]),
    ("P102", "- {id: a, checklist: [{text: x}]}", ["1:23: P102"]),
    ("P103", "- {id: a, wait: [1s]}\n- {id: b, do: {x: y}}", ["1:17: P103", "2:15: P103"]),
    ("P103", "- {id: a, wait: }\n- just text", ["1:11: P103", "2:3: P103"]),
    ("P104", "- {id: a, wait: 5}\n- {id: b, run: 'true', on: web, if_fails: rollback}", ["1:17: P104", "2:43: P104"]),
    ("P104", "- {id: a, gate: x, confirm: ''}\n- {id: b, gate: x, confirm: }", ["1:29: P104", "2:20: P103"]),
    ("P104", "- {id: a, gate: x, sign: {sre: 0}}\n- {id: b, gate: x, distinct: 0}", ["1:32: P104", "2:30: P104"]),
    ("P104", "- {id: a, gate: x, sign: []}\n- {id: b, gate: x, sign: {}}", ["1:26: P104", "2:26: P104"]),
    ("P105", "- {id: a, wiat: 1s}\n- {id: b, wait: 1s, do: x}", ["1:3: P105", "1:11: P101", "2:21: P105"]),
    ("P105", "- {id: a, run: 'true', on: web, check: {times: 3}}", ["1:40: P105"]),
    ("P201", "- {id: a, run: 'true', on: wev}\n- {id: b, run: 'true', on: [db, web-9]}", ["1:28: P201", "2:33: P201"]),
    ("P202", "- {id: a, wait: 1s, after: [b, c]}\n- {id: b, wait: 1s, after: []}", ["1:32: P202"]),
    ("P202", "- {id: a, wait: 1s, after: undo}\n- {id: b, wait: 1s, when: aa.passed}", ["1:28: P202", "2:27: P202"]),
    ("P303", "- {id: a, wait: 1s, not_before: 5m after b}\n- {id: b, wait: 1s}", ["1:33: P303"]),
    ("P203", "- {id: a, wait: 1s, owner: sree}\n- {id: b, gate: x, sign: [capten]}", ["1:28: P203", "2:27: P203"]),
    ("P203", "- {id: a, gate: x, sign: {capten: 1}}", ["1:27: P203"]),
    (
        "P204",
        "- {id: a, do: 'see {{ versoin }}'}\n- {id: b, wait: 1s, when: versoin == 'x'}",
        ["1:23: P204", "2:27: P204"],
    ),
    ("P204", "- {id: a, http: 'http://{{ host }}/'}\n- {id: b, do: '{{ release }}'}", ["1:28: P204", "2:19: P204"]),
    (
        "P205",
        "- {id: a, wait: 1s}\n- {id: a, wait: 1s}\n- {id: b-c, wait: 1s}\n- {id: b_c, wait: 1s}",
        ["2:8: P205", "4:8: P205"],
    ),
    ("P205", "- {id: a, checklist: [{id: x, item: a}, {id: y, item: b}, {id: x, item: c}]}", ["1:64: P205"]),
    (
        "P206",
        "- {id: a, run: 'true', on: web, env: {PATH: x, LD_PRELOAD: y, host: z}}",
        ["1:39: P206", "1:48: P206", "1:63: P206"],
    ),
    ("P206", "- {id: a, run: 'echo IFS=x >> \"$COCKPIT_CAPTURE\"', on: web}", ["1:11: P206"]),
    (
        "P207",
        "- {id: a, run: 'cat \"$f\"', on: web}\n- {id: b, run: 'echo f=1 >> \"$COCKPIT_CAPTURE\"', on: web}",
        ["1:22: P207"],
    ),
    (
        "P207",
        "- {id: a, wait: 1s, when: f == '1'}\n- {id: b, run: 'echo f=1 >> \"$COCKPIT_CAPTURE\"', on: web}",
        ["1:27: P207"],
    ),
    (
        "P207",
        "- {id: a, http: 'http://x/{{ f }}'}\n- {id: b, run: 'echo f=1 >> \"$COCKPIT_CAPTURE\"', on: web}",
        ["1:30: P207"],
    ),
    (
        "P207",
        "- {id: a, run: 'echo f=1 >> \"$COCKPIT_CAPTURE\"', on: web, dir: '/{{ f }}', check: {run: 'test \"$f\"'}}",
        ["1:69: P207"],
    ),
    ("P208", "- {id: a, do: 'say {{ token }}'}\n- {id: b, wait: 1s, when: token == 'x'}", ["1:23: P208", "2:27: P208"]),
    ("P208", "- {id: a, run: 'true', on: web, dir: '/{{ token }}'}", ["1:43: P208"]),
    (
        "P301",
        "- {id: a, wait: 1s, after: [c]}\n- {id: b, wait: 1s, after: [a]}\n- {id: c, wait: 1s, after: [b]}",
        ["1:21: P301"],
    ),
    ("P301", "- {id: a, wait: 1s, after: [a]}", ["1:29: P301"]),
    (
        "P302",
        "- {id: a, wait: 1s}\n- {id: g, gate: Go}\n- {id: b, wait: 1s, after: [a]}\n- {id: c, wait: 1s, after: [g]}",
        ["3:21: P302"],
    ),
    ("P302", "- {id: a, wait: 1s}\n- {id: b, wait: 1s, after: []}\n- {id: g, gate: Go, after: b}", ["3:21: P302"]),
    ("P403", "- id: a\n  run: 'true'", ["2:3: P403"]),
    ("P404", "- {id: a, run: 'true', on: [web, web-2]}", ["1:34: P404"]),
    ("P405", "- {id: a, run: 'true', on: web, batches: [50%, 25%, 100%]}", ["1:48: P405"]),
    ("P405", "- {id: a, run: 'true', on: web, batches: [3, 50%, 100%]}", ["1:46: P405"]),
    ("P406", "- {id: a, run: 'true', on: web, batches: [1, 50%]}", ["1:46: P406"]),
    ("P501", "- {id: a, gate: x, sign: [nobody]}\n- {id: b, gate: x, sign: {sre: 2}}", ["1:17: P501", "2:17: P501"]),
    ("P501", "- {id: a, gate: x, sign: {captain: 2, sre: 1}, distinct: 3}", ["1:58: P501"]),
    ("P501", "- {id: a, gate: x, distinct: 1}", ["1:30: P501"]),
    ("P803", "- {id: a, gate: x, expires: 2h}", ["1:20: P803"]),
    ("P807", "- {id: a, run: ls, on: db, takes: 10m, timeout: 5m}", ["1:49: P807"]),
    ("P807", "- {id: a, run: ls, on: db, takes: 1h}", ["1:35: P807"]),
    ("P807", "- {id: a, run: ls, on: web, takes: 11m, timeout: 5m, batches: [1, 100%]}", ["1:50: P807"]),
    ("P803", "- {id: a, gate: x, without_starter: true}", ["1:20: P803"]),
    ("P104", "- {id: a, gate: x, sign: [sre], expires: 0s}", ["1:42: P104"]),
    ("P104", "- {id: a, gate: x, sign: [sre], without_starter: maybe}", ["1:50: P104"]),
    ("P104", "- {id: a, run: ls, on: web, as: '-u root'}", ["1:33: P104"]),
    ("P102", "- {id: a, run: ls, on: web, advice: [{run: ls}]}", ["1:38: P102"]),
    ("P101", "- {id: a, wait: 1s, advice: x}", ["1:21: P101"]),
    ("P104", "- {id: a, run: ls, on: web, advice: [{say: x, exit: 0}]}", ["1:53: P104"]),
    ("P204", "- {id: a, run: ls, on: web, advice: ['see {{ host }}']}", ["1:46: P204"]),
    ("P803", "- {id: a, run: ls, on: web, advice: [x, {say: y, exit: 2}]}", ["1:41: P803"]),
    ("P803", "- {id: a, http: 'http://x/', advice: [{say: x, exit: 2}]}", ["1:48: P803"]),
    ("P601", "- id: a\n  on: web\n  run: |\n    ok\n    if true; then\n      x", ["6:8: P601"]),
    (
        "P605",
        "- {id: a, run: 'echo \"$1\"', on: web}\n- {id: b, run: 'f() { echo \"$1\"; }; f x', on: web}",
        ["1:23: P605"],
    ),
    ("P602", "- {id: a, run: 'ls; eval \"$version\"', on: web}", ["1:21: P602"]),
    ("P603", '- id: a\n  on: web\n  run: |\n    ls\n    sh -c "ls $version"', ["5:11: P603"]),
    ("P603", "- {id: a, run: 'ls', on: web, check: {run: '\"$version\"'}}", ["1:45: P603"]),
    ("P603", "- {id: a, run: 'echo $((version + 1)) $((count + 1))', on: web}", ["1:25: P603"]),
    ("P604", "- {id: a, run: 'deploy $version', on: web}", ["1:24: P604"]),
    ("P605", '- {id: a, run: \'deploy "$versoin" "${bar:-}" "$HOME"\', on: web}', ["1:25: P605"]),
    ("P606", "- {id: a, run: 'deploy {{ version }}', on: web}", ["1:24: P606"]),
    (
        "P607",
        "- {id: a, run: 'tail -f log', on: web}\n- {id: b, run: 'tail -f log', on: web, timeout: 1m}",
        ["1:17: P607"],
    ),
    ("P608", '- id: a\n  on: web\n  run: |\n    for i do echo "$i"; done', ["4:5: P608"]),
    ("P609", "- {id: a, run: 'sed -i \"s/x/$version/\" f', on: web}", ["1:24: P609"]),
    ("P610", '- {id: a, run: \'git checkout "$version" && git fetch "$count"\', on: web}', ["1:30: P610"]),
    (
        "P611",
        "- {id: a, run: 'rm \u2013rf x', on: here}\n- {id: b, http: 'http://ex\u0430mple.com/'}",
        ["1:20: P611", "2:27: P611"],
    ),
    ("P701", "- {id: a, do: 'x {{ 1 + 1 }}'}\n- {id: b, do: 'x {% if x %}'}", ["1:21: P701", "2:18: P701"]),
    ("P702", "- {id: a, wait: 1s, when: version}\n- {id: b, wait: 1s, when: version ==}", ["1:27: P702", "2:37: P702"]),
    ("P703", "- {id: a, http: example.com}\n- {id: b, http: {url: 'ftp://x'}}", ["1:17: P703", "2:24: P703"]),
    ("P802", "- {id: a, http: 'http://x/', times: 3}", ["1:30: P802"]),
    ("P802", "- {id: a, http: 'http://x/', times: 3, every: 10s, deadline: 20s}", ["1:52: P802"]),
    ("P802", "- {id: a, run: 'true', on: web, check: {run: 'true', times: 10, every: 1m}}", ["1:54: P802"]),
    ("P803", "- {id: a, run: 'true', on: web, if_fails: drop}", ["1:43: P803"]),
    ("P803", "- {id: a, run: 'true', on: web, fail_above: 20%}", ["1:45: P803"]),
    ("P803", "- {id: a, run: 'true', on: db, fail_above: 99%, if_fails: drop}", ["1:44: P803"]),
    ("P803", "- {id: a, http: 'http://x/', if_fails: drop}", ["1:40: P803"]),
]

ONE = "phases: [{phase: p, steps: [{wait: 1s}]}]\n"
WHOLE = [
    (
        "P502",
        (
            "playbook: x\nroles: {sre: [ana], director: [], later: {assigned: true}}\n"
            "escalation: [captain, sre, later, director]\n"
            "phases: [{phase: p, steps: [{assign: later}]}]\n"
        ),
        ["3:35: P502"],
    ),
    (
        "P211",
        "playbook: x\nnotices: {a: {to: 'x:y', text: x}}\nphases: [{phase: p, steps: [{notice: b}, {notice: a}]}]\n",
        ["3:38: P211"],
    ),
    (
        "P803",
        "playbook: x\nreview_every: 90d\nhosts: {db: db-1}\n"
        "manual: {fix: {ask: Sure?, run: './fix', on: db, after: a, takes: 1m}}\n" + ONE,
        ["2:1: P803", "4:50: P803", "4:57: P202", "4:60: P803"],
    ),
    (
        "P203",
        "playbook: x\nrollback: {steps: [{id: block, do: x}], block: {until: [Fixed], lifted_by: risc}}\n" + ONE,
        ["2:1: P801", "2:25: P205", "2:76: P203"],
    ),
    ("P212", "playbook: x\nreviewed: 2020-01-01\nreview_every: 90d\n" + ONE, ["2:11: P212"]),
    ("P104", "playbook: x\nreviewed: 2026-02-30\n" + ONE, ["2:11: P104"]),
    ("P803", "playbook: x\nnotices: {a: {to: 'x:y', text: x}}\n" + ONE, ["2:11: P803"]),
    (
        "P208",
        (
            "playbook: x\nsecrets: {s: {env: S}}\n"
            "notices: {a: {to: 'x:y', text: '{{ s }} {{ now }} {{ i }}', asks: {i: '?'}}}\n"
            "phases: [{phase: p, steps: [{notice: a}, {record: r, text: '{{ s }} {{ i }}'}]}]\n"
        ),
        ["3:36: P208", "4:64: P208", "4:72: P204"],
    ),
    ("P004", 'playbook: "a\\0b"\n' + ONE, ["1:11: P004", "1:11: P104"]),
    ("P010", "playbook: x\nplaybook: y\n" + ONE, ["2:1: P010"]),
    ("P011", "playbook: x\n<<: {a: b}\n" + ONE, ["2:1: P011"]),
    ("P012", "playbook: !name x\n" + ONE, ["1:11: P012"]),
    ("P101", "playbook: x\nmessages: {}\nparms: {}\n" + ONE, ["2:1: P101", "3:1: P101"]),
    ("P102", "playbook: x\n", ["1:1: P102"]),
    ("P105", "playbook: x\nsecrets: {a: {}, b: {env: A, file: b}}\n" + ONE, ["2:14: P105", "2:30: P105"]),
    ("P104", "playbook: x\nparams: {a: {pattern: '('}}\n" + ONE, ["2:24: P104"]),
    ("P104", "playbook: x\nroles: {a: ['{{ x }}'], b: ['x; y']}\n" + ONE, ["2:13: P104", "2:29: P104"]),
    ("P205", "playbook: x\nparams: {a: }\nsecrets: {a: {env: A}}\n" + ONE, ["3:11: P205"]),
    (
        "P205",
        "playbook: x\nphases:\n- {phase: p, steps: [{wait: 1s}]}\n- {phase: p, steps: [{wait: 1s}]}\n",
        ["4:11: P205"],
    ),
    (
        "P206",
        "playbook: x\nparams: {IFS: , address: }\nhosts: {here: x}\n" + ONE,
        ["2:10: P206", "2:17: P206", "3:9: P206"],
    ),
    (
        "P206",
        "playbook: x\nparams: {TZ: , GIT_SSH: , http_proxy: }\n" + ONE,
        ["2:10: P206", "2:16: P206", "2:27: P206"],
    ),
    ("P401", "playbook: x\nhosts:\n  a: ['w-[3:1]']\n  b:\n  - ok\n  - w-[x]\n" + ONE, ["3:11: P401", "6:8: P401"]),
    ("P402", "playbook: x\nhosts:\n  a: b\n  b: [a, c]\n  c: c\n" + ONE, ["3:3: P402"]),
    ("P801", "playbook: x\nhosts: {a: b}\nphases: [{phase: p, steps: [{run: ls, on: a}]}]\n", ["3:30: P801"]),
    ("P801", "playbook: x\n" + ONE + "rollback: {steps: [{wait: 1s}]}\n", ["3:1: P801"]),
    ("P802", "playbook: x\nphases: [{phase: p, steps: [{run: ls, on: here, if_fails: roll back}]}]\n", ["2:59: P802"]),
    (
        "P802",
        "playbook: x\n" + ONE + "rollback: {steps: [{run: ls, on: here, if_fails: roll back}], verify: [{gate: x}]}\n",
        ["3:50: P802", "3:73: P802"],
    ),
    (
        "P903",
        "playbook: x\nparams: {a: {pattern: 'x+', default: y}, b: {choices: [1, 2], default: 3}}\n" + ONE,
        ["2:38: P903", "2:72: P903"],
    ),
]

ELSEWHERE = {"P001", "P002", "P003", "P005", "P006", "P007", "P008", "P009", "P013", "P014", "P901", "P902", "P904"}
"""Codes whose tests are in test_source.py and test_plan.py."""


@pytest.mark.parametrize(("code", "steps", "expected"), STEPS)
def test_a_wrong_step_is_found_at_its_place(code: str, steps: str, expected: list[str]) -> None:
    assert in_steps(steps + "\n") == expected
    assert any(place.endswith(code) for place in expected)


@pytest.mark.parametrize(("code", "text", "expected"), WHOLE)
def test_a_wrong_playbook_is_found_at_its_place(code: str, text: str, expected: list[str]) -> None:
    assert found(text) == expected
    assert any(place.endswith(code) for place in expected)


def test_every_rule_has_a_test() -> None:
    assert {code for code, _, _ in STEPS + WHOLE + WATCHED} | ELSEWHERE == set(RULES)


def test_problems_come_all_at_once_in_the_order_of_the_file() -> None:
    steps = "  - {run: eval x, on: b, owner: c}\n  - {wait: 5}\n"
    text = "playbook: x\nparms: {}\nhosts: {a: 'b-[2:1]'}\nphases:\n- phase: p\n  steps:\n"
    assert [place[-4:] for place in found(text + steps)] == ["P101", "P401", "P801", "P602", "P203", "P104"]


def test_a_broken_part_makes_nothing_else_unknown() -> None:
    broken = "- {id: a, run: 'echo v=1 >> \"$COCKPIT_CAPTURE\"', on: web, tiemout: 1s}\n"
    assert in_steps(broken + "- {id: b, run: 'echo \"$v\"', on: web, after: a}\n") == ["1:59: P101"]


def test_the_way_back_may_ask_about_every_step_and_prove_by_any_kind_but_a_gate() -> None:
    text = (
        "playbook: x\nhosts: {web: a}\n" + ONE.replace("wait", "id: up, wait") + "rollback:\n"
        "  steps: [{id: undo, run: ls, on: web, when: up.started and not up.passed}]\n"
        "  verify:\n"
        "  - {run: ls, on: web}\n  - {http: 'http://x/'}\n  - {wait: 1s, when: undo.passed}\n"
        "  - {checklist: [a]}\n  - {do: look}\n"
    )
    assert found(text) == []


def test_what_a_step_captures_is_there_for_what_waits_for_it_and_for_the_way_back() -> None:
    makes = "- {id: a, run: 'echo f=1 >> \"$COCKPIT_CAPTURE\"', on: web, check: {run: 'test \"$f\"'}}\n"
    assert in_steps(makes + "- {id: b, wait: 1s, when: f == '1', after: a}\n- {id: c, do: x}\n") == []


def test_a_url_may_begin_with_a_param() -> None:
    text = "playbook: x\nparams: {api: {default: 'https://a'}}\nphases: [{phase: a, steps: [{http: '{{ api }}/x'}]}]\n"
    assert found(text) == []


def test_the_nearest_known_word_is_offered() -> None:
    hints = {problem.hint for problem in problems("playbook: x\nparms: {}\n" + ONE)}
    assert hints == {"did you mean `params`?"}


def test_a_key_of_another_kind_of_step_says_whose_it_is() -> None:
    text = "playbook: x\nphases: [{phase: p, steps: [{gate: x, batches: [1]}]}]\n"
    assert problems(text)[0].hint == "`batches` belongs to run; this step is `gate`"


def test_no_message_speaks_of_pydantic() -> None:
    text = "playbook: [x]\nrevision: x\nssh: 1\nroles: {a: {people: x}}\nphases: [{phase: p, steps: 1}]\nrollback: []\n"
    said = " ".join(problem.message for problem in problems(text))
    assert "nput" not in said
    assert "valid" not in said
    assert len(problems(text)) == 6


@pytest.mark.parametrize(
    "step",
    [
        "{id: a, run: ls, on: db, takes: 30m}",
        "{id: a, run: ls, on: web, takes: 10m, timeout: 5m, batches: [1, 100%]}",
        "{id: a, run: ls, on: db, takes: 7m, timeout: 5m, check: {run: ls}}",
        "{id: a, run: tail -f log, on: db, takes: 1h, stream: 1h}",
    ],
)
def test_command_that_has_its_time_is_not_warned_of(step: str) -> None:
    assert in_steps(f"- {step}") == []
