"""What a command does with a value that could run it."""

from __future__ import annotations

from typing import Literal

import msgspec
from tree_sitter import Node

Kind = Literal["eval", "code", "careful"]


class Danger(msgspec.Struct, frozen=True):
    """Where a value would be run, or where `eval` stands. `careful`: only some programs would, in some cases."""

    node: Node
    kind: Kind
    message: str
    hint: str = ""
