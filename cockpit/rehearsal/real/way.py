"""The way to a host of a rehearsal: an ssh_config and known_hosts of its own, and nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cockpit.execution.settings import Login
from cockpit.rehearsal.real.files import write
from cockpit.rehearsal.real.host import ADDRESS, Host

USER: Final = "rehearsal"
CONFIG: Final = "ssh_config"
KNOWN: Final = "known_hosts"

TEXT: Final = """\
Host *
  HostName {address}
  Port {port}
  HostKeyAlias {name}
  User {user}
  IdentityFile {key}
  IdentitiesOnly yes
  IdentityAgent {no_agent}
  UserKnownHostsFile {known}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
"""


def login_of(folder: Path) -> Login:
    """How to log in to the host of this folder, without jump hosts."""
    return Login(USER, "none", str(folder / CONFIG))


def tell(host: Host, key: Path) -> None:
    """Write down where the host listens now, who it is, and by which key to log in there."""
    public = host.key.export_public_key("openssh").decode().split()[:2]
    write(host.folder / KNOWN, " ".join((host.name, *public, "\n")).encode())
    no_agent, known = _word(host.folder / "no_agent", tokens=True), _word(host.folder / KNOWN)
    places = {"key": _word(key, tokens=True), "no_agent": no_agent, "known": known}
    text = TEXT.format(address=ADDRESS, port=host.port, name=host.name, user=USER, **places)
    write(host.folder / CONFIG, text.encode())


def _word(path: Path, *, tokens: bool = False) -> str:
    """A path as ssh_config takes it; with `tokens`, for an option in which a percent sign has a meaning."""
    text = str(path).replace("%", "%%") if tokens else str(path)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
