"""One rule over one series: what each kind of trigger says, and what gaps, bad samples and clocks do to it."""

from __future__ import annotations

from math import inf, isfinite, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Baseline, Gap, Minimum, Rule, Sample
from tests.analysis.series import feed, judged, readings, rule, verdicts

SERIES = [
    (rule("above 5%"), "4 5 6 5", "ppfp"),
    (rule("at least 5%"), "4 5 6 4", "pffp"),
    (rule("below 5%"), "6 5 4", "ppf"),
    (rule("at most 5%"), "6 5 4", "pff"),
    (rule("outside 1 to 5"), "1 5 0.9 5.1 3", "ppffp"),
    (rule(ok="between 1 and 5"), "1 5 0.9 5.1 3", "ppffp"),
    (rule("is 0"), "1 0 2", "pfp"),
    (rule(ok="below 1%"), "0.5 1 2", "pff"),
    (rule(ok="below 1%", bad="above 5%"), "0.5 1 3 5 6 0", "piiifp"),
    (rule(ok="below 10%", bad="above 5%"), "4 6 11", "pff"),
    (rule("above 5% for 1m"), "6 6 6 6 6 6 4 6", "ppppffpp"),
    (rule("above 5% for 40s"), "6 6 6 6", "pppf"),
    (rule("above 5% for 1m", ok="below 1%"), "6 6 6 6 6 0", "iiiifp"),
    (rule(ok="below 1% for 1m"), "0x4 0 0 2 0", "iiiippfi"),
    (rule("fails 3 times"), "1 0 0 0 0 1 0 0", "pppffppp"),
    (rule("fails 3 times in a row"), "0 0 _ 0 0 0", "pppppf"),
    (rule("above 5% for 1m"), "6 6 6 _ 6 6 6 6 6", "ppppppppf"),
    (rule("above 5% for 1m"), "6x5 ! 6 6x4", "ppppffppppf"),
    (rule("above 10 per 1m", unit=""), "0 0 0 0 0 11 11 11 11 11", "iiiipffffp"),
    (rule("above 10 per 1m", unit=""), "0 11 11", "iff"),
    (rule("below 10 per 1m", unit=""), "0 0 0 0 0 20", "iiiifp"),
    (rule("above 10 per 1m", unit=""), "100x5 5 5 100", "iiiipppf"),
    (rule("mean over 1m above 5%"), "4 4 4 4 16 0 0", "ppppffp"),
    (rule("median over 1m above 5%"), "4 4 4 4 99 99 99", "pppppff"),
    (rule("max over 1m above 5%"), "4 6 4 4 4 4 4", "pffffpp"),
    (rule("min over 1m above 5%"), "6 4 6 6 6 6 6", "fppppff"),
    (rule("sum over 1m above 5", unit=""), "1 1 1 1 3 3", "ppppff"),
    (rule("above slo + 5%", unit="ms", slo=500.0), "500 525 526", "ppf"),
    (rule("above slo", unit="ms"), "500", "i"),
    (rule("mean over 10m below 0.1", unit=""), "0.1x60", "p" * 60),
    (rule("mean over 10m above 0", unit=""), "0.1x20 0x60", "f" * 59 + "p" * 21),
]


@pytest.mark.parametrize(("judged_by", "values", "expected"), SERIES)
def test_a_series_has_these_verdicts(judged_by: Rule, values: str, expected: str) -> None:
    assert verdicts(values, judged_by) == expected


def test_a_slope_is_judged_once_there_is_enough_of_it() -> None:
    found = rule("grows 2% per 1h", every=60.0, stale=180.0)
    rising = " ".join(f"{50 + minute * 0.05}" for minute in range(60))
    flat = " ".join(f"{50 + minute * 0.02}" for minute in range(60))
    assert verdicts(rising, found, 60)[:30] == "i" * 30
    assert verdicts(rising, found, 60)[31:] == "f" * 29
    assert verdicts(flat, found, 60)[31:] == "p" * 29


def test_a_relative_slope_is_a_share_of_what_there_is() -> None:
    values = " ".join(f"{1000 + minute * 0.4}" for minute in range(60))
    assert judged(values, rule("grows 2% per 1h", unit="MB", every=60.0, stale=180.0), 60).verdict == "failing"
    assert judged(values, rule("grows 3% per 1h", unit="MB", every=60.0, stale=180.0), 60).verdict == "passing"


def test_a_fall_is_judged_as_a_fall() -> None:
    values = " ".join(f"{1000 - number * 2}" for number in range(40))
    assert judged(values, rule("falls 30 per 5m", unit="")).verdict == "failing"
    assert judged(values, rule("grows 30 per 5m", unit="")).verdict == "passing"


@pytest.mark.parametrize(("pace", "verdict"), [(0.30, "failing"), (0.10, "passing"), (-1.0, "passing")])
def test_a_forecast_looks_ahead(pace: float, verdict: str) -> None:
    values = " ".join(f"{50 + minute * pace}" for minute in range(60))
    found = rule("reaches 85% within 2h over 1h", every=60.0, stale=180.0)
    assert judged(values, found, 60).verdict == verdict


def test_what_is_beyond_the_level_has_reached_it() -> None:
    found = rule("reaches 85% within 2h over 1h", every=60.0, stale=180.0)
    assert judged("90x60", found, 60).verdict == "failing"
    falling = rule("falls to 20% within 1h", every=60.0, stale=180.0)
    assert judged(" ".join(str(60 - minute * 0.6) for minute in range(60)), falling, 60).verdict == "failing"


def test_before_the_first_sample_there_is_no_data() -> None:
    found = Judge(rule("above 5%")).judge(100)
    assert (found.verdict, found.reason) == ("no data", "no sample yet")


def test_a_gap_alone_does_not_change_the_verdict() -> None:
    assert verdicts("6 _ _ 4 _ _", rule("above 5%")) == "fffppp"


def test_gaps_are_no_data_once_nothing_is_fresh() -> None:
    assert verdicts("6 _ _ _ _ 6", rule("above 5%")) == "fffnnf"


def test_errors_are_an_error_once_nothing_is_fresh() -> None:
    assert verdicts("! 6 ! ! ! _ ! 6", rule("above 5%")) == "efffenef"


def test_silence_is_no_data_from_the_moment_it_is_stale() -> None:
    judge = Judge(rule("above 5%"))
    judge.take("", Sample(100, 6), 100)
    assert judge.deadline() == 145
    assert (judge.age(144.9), judge.verdict) == (False, "failing")
    assert (judge.age(145), judge.verdict) == (True, "no data")


def test_silence_starts_anew_what_must_last() -> None:
    judge = Judge(rule("above 5% for 1m"))
    assert feed(judge, readings("6x5")).verdict == "failing"
    judge.take("", Sample(200, 6), 200)
    assert (judge.verdict, judge.judge(200).pending) == ("passing", 0)


def test_a_sample_that_is_not_newer_is_passed_over() -> None:
    judge = Judge(rule("fails 3 times"))
    for _ in range(5):
        judge.take("", Sample(100, 0), 110)
    assert judge.judge(110).pending == 1


def test_a_sample_of_the_future_is_an_error() -> None:
    judge = Judge(rule("above 5%"))
    judge.take("", Sample(4000, 6), 400)
    assert judge.judge(400).reason == "not measured yet: the source's clock is 1:00:00 ahead"


def test_a_clock_that_is_a_little_ahead_does_no_harm() -> None:
    judge = Judge(rule("above 5%"))
    judge.take("", Sample(403, 6), 400)
    assert judge.verdict == "failing"


def test_an_old_sample_is_no_data() -> None:
    judge = Judge(rule("above 5%"))
    judge.take("", Sample(100, 6), 100)
    judge.take("", Sample(100, 6), 200)
    assert judge.judge(200).reason == "no sample for 1:40: the newest sample is 1:40 old"


@pytest.mark.parametrize("value", [nan, inf, -inf, 1e200])
def test_what_is_no_number_is_an_error(value: float) -> None:
    judge = Judge(rule("above 5%"))
    judge.take("", Sample(100, value), 100)
    assert judge.verdict == "error"
    assert "not a number to judge" in judge.judge(100).reason


def test_after_the_clock_was_set_back_judging_starts_anew() -> None:
    judge = Judge(rule("above 5% for 1m"))
    assert feed(judge, readings("6x10", start=5000)).verdict == "failing"
    assert judge.take("", Sample(1000, 6), 1000)
    assert (judge.verdict, judge.judge(1000).pending) == ("passing", 0)


def test_below_its_minimum_of_samples_a_rule_judges_nothing() -> None:
    found = rule("mean over 2m above 5%", minimum=Minimum(samples=4))
    assert verdicts("9x6", found) == "iiifff"
    assert judged("9 9", found).reason == "2 samples, 4 needed"


def test_below_its_minimum_of_another_metric_a_rule_judges_nothing() -> None:
    judge = Judge(rule("above 5%", minimum=Minimum(metric="requests", value=500)))
    assert feed(judge, readings("9")).reason == "requests is not known"
    judge.set_other("", Sample(10, 100))
    assert feed(judge, readings("9", start=15)).reason == "requests is 100, 500 needed"
    judge.set_other("", Sample(25, 500))
    assert feed(judge, readings("9", start=30)).verdict == "failing"


def test_a_minimum_that_is_not_known_any_more_judges_nothing() -> None:
    judge = Judge(rule("above 5%", minimum=Minimum(metric="requests", value=500)))
    judge.set_other("", Sample(0, 900))
    judge.set_other("", Sample(30, 900))
    assert feed(judge, readings("9x6", start=40)).verdict == "failing"
    assert feed(judge, readings("9", start=130)).reason == "requests is not known"


def test_what_cannot_be_judged_is_never_passing() -> None:
    judge = Judge(rule(ok="below 10%", bad="above 2x baseline"))
    assert feed(judge, readings("1")).reason == "no baseline yet"


def test_a_rule_that_says_nothing_is_inconclusive() -> None:
    assert judged("1", rule()).verdict == "inconclusive"


wild = st.builds(Sample, at=st.floats() | st.floats(0, 2000), value=st.floats() | st.floats(-10, 10)) | st.builds(
    Gap, at=st.floats(0, 2000), kind=st.sampled_from(["no data", "error"]), reason=st.just("")
)
every_form = [
    "above 5 for 1m", "outside 1 to 5", "mean over 1m above 5", "sum over 1m above 5", "median over 1m above 5",
    "max over 1m above 5", "above 10 per 1m", "grows 2% per 1m", "falls 10 per 1m", "reaches 85 within 1m",
    "spends 5% within 5m", "burns 2x over 5m", "fails 3 times", "above 2x baseline",
]  # fmt: skip


@settings(derandomize=True, max_examples=400, deadline=None, database=None)
@given(st.lists(st.tuples(wild, st.none() | st.floats(0, 2000)), max_size=40), st.sampled_from(every_form))
def test_whatever_comes_there_is_a_verdict(found: list[tuple[Sample | Gap, float | None]], text: str) -> None:
    judge = Judge(rule(text, unit="", slo=0.99, period=86400.0))
    judge.set_baseline("", Baseline(since=0, until=1, samples=50, mean=4, median=4))
    for reading, now in found:
        judge.take("", reading, now)
        said = judge.judge(2000.0 if now is None else now)
        assert said.verdict in ("passing", "failing", "inconclusive", "no data", "error")
        assert said.reason
        assert said.value is None or isfinite(said.value)


tokens = st.lists(st.sampled_from(["0", "3", "6", "6", "9", "_", "!"]), min_size=1, max_size=60)
texts = st.sampled_from(["above 5", "above 5 for 1m", "above 5 for 40s", "above 5 3 times", "mean over 1m above 5"])


@settings(derandomize=True, max_examples=300, deadline=None, database=None)
@given(tokens, texts)
def test_what_is_fed_again_comes_to_the_same(found: list[str], text: str) -> None:
    series = readings(" ".join(found))
    first, again = Judge(rule(text, unit="")), Judge(rule(text, unit=""))
    feed(first, series)
    for reading in series:
        again.take("", reading)
    assert first.judge(9000) == again.judge(9000)


@settings(derandomize=True, max_examples=300, deadline=None, database=None)
@given(tokens, st.sampled_from([0, 15, 40, 60, 300]))
def test_failing_means_true_at_every_sample_for_so_long(found: list[str], lasting: int) -> None:
    text = f"above 5 for {lasting}s" if lasting else "above 5"
    judge, since = Judge(rule(text, unit="")), None
    for reading in readings(" ".join(found)):
        judge.take("", reading, reading.at)
        if isinstance(reading, Gap) or reading.value <= 5:
            since = None
            continue
        since = reading.at if since is None else since
        assert (judge.verdict == "failing") is (reading.at - since >= lasting)
