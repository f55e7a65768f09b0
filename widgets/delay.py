"""A call that is made later, once. A timer of Textual is never called when the machine is late as it begins."""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable

from textual.message_pump import MessagePump


def after(seconds: float, pump: MessagePump, call: Callable[[], object]) -> TimerHandle:
    """Make this call among the messages of an app or a widget, if it still takes any; `cancel` calls it off."""
    return get_running_loop().call_later(seconds, pump.call_later, call)
