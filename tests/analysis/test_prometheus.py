"""The sustained rule beside Prometheus' own alerting: firing and clearing at the same samples."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Gap, Reading, Sample
from tests.analysis.series import rule

EVERY, STEPS, SERIES = 15, 80, 520
LASTING = {"At": 0, "Short": 15, "Odd": 40, "Minute": 60, "Long": 300}
THRESHOLD = 5.0


def _values(rng: random.Random) -> list[float | None]:
    """A series that stays on one side for a while, with stale markers; None is a marker."""
    value, found = 4.0, list[float | None]()
    stays, gaps = rng.choice([0.5, 0.8, 0.93, 0.98]), rng.choice([0.0, 0.02, 0.2])
    for _ in range(STEPS):
        if rng.random() > stays:
            value = rng.choice([0.0, 4.0, 5.0, 5.5, 6.0, 9.0])
        found.append(None if rng.random() < gaps else value)
    return found


def _readings(values: list[float | None]) -> Iterator[Reading]:
    for number, value in enumerate(values):
        at = float(number * EVERY)
        yield Gap(at, "no data", "a stale marker") if value is None else Sample(at, value)


def _fires(lasting: int, values: list[float | None]) -> list[bool]:
    """At which steps our rule has a sample and is failing."""
    text = f"above {THRESHOLD:g} for {lasting}s" if lasting else f"above {THRESHOLD:g}"
    judge, found = Judge(rule(text, unit="", every=EVERY)), []
    for reading in _readings(values):
        judge.take("", reading, reading.at)
        found.append(isinstance(reading, Sample) and judge.verdict == "failing")
    return found


def _run(folder: Path, series: dict[str, list[float | None]], fires: dict[str, list[bool]]) -> str:
    """What promtool finds wrong with our firing; empty where it agrees."""
    alerts = [
        {"alert": name, "expr": f'm{{of="{name}"}} > {THRESHOLD}', "for": f"{lasting}s"}
        for name, lasting in LASTING.items()
    ]
    rules = {"groups": [{"name": "g", "interval": f"{EVERY}s", "rules": alerts}]}
    test: dict[str, Any] = {
        "interval": f"{EVERY}s",
        "input_series": [{"series": _series(name), "values": _notation(found)} for name, found in series.items()],
        "alert_rule_test": [_expected(alert, step, fires) for alert in LASTING for step in range(STEPS)],
    }
    (folder / "rules.yml").write_text(json.dumps(rules))
    checks = {"rule_files": ["rules.yml"], "evaluation_interval": f"{EVERY}s", "tests": [test]}
    (folder / "tests.yml").write_text(json.dumps(checks))
    found = subprocess.run(
        [_promtool(), "test", "rules", "tests.yml"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return "" if found.returncode == 0 else (found.stdout + found.stderr)[:2000] or "failed without a word"


def _promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.fail("promtool is missing: make test installs Debian's package prometheus, which has it")
    return found


def _labels(name: str) -> dict[str, str]:
    alert, _, number = name.partition("-")
    return {"of": alert, "n": number}


def _series(name: str) -> str:
    labels = ",".join(f'{label}="{value}"' for label, value in _labels(name).items())
    return f"m{{{labels}}}"


def _notation(values: list[float | None]) -> str:
    return " ".join("stale" if value is None else f"{value:g}" for value in values)


def _expected(alert: str, step: int, fires: dict[str, list[bool]]) -> dict[str, Any]:
    firing = [name for name, found in fires.items() if found[step] and name.partition("-")[0] == alert]
    return {
        "eval_time": f"{step * EVERY}s",
        "alertname": alert,
        "exp_alerts": [{"exp_labels": _labels(name)} for name in firing],
    }


@pytest.fixture(scope="module")
def series() -> dict[str, list[float | None]]:
    rng = random.Random(20261121)  # noqa: S311  the same series each time
    return {f"{alert}-{number}": _values(rng) for number in range(SERIES // len(LASTING)) for alert in LASTING}


def test_it_fires_and_clears_where_prometheus_does(series: dict[str, list[float | None]], tmp_path: Path) -> None:
    fires = {name: _fires(LASTING[name.partition("-")[0]], values) for name, values in series.items()}
    changes = sum(before != after for found in fires.values() for before, after in pairwise(found))
    assert len(series) >= 500
    assert changes > 2000
    assert _run(tmp_path, series, fires) == ""


def test_one_step_of_difference_would_be_seen(series: dict[str, list[float | None]], tmp_path: Path) -> None:
    some = dict(list(series.items())[:25])
    fires = {name: _fires(LASTING[name.partition("-")[0]], values) for name, values in some.items()}
    name = next(name for name, found in fires.items() if name.startswith("Minute") and True in found)
    step = fires[name].index(True)
    fires[name][step] = False
    assert "Minute" in _run(tmp_path, some, fires)


def test_at_a_stale_marker_nothing_lasts(series: dict[str, list[float | None]]) -> None:
    for name, values in series.items():
        judge = Judge(rule("above 5 for 1m", unit="", every=EVERY))
        for reading in _readings(values):
            judge.take("", reading, reading.at)
            assert not (isinstance(reading, Gap) and judge.judge(reading.at).pending), name
