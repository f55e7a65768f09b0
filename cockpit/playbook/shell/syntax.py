"""Whether a command can be read at all."""

from __future__ import annotations

import shutil
from functools import cache, lru_cache
from typing import Literal

from tree_sitter import Node

from cockpit.playbook.shell.parse import Script, parse

Verdict = Literal["right", "wrong", "unclear"]
"""unclear: the shell itself accepts what our grammar does not know."""

SECONDS = 2.0


@lru_cache(maxsize=1024)
def judge(text: str, shell: str) -> Verdict:
    """Whether a command is shell. Where our grammar says no, the shell of this machine is asked; it runs nothing."""
    if not parse(text).root.has_error:
        return "right"
    program = _program(shell)
    if program is None:
        return "wrong"
    import subprocess  # noqa: PLC0415  slow to import, and seldom needed

    try:
        said = subprocess.run(
            [program, "-n"],
            input=text.encode(errors="replace"),
            env={},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return "wrong"
    return "unclear" if said.returncode == 0 else "wrong"


@cache
def _program(shell: str) -> str | None:
    return shutil.which(shell)


def first_error(script: Script) -> tuple[Node, str]:
    """Where the first wrong piece of syntax is, and what it is."""
    missing = next((node for node in script.nodes if node.is_missing), None)
    error = next(script.every("ERROR"), None)
    if error is not None and (missing is None or error.start_byte <= missing.start_byte):
        return error, "wrong shell syntax"
    if missing is not None:
        return missing, f"wrong shell syntax: `{missing.type}` is missing"
    return script.root, "wrong shell syntax"
