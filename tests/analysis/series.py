"""Rules and series of samples in few words."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.analysis.grammar import parse
from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Gap, Judgement, Reading, Rule, Sample

EVERY = 15.0


def rule(bad: str = "", ok: str = "", unit: str = "%", **more: object) -> Rule:
    """A rule on the metric `m`, sampled every 15 s; its triggers as text."""
    settings = {"name": "r", "metric": "m", "unit": unit, "every": EVERY, "stale": 45.0} | more
    texts = {"bad": bad, "ok": ok}
    triggers = {name: parse(text, unit) for name, text in texts.items() if text}
    return Rule(**settings, **triggers)  # type: ignore[arg-type]


def readings(values: str, every: float = EVERY, start: float = 0.0) -> list[Reading]:
    """Readings from text such as `1 2x4 _ !`: 2 four times, `_` for nothing there, `!` for an error."""
    found: list[Reading] = []
    for word in values.split():
        value, _, times = word.partition("x")
        for _ in range(int(times or 1)):
            found.append(_reading(value, start + len(found) * every))
    return found


def _reading(value: str, at: float) -> Reading:
    if value == "_":
        return Gap(at, "no data", "empty answer")
    return Gap(at, "error", "HTTP 500") if value == "!" else Sample(at, float(value))


def feed(judge: Judge, found: Iterable[Reading], host: str = "") -> Judgement:
    """The judgement after all these readings, at the time of the last."""
    at = 0.0
    for reading in found:
        judge.take(host, reading, reading.at)
        at = reading.at
    return judge.judge(at)


def judged(values: str, judged_by: Rule, every: float = EVERY) -> Judgement:
    """The judgement of a fresh judge after this series."""
    return feed(Judge(judged_by), readings(values, every))


def verdicts(values: str, judged_by: Rule, every: float = EVERY) -> str:
    """The verdict after each reading, by its first letter: passing, failing, inconclusive, no data, error."""
    judge = Judge(judged_by)
    return "".join(feed(judge, [reading]).verdict[0] for reading in readings(values, every))
