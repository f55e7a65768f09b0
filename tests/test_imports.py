"""Who may import whom, as seen at run time."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import cockpit

UI = {"textual", "screens", "widgets"}


def packages_after_importing(modules: list[str]) -> set[str]:
    program = f"import importlib, sys; [importlib.import_module(name) for name in {modules}]; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    return {module.partition(".")[0] for module in done.stdout.split()}


def modules_of(package: str) -> list[str]:
    found = [module.name for module in pkgutil.walk_packages(cockpit.__path__, "cockpit.")]
    return [name for name in found if f"{name}.".startswith(f"{package}.") and not name.endswith(".__main__")]


@pytest.mark.parametrize("package", ["cockpit.engine", "cockpit"])
def test_user_interface_is_not_imported_by_any_module_of(package: str) -> None:
    assert not packages_after_importing(modules_of(package)) & UI


def test_user_interface_would_be_seen() -> None:
    assert packages_after_importing(["textual"]) & UI == {"textual"}
