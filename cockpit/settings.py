"""The settings of one login: `$XDG_CONFIG_HOME/cockpit/settings.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from cockpit.errors import UsageError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ssh_config` is used instead of `~/.ssh/config`; `keys` maps actions to keys."""

    ssh_config: str = ""
    keys: Mapping[str, str] = {}

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read them; the defaults where there is no file, UsageError where it is wrong."""
        path = settings_path(environment)
        try:
            return msgspec.convert(tomllib.loads(path.read_text()), cls)
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise UsageError(str(error), where=str(path)) from error


def settings_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the settings lie, whether or not they are there."""
    base = environment.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "cockpit" / "settings.toml"
