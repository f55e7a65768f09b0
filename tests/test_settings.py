"""The settings of one login."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.errors import UsageError
from cockpit.settings import Settings, settings_path


def written(folder: Path, text: str) -> dict[str, str]:
    """An environment whose settings say this."""
    path = folder / "cockpit" / "settings.toml"
    path.parent.mkdir()
    path.write_text(text)
    return {"XDG_CONFIG_HOME": str(folder)}


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert Settings.load({"XDG_CONFIG_HOME": str(tmp_path)}) == Settings()


def test_settings_are_read(tmp_path: Path) -> None:
    environment = written(tmp_path, 'ssh_config = "/srv/ssh_config"\n[keys]\nhold = "p"\n')
    assert Settings.load(environment) == Settings("/srv/ssh_config", {"hold": "p"})


def test_home_is_filled_in_because_engines_run_elsewhere(tmp_path: Path) -> None:
    assert Settings.load(written(tmp_path, 'ssh_config = "~/x"')).ssh_config == str(Path.home() / "x")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('ssh_config = "x"', "no absolute path"),
        ("ssh_config = 3", "Expected `str`"),
        ('colour = "red"', "colour"),
        ("= =", "Invalid"),
        ("x = " + "[" * 3000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_told_with_its_file(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as error:
        Settings.load(written(tmp_path, text))
    assert error.value.where == str(tmp_path / "cockpit" / "settings.toml")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    environment = written(tmp_path, "")
    settings_path(environment).write_bytes(b"\xff")
    with pytest.raises(UsageError):
        Settings.load(environment)


def test_relative_configuration_folder_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ana")
    assert settings_path({"XDG_CONFIG_HOME": "here"}) == Path("/home/ana/.config/cockpit/settings.toml")
