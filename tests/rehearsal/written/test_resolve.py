"""What a scenario comes to for a plan."""

from __future__ import annotations

import pytest

from cockpit.rehearsal.scenario import STARTS, Act, Curve, Fault, Person, Scenario, When, Word
from tests.rehearsal.written.scenes import scene


def test_a_scenario_that_says_nothing_is_guessed_whole() -> None:
    assert scene("") == Scenario(name="scene", title="s")


def test_values_stay_as_they_are_written() -> None:
    assert scene("hosts: {web-1: {version: 1.10, on: yes, made: 2026-01-01}}").facts == {
        "web-1": {"version": "1.10", "on": "yes", "made": "2026-01-01"}
    }


def test_params_stay_as_they_are_written() -> None:
    assert scene("params: {version: 1.10, kind: full}").params == {"version": "1.10", "kind": "full"}


def test_facts_are_by_host_and_the_last_counts() -> None:
    found = scene("hosts: {web: {version: 1, disk: new}, 'web-[2:3]': {version: 2}}").facts
    assert found == {
        "web-1": {"version": "1", "disk": "new"},
        "web-2": {"version": "2", "disk": "new"},
        "web-3": {"version": "2", "disk": "new"},
    }


def test_an_act_has_its_hosts_and_values_with_the_params_in_them() -> None:
    found = scene(
        "steps: {up: {on: [web-3, web-1], given: {version: '{{ version }}'}, tries: 2, takes: 1m, exits: 3,"
        " prints: 'no {{ version }}'}}\nhosts: {web: {version: 1}}"
    )
    given = {"version": "1.10"}
    act = Act(hosts=("web-3", "web-1"), given=given, tries=2, takes=60.0, exits=3, prints="no 1.10\n")
    assert found.acts == {"up": (act,)}


def test_a_step_hands_on_and_sets_what_its_act_says() -> None:
    found = scene("steps: {back-up: {captures: {file: '/v/{{ version }}'}, sets: {saved: true}}}").acts["back-up"]
    assert found == (Act(captures={"file": "/v/1.10"}, sets={"saved": "true"}),)


def test_a_check_is_an_act_of_hosts_as_they_are_by_then() -> None:
    run, check = scene(
        "steps: {up: {on: web-1, given: {version: 1, disk: new}, sets: {version: 2}, check: {takes: 1s, exits: 1}}}\n"
        "hosts: {web: {disk: new}}"
    ).acts["up"]
    assert (run.part, run.given) == ("run", {"version": "1", "disk": "new"})
    assert check == Act(part="check", hosts=("web-1",), given={"version": "2", "disk": "new"}, takes=1.0, exits=1)


def test_a_check_alone_leaves_the_command_to_be_guessed() -> None:
    (check,) = scene("steps: {up: {on: web-1, check: {tries: 3, hangs: true}}}").acts["up"]
    assert check == Act(part="check", hosts=("web-1",), tries=3, hangs=True)


def test_output_of_several_lines_ends_once() -> None:
    (act,) = scene("steps:\n  up:\n    prints: |\n      a\n      b\n").acts["up"]
    assert act.prints == "a\nb\n"


def test_a_number_is_a_level_and_rates_are_by_the_hour() -> None:
    found = scene(
        "metrics: {orders: 7, errors: [{on: web-2, steady: -1.5, noise: 10%, wave: 5%, drift: -2 per 30m, settles: 0s},"
        " {silent: true}]}"
    ).curves
    assert found["orders"] == (Curve(steady=7.0),)
    assert found["errors"] == (
        Curve(steady=-1.5, hosts=("web-2",), noise=0.1, wave=0.05, drift=-4.0),
        Curve(silent=True),
    )


@pytest.mark.parametrize(
    ("time", "when"),
    [
        ("", When()),
        (", at: 10m", When(later=600.0)),
        (", at: 2026-03-10 15:00", When(later=3600.0)),
        (", at: 2026-03-10T15:00:00+01:00", When()),
        (", later: 5s", When(later=5.0)),
        (", with: go", When(since="step", name="go")),
        (", with: go, later: 90s", When(since="step", name="go", later=90.0)),
        (", after: first, later: 1m", When(since="fault", name="first", later=60.0)),
    ],
)
def test_faults_begin_at_a_time_with_a_step_or_after_a_fault(time: str, when: When) -> None:
    found = scene(f"starts: 2026-03-10T14:00:00Z\nfaults: [{{id: first, fault: deaf}}, {{fault: host-down{time}}}]")
    assert found.faults[1].when == when


def test_a_rehearsal_starts_when_it_says_or_on_a_monday() -> None:
    assert scene("").starts == STARTS
    assert scene("starts: 2026-03-10T14:00:00Z").starts == 1773151200.0


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (
            "host-slow, on: db, times: 3, for: 5m",
            Fault(id="host-slow", kind="host-slow", hosts=("db-1",), value=3, lasts=300),
        ),
        ("wrong-exit, step: up, exits: 0", Fault(id="wrong-exit", kind="wrong-exit", step="up", value=0.0)),
        ("errors, metric: errors, to: 12", Fault(id="errors", kind="errors", metric="errors", value=12.0)),
        ("leak, metric: orders, grows: 1 per m", Fault(id="leak", kind="leak", metric="orders", value=60.0)),
        ("signer-late, role: sre, takes: 5m", Fault(id="signer-late", kind="signer-late", role="sre", value=300.0)),
        ("engine-killed", Fault(id="engine-killed", kind="engine-killed")),
    ],
)
def test_each_fault_has_its_own_word_for_its_value(written: str, fault: Fault) -> None:
    assert scene(f"faults: [{{fault: {written}}}]").faults == (fault,)


def test_a_fault_meets_the_step_that_it_begins_with() -> None:
    hang, down = scene("faults: [{fault: hang, with: up}, {fault: host-down, with: up}]").faults
    assert (hang.step, down.step) == ("up", "")


def test_faults_without_an_id_are_called_by_what_they_are() -> None:
    found = scene("faults: [{fault: deaf}, {fault: deaf}, {id: deaf-2, fault: hang, with: up}, {fault: deaf}]").faults
    assert [fault.id for fault in found] == ["deaf", "deaf-3", "deaf-2", "deaf-4"]


def test_people_are_as_everybody_but_for_what_they_say_themselves() -> None:
    found = scene("people: {everybody: {answers: 20s, note: seen}, captain: 5s, sre: {says: no, note: not yet}}").people
    assert found == {
        "captain": Person(answers=5.0, note="seen"),
        "sre": Person(answers=20.0, says="no", note="not yet"),
    }


def test_a_word_alone_is_what_somebody_says() -> None:
    assert scene("people: {sre: nothing}").people == {"sre": Person(says="nothing")}


def test_the_captain_says_and_orders_what_is_written() -> None:
    found = scene(
        "answers: {up: retry, count: [passed, drop]}\ndecisions: {few: roll back}\nvetoes: bad\n"
        "waives: {few: 'known in {{ version }}'}\norders: [{does: roll back, at: 20m, note: enough}]"
    )
    assert found.answers == {"up": ("retry",), "count": ("passed", "drop")}
    assert (found.decisions, found.vetoes) == ({"few": "roll back"}, ("bad",))
    assert found.waives == {"few": "known in 1.10"}
    assert found.words == (Word(when=When(later=1200.0), does="roll back", note="enough"),)
