"""Who may import whom, as seen at run time."""

from __future__ import annotations

import subprocess
import sys

import pytest

UI = {"textual", "screens", "widgets"}


def modules_after_importing(name: str) -> set[str]:
    program = f"import {name}, sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return {module.partition(".")[0] for module in done.stdout.split()}


@pytest.mark.parametrize("name", ["cockpit.engine", "cockpit.cli"])
def test_user_interface_is_not_imported_by(name: str) -> None:
    assert not modules_after_importing(name) & UI
