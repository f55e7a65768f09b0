"""What a JMESPath finds in JSON."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from typing import Final, TypeVar

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from cockpit.metrics.reasons import Flaw, plain

T = TypeVar("T")

LARGE: Final = 65_536
"""Bytes from which on a document is taken apart in a thread, so that nothing else waits for it."""


def parsed(body: bytes) -> object | Flaw:
    """The document; a Flaw when it is not JSON."""
    try:
        found: object = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, ValueError) as error:
        if body.lstrip()[:1] == b"<":
            return Flaw("error", "HTML or XML, where JSON is needed")
        return Flaw("error", f"not JSON: {plain(str(error), 80)}" if body.strip() else "empty, where JSON is needed")
    except RecursionError:
        return Flaw("error", "JSON that is nested too deep")
    return found


def picked(document: object, path: str) -> object | Flaw:
    """What the path finds (None: nothing); a Flaw when the path is wrong, or does not fit the document."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PendingDeprecationWarning)
            found: object = jmespath.search(path, document)
    except PendingDeprecationWarning:
        return Flaw("error", f"{plain(path, 60)}: between backquotes stands JSON")
    except JMESPathError as error:
        return Flaw("error", f"{plain(path, 60)}: {plain(str(error), 120)}")
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        return Flaw("error", f"{plain(path, 60)} cannot be looked up: {plain(str(error), 80)}")
    return found


async def aside(work: Callable[[bytes], T], body: bytes) -> T:
    """The work's result, from a thread when the document is large."""
    return await asyncio.to_thread(work, body) if len(body) >= LARGE else work(body)
