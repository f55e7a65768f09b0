"""Small playbooks with metrics and rules, and what is found wrong with each."""

from __future__ import annotations

import re

from tests.playbook.books import problems

STEPS = """\
phases:
- phase: main
  steps:
  - {id: up, run: ./up, on: web, undo: ./down}
  - {id: go, gate: Go, passing: [r, rollback-proven], waiver: sre}
  - {id: watch, guard: {r: hold}, for: 30m}
"""
BOOK = """\
playbook: p
params: {version: }
secrets: {token: {env: TOKEN}}
roles: {sre: [ana]}
hosts: {web: ['web-[1:4]'], db: db-1}
rollback:
  steps: [{id: undo, run: ./undo, on: web}]
  verify: [{id: shown, passing: r, for: 1m}]
  proven_by: [{id: can, run: ./can, on: here}]
"""
"""Right, but for metrics, rules and phases."""

METRIC = "metrics: {m: {prometheus: up, url: 'http://x', no_data: hold, unit: ms}}\n"
RULE = "rules: {r: {metric: m, bad: above 5}}\n"


def book(metrics: str = METRIC, rules: str = RULE, steps: str = STEPS) -> str:
    """The text of a playbook; what is wrong can be in any of its parts."""
    return BOOK + metrics + rules + steps


def placed(text: str) -> list[str]:
    """What is wrong: each code, and the words it points at, up to the next sign."""
    lines = text.split("\n")
    return [f"{problem.code} {_words(lines[problem.line - 1][problem.column - 1 :])}" for problem in problems(text)]


def _words(rest: str) -> str:
    return (re.match(r"[^,:\]}]+|$", rest) or [""])[0].strip()


def metric(text: str) -> str:
    """A playbook with this metric."""
    return book(metrics=f"metrics: {{m: {{{text}}}}}\n")


def rule(text: str, more: str = "") -> str:
    """A playbook with this rule on a metric in ms."""
    return book(rules=f"rules: {{r: {{metric: m, {text}}}}}\n{more}")


def by_host(text: str) -> str:
    """The same on a metric of four hosts."""
    on = "metrics: {m: {probe: 'http://{{ host }}/', on: web, no_data: fail}}\n"
    return book(metrics=on, rules=f"rules: {{r: {{metric: m, {text}}}}}\n")


def steps(text: str) -> str:
    """A playbook with these steps behind those that there are."""
    return book(steps=STEPS + text)


def silent(means: str) -> str:
    """A playbook up to its phases, whose rule says what no data means and can open a decision."""
    rule = f"rules: {{r: {{metric: m, bad: above 5, no_data: {means}}}}}\n"
    return book(rules=rule, steps="decisions: {r: {ask: what now, options: [hold]}}\n")


X = "url: 'http://x', no_data: hold"
WATCHED: list[tuple[str, str, list[str]]] = [
    ("P102", metric("prometheus: up, url: 'http://x'"), ["P102 {prometheus"]),
    ("P102", metric("prometheus: up, no_data: hold"), ["P102 {prometheus"]),
    ("P105", metric(X), ["P105 {url"]),
    ("P105", metric(f"prometheus: up, datadog: up, {X}"), ["P105 datadog"]),
    ("P101", metric(f"prometheus: up, pick: x, {X}"), ["P101 pick"]),
    ("P403", metric("command: ls, no_data: hold"), ["P403 command"]),
    ("P104", metric("command: ls, on: here, no_data: maybe"), ["P104 maybe"]),
    ("P104", metric(f"prometheus: up, {X}, retries: 11"), ["P104 11"]),
    ("P102", metric(f"prometheus: up, {X}, minimum: {{metric: m}}"), ["P102 {metric"]),
    ("P201", metric(f"prometheus: up, {X}, on: wev, label: x"), ["P201 wev"]),
    ("P703", metric("json: x.org, pick: a, no_data: hold"), ["P703 x.org"]),
    ("P703", metric("probe: 'tcp://x', no_data: hold"), ["P703 tcp"]),
    ("P704", metric("json: 'http://x', pick: 'a[', no_data: hold"), ["P704 '"]),
    ("P704", metric("json: 'http://x', pick: 'lenght(a)', no_data: hold"), ["P704 lenght(a)'"]),
    ("P208", metric(f"prometheus: 'up == {{{{ token }}}}', {X}"), ["P208 token"]),
    ("P204", metric(f"prometheus: 'up == {{{{ host }}}}', {X}"), ["P204 host"]),
    ("P605", metric("command: 'echo \"$host\"', on: here, no_data: hold"), ["P605 $host\"'"]),
    ("P602", metric("command: 'eval \"$version\"', on: here, no_data: hold"), ['P602 eval "$version"\'']),
    ("P804", metric(f"prometheus: up, {X}, on: web"), ["P804 on"]),
    ("P804", metric(f"prometheus: up, {X}, every: 1s, timeout: 5s"), ["P804 timeout"]),
    ("P804", metric(f"prometheus: up, {X}, stale: 5s"), ["P804 5s"]),
    ("P804", metric("json: 'http://x', pick: a, on: web, no_data: hold"), ["P804 json"]),
    ("P804", metric("command: ls, on: [here, web], no_data: hold"), ["P804 here"]),
    ("P804", metric("command: ls, on: web, pick: a, column: b, no_data: hold"), ["P804 column"]),
    ("P804", metric("command: ls, on: web, row: b, no_data: hold"), ["P804 row"]),
    ("P804", metric("probe: 'http://x', take: expiry, no_data: hold"), ["P804 http"]),
    ("P804", metric("probe: 'https://x', take: latency, unit: ms, no_data: hold"), ["P804 ms"]),
    ("P804", metric("probe: 'tcp://x:1', expect: {status: 200}, no_data: hold"), ["P804 tcp"]),
    ("P804", metric("probe: 'tcp://x:1', take: status, no_data: hold"), ["P804 tcp"]),
    ("P803", metric(f"prometheus: up, {X}, label: host"), ["P803 label"]),
    ("P102", rule("level: warn"), ["P102 {metric"]),
    ("P705", rule("bad: abuve 5"), ["P705 abuve 5"]),
    ("P705", rule('bad: "above 5 for five"'), ['P705 five"']),
    ("P705", rule("bad: above 5%"), ["P705 5%"]),
    ("P705", rule("bad: above slo, slo: 5 parsecs"), ["P705 parsecs"]),
    ("P705", rule("bad: above slo, slo: 101% over 30d"), ["P705 101% over 30d"]),
    ("P705", rule("bad: above baseline, floor: x", "baseline: {over: 1h, until: up}\n"), ["P705 x"]),
    ("P705", rule("bad: above 5, minimum: {metric: m, value: 5 kB}"), ["P705 5 kB"]),
    ("P209", book(rules="rules: {r: {metric: n, bad: above 5}}\n"), ["P209 n"]),
    ("P209", rule("bad: above 5, minimum: {metric: n, value: 5}"), ["P209 n"]),
    ("P805", rule("bad: above 2x baseline"), ["P805 baseline"]),
    ("P202", rule("bad: above baseline", "baseline: {over: 1h, until: upp}\n"), ["P202 upp"]),
    ("P202", rule("bad: above baseline", "baseline: {over: 1h, until: undo}\n"), ["P202 undo"]),
    ("P202", rule("bad: above baseline", "baseline: {over: 1h, until: can}\n"), ["P202 can"]),
    ("P805", rule("bad: above slo"), ["P805 above slo"]),
    ("P805", rule("bad: burns 2x over 1h, slo: 5"), ["P805 5"]),
    ("P805", rule("ok: above slo, bad: spends 5% within 30m, slo: 99% over 30d"), ["P805 m", "P805 99% over 30d"]),
    ("P805", rule("bad: above slo, slo: 99% over 30d"), ["P805 99% over 30d"]),
    ("P803", rule("bad: above 5, slo: 5"), ["P803 slo"]),
    ("P803", rule("bad: above 5, floor: 5"), ["P803 floor"]),
    ("P805", rule("bad: above 5, hosts: 2"), ["P805 2"]),
    ("P805", rule("ok: below 5, bad: above 3"), ["P805 above 3"]),
    ("P805", rule("bad: above 5 per 10s"), ["P805 above 5 per 10s"]),
    ("P803", rule("bad: above 5 for 10s"), ["P803 for 10s"]),
    ("P805", rule("bad: fails 3 times"), ["P805 fails 3 times"]),
    ("P805", rule("bad: higher than the other hosts, canary: up"), ["P805 higher than the other hosts"]),
    ("P805", by_host("bad: higher than the other hosts"), ["P805 higher than the other hosts"]),
    ("P202", by_host("bad: higher than the other hosts, canary: upp"), ["P202 upp"]),
    ("P202", by_host("bad: higher than the other hosts, canary: go"), ["P202 go"]),
    ("P803", by_host("bad: fails, canary: up"), ["P803 canary"]),
    ("P805", by_host("bad: fails, hosts: 5"), ["P805 5"]),
    ("P104", by_host("bad: fails, hosts: most"), ["P104 most"]),
    ("P803", book(rules="rules: {r: {metric: m, ok: below 5}, s: {metric: m, ok: below 5}}\n"), ["P803 s"]),
    ("P206", rule("bad: above 5}, rollback-proven: {metric: m, ok: below 5"), ["P206 rollback-proven"]),
    ("P206", rule("bad: above 5}, rehearsed: {metric: m, ok: below 5"), ["P206 rehearsed", "P803 rehearsed"]),
    ("P104", steps("  - {gate: x, passing: rehearsed}\n"), ["P104 rehearsed"]),
    ("P104", steps("  - {gate: x, passing: rehearsed 7}\n"), ["P104 rehearsed 7"]),
    ("P104", steps("  - {gate: x, passing: [r, rehearsed 7x]}\n"), ["P104 rehearsed 7x"]),
    ("P104", steps("  - {gate: x, passing: rehearsed 0s}\n"), ["P104 rehearsed 0s"]),
    ("P103", steps("  - {gate: x, passing: [[r]]}\n"), ["P103 [r"]),
    ("P104", steps("  - {gate: x, passing: r 7d}\n"), ["P104 r 7d"]),
    ("P205", steps("  - {gate: x, passing: [rehearsed 7d, r, rehearsed 1d]}\n"), ["P205 rehearsed 1d"]),
    ("P104", steps("  - {passing: rehearsed 7d}\n"), ["P104 rehearsed 7d"]),
    ("P210", steps("  - {guard: {s: hold}, for: 5m}\n"), ["P210 s"]),
    ("P104", steps("  - {guard: {r: explode}, for: 5m}\n"), ["P104 explode"]),
    ("P104", steps("  - {guard: {}, for: 5m}\n"), ["P104 {"]),
    ("P102", steps("  - {guard: {r: hold}}\n"), ["P102 {guard"]),
    ("P803", steps("  - {guard: {r: warn}, for: 5m, steady: 1m}\n"), ["P803 steady"]),
    ("P803", silent("pass") + STEPS + "  - {guard: {r: decide}, for: 5m, steady: 1m}\n", ["P803 steady"]),
    ("P803", steps("  - {guard: {r: warn}, for: 5m, countdown: 1m}\n"), ["P803 countdown"]),
    ("P806", steps("  - {guard: {r: back}, for: 5m, after: []}\n"), ["P806 back", "P302 after"]),
    ("P210", steps("  - {passing: [s], for: 5m}\n"), ["P210 s"]),
    ("P210", steps("  - {passing: rollback-proven}\n"), ["P210 rollback-proven"]),
    ("P105", steps("  - {passing: r, do: x}\n"), ["P105 do"]),
    ("P101", steps("  - {wait: 1s, undo: x}\n"), ["P101 undo"]),
    ("P203", steps("  - {gate: x, passing: r, waiver: srr}\n"), ["P203 srr"]),
    ("P803", steps("  - {gate: x, waiver: sre}\n"), ["P803 waiver"]),
    ("P104", steps("  - {wait: 1s, point_of_no_return: 1}\n"), ["P104 1"]),
    ("P205", steps("  - {id: up-undo, wait: 1s}\n"), ["P205 undo"]),
    ("P209", steps("  - {run: ls, on: web, check: {probe: m}}\n"), ["P209 m"]),
    ("P209", steps("  - {run: ls, on: web, check: {probe: n}}\n"), ["P209 n"]),
    ("P105", steps("  - {run: ls, on: web, undo: {run: ls, check: {times: 2}}}\n"), ["P105 {times"]),
    ("P601", steps("  - {run: ls, on: web, undo: 'if true; then x'}\n"), ["P601 if true; then x'"]),
    ("P210", steps("decisions: {s: {ask: x, options: [a]}}\n"), ["P210 s"]),
    ("P803", steps("decisions: {r: {ask: x, options: [a]}}\n"), ["P803 r"]),
]


def decided(text: str) -> str:
    """A playbook with a decision on its rule."""
    return steps("  - {guard: {r: decide}, for: 5m}\n" + f"decisions: {{r: {{ask: x, {text}}}}}\n")


def proven(text: str) -> str:
    """A playbook with one more proof."""
    return book().replace("on: here}]\n", f"on: here}}, {{{text}}}]\n")


WATCHED += [
    ("P210", decided("options: [a, b], default: c"), ["P210 c"]),
    ("P210", decided("options: [a, b], guide: {c: x}"), ["P210 c"]),
    ("P205", decided("options: [a, a]"), ["P205 a"]),
    ("P203", decided("options: [a], owner: srr"), ["P203 srr"]),
    ("P204", decided("options: ['{{ a }}']").replace("ask: x", "ask: '{{ host }}'"), ["P204 host"]),
    ("P105", proven("wait: 1s"), ["P105 {wait", "P101 wait"]),
    ("P202", proven("run: ls, on: here, before: upp"), ["P202 upp"]),
    ("P202", proven("run: ls, on: here, before: undo"), ["P202 undo"]),
    ("P802", proven("run: ls, on: here, after: up"), ["P802 after"]),
    ("P802", proven("run: ls, on: here, undo: ls"), ["P802 undo"]),
    ("P803", book().replace(", rollback-proven]", "]"), ["P803 {id"]),
    ("P806", book().replace("  proven_by: [{id: can, run: ./can, on: here}]\n", ""), ["P806 rollback-proven"]),
    (
        "P806",
        book().replace("{id: shown,", "{id: x, gate: x, passing: rollback-proven}, {id: shown,"),
        ["P802 gate", "P806 rollback-proven"],
    ),
    (
        "P806",
        book().replace("{id: shown,", "{id: x, gate: x, passing: rehearsed 7d}, {id: shown,"),
        ["P802 gate", "P806 rehearsed 7d"],
    ),
    ("P802", book().replace("id: undo,", "id: undo, undo: ls,"), ["P802 undo"]),
    ("P803", book().replace("id: undo,", "id: undo, point_of_no_return: true,"), ["P803 point_of_no_return"]),
    ("P802", book().replace("passing: r, for", "guard: {r: hold}, for"), ["P802 guard"]),
    (
        "P806",
        "playbook: p\n" + METRIC + RULE + "phases: [{phase: a, steps: [{guard: {r: roll back}, for: 1m}]}]\n",
        ["P806 roll back"],
    ),
]
