"""Prometheus metrics, from a real server."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cockpit.analysis.rule import Gap, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.prometheus import PrometheusSource
from cockpit.metrics.web import Web
from tests.metrics.promserver import LAST_OF_STALE, PrometheusServer
from tests.metrics.readies import gap, promql

HOSTS = ("web-1", "web-2", "web-3")


async def read(web: Web, now: float, url: str, query: str) -> Sample | Gap:
    return (await PrometheusSource(promql(url, query), web).read(now))[WHOLE]


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("sum(temperature)", 63),
        ("sum(temperature) # all of them", 63),
        ('temperature{instance="web-3"}', 22),
        ("round(sum(rate(requests_total[1m])))", 4),
        ("21 * 2", 42),
        ("scalar(sum(temperature))", 63),
        ("count(temperature) or vector(0)", 3),
        ("count(no_such_series) or vector(0)", 0),
    ],
)
async def test_value_is_read(web: Web, now: float, prometheus: PrometheusServer, query: str, value: float) -> None:
    assert await read(web, now, prometheus.url, query) == Sample(now, value)


@pytest.mark.parametrize(
    ("query", "kind", "reason"),
    [
        ("no_such_series", "no data", "no series"),
        ("sum(no_such_series)", "no data", "no series"),
        ("undefined", "no data", "NaN: there was nothing to calculate with"),
        ("0 / 0", "no data", "NaN: there was nothing to calculate with"),
        ("endless", "error", "infinite: was it divided by zero?"),
        ("-1 / 0", "error", "infinite: was it divided by zero?"),
        ("scalar(temperature)", "no data", "NaN: there was nothing to calculate with"),
        ("temperature", "error", "3 series, where one is needed: "),
        ("temperature[5m]", "error", "the query gives a matrix, where a number is needed"),
        ('"text"', "error", "the query gives a string, where a number is needed"),
        ("sum(", "error", 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis'),
        ("", "error", 'invalid parameter "query"'),
        ("temperature + on() group_left temperature", "error", "found duplicate series for the match group"),
    ],
)
async def test_what_is_no_value_is_a_gap_with_its_reason(
    web: Web, now: float, prometheus: PrometheusServer, query: str, kind: str, reason: str
) -> None:
    got = gap(await read(web, now, prometheus.url, query))
    assert (got.at, got.kind) == (now, kind)
    assert got.reason.startswith(reason)


async def test_stale_sample_is_no_data_although_the_server_still_gives_it(
    web: Web, now: float, prometheus: PrometheusServer
) -> None:
    got = gap(await read(web, now, prometheus.url, "queue_depth"))
    assert got.kind == "no data"
    assert got.reason.startswith("its last sample is ")


async def test_old_sample_counts_where_the_metric_allows_its_age(
    web: Web, now: float, prometheus: PrometheusServer
) -> None:
    source = PrometheusSource(promql(prometheus.url, "queue_depth", stale=100_000.0), web)
    assert (await source.read(now))[WHOLE] == Sample(now, 7)
    assert source.seen.ages[WHOLE] >= LAST_OF_STALE


async def test_label_gives_each_host_its_value(web: Web, now: float, prometheus: PrometheusServer) -> None:
    source = PrometheusSource(promql(prometheus.url, "temperature", "instance", hosts=HOSTS), web)
    got = await source.read(now)
    assert got == {"web-1": Sample(now, 20), "web-2": Sample(now, 21), "web-3": Sample(now, 22)}


async def test_host_without_series_has_no_data(web: Web, now: float, prometheus: PrometheusServer) -> None:
    ready = promql(prometheus.url, "temperature", "instance", hosts=("web-1", "web-9"))
    got = await PrometheusSource(ready, web).read(now)
    assert got == {"web-1": Sample(now, 20), "web-9": Gap(now, "no data", "no series whose instance is web-9")}


async def test_host_with_two_series_is_an_error(web: Web, now: float, prometheus: PrometheusServer) -> None:
    twice = 'temperature or label_replace(temperature, "kind", "copy", "", "")'
    ready = promql(prometheus.url, twice, "instance", hosts=("web-1",))
    got = gap((await PrometheusSource(ready, web).read(now))["web-1"])
    assert got.reason.startswith("2 series whose instance is web-1, where one is needed: {__name__=")


async def test_history_has_a_sample_at_every_interval(web: Web, now: float, prometheus: PrometheusServer) -> None:
    source = PrometheusSource(promql(prometheus.url, "sum(temperature)", every=10.0), web)
    got = await source.history(now - 600, now)
    assert got is not None
    samples = got[WHOLE]
    assert {sample.value for sample in samples} == {63}
    assert [round(later.at - sample.at) for sample, later in pairwise(samples)] == [10] * 60


async def test_history_of_hosts_is_told_apart(web: Web, now: float, prometheus: PrometheusServer) -> None:
    source = PrometheusSource(promql(prometheus.url, "temperature", "instance", hosts=HOSTS), web)
    got = await source.history(now - 60, now)
    assert got is not None
    assert {host: {sample.value for sample in samples} for host, samples in got.items()} == {
        "web-1": {20},
        "web-2": {21},
        "web-3": {22},
    }


async def test_long_history_is_thinned(web: Web, now: float, prometheus: PrometheusServer) -> None:
    source = PrometheusSource(promql(prometheus.url, "vector(1)", every=5.0), web)
    got = await source.history(now - 30 * 86_400, now)
    assert got is not None
    assert 10_900 < len(got[WHOLE]) <= 11_000


async def test_history_too_long_for_one_answer_is_thinned_further(
    web: Web, now: float, prometheus: PrometheusServer
) -> None:
    source = PrometheusSource(promql(prometheus.url, "vector(1) / 3", "instance", every=5.0, hosts=("web-1",)), web)
    wide = " or ".join(f'label_replace(vector(1)/3,"instance","web-{place}","","")' for place in range(1, 9))
    source = PrometheusSource(promql(prometheus.url, wide, "instance", every=5.0, hosts=("web-1",)), web)
    got = await source.history(now - 30 * 86_400, now)
    assert got is not None
    assert 1_300 < len(got["web-1"]) < 1_400


async def test_nothing_in_history_is_made_up_for_gaps(web: Web, now: float, prometheus: PrometheusServer) -> None:
    for query in ("undefined", "endless", "no_such_series"):
        assert await PrometheusSource(promql(prometheus.url, query), web).history(now - 60, now) == {WHOLE: ()}


async def test_moment_with_several_series_is_left_out_of_history(
    web: Web, now: float, prometheus: PrometheusServer
) -> None:
    assert await PrometheusSource(promql(prometheus.url, "temperature"), web).history(now - 60, now) == {WHOLE: ()}


@pytest.mark.parametrize("query", ["sum(", "21 *", '"text"'])
async def test_history_of_a_wrong_query_is_none(web: Web, now: float, prometheus: PrometheusServer, query: str) -> None:
    assert await PrometheusSource(promql(prometheus.url, query), web).history(now - 60, now) is None
