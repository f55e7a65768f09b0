"""The settings of one login: `$XDG_CONFIG_HOME/cockpit/settings.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from cockpit.errors import UsageError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ssh_config` is an absolute path that is used instead of `~/.ssh/config`; `keys` maps actions to keys."""

    ssh_config: str = ""
    keys: Mapping[str, str] = {}

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read them; the defaults where there is no file, UsageError where it is wrong."""
        path = settings_path(environment)
        try:
            found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), cls)
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise UsageError(_reason(error), where=str(path), hint=HINT) from error
        except RecursionError:
            raise UsageError("nested too deeply", where=str(path), hint=HINT) from None
        return replace(found, ssh_config=_absolute(found.ssh_config, path))


HINT = "there are ssh_config (a path) and [keys] (action = key)"


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _absolute(ssh_config: str, path: Path) -> str:
    """The engine runs in no particular folder, so a path must not depend on one."""
    if not ssh_config:
        return ""
    home = os.path.expanduser(ssh_config)  # noqa: PTH111  pathlib raises where there is no such login
    if not home.startswith("/"):
        raise UsageError(
            f"ssh_config is no absolute path: {ssh_config!r}", where=str(path), hint="begin it with / or ~/"
        )
    return home


def settings_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the settings lie, whether or not they are there."""
    base = environment.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "cockpit" / "settings.toml"
