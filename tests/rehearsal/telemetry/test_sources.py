"""Modelled sources under the real watch, at full speed and otherwise: the same verdicts, with fewer readings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cockpit.metrics.group import Ready
from cockpit.rehearsal.scenario import STARTS, Curve, Fault
from cockpit.rehearsal.telemetry.sources import ModelledSources
from tests.rehearsal.telemetry.worlds import Earth, Watched, plan_of, signal_of

HOUR = 3600.0
URL = "url: 'http://p:9090', every: 10s, timeout: 5s, no_data: hold"
METRICS = f"""
errors: {{prometheus: a, unit: '%', {URL}}}
latency: {{prometheus: b, unit: ms, {URL}}}
memory: {{prometheus: c, unit: MB, {URL}}}
up: {{probe: 'http://x/', every: 10s, timeout: 5s, no_data: hold}}
spent: {{prometheus: e, unit: '%', {URL}}}
load: {{prometheus: f, on: web, label: host, {URL}}}
"""
RULES = """
errors: {metric: errors, bad: above 5% for 2m}
slow: {metric: latency, bad: mean over 10m above 300ms}
leaks: {metric: memory, bad: grows 5% per 1h over 1h}
down: {metric: up, bad: fails 3 times}
burning: {metric: spent, bad: burns 6x over 1h, slo: 99.9% over 30d}
loaded: {metric: load, bad: above 10}
"""
PLAN = plan_of(METRICS, RULES, guarded="errors, slow, leaks, down, burning, loaded")


def flown(thin: bool, change: Callable[[Earth, float], None], **curves: Curve | tuple[Curve, ...]) -> Watched:
    """A watch of five hours; something changes after two."""
    earth = Earth(version="1")
    watched = Watched(signal_of(PLAN, earth, 1, **curves), thin=thin)
    watched.run((2 * HOUR + 3.3, lambda: change(earth, watched.time.now)), 3 * HOUR)
    return watched


def first(watched: Watched, rule: str, verdict: str) -> float:
    return next((at for at, said in watched.verdicts(rule) if said == verdict and at > HOUR), 0.0)


FAULTS = {
    "errors": Fault(id="f", kind="errors", metric="errors"),
    "slow": Fault(id="f", kind="latency", metric="latency"),
    "leaks": Fault(id="f", kind="leak", metric="memory"),
    "down": Fault(id="f", kind="errors", metric="up"),
    "burning": Fault(id="f", kind="errors", metric="spent"),
    "loaded": Fault(id="f", kind="errors", metric="load", hosts=("web-3",)),
}


@pytest.mark.parametrize("rule", [*FAULTS])
def test_fault_is_noticed_as_fast_at_full_speed(rule: str) -> None:
    def change(earth: Earth, at: float) -> None:
        earth.strikes(FAULTS[rule], at)

    sparse, dense = (first(flown(thin, change), rule, "failing") for thin in (True, False))
    assert dense > 2 * HOUR
    assert abs(sparse - dense) <= 45 + 0.06 * (dense - 2 * HOUR)


def test_silence_is_noticed_as_fast_at_full_speed() -> None:
    def change(earth: Earth, at: float) -> None:
        earth.strikes(Fault(id="f", kind="silence", metric="errors"), at)

    sparse, dense = (first(flown(thin, change), "errors", "no data") for thin in (True, False))
    assert dense > 2 * HOUR
    assert abs(sparse - dense) <= 45


def test_version_that_is_worse_is_noticed_as_fast_at_full_speed() -> None:
    curves = (Curve(steady=20.0, given={"version": "2"}), Curve(steady=2.0))

    def change(earth: Earth, at: float) -> None:
        earth.becomes("web-2", at, version="2")

    sparse, dense = (first(flown(thin, change, load=curves), "loaded", "failing") for thin in (True, False))
    assert dense > 2 * HOUR
    assert abs(sparse - dense) <= 45


def test_slow_drift_is_noticed_as_fast_at_full_speed() -> None:
    drift = Curve(steady=1.0, drift=1.0, noise=0.02)
    sparse, dense = (
        first(flown(thin, lambda _earth, _at: None, errors=drift), "errors", "failing") for thin in (True, False)
    )
    assert dense > 4 * HOUR
    assert abs(sparse - dense) <= 45


def test_fault_that_is_over_is_seen_to_be() -> None:
    def change(earth: Earth, at: float) -> None:
        earth.strikes(FAULTS["errors"], at, HOUR)

    sparse, dense = (flown(thin, change).verdicts("errors")[-1] for thin in (True, False))
    assert (sparse[1], dense[1]) == ("passing", "passing")
    assert abs(sparse[0] - dense[0]) <= 45


def test_while_nothing_happens_every_verdict_stays() -> None:
    watched = flown(True, lambda _earth, _at: None)
    assert {rule: [verdict for _, verdict in watched.verdicts(rule)] for rule in PLAN.rules} == {
        rule: ["passing"] for rule in PLAN.rules
    }


def test_while_nothing_happens_little_is_read() -> None:
    sparse, dense = (flown(thin, lambda _earth, _at: None).kept.readings for thin in (True, False))
    counts = {name: (len(sparse[name, ""]), len(dense[name, ""])) for name in ("errors", "memory", "up", "spent")}
    assert all(few * 4 < many for few, many in counts.values()), counts


def test_twice_the_same_is_the_same() -> None:
    def change(earth: Earth, at: float) -> None:
        earth.strikes(FAULTS["leaks"], at)

    one, other = flown(True, change), flown(True, change)
    assert one.told == other.told
    assert one.kept.readings == other.kept.readings


async def test_history_is_what_would_have_been_read() -> None:
    signal = signal_of(PLAN, errors=Curve(steady=3.0, noise=0.2))
    source = ModelledSources(signal, lambda: STARTS, lambda: None, thin=False).source(Ready(PLAN.metrics["errors"]))  # type: ignore[arg-type, return-value]
    found = await source.history(STARTS - 100, STARTS + 100)
    assert found is not None
    assert [each.at - STARTS for each in found[""]] == [float(at) for at in range(-90, 1, 10)]
    assert all(signal.value("errors", "", each.at) == each.value for each in found[""])


async def test_look_keeps_no_history_but_at_full_speed() -> None:
    signal = signal_of(PLAN)
    ready = Ready(PLAN.metrics["up"])
    kept = [
        await ModelledSources(signal, lambda: STARTS, lambda: None, thin=thin).source(ready).history(0, 100)  # type: ignore[arg-type, return-value]
        for thin in (False, True)
    ]
    assert kept[0] is None
    assert kept[1] is not None
