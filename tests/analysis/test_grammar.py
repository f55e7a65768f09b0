"""Texts of triggers: what each form means, and where a wrong one is wrong."""

from __future__ import annotations

import string

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cockpit.analysis.grammar import TriggerError, parse
from cockpit.analysis.levels import rises
from cockpit.analysis.phrase import bare, phrase
from cockpit.analysis.rule import Burns, Compare, Condition, Differs, Grows, Level, Reaches, Spends, Trigger
from cockpit.analysis.words import LONGEST


def at(offset: float) -> Level:
    return Level(offset=offset)


FORMS: list[tuple[str, str, Condition]] = [
    ("above 5%", "%", Compare(how="above", level=at(5))),
    ("above 5%", "", Compare(how="above", level=at(0.05))),
    ("above 5%", "1", Compare(how="above", level=at(0.05))),
    ("below 500", "1/s", Compare(how="below", level=at(500))),
    ("above 5/s", "1/s", Compare(how="above", level=at(5))),
    ("above 5 orders", "orders", Compare(how="above", level=at(5))),
    ("above -2.5", "", Compare(how="above", level=at(-2.5))),
    ("above 2s", "ms", Compare(how="above", level=at(2000))),
    ("above 250ms", "s", Compare(how="above", level=at(0.25))),
    ("above 1h", "m", Compare(how="above", level=at(60))),
    ("above 2d", "h", Compare(how="above", level=at(48))),
    ("above 2GB", "MB", Compare(how="above", level=at(2000))),
    ("above 1 GiB", "MiB", Compare(how="above", level=at(1024))),
    ("above 3kB", "B", Compare(how="above", level=at(3000))),
    ("above 2KiB", "B", Compare(how="above", level=at(2048))),
    ("Above 5", "", Compare(how="above", level=at(5))),
    ("at least 99.5%", "%", Compare(how="at least", level=at(99.5))),
    ("at most 25%", "%", Compare(how="at most", level=at(25))),
    ("outside 1 to 5", "", Compare(how="outside", level=at(1), upper=at(5))),
    ("between 80 and 120", "", Compare(how="between", level=at(80), upper=at(120))),
    (
        "outside baseline - 10% to baseline + 10%",
        "ms",
        Compare(how="outside", level=Level(to="baseline", factor=0.9), upper=Level(to="baseline", factor=1.1)),
    ),
    ("is 0", "", Compare(how="is", level=at(0))),
    ("above 10 per 1m", "", Compare(how="above", level=at(10), per=60)),
    ("above baseline + 10%", "ms", Compare(how="above", level=Level(to="baseline", factor=1.1))),
    ("above baseline + 10%", "%", Compare(how="above", level=Level(to="baseline", factor=1.1))),
    ("at most baseline + 10%", "ms", Compare(how="at most", level=Level(to="baseline", factor=1.1))),
    ("below baseline - 10%", "1/s", Compare(how="below", level=Level(to="baseline", factor=0.9))),
    ("above 2x baseline", "ms", Compare(how="above", level=Level(to="baseline", factor=2))),
    ("above baseline + 50ms", "s", Compare(how="above", level=Level(to="baseline", offset=0.05))),
    ("above baseline", "", Compare(how="above", level=Level(to="baseline"))),
    ("above slo", "ms", Compare(how="above", level=Level(to="slo"))),
    ("above slo + 5%", "ms", Compare(how="above", level=Level(to="slo", factor=1.05))),
    ("above 2x slo", "ms", Compare(how="above", level=Level(to="slo", factor=2))),
    ("mean over 30m above 5%", "%", Compare(how="above", level=at(5), take="mean", over=1800)),
    ("median over 1h 30m below 5", "", Compare(how="below", level=at(5), take="median", over=5400)),
    ("max over 5m at least 5", "", Compare(how="at least", level=at(5), take="max", over=300)),
    ("min over 5m outside 1 to 5", "", Compare(how="outside", level=at(1), upper=at(5), take="min", over=300)),
    ("sum over 5m above 100", "", Compare(how="above", level=at(100), take="sum", over=300)),
    ("fails", "", Compare(how="is", level=at(0))),
    ("grows 2% per 1h", "%", Grows(amount=2, relative=False, per=3600, over=3600)),
    ("grows 2% per 1h over 2h", "MB", Grows(amount=0.02, relative=True, per=3600, over=7200)),
    ("falls 10 per 5m", "", Grows(amount=10, relative=False, per=300, over=300, falls=True)),
    ("reaches 85% within 2h", "%", Reaches(level=at(85), within=7200, over=7200)),
    ("reaches 85% within 2h over 30m", "", Reaches(level=at(0.85), within=7200, over=1800)),
    ("falls to 10% within 2h", "%", Reaches(level=at(10), within=7200, over=7200, falls=True)),
    ("spends 5% within 30m", "%", Spends(share=0.05, within=1800)),
    ("burns 14.4x over 1h", "%", Burns(rate=14.4, over=3600)),
    ("higher than the other hosts", "%", Differs(direction="higher", over=600)),
    ("lower than the other hosts by 10%", "%", Differs(direction="lower", over=600, share=0.1)),
    ("different from the other hosts by 7% over 30m", "", Differs(direction="different", over=1800, share=0.07)),
]

WRONG = [
    ("", "", 0, "there is no condition", "begin with above"),
    ("abov 5", "", 0, "unknown condition 'abov'", "did you mean 'above'?"),
    ("above", "", 5, "missing at the end", "2x baseline"),
    ("above five", "", 6, "unexpected 'five'", "baseline + 10%"),
    ("above 5%", "ms", 6, "'5%' cannot be told in ms", "a number in ms"),
    ("below 1 and 3s", "", 8, "unexpected 'and'", "it could end here"),
    ("at most 5 GB", "ms", 8, "'5GB' cannot be told in ms", "a number in ms"),
    ("above 500ms", "", 6, "cannot be told without a unit", "a number without a unit"),
    ("above 5kg", "", 6, "'5kg' cannot be told", "a number without a unit"),
    ("above 5 for", "", 11, "missing at the end", "a duration such as 30s"),
    ("above 5 for 5", "", 13, "missing at the end", "a duration has a unit"),
    ("above 5 for 5 min", "", 14, "unexpected 'min'", "a duration has a unit"),
    ("above 5 for 0s", "", 12, "a duration out of range", "from 1 s to 31 days"),
    ("above 5 for 40d", "", 12, "a duration out of range", "31 days"),
    ("mean over 8d above 5", "", 10, "a duration out of range", "7 days"),
    ("above 5 for 5m 3 times", "", 15, "unexpected '3'", "it could end here"),
    ("fails 0 times", "", 6, "'0 times' is no number of times", "from 1 to 1000"),
    ("fails 1.5 times", "", 6, "'1.5 times' is no number of times", "a whole number"),
    ("fails 3", "", 7, "missing at the end", "3 times"),
    ("above 3 times", "", 8, "unexpected 'times'", "it could end here"),
    ("outside 5 to 1", "", 8, "the second end is not above the first", "outside 1 to 5"),
    ("outside 5 to 5", "", 8, "the second end is not above the first", "outside 1 to 5"),
    ("between 1 to 5", "", 10, "unexpected 'to'", "between 1 and 5"),
    ("above 2x", "", 8, "missing at the end", "2x baseline"),
    ("above 0x baseline", "", 6, "a factor out of range", "above 0"),
    ("above baseline - 100%", "", 17, "a share out of range", "less than 100%"),
    ("above baseline +", "", 16, "missing at the end", "how far from the baseline"),
    ("above baseline + 10% per 1m", "", 6, "a rise is compared with a number", "above 10 per 1m"),
    ("mean over 5m above 1 per 1m", "", 19, "a rise is compared with a number", "above 10 per 1m"),
    ("sum over 5m above 2x baseline", "", 18, "a sum has no baseline", "mean over"),
    ("mean over 5m grows 2% per 1h", "", 13, "unexpected 'grows'", "a comparison"),
    ("grows 0% per 1h", "", 6, "not a pace", "above 0"),
    ("grows 2%", "", 8, "missing at the end", "per 1h"),
    ("reaches 85%", "%", 11, "missing at the end", "within 2h"),
    ("spends 5 within 30m", "%", 7, "not a share of the error budget", "spends 5% within 30m"),
    ("spends 101% within 30m", "%", 7, "not a share of the error budget", "spends 5% within 30m"),
    ("burns 14.4 over 1h", "%", 6, "not how many times too fast", "burns 14.4x over 1h"),
    ("higher than other hosts", "%", 7, "unexpected 'than'", "higher than the other hosts"),
    ("higher than the other hosts by 10", "%", 31, "not a share of the other hosts' mean", "by 10%"),
    ("above 1e5", "", 6, "'1e' cannot be told", "a number"),
    ("above nan", "", 6, "unexpected 'nan'", "a number"),
    ("above inf", "", 6, "unexpected 'inf'", "a number"),
    ("above 9999999999999999", "", 6, "a number out of range", "1e+15"),
    ("above 5 \N{DEGREE SIGN}", "", 8, "unexpected", "it could end here"),
    ("above ?5", "", 6, "unexpected '?'", "words, numbers and units"),
    ("above 5, below 1", "", 7, "unexpected ','", "words, numbers and units"),
]


@pytest.mark.parametrize(("text", "unit", "condition"), FORMS)
def test_each_form_means_one_thing(text: str, unit: str, condition: Condition) -> None:
    assert parse(text, unit) == Trigger(text=text, condition=condition)


@pytest.mark.parametrize("text", [text for text, _, _ in FORMS])
@pytest.mark.parametrize(
    ("tail", "lasting", "times"),
    [(" for 5m", 300, 1), (" for 1h 30m", 5400, 1), (" 3 times", 0, 3), (" 3 times in a row", 0, 3)],
)
def test_each_form_may_say_how_long(text: str, tail: str, lasting: float, times: int) -> None:
    unit = next(unit for known, unit, _ in FORMS if known == text)
    trigger = parse(text + tail, unit)
    assert (trigger.lasting, trigger.times, trigger.condition) == (lasting, times, parse(text, unit).condition)
    assert bare(trigger) == text


@pytest.mark.parametrize(("text", "unit", "offset", "what", "hint"), WRONG)
def test_an_error_points_at_what_is_wrong(text: str, unit: str, offset: int, what: str, hint: str) -> None:
    with pytest.raises(TriggerError) as found:
        parse(text, unit)
    assert found.value.offset == offset
    assert what in found.value.what
    assert hint in found.value.hint


def test_a_text_has_a_limit() -> None:
    with pytest.raises(TriggerError, match="longer than") as found:
        parse("above 5" + " " * LONGEST)
    assert found.value.offset == LONGEST


TAILS = ["for", "5m", "3", "times", "%", "-", "+", "x"]
WORDS = sorted({word for text, _, _ in FORMS for word in text.split()}.union(TAILS))
UNITS = st.sampled_from(["", "1", "%", "ms", "s", "MB", "1/s", "orders"])
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(string.printable, max_size=4), max_size=14).map(" ".join)


def _tried(text: str, unit: str) -> Trigger | TriggerError:
    try:
        return parse(text, unit)
    except TriggerError as error:
        return error


@settings(derandomize=True, max_examples=500, deadline=None, database=None)
@given(TEXTS | st.text(max_size=80), UNITS)
def test_any_text_has_a_meaning_or_an_error_within_it(text: str, unit: str) -> None:
    found = _tried(text, unit)
    if isinstance(found, TriggerError):
        assert 0 <= found.offset <= len(text)
        assert found.what
        assert found.hint
    else:
        assert b"null" not in msgspec.json.encode(found)
        _said_again(found)


amounts = st.floats(-1e6, 1e6).filter(lambda value: not value or abs(value) > 1e-9)
shares = st.floats(1e-6, 1.0)
spans = st.floats(1.0, 604800.0) | st.integers(1, 10000).map(lambda minutes: minutes * 60.0)
references = st.sampled_from(["baseline", "slo"])
levels = st.one_of(
    st.builds(Level, offset=amounts),
    st.builds(Level, to=references, factor=st.floats(1e-3, 1e3)),
    st.builds(Level, to=references, offset=amounts),
)
comparisons = st.sampled_from(["above", "below", "at least", "at most", "is"])
aggregates = st.sampled_from(["mean", "median", "max", "min"])
conditions = st.one_of(
    st.builds(Compare, how=comparisons, level=levels),
    st.builds(Compare, how=comparisons, level=levels, take=aggregates, over=spans),
    st.builds(Compare, how=st.just("below"), level=st.builds(Level, offset=amounts), per=spans),
    st.builds(Compare, how=st.sampled_from(["outside", "between"]), level=levels, upper=levels),
    st.builds(Grows, amount=shares, relative=st.booleans(), per=spans, over=spans, falls=st.booleans()),
    st.builds(Reaches, level=levels, within=spans, over=spans, falls=st.booleans()),
    st.builds(Spends, share=shares, within=spans),
    st.builds(Burns, rate=st.floats(1e-3, 1e3), over=spans),
    st.builds(Differs, direction=st.sampled_from(["higher", "lower", "different"]), over=spans, share=shares),
)
triggers = st.one_of(
    st.builds(Trigger, text=st.just(""), condition=conditions, lasting=spans),
    st.builds(Trigger, text=st.just(""), condition=conditions, times=st.integers(1, 1000)),
)


@settings(derandomize=True, max_examples=500, deadline=None, database=None)
@given(triggers)
def test_what_is_said_is_read_the_same(trigger: Trigger) -> None:
    condition = trigger.condition
    assume(not (isinstance(condition, Compare) and condition.upper and not rises(condition.level, condition.upper)))
    _said_again(trigger)


def _said_again(trigger: Trigger) -> None:
    said = phrase(trigger)
    assume(len(said) <= LONGEST)
    assert msgspec.structs.replace(parse(said, "KiB"), text=trigger.text) == trigger
