"""The one tree of errors.

CockpitError
├── UsageError            exit 2: a wrong argument or setting
├── PlaybookError         exit 2: a playbook that cannot be used; carries every problem found
├── Refused               exit 3: asked for and not done, with the reason
├── Unreachable           exit 4: an engine or a host that does not answer
├── CredentialsMissing    exit 4: a secret or an agent that is named but not there
├── JournalError          exit 1
│   ├── BrokenChain       the first event that does not fit its hash
│   ├── WriterBusy        another engine is the writer at this moment
│   ├── StaleWriter       another engine has taken over
│   └── StorageFull       nothing was written
└── ProtocolError         exit 4: a peer that speaks another version or nonsense
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    UNREACHABLE = 4
    ROLLED_BACK = 5
    INTERRUPTED = 130


class CockpitError(Exception):
    """Where it went wrong, what is wrong, and, if there is one, what to do."""

    exit = Exit.FAILED

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line}\nhint: {self.hint}" if self.hint else line


class UsageError(CockpitError):
    """A wrong argument or setting."""

    exit = Exit.USAGE


class PlaybookError(CockpitError):
    """A playbook that cannot be used; `problems` are its lines, each `file:line:column: …`."""

    exit = Exit.USAGE

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Refused(CockpitError):
    """An intent that was not carried out."""

    exit = Exit.REFUSED


class Unreachable(CockpitError):
    """An engine or a host that does not answer."""

    exit = Exit.UNREACHABLE


class CredentialsMissing(CockpitError):
    """A secret or an agent that is named but not there; `names` says which."""

    exit = Exit.UNREACHABLE

    def __init__(self, names: tuple[str, ...], *, hint: str = "") -> None:
        super().__init__(f"needs credentials: {', '.join(names)}", hint=hint)
        self.names = names


class JournalError(CockpitError):
    """A journal that cannot be read or written."""


class BrokenChain(JournalError):
    """The first event whose hash or number does not fit; `seq` is its number."""

    def __init__(self, what: str, *, seq: int, where: str = "", hint: str = "") -> None:
        super().__init__(what, where=where, hint=hint)
        self.seq = seq


class WriterBusy(JournalError):
    """Another engine is the writer of this release at this moment: nothing was started."""


class StaleWriter(JournalError):
    """Another engine has taken over this release: this one must stop at once."""


class StorageFull(JournalError):
    """The disk is full: nothing was written."""


class ProtocolError(CockpitError):
    """A peer that speaks another version, or nonsense."""

    exit = Exit.UNREACHABLE
