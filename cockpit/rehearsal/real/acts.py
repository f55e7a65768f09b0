"""What attempts do on one host: chosen once, and kept for an engine that is started again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from cockpit.execution.contract import Order
from cockpit.execution.payload import folder_of
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.real.act import SCRIPT, act
from cockpit.rehearsal.real.files import make_folder, write

ACTS: Final = "acts"
"""The folder of all acts of a host, beside its HOME."""

CHOSEN: Final = "habit"


def chosen(host: Path, order: Order, play: Callable[[Order], Habit], pace: float) -> Habit:
    """What this attempt does, by the host's folder; on its first call it is asked for, and the act is laid ready."""
    folder = host / ACTS / folder_of(order.id)
    try:
        return msgspec.msgpack.decode((folder / CHOSEN).read_bytes(), type=Habit)
    except FileNotFoundError:
        habit = play(order)
    ready = act(habit, pace, _place(order))
    make_folder(folder)
    for name, data in ready.files.items():
        write(folder / name, data)
    write(folder / SCRIPT, ready.script)
    write(folder / CHOSEN, msgspec.msgpack.encode(habit))
    return habit


def played(order: Order) -> Order:
    """The order with its act for a script: nothing of what the playbook says is left in it."""
    script = f". {_place(order)}/{SCRIPT}"
    return Order(order.id, order.host, script, order.identity, fresh=order.fresh, offset=order.offset)


def _place(order: Order) -> str:
    return f'"$HOME"/../{ACTS}/{folder_of(order.id)}'
