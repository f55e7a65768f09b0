"""From metrics to what reads them, and what the doctor says of each."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate

import pytest

from cockpit.analysis.rule import Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.group import Ready
from cockpit.metrics.health import Health, examine
from cockpit.metrics.sources import groups_of, source_of
from cockpit.metrics.together import Together
from cockpit.metrics.web import Web
from cockpit.playbook.plan import Prometheus, Request
from tests.metrics.promserver import PrometheusServer
from tests.metrics.readies import datadog, document, gap, output, probe, promql
from tests.metrics.servers import answer, as_json, serving


async def three(_: str) -> bytes | str:
    return b"3\n"


async def health(ready: Ready, web: Web, now: float) -> Health:
    (found,) = await examine(ready, source_of(ready, web), now)
    return found


async def test_metrics_of_one_prometheus_that_are_read_alike_share_a_group(web: Web) -> None:
    readies = [promql("http://a", f"m{place}", name=f"m{place}") for place in range(5)]
    others = [
        promql("http://b", "up", name="elsewhere"),
        promql("http://a", "up", name="rarely", every=60.0),
        probe(Request(url="http://a"), name="health"),
        datadog("http://a", name="dog"),
    ]
    groups = groups_of([*readies, *others], web)
    assert [len(group.keys) for group in groups] == [5, 1, 1, 1, 1]
    assert [isinstance(group, Together) for group in groups] == [True, True, True, False, False]


async def test_500_metrics_are_five_groups_that_take_turns(web: Web) -> None:
    groups = groups_of((promql("http://a", "up", name=f"m{place}") for place in range(500)), web)
    assert [len(group.keys) for group in groups] == [100] * 5


async def test_different_headers_are_different_groups(web: Web) -> None:
    sources = [Prometheus(url="http://a", query="up", headers={"X-Scope-OrgID": tenant}) for tenant in "ab"]
    base = promql("http://a", "up").metric
    readies = [Ready(base, by={WHOLE: source}) for source in sources]
    assert len(groups_of(readies, web)) == 2


async def test_group_of_one_source_answers_under_its_metric(web: Web, now: float) -> None:
    (group,) = groups_of([output(three, name="load", every=7.0)], web)
    assert (group.every, group.keys) == (7.0, {"load": (WHOLE,)})
    assert await group.read(now) == {"load": {WHOLE: Sample(now, 3)}}


async def test_hosts_that_are_asked_apart_are_read_apart(web: Web, now: float) -> None:
    async def deaf(host: str) -> bytes:
        if host == "web-2":
            await asyncio.get_running_loop().create_future()
        return b"3\n"

    healthy, silent = groups_of([output(deaf, name="load", hosts=("web-1", "web-2"), timeout=0.05)], web)
    assert await healthy.read(now) == {"load": {"web-1": Sample(now, 3)}}
    assert gap((await silent.read(now))["load"]["web-2"]).reason == "no output in 0.05 s"


async def test_query_without_label_has_one_value_whatever_the_hosts(web: Web) -> None:
    readies = [promql("http://a", "up", hosts=("web-1",)), datadog("http://a", hosts=("web-1",))]
    assert [group.keys for group in groups_of(readies, web)] == [{"errors": (WHOLE,)}] * 2


async def test_well_metric_says_its_value_and_unit(web: Web, now: float, prometheus: PrometheusServer) -> None:
    found = await health(promql(prometheus.url, "sum(temperature)", unit="°C"), web, now)
    assert (found.reachable, found.answers, found.text) == (True, True, "63 °C")
    assert found.skew is not None
    assert abs(found.skew) < 2


async def test_age_of_a_sample_is_said(web: Web, now: float, prometheus: PrometheusServer) -> None:
    found = await health(promql(prometheus.url, "queue_depth", stale=1e6), web, now)
    assert found.text.startswith("7 (")
    assert found.text.endswith(" old)")


async def test_stale_sample_is_reached_and_does_not_answer(web: Web, now: float, prometheus: PrometheusServer) -> None:
    found = await health(promql(prometheus.url, "queue_depth"), web, now)
    assert (found.reachable, found.answers) == (True, False)
    assert found.text.startswith("its last sample is ")
    assert found.age is not None


@pytest.mark.parametrize(
    ("seconds", "said"), [(-90, "5; its clock is 1:30 behind"), (90, "5; its clock is 1:30 ahead")]
)
async def test_skewed_clock_is_said(web: Web, seconds: float, said: str) -> None:
    now = time.time()
    dated = as_json({"value": 5}).replace(b"Content-Type", f"Date: {formatdate(now + seconds)}\r\nX".encode(), 1)
    async with serving(dated) as served:
        text = (await health(document(served.url), web, now)).text
    assert text in (said, said.replace("1:30", "1:29"), said.replace("1:30", "1:31"))


async def test_unreachable_server_is_said(web: Web, now: float) -> None:
    found = await health(document("http://127.0.0.1:9", retries=0), web, now)
    assert (found.reachable, found.answers, found.text) == (False, False, "it refuses the connection")


async def test_refusing_server_is_reached(web: Web, now: float) -> None:
    async with serving(answer("401 Unauthorized")) as served:
        found = await health(document(served.url), web, now)
    assert (found.reachable, found.text) == (True, "answered 401 Unauthorized, expected 200")


async def test_probe_that_is_down_says_why(web: Web, now: float) -> None:
    found = await health(probe(Request(url="http://127.0.0.1:9"), retries=0), web, now)
    assert (found.reachable, found.text) == (False, "0; it refuses the connection")


async def test_command_is_reached_when_it_printed(web: Web, now: float) -> None:
    found = await health(output(three, unit="%"), web, now)
    assert (found.reachable, found.text) == (True, "3 %")
