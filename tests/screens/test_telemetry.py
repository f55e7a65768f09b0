"""Tiles of the flight screen, and the traces that they show."""

from __future__ import annotations

from cockpit.engine.client import Measured
from cockpit.release import events as happened
from screens.panes.telemetry import evenly, tiles
from screens.traces import FEWEST, KEPT, Trace, Traces
from screens.view import View
from tests.screens import measured, release
from tests.screens.measured import fields
from tests.screens.seen import view
from widgets.rows import Cell
from widgets.tiles import Tile


def text(cell: Cell) -> str:
    return "".join(bit.text for bit in cell)


def tile(one: View, key: str) -> Tile:
    return next(each for each in tiles(one) if each.key == key)


def seen(script: release.Script, later: float = 2.0, **given: object) -> View:
    return view(script, later, **fields(script, 0.0, **given))


def test_a_tile_for_each_metric_that_a_rule_uses() -> None:
    assert [one.key for one in tiles(seen(measured.guarding()))] == [one.name for one in measured.METRICS]
    assert tiles(view(release.deploying())) == ()


def test_a_tile_says_value_unit_rule_threshold_and_verdict() -> None:
    one = tile(seen(measured.mixed(), latency=402.0), "latency")
    assert (text(one.head), text(one.verdict)) == ("p95 latency  402 ms", "✖ failing")
    assert text(one.note) == "slow: 368 ms, above 2x baseline for 3m"


def test_each_verdict_has_a_glyph_and_a_word() -> None:
    found = [text(one.verdict) for one in tiles(seen(measured.mixed(), 0.0, orders=None))]
    assert found == ["✔ passing", "✖ failing", "✔ passing", "~ inconclusive", "? no data 1:05", "! error"]


def test_a_tile_says_how_near_its_rule_is() -> None:
    one = tile(seen(measured.nearing(), pending={"errors": (130.0, 300.0)}), "error_rate")
    assert text(one.note) == "errors: 2:10 of 5:00  above 5% for 5m"


def test_a_late_sample_says_its_age() -> None:
    assert text(tile(seen(measured.guarding(), 9.0), "latency").aside) == ""
    assert text(tile(seen(measured.guarding(), 14.0), "latency").aside) == "14 s ago"


def test_the_worst_host_is_named_and_how_many_there_are() -> None:
    assert text(tile(seen(measured.guarding()), "memory").aside) == "web-3 of 3"


def test_hosts_beyond_the_limit_are_counted() -> None:
    script = measured.guarding().after(0, measured.verdict("leak", "failing", 91.0))
    found = fields(script, 0.0)
    key = ("memory", "web-3")
    found["traces"] = {**found["traces"], key: Trace((script.at,), (91.0,))}
    assert text(tile(view(script, 2.0, **found), "memory").aside) == "web-3, 1 of 3 bad"


def test_a_rule_that_was_vetoed_says_by_whom() -> None:
    script = measured.counting_down().after(3, happened.Vetoed(rule="errors", by="ana", note="a load test"))
    assert text(tile(seen(script), "error_rate").note) == "errors: above 5% for 5m · let be by ana: a load test"


def test_the_curve_has_limits_band_and_cutover() -> None:
    curve = tile(seen(measured.at_gate()), "latency").curve
    assert [limit.value for limit in curve.limits] == [368.0]
    assert curve.band == (172.0, 196.0)
    assert curve.mark is not None


def test_samples_stand_at_equal_distances() -> None:
    trace = Trace((0.0, 5.1, 9.9, 15.0), (1.0, 2.0, 3.0, 4.0))
    assert evenly(trace, 5.0, 16.0) == (1.0, 2.0, 3.0, 4.0)


def test_one_missing_sample_is_bridged_and_more_are_a_gap() -> None:
    assert evenly(Trace((0.0, 10.0), (1.0, 2.0)), 5.0, 10.0) == (1.0, 1.0, 2.0)
    assert evenly(Trace((0.0, 20.0), (1.0, 2.0)), 5.0, 20.0) == (1.0, None, None, None, 2.0)


def test_what_was_not_measured_is_a_gap() -> None:
    assert evenly(Trace((0.0, 5.0, 10.0), (1.0, None, 2.0)), 5.0, 10.0) == (1.0, None, 2.0)


def test_when_nothing_comes_the_gap_grows_at_the_right() -> None:
    assert evenly(Trace((0.0, 5.0), (1.0, 2.0)), 5.0, 22.0) == (1.0, 2.0, None, None, None)


def test_a_trace_grows_by_newer_readings_only() -> None:
    trace = Trace().grown(Measured("m", "", 5.0, 1.0), 9).grown(Measured("m", "", 5.0, 2.0), 9)
    assert (trace.moments, trace.values) == ((5.0,), (1.0,))


def test_history_is_joined_before_what_came_since() -> None:
    traces = Traces()
    traces.take([Measured("m", "", 10.0, 3.0)])
    found = traces.join(("m", ""), [(0.0, 1.0), (5.0, None), (10.0, 9.0)])["m", ""]
    assert (found.moments, found.values) == ((0.0, 5.0, 10.0), (1.0, None, 3.0))
    assert found.at == 10.0


def test_traces_are_bounded_however_many_there_are() -> None:
    traces = Traces()
    assert traces.kept == KEPT
    traces.take(Measured("m", f"web-{number}", 1.0, 1.0) for number in range(5000))
    assert traces.kept == FEWEST
