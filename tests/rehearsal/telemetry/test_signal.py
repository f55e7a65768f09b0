"""What metrics show: curves, what hosts are like, faults; always the same for the same moment."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cockpit.analysis.rule import Gap
from cockpit.rehearsal.scenario import STARTS, Curve, Fault
from tests.rehearsal.telemetry.worlds import Earth, plan_of, signal_of

HOUR = 3600.0
URL = "url: 'http://p:9090', no_data: hold"
PLAN = plan_of(
    f"""
errors: {{prometheus: a, unit: '%', {URL}}}
load: {{prometheus: b, on: web, label: host, {URL}}}
health: {{probe: 'http://{{{{ address }}}}/health', expect: {{json: {{version: '2'}}}}, on: web, no_data: hold}}
queue: {{json: 'http://{{{{ host }}}}/queue', pick: size, on: web, no_data: hold}}
""",
    "bad: {metric: errors, bad: above 5%}",
)


def test_steady_curve_stays() -> None:
    signal = signal_of(PLAN, errors=Curve(steady=3.0))
    assert {signal.value("errors", "", STARTS + at) for at in (-9e5, 0, 17, 9e6)} == {3.0}


def test_noise_stays_within_its_share_and_differs() -> None:
    signal = signal_of(PLAN, errors=Curve(steady=10.0, noise=0.1))
    found = [signal.value("errors", "", STARTS + 15 * each) or 0.0 for each in range(500)]
    assert 9.0 <= min(found) < 9.1
    assert 10.9 < max(found) <= 11.0


def test_noise_is_of_seed_metric_host_and_interval() -> None:
    curve = Curve(steady=10.0, noise=0.1)
    one, other = signal_of(PLAN, load=curve), signal_of(PLAN, seed=2, load=curve)
    assert one.value("load", "web-1", STARTS + 1) == one.value("load", "web-1", STARTS + 14)
    found = [
        one.value("load", "web-1", STARTS),
        one.value("load", "web-2", STARTS),
        one.value("load", "web-1", STARTS + 15),
    ]
    assert len({*found, other.value("load", "web-1", STARTS)}) == 4


def test_number_is_the_same_in_another_process() -> None:
    told = "from tests.rehearsal.telemetry.worlds import *; from tests.rehearsal.telemetry.test_signal import PLAN\n"
    told += "print(signal_of(PLAN, errors=Curve(steady=10.0, noise=0.1)).value('errors', '', STARTS + 77))"
    out = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert float(out) == signal_of(PLAN, errors=Curve(steady=10.0, noise=0.1)).value("errors", "", STARTS + 77)


def test_wave_is_highest_in_the_afternoon() -> None:
    signal = signal_of(PLAN, errors=Curve(steady=10.0, wave=0.5))
    found = {at: signal.value("errors", "", STARTS + at * HOUR) for at in range(24)}
    assert (found[0], found[6], found[18]) == pytest.approx((10.0, 15.0, 5.0))


def test_drift_adds_from_the_start_on() -> None:
    signal = signal_of(PLAN, errors=Curve(steady=10.0, drift=2.0))
    assert [signal.value("errors", "", STARTS + at * HOUR) for at in (-5, 0, 3)] == [10.0, 10.0, 16.0]


def test_other_curve_holds_once_the_facts_change() -> None:
    earth = Earth(version="1")
    signal = signal_of(PLAN, earth, load=(Curve(steady=9.0, given={"version": "2"}), Curve(steady=3.0)))
    earth.becomes("web-1", 100.0, version="2")
    assert [signal.value("load", "web-1", STARTS + at) for at in (99.9, 100.0)] == [3.0, 9.0]
    assert signal.value("load", "web-2", STARTS + 100) == 3.0


def test_curve_that_settles_is_reached_by_and_by() -> None:
    earth = Earth(version="1")
    signal = signal_of(PLAN, earth, load=(Curve(steady=9.0, given={"version": "2"}, settles=60.0), Curve(steady=3.0)))
    earth.becomes("web-1", 100.0, version="2")
    assert [signal.value("load", "web-1", STARTS + at) for at in (100, 130, 160, 900)] == [3.0, 6.0, 9.0, 9.0]


def test_drift_begins_when_its_curve_does() -> None:
    earth = Earth(version="1")
    signal = signal_of(PLAN, earth, load=(Curve(steady=3.0, drift=6.0, given={"version": "2"}), Curve(steady=3.0)))
    earth.becomes("web-1", HOUR, version="2")
    assert [signal.value("load", "web-1", STARTS + at * HOUR) for at in (1, 2)] == [3.0, 9.0]


def test_past_stays_as_it_was_when_facts_change() -> None:
    earth = Earth(version="1")
    signal = signal_of(PLAN, earth, errors=(Curve(steady=9.0, given={"version": "2"}), Curve(steady=3.0, noise=0.1)))
    before = [signal.value("errors", "", STARTS + at) for at in range(0, 100, 10)]
    earth.becomes("web-1", 100.0, version="2")
    assert [signal.value("errors", "", STARTS + at) for at in range(0, 100, 10)] == before


def test_value_for_all_shows_the_canary_in_proportion() -> None:
    earth = Earth(version="1")
    signal = signal_of(PLAN, earth, errors=(Curve(steady=9.0, given={"version": "2"}), Curve(steady=1.0)))
    earth.becomes("web-1", 100.0, version="2")
    assert [signal.value("errors", "", STARTS + at) for at in (99, 100)] == [1.0, 3.0]


def test_silent_curve_shows_nothing() -> None:
    assert signal_of(PLAN, errors=Curve(silent=True)).value("errors", "", STARTS) is None


def test_jump_lasts_as_long_as_its_fault() -> None:
    earth = Earth()
    signal = signal_of(PLAN, earth, errors=Curve(steady=1.0))
    earth.strikes(Fault(id="f", kind="errors", value=40.0), 100.0, 50.0)
    assert [signal.value("errors", "", STARTS + at) for at in (99, 100, 149, 150)] == [1.0, 40.0, 40.0, 1.0]


def test_end_that_becomes_known_later_counts() -> None:
    earth = Earth()
    signal = signal_of(PLAN, earth, errors=Curve(steady=1.0))
    earth.strikes(Fault(id="f", kind="errors", value=40.0), 100.0)
    assert signal.value("errors", "", STARTS + 200) == 40.0
    earth.blows.clear()
    earth.strikes(Fault(id="f", kind="errors", value=40.0), 100.0, 50.0)
    assert signal.value("errors", "", STARTS + 200) == 1.0


def test_leak_grows_from_its_beginning() -> None:
    earth = Earth()
    signal = signal_of(PLAN, earth, errors=Curve(steady=1.0))
    earth.strikes(Fault(id="f", kind="leak", metric="errors", value=6.0), HOUR)
    assert [signal.value("errors", "", STARTS + at * HOUR) for at in (1, 2, 3)] == [1.0, 7.0, 13.0]


def test_fault_on_one_host_spares_the_others() -> None:
    earth = Earth()
    signal = signal_of(PLAN, earth, load=Curve(steady=1.0), errors=Curve(steady=1.0))
    earth.strikes(Fault(id="f", kind="errors", metric="load", value=9.0, hosts=("web-2",)), 0.0)
    earth.strikes(Fault(id="g", kind="errors", metric="errors", value=11.0, hosts=("web-2",)), 0.0)
    assert [signal.value("load", host, STARTS) for host in ("web-1", "web-2")] == [1.0, 9.0]
    assert signal.value("errors", "", STARTS) == pytest.approx(3.0)


def test_silence_has_no_samples() -> None:
    earth = Earth()
    earth.strikes(Fault(id="f", kind="silence", metric="errors"), 0.0)
    found = signal_of(PLAN, earth).reading("errors", "", STARTS)
    assert isinstance(found, Gap)
    assert found.kind == "no data"


def test_liar_hides_every_other_fault() -> None:
    earth = Earth()
    earth.strikes(Fault(id="f", kind="lie", metric="errors", value=0.1), 0.0)
    earth.strikes(Fault(id="g", kind="errors", metric="errors", value=90.0), 0.0)
    assert {signal_of(PLAN, earth).value("errors", "", STARTS + at) for at in range(99)} == {0.1}


def test_host_that_is_down_answers_no_look_and_no_question() -> None:
    earth = Earth(version="2")
    earth.strikes(Fault(id="f", kind="host-down", hosts=("web-2",)), 0.0)
    signal = signal_of(PLAN, earth)
    assert [signal.value("health", host, STARTS) for host in ("web-1", "web-2")] == [1.0, 0.0]
    found = signal.reading("queue", "web-2", STARTS)
    assert isinstance(found, Gap)
    assert found.kind == "error"
    assert signal.value("load", "web-2", STARTS) is not None


def test_look_is_as_expected_where_the_version_is() -> None:
    earth = Earth(version="1")
    signal = signal_of(PLAN, earth)
    earth.becomes("web-1", 100.0, version="2")
    assert [signal.value("health", "web-1", STARTS + at) for at in (99, 100)] == [0.0, 1.0]
    assert signal.reading("health", "web-2", STARTS, {"version": "1"}).value == 1.0  # type: ignore[union-attr]
