"""What an engine asks of a host, and what comes back: the contract that every transport keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import msgspec

Outcome = Literal["passed", "failed", "error", "stopped", "unknown"]
"""passed: exit 0 · failed: another exit status · error: nothing was started · stopped: killed and confirmed ·
unknown: neither is known."""

HERE = "here"
"""The name of this machine among the hosts."""


class Identity(msgspec.Struct, frozen=True):
    """What a host is: its key's SHA256 fingerprint (none of `here`), boot id, the release's marker there."""

    key: str
    boot: str
    marker: str


class Reached(msgspec.Struct, frozen=True):
    """A host that answers: its network address, what it is, and, if it was asked, its clock less ours in seconds."""

    host: str
    address: str
    identity: Identity
    skew: float | None = None


class NotReached(msgspec.Struct, frozen=True):
    """A host that does not answer, why; `credentials` if the agent it needs is gone, `final` if a retry cannot help."""

    host: str
    reason: str
    hint: str = ""
    credentials: bool = False
    final: bool = False


class Order(msgspec.Struct, frozen=True):
    """One attempt: a shell script for one host, started at most once under `id`.

    `exports` and `secrets` become shell variables under `set -u`; they travel by standard input only. `identity` is
    what the host was when the attempt was journaled. `fresh` says that no start was ever sent. `offset` is the number
    of output bytes that are stored already. `user` is whom to become by sudo, `directory` where to run (or `~/…`).
    """

    id: str
    host: str
    script: str
    identity: Identity
    exports: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    directory: str = ""
    user: str = ""
    shell: str = "sh"
    fresh: bool = False
    offset: int = 0


class HttpOrder(msgspec.Struct, frozen=True):
    """One attempt of a request.

    `status` holds the good ones, `contains` text that must be in the answer, `json` expected values by dotted path;
    `timeout` is in seconds for all of it, `secrets` are values that no output may show.
    """

    id: str
    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: str = ""
    status: tuple[int, ...] = (200,)
    contains: str = ""
    json: Mapping[str, str] = {}
    timeout: float = 30.0
    secrets: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """A command that only looks: run at once on a host, not detached, and killed after `seconds`.

    Values, `user`, `directory` and `shell` are as in an `Order`.
    """

    host: str
    script: str
    seconds: float
    exports: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    directory: str = ""
    user: str = ""
    shell: str = "sh"


class Ended(msgspec.Struct, frozen=True):
    """How an attempt ended: exit status (None if there is none), seconds on the host's clock, captured variables."""

    outcome: Outcome
    exit: int | None = None
    reason: str = ""
    seconds: float | None = None
    captures: Mapping[str, str] = {}


class Holder(msgspec.Struct, frozen=True):
    """Who holds a host's lock: release, nonce, login, machine, since (UTC, ISO 8601), seconds since its heartbeat."""

    release: str
    nonce: str
    login: str
    machine: str
    since: str
    heartbeat_age: float


Sink = Callable[[bytes], None]
"""Takes the next output bytes, in order, already without secrets."""

LinkReport = Callable[[str], None]
"""Is told when the link of an attempt is lost (the reason) and when it is back (an empty string)."""


class Transport(Protocol):
    """Hosts as the engine sees them. Each method has its deadlines, and never raises for what a host or link may do."""

    async def reach(self, host: str) -> Reached | NotReached:
        """Connect if needed, make the release's private run folder and marker, and say what the host is."""

    async def run(self, order: Order, sink: Sink, link: LinkReport) -> Ended:
        """Start the attempt unless the host knows it, follow it through lost links, and tell how it ended."""

    async def ask(self, question: Question) -> bytes | str:
        """What a command that only looks prints on stdout, or as text why there is nothing; no more than a megabyte."""

    async def stop(self, order: Order) -> Ended | None:
        """Kill the attempt's whole process group and confirm it; None when it could not be confirmed."""

    async def lock(self, host: str, take_over: bool) -> Holder | NotReached | None:
        """Take this release's lock on the host, or renew its heartbeat; None when it is ours, else who holds it."""

    async def clean(self, host: str) -> str:
        """Remove the release's run folder and its lock from the host; an empty string, or why that failed."""

    async def close(self) -> None:
        """Drop every connection; commands on hosts go on."""


class Requester(Protocol):
    """Requests as the engine sees them."""

    async def send(self, order: HttpOrder, sink: Sink) -> Ended:
        """Make the request once; `sink` gets the status line and the answer. An unanswered POST is unknown."""

    def cancelled(self, order: HttpOrder) -> Ended:
        """What a request is whose `send` was cancelled."""

    async def close(self) -> None:
        """Drop every connection."""
