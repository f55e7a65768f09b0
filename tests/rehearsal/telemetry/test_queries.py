"""Which metrics an expression asks for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.metrics.joined import Arm, join
from cockpit.rehearsal.telemetry.queries import Wanted, wanted

HARD = 'a{x="y"}\n),"__cockpit","0","","") or b'
KNOWN = {"up": "up", "sum(rate(errors[5m])) by (host)": "errors", HARD: "hard", "a # why": "commented"}


def test_single_query_is_its_metric() -> None:
    assert wanted(" up\n", KNOWN) == (Wanted("up"),)


def test_moments_can_be_asked_for() -> None:
    assert wanted("timestamp(up)", KNOWN) == (Wanted("up", stamp=True),)


def test_unknown_query_is_not_understood() -> None:
    assert wanted("down", KNOWN) is None
    assert wanted(join([Arm("0", "up"), Arm("1", "down")]), KNOWN) is None


@given(st.lists(st.tuples(st.sampled_from([*KNOWN]), st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_what_our_client_joins_comes_apart_again(picked: list[tuple[str, bool, bool]]) -> None:
    arms = [
        Arm(f"{place}", f"timestamp({query})" if stamp and "#" not in query else query, scalar)
        for place, (query, stamp, scalar) in enumerate(picked)
    ]
    expected = [
        Wanted(KNOWN[query], f"{place}", stamp and "#" not in query) for place, (query, stamp, _) in enumerate(picked)
    ]
    assert [*(wanted(join(arms), KNOWN) or ())] == expected


@given(st.text(alphabet='()"\\ or,label_replace_cockpitup\n0', max_size=200))
def test_no_text_does_harm(text: str) -> None:
    found = wanted(text, KNOWN)
    assert found is None or all(each.metric == "up" for each in found)
