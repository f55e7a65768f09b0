"""Answers of Prometheus' HTTP API (`/api/v1/query`, `/api/v1/query_range`), decoded."""

from __future__ import annotations

from typing import Literal

import msgspec

from cockpit.metrics.reasons import Trouble, plain
from cockpit.metrics.series import Series
from cockpit.metrics.web import MOST, Answer


class Refusal(msgspec.Struct, frozen=True):
    """That there is no result, and what is at fault: the server or the way to it, the query, too much time or size."""

    reason: str
    fault: Literal["server", "query", "late", "size"] = "server"


class Vector(msgspec.Struct, frozen=True):
    """What a query results in: series of one point each (of more, for a range); a scalar is one without labels."""

    series: tuple[Series, ...]
    scalar: bool = False


class _Result(msgspec.Struct):
    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None
    values: list[tuple[float, str]] | None = None


class _Data(msgspec.Struct, rename="camel"):
    result_type: str = ""
    result: msgspec.Raw = msgspec.Raw(b"[]")


class _Envelope(msgspec.Struct, rename="camel"):
    status: str
    data: _Data | None = None
    error_type: str = ""
    error: str = ""


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_RESULTS = msgspec.json.Decoder(list[_Result])
_SCALAR = msgspec.json.Decoder(tuple[float, str])
_DAMAGED = (msgspec.MsgspecError, ValueError, RecursionError)


def result(got: Answer | Trouble, *, ranged: bool = False) -> Vector | Refusal:
    """What the server answered to a query at one moment, or `ranged`."""
    if isinstance(got, Trouble):
        return Refusal(got.reason, "late" if got.cause == "late" else "server")
    if not got.whole:
        return Refusal(f"the answer is longer than {MOST:,} bytes: it has too many series", "size")
    try:
        envelope = _ENVELOPE.decode(got.body)
    except _DAMAGED as error:
        return Refusal(_not_ours(got, error))
    if envelope.status != "success" or envelope.data is None:
        said = plain(envelope.error) or f"it answered {got.line}"
        return Refusal(said, _fault(envelope.error_type, got.status))
    try:
        return _decoded(envelope.data, "matrix" if ranged else "vector")
    except _DAMAGED as error:
        return Refusal(f"its answer is not as Prometheus' API has it: {plain(str(error), 100)}")


def _decoded(data: _Data, wanted: str) -> Vector | Refusal:
    match data.result_type:
        case kind if kind == wanted:
            return Vector(tuple(Series(each.metric, _points(each)) for each in _RESULTS.decode(data.result)))
        case "scalar":
            return Vector((Series({}, (_SCALAR.decode(data.result),)),), scalar=True)
        case other:
            return Refusal(f"the query gives a {plain(other, 20)}, where a number is needed", "query")


def _points(found: _Result) -> list[tuple[float, str]]:
    return found.values if found.values is not None else [found.value] if found.value else []


def _not_ours(got: Answer, error: Exception) -> str:
    if got.status != 200:
        return f"it answered {got.line}"
    return f"the answer is not Prometheus' JSON ({got.kind or 'of no type'}): {plain(str(error), 80)}"


def _fault(kind: str, status: int) -> Literal["server", "query", "late"]:
    if kind in ("timeout", "canceled"):
        return "late"
    return "query" if kind in ("bad_data", "execution") or status in (400, 422) else "server"
