"""Whether verdicts are true: recomputed from what the metrics really did and what the rules plainly say.

Where a rule's meaning leaves a doubt (between two samples, while a source is in trouble, just after an engine began)
nothing is claimed. Moments are seconds since the flight began.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.simulation.ledger import Ledger
from tests.simulation.series import Course, Mishap

SLACK = 1.5
"""Seconds that a reading and a record of it may take."""

RECOVERY = 5.0
"""Seconds after which an engine that began has asked for histories, and judged."""

TAIL = 3.0
"""So many intervals a trouble of a source may reach beyond its end, and no less than `LEAST` seconds."""

LEAST = 8.0
SHORT = 12
"""What a long window of an error budget is of the short one."""

HOST_TAIL = 65.0
"""Seconds that a fault of a host or of the agent may reach beyond its end."""

Doubt = tuple[float, float]


class Truth:
    """One release's verdicts held against its metrics."""

    def __init__(self, ledger: Ledger, release: dict[str, Any], strikes: Iterable[dict[str, Any]]) -> None:
        self.ledger, self.began = ledger, release["began"]
        self.rules: dict[str, Any] = ledger.plan.get("rules", {})
        self.metrics: dict[str, Any] = ledger.plan.get("metrics", {})
        self.courses: dict[tuple[str, str], Course] = {(each.metric, each.host): each for each in release["courses"]}
        self.mishaps: tuple[Mishap, ...] = release["mishaps"]
        self.histories = release["histories"]
        self.moments = [moment - self.began for moment in release["moments"]]
        self.strikes = [{**each, "at": each["at"] - self.began} for each in strikes]
        self.lives = list(self._lives([(one - self.began, two - self.began) for one, two in release["lives"]]))
        self.verdicts = {name: self._said(name) for name in self.rules}
        self.baselines = self._baselines()

    def found(self) -> Iterator[tuple[str, str]]:
        """Every broken promise."""
        for name, rule in self.rules.items():
            yield from Judged(self, name, rule).found()
        if not self._shaken():
            yield from self._measured_before()

    def broken(self, metric: str) -> list[Doubt]:
        """When a metric was perhaps not measured, or nothing could be recorded of it."""
        said = self.metrics[metric]
        tail = max(TAIL * said["every"], LEAST)
        doubts = [(each.at, each.at + each.length + tail) for each in self.mishaps if each.metric == metric]
        for each in self.strikes:
            if each["kind"] in ("store-full", "suspend", "rival", "power", "wall"):
                length = each["length"] if each["kind"] == "store-full" else 0.0
                doubts.append((each["at"], each["at"] + length + tail))
            elif said["source"]["type"] == "output" or each["kind"] in ("lose-call", "agent"):
                doubts.append((each["at"], each["at"] + abs(each["length"]) + HOST_TAIL))
        return doubts

    def has_history(self, metric: str) -> bool:
        """Whether what an engine missed can be had from the source, as if it had been there."""
        return metric in self.histories and not self._shaken()

    def _shaken(self) -> bool:
        return any(each["kind"] in ("store-full", "suspend", "power", "wall", "rival") for each in self.strikes)

    def _lives(self, lives: list[Doubt]) -> Iterator[Doubt]:
        """When an engine measured: each as long as no other took over, and the release had not ended."""
        for number, (since, until) in enumerate(lives):
            later = lives[number + 1][0] if number + 1 < len(lives) else until
            yield from self._open(since, min(until, later))

    def _open(self, since: float, until: float) -> Iterator[Doubt]:
        """What of a span lies where the release had not ended."""
        ended: float | None = None
        for moment, row in zip(self.moments, self.ledger.rows, strict=True):
            if row["event"]["event"] == "ended":
                if since < moment <= until:
                    yield since, moment
                ended = moment
            elif row["event"]["event"] == "rollback-started" and ended is not None:
                ended, since = None, max(since, moment)
        if ended is None and since < until:
            yield since, until

    def _said(self, name: str) -> list[tuple[float, str]]:
        rows = zip(self.moments, (row["event"] for row in self.ledger.rows), strict=True)
        return [
            (moment, event["verdict"])
            for moment, event in rows
            if event["event"] == "verdict-changed" and event["rule"] == name
        ]

    def _baselines(self) -> dict[tuple[str, str], tuple[float, dict[str, Any]]]:
        found: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}
        for moment, row in zip(self.moments, self.ledger.rows, strict=True):
            if row["event"]["event"] == "baseline-recorded":
                for host, numbers in row["event"]["hosts"].items():
                    asked = moment - (row["at"] - numbers["until"])
                    found[row["event"]["metric"], host] = (moment, {**numbers, "asked": asked})
        return found

    def _measured_before(self) -> Iterator[tuple[str, str]]:
        """Whether baselines are what the metrics were."""
        needed = self.ledger.plan.get("before", {}).get("samples", 20)
        for (metric, host), (_, numbers) in self.baselines.items():
            course, length = self.courses[metric, host], numbers["until"] - numbers["since"]
            moment = numbers["asked"]
            if numbers.get("reason"):
                well = not any(since < moment and moment - length < until for since, until in self.broken(metric))
                if metric in self.histories and well and length / self.metrics[metric]["every"] - 2 >= needed:
                    yield "baseline", f"{metric} on {host!r} has a history, and {numbers['reason']}"
                continue
            low, high = course.span(moment - length - SLACK, moment)
            for part in ("mean", "median"):
                if not low - 1e-6 <= numbers.get(part, 0.0) <= high + 1e-6:
                    yield "baseline", f"the {part} of {metric} on {host!r} is {numbers.get(part)}: {low} to {high}"


class Judged:
    """One rule over time."""

    def __init__(self, truth: Truth, name: str, rule: dict[str, Any]) -> None:
        self.truth, self.name, self.rule = truth, name, rule
        self.metric: str = rule["metric"]
        self.every: float = rule.get("every", 15.0)
        self.stale: float = rule.get("stale", 45.0)
        self.hosts: tuple[str, ...] = tuple(rule.get("hosts", ())) or ("",)
        self.triggers = [rule[part] for part in ("ok", "bad") if part in rule]
        minimum = rule.get("minimum", {})
        self.other: str = minimum.get("metric", "")
        self.least: float = minimum.get("value", 0.0)
        self.samples: int = minimum.get("samples", 0)
        spans = [_window(each["condition"]) + self._lasting(each) for each in self.triggers]
        self.need = max(spans) + (2 + self.samples) * self.every + SLACK
        joined = any("metric" in each.get("minimum", {}) for each in truth.rules.values())
        self.recovery = RECOVERY + (max(each["every"] for each in truth.metrics.values()) if joined else 0.0)
        """Metrics that a rule has together are waited for together, for an interval at most."""
        self.doubts = truth.broken(self.metric) + (truth.broken(self.other) if self.other else [])

    def found(self) -> Iterator[tuple[str, str]]:
        """Moments at which its verdict is not the one that it must be."""
        for at in sorted(set(self._moments())):
            wanted = self._wanted(at)
            if wanted and (said := self._verdict(at)) not in wanted:
                yield "verdict", f"{self.name} is {said or 'not judged'} at {at:.1f}, and must be {wanted[0]}"
                return

    def _moments(self) -> Iterator[float]:
        courses = [each for each in self.truth.courses.values() if each.metric in (self.metric, self.other)]
        marks = [kink for each in courses for kink in each.kinks()]
        marks += [until for _, until in self.doubts] + [since for since, _ in self.truth.lives]
        marks += [moment for moment, _ in self.truth.baselines.values()]
        blind = self.stale + 2 * self.every + LEAST
        marks += [each.at + blind - self.need for each in self.truth.mishaps if each.metric == self.metric]
        for since, until in self.truth.lives:
            yield from (mark + self.need + 0.5 for mark in marks if since < mark + self.need + 0.5 < until)
            yield from (mark - 0.1 for mark in marks if since < mark - 0.1 < until)
            step = max(self.every * 1.3, (until - since) / 60)
            yield from (since + self.recovery + 0.1 + number * step for number in range(int((until - since) / step)))

    def _verdict(self, at: float) -> str:
        said = self.truth.verdicts[self.name]
        place = bisect_right(said, (at, "~"))
        return said[place - 1][1] if place else ""

    def _wanted(self, at: float) -> tuple[str, ...]:
        """The verdicts that are right at a moment; empty where it cannot be told."""
        since = max((one for one, two in self.truth.lives if one <= at < two), default=None)
        if (
            since is None
            or at < since + self.recovery
            or not any(one <= at < two - 0.01 for one, two in self.truth.lives)
        ):
            return ()
        if self._is_blind(at, since):
            return ("no data", "error")
        start = float("-inf") if self.truth.has_history(self.metric) and not self.other else since
        if at - self.need < start or any(one < at and two > at - self.need for one, two in self.doubts):
            return ()
        return self._judged(at)

    def _is_blind(self, at: float, since: float) -> bool:
        before = at - self.stale - 2 * self.every - LEAST
        if before < since or any(each["kind"] == "store-full" for each in self.truth.strikes):
            return False
        mine = [each for each in self.truth.mishaps if each.metric == self.metric]
        dark = [each for each in mine if each.kind != "late"]
        if any(each.at < at and each.at + each.length > before for each in mine if each.kind == "late"):
            return False
        return any(each.at <= before and at < each.at + each.length for each in dark)

    def _judged(self, at: float) -> tuple[str, ...]:
        if self.other and not self._has_enough(at):
            return ()
        found = [self._host(host, at) for host in self.hosts]
        share = self.rule.get("share", {})
        part = share.get("of_all", 0.0)
        enough = max(1, min(len(found), -int(-part * len(found) // 1) if part else share.get("count", 1)))
        if found.count("failing") >= enough:
            return ("failing",)
        if len(found) - found.count("passing") < enough:
            return ("passing",)
        if found == ["inconclusive"]:
            return ("inconclusive",)
        return ()

    def _has_enough(self, at: float) -> bool:
        since = at - self.need - self.truth.metrics[self.other]["every"]
        for host in self.hosts:
            course = self.truth.courses.get((self.other, host)) or self.truth.courses.get((self.other, ""))
            if course is None or course.span(since, at)[0] < self.least:
                return False
        return True

    def _host(self, host: str, at: float) -> str:
        course = self.truth.courses[self.metric, host]
        if any(self.samples > _window(each["condition"]) / self.every - 1 > -1 for each in self.triggers):
            return ""
        ok, bad = (
            self._holds(self.rule[part], course, host, at) if part in self.rule else None for part in ("ok", "bad")
        )
        if "bad" not in self.rule:
            return {True: "passing", False: "failing", None: ""}[ok]
        if bad:
            return "failing"
        if "ok" not in self.rule:
            return "passing" if bad is False else ""
        if bad is False and ok is not None:
            return "passing" if ok else "inconclusive"
        return ""

    def _lasting(self, trigger: dict[str, Any]) -> float:
        times = trigger.get("times", 1)
        return max(float(trigger.get("lasting", 0.0)), times * self.every if times > 1 else 0.0)

    def _holds(self, trigger: dict[str, Any], course: Course, host: str, at: float) -> bool | None:
        """Whether a trigger surely holds, or surely does not."""
        latest = at - self.every - SLACK
        if self._met(trigger["condition"], course, host, latest - self._lasting(trigger), at) is True:
            return True
        return False if self._met(trigger["condition"], course, host, latest, at) is False else None

    def _met(self, said: dict[str, Any], course: Course, host: str, since: float, until: float) -> bool | None:
        """Whether a condition is true of every sample between two moments (True), or of none (False)."""
        match said["type"]:
            case "compare":
                return self._compared(said, course, host, since, until)
            case "grows":
                return self._grown(said, course, since, until)
            case "reaches":
                return self._reached(said, course, since, until)
            case _:
                return self._spent(said, course, since, until)

    def _compared(self, said: dict[str, Any], course: Course, host: str, since: float, until: float) -> bool | None:
        over, per = said.get("over", 0.0), said.get("per", 0.0)
        low, high = self._risen(course, per, since, until) if per else course.span(since - over, until)
        bounds = [
            self._number(each, said, host, since) for each in (said["level"], said.get("upper")) if each is not None
        ]
        if any(bound is None for bound in bounds):
            return None
        return _test(said["how"], low, high, [bound for bound in bounds if bound is not None])

    def _risen(self, course: Course, per: float, since: float, until: float) -> tuple[float, float]:
        kinks = [kink + shift for kink in course.kinks() for shift in (0.0, per)]
        marks = [since, until, *(kink for kink in kinks if since <= kink <= until)]
        rises = [course.span(mark, mark)[0] - course.span(mark - per, mark - per)[0] for mark in marks]
        bent = course.pace(since - per - self.every, until) is None
        error = self.every * max(abs(bend.slope) for bend in course.bends) if bent else 1e-6
        return min(rises) - error, max(rises) + error

    def _number(self, level: dict[str, Any], said: dict[str, Any], host: str, since: float) -> float | None:
        to, factor, offset = level.get("to", "nothing"), level.get("factor", 1.0), level.get("offset", 0.0)
        if to == "nothing":
            return float(offset)
        if to == "slo":
            return float(self.rule["slo"] * factor + offset)
        recorded = self.truth.baselines.get((self.metric, host))
        if recorded is None or recorded[0] > since - self.every or recorded[1].get("reason"):
            return None
        mean = said.get("over") and said.get("take", "mean") == "mean"
        usual = recorded[1].get("mean" if mean else "median", 0.0)
        distance, floor = usual * (factor - 1) + offset, self.rule.get("floor", 0.0)
        if abs(distance) < floor:
            distance = floor if distance > 0 else -floor
        return float(usual + distance)

    def _grown(self, said: dict[str, Any], course: Course, since: float, until: float) -> bool | None:
        pace = course.pace(since - said["over"] - self.every, until)
        if pace is None:
            return None
        error, low, high = 8 * course.noise / said["over"] + 1e-6, 1.0, 1.0
        if said.get("relative"):
            low, high = course.span(since - said["over"] - self.every, until)
            if low <= 0:
                return None
        sign = -1 if said.get("falls") else 1
        rises = [(sign * pace + each) * said["per"] / size for each in (-error, error) for size in (low, high)]
        return _test("above", min(rises), max(rises), [said["amount"]])

    def _reached(self, said: dict[str, Any], course: Course, since: float, until: float) -> bool | None:
        pace = course.pace(since - said["over"] - self.every, until)
        if pace is None:
            return None
        reach, falls = said["within"], said.get("falls")
        error = 8 * course.noise * (1 + reach / said["over"]) + 1e-3
        ends = [value + ahead for value in course.span(since, until) for ahead in (0.0, pace * reach)]
        now, then = sorted(ends[::2]), sorted(ends[1::2])
        pick: Callable[[float, float], float] = min if falls else max
        low, high = pick(now[0], then[0]) - error, pick(now[1], then[1]) + error
        return _test("at most" if falls else "at least", low, high, [said["level"].get("offset", 0.0)])

    def _spent(self, said: dict[str, Any], course: Course, since: float, until: float) -> bool | None:
        over = said["over"] if said["type"] == "burns" else said["within"]
        rate = said["rate"] if said["type"] == "burns" else said["share"] * self.rule["period"] / over
        unit = 0.01 if self.rule.get("unit") == "%" else 1.0
        low, _ = course.span(since - over - self.every, until)
        _, high = course.span(since - over / SHORT - 2 * self.every, until)
        allowed = 1 - self.rule["slo"]
        return _test("above", low * unit / allowed * 0.98, high * unit / allowed * 1.02, [rate])


def _window(said: dict[str, Any]) -> float:
    return float(
        max(
            said.get("over", 0.0),
            said["within"] if said["type"] == "spends" else said.get("per", 0.0) if said["type"] == "compare" else 0.0,
        )
    )


def _test(how: str, low: float, high: float, bounds: list[float]) -> bool | None:
    """Whether everything from low to high is so (True), or nothing of it (False)."""
    bound, edge = bounds[0], 1e-6
    match how:
        case "above" | "at least":
            return True if low > bound + edge else False if high < bound - edge else None
        case "below" | "at most":
            return True if high < bound - edge else False if low > bound + edge else None
        case "is":
            return True if low == high == bound else False if low > bound + edge or high < bound - edge else None
        case "outside":
            if low > bounds[1] + edge or high < bound - edge:
                return True
            return False if low > bound + edge and high < bounds[1] - edge else None
        case _:
            raise AssertionError(how)
