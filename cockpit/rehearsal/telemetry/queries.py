"""Which metrics a PromQL expression asks for: one of a plan, its timestamp, or several that our client has joined."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cockpit.metrics.joined import LABEL


class Wanted(msgspec.Struct, frozen=True):
    """A metric, under a `mark` where several are joined; `stamp`: the moments of its samples, not their values."""

    metric: str
    mark: str = ""
    stamp: bool = False


_END = f'\n),"{LABEL}","'
_HEADS = ("label_replace((", "label_replace(vector(")
_LAST = '","","")'


def wanted(text: str, known: Mapping[str, str]) -> tuple[Wanted, ...] | None:
    """What an expression asks for; `known` has the metric of each query. None where it is not understood."""
    bare = text.strip()
    if (single := _metric(bare, known)) is not None:
        return (single,)
    found: list[Wanted] = []
    place, depth = 0, 0
    while place < len(bare):
        place, opened = _opened(bare, place)
        depth += opened
        arm = _arm(bare, place, known)
        if arm is None:
            return None
        found.append(arm[0])
        place, closed = _closed(bare, arm[1])
        depth -= closed
        if place < len(bare):
            if not bare.startswith(" or ", place):
                return None
            place += 4
    return tuple(found) if found and not depth and not bare.endswith(" or ") else None


def _opened(text: str, place: int) -> tuple[int, int]:
    start = place
    while text.startswith("(", place):
        place += 1
    return place, place - start


def _closed(text: str, place: int) -> tuple[int, int]:
    start = place
    while text.startswith(")", place):
        place += 1
    return place, place - start


def _arm(text: str, place: int, known: Mapping[str, str]) -> tuple[Wanted, int] | None:
    """The arm that begins here and where it ends; a query may itself hold what ends an arm."""
    head = next((each for each in _HEADS if text.startswith(each, place)), None)
    if head is None:
        return None
    start = place + len(head)
    end = text.find(_END, start)
    while end >= 0:
        metric = _metric(text[start:end], known)
        quote = text.find(_LAST, end + len(_END))
        if metric is not None and quote >= 0:
            return msgspec.structs.replace(metric, mark=text[end + len(_END) : quote]), quote + len(_LAST)
        end = text.find(_END, end + 1)
    return None


def _metric(query: str, known: Mapping[str, str]) -> Wanted | None:
    if query.strip() in known:
        return Wanted(known[query.strip()])
    inner = query.strip().removeprefix("timestamp(").removesuffix(")").strip()
    if query.strip() == f"timestamp({inner})" and inner in known:
        return Wanted(known[inner], stamp=True)
    return None
