"""One rule over several hosts: how many it takes, and which one is named."""

from __future__ import annotations

import pytest

from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Share
from cockpit.analysis.tally import needed
from tests.analysis.series import readings, rule

NAMES = ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("share", "hosts", "expected"),
    [
        (Share(), 20, 1),
        (Share(count=3), 20, 3),
        (Share(count=9), 4, 4),
        (Share(of_all=1.0), 20, 20),
        (Share(of_all=0.1), 20, 2),
        (Share(of_all=0.1), 21, 3),
        (Share(of_all=0.07), 100, 7),
        (Share(of_all=0.01), 5, 1),
    ],
)
def test_a_share_is_rounded_up(share: Share, hosts: int, expected: int) -> None:
    assert needed(share, hosts) == expected


def _judge(series: str, share: Share) -> Judge:
    """Each word is the one reading of a host: `6` fails, `4` passes, `3` is between, `.` is none yet."""
    judge = Judge(rule(ok="below 2%", bad="above 5%", hosts=NAMES, share=share))
    for host, word in zip(NAMES, series.split(), strict=True):
        if word != ".":
            judge.take(host, readings(word)[0], 0)
    return judge


VERDICTS = [
    ("0 0 0 0", 1, "passing"),
    ("6 0 0 0", 1, "failing"),
    ("6 0 0 0", 2, "passing"),
    ("6 6 0 0", 2, "failing"),
    ("6 3 0 0", 2, "inconclusive"),
    ("6 . 0 0", 2, "no data"),
    ("! . 3 0", 2, "error"),
    (". 3 0 0", 2, "no data"),
    ("3 0 0 0", 1, "inconclusive"),
    (". . . 6", 1, "failing"),
    (". . . 6", 4, "no data"),
    ("6 6 6 6", 4, "failing"),
    ("6 6 6 0", 4, "passing"),
]


@pytest.mark.parametrize(("series", "count", "verdict"), VERDICTS)
def test_hosts_make_one_verdict(series: str, count: int, verdict: str) -> None:
    judge = _judge(series, Share(count=count))
    assert judge.verdict == judge.judge(0).verdict == verdict


def test_the_host_that_decides_is_named() -> None:
    found = _judge("0 0 6 6", Share()).judge(0)
    assert (found.host, found.value) == ("c", 6)
    assert found.reason == "c: 6%: above 5% (2 of 4 hosts failing, 1 needed)"


def test_the_one_that_has_failed_longest_is_named() -> None:
    judge = Judge(rule("above 5% for 30s", hosts=NAMES))
    for at, words in enumerate(("0 0 0 0", "0 6 0 0", "6 6 0 0", "6 6 0 0", "6 6 0 0")):
        for host, word in zip(NAMES, words.split(), strict=True):
            judge.take(host, readings(word, start=at * 15)[0], at * 15)
    assert (judge.judge(60).host, judge.judge(60).pending) == ("b", 45)


def test_a_passing_rule_tells_of_the_hosts_that_do_not_pass() -> None:
    found = _judge("0 0 6 0", Share(count=2)).judge(0)
    assert (found.verdict, found.host) == ("passing", "c")
    assert found.reason == "c: 6%: above 5% (1 of 4 hosts failing, 2 needed)"


def test_hosts_that_are_not_its_own_are_passed_over() -> None:
    judge = _judge("0 0 0 0", Share())
    assert not judge.take("stranger", readings("99")[0], 0)
    assert judge.verdict == "passing"


def test_each_host_is_judged_alone() -> None:
    judge = Judge(rule("above 5% for 1m", hosts=NAMES))
    for number in range(20):
        judge.take(NAMES[number % 4], readings("6", start=number * 15)[0], number * 15)
    assert judge.judge(285).pending == 0


def test_one_silent_host_is_no_data_where_one_is_enough() -> None:
    judge = _judge("0 0 0 0", Share())
    for host in NAMES[1:]:
        judge.take(host, readings("0", start=30)[0], 30)
    assert judge.age(46)
    assert (judge.verdict, judge.judge(46).host) == ("no data", "a")
