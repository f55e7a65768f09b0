"""Host names, groups and batches."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.playbook.batches import reach, split
from cockpit.playbook.hosts import HostError, UnknownHostError, expand, resolved, targets


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("db-01", ["db-01"]),
        ("web-[1:3]", ["web-1", "web-2", "web-3"]),
        ("app-[08:10]", ["app-08", "app-09", "app-10"]),
        ("a[1,3,5:6]", ["a1", "a3", "a5", "a6"]),
        ("r[1:2]-n[1:2].x", ["r1-n1.x", "r1-n2.x", "r2-n1.x", "r2-n2.x"]),
        ("10.0.0.[7:8]", ["10.0.0.7", "10.0.0.8"]),
    ],
)
def test_a_range_stands_for_its_hosts(text: str, names: list[str]) -> None:
    assert list(expand(text)) == names


@pytest.mark.parametrize(
    "text", ["", "a b", "a[", "a]", "a[]", "a[1:]", "a[3:1]", "a[x]", "a[1:99999]", "-a", "a;b", "a[1:900][1:900]"]
)
def test_a_wrong_range_is_refused(text: str) -> None:
    with pytest.raises(HostError):
        expand(text)


@given(st.integers(0, 500), st.integers(0, 50), st.integers(1, 4))
@settings(derandomize=True, deadline=None)
def test_a_range_keeps_its_digits_and_its_order(first: int, more: int, width: int) -> None:
    names = expand(f"h[{first:0{width}}:{first + more}]")
    assert [int(name[1:]) for name in names] == list(range(first, first + more + 1))
    assert all(len(name) > width for name in names)


def test_groups_hold_groups_and_each_host_once() -> None:
    groups, wrong = resolved({"first": ["web-1"], "all": ["first", "web-[1:3]"], "db": ["db"]})
    assert groups["all"] == ("web-1", "web-2", "web-3")
    assert (groups["db"], wrong) == (("db",), {})


def test_a_circle_of_groups_is_an_error_and_spares_the_others() -> None:
    groups, wrong = resolved({"a": ["b"], "b": ["a"], "c": ["x"]})
    assert (set(wrong), groups["c"]) == ({"a", "b"}, ("x",))


def test_many_groups_of_groups_take_no_time() -> None:
    groups, _ = resolved({"g0": ["x"], **{f"g{n}": [f"g{n - 1}"] * 9 for n in range(1, 20)}})
    assert groups["g19"] == ("x",)


def test_on_takes_groups_hosts_ranges_and_here() -> None:
    groups = {"web": ("w-1", "w-2"), "db": ("d",)}
    assert list(targets(["db", "w-[1:2]", "here"], groups)) == [(0, "d"), (1, "w-1"), (1, "w-2"), (2, "here")]


def test_a_host_of_no_group_is_unknown() -> None:
    with pytest.raises(UnknownHostError) as error:
        list(targets(["web", "w-3"], {"web": ("w-1",)}))
    assert (error.value.name, error.value.index) == ("w-3", 1)


@pytest.mark.parametrize(
    ("entries", "sizes"),
    [
        ([1, 0.05, 0.25, 1.0], [1, 2, 7]),
        ([], [10]),
        ([1, 5, 1.0], [1, 4, 5]),
        ([0.333, 0.667, 1.0], [4, 3, 3]),
        ([20], [10]),
    ],
)
def test_batches_are_cumulative_shares_rounded_up(entries: list[int | float], sizes: list[int]) -> None:
    assert [len(batch) for batch in split("abcdefghij", entries)] == sizes


@pytest.mark.parametrize(
    ("share", "hosts", "number"), [(0.011, 1000, 11), (0.07, 100, 7), (0.29, 100, 29), (0.1, 1, 1)]
)
def test_a_share_is_exact(share: float, hosts: int, number: int) -> None:
    assert reach(share, hosts) == number


@given(st.integers(1, 300), st.lists(st.integers(1, 99), max_size=6))
@settings(derandomize=True, deadline=None)
def test_batches_hold_every_host_once_and_in_order(count: int, percent: list[int]) -> None:
    hosts = [f"h{n}" for n in range(count)]
    batches = split(hosts, [*(p / 100 for p in sorted(percent)), 1.0])
    assert [host for batch in batches for host in batch] == hosts
    assert all(batches)
