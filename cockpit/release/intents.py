"""What someone asks: the closed union of intents. Any may be refused, with a reason. Who asks is not part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cockpit.release.events import AnyEvent, FaultKind


class Intent(msgspec.Struct, frozen=True, tag_field="intent", omit_defaults=True, kw_only=True):
    """The base of all intents."""


class Tick(Intent, frozen=True, tag="tick", kw_only=True):
    """A checklist item is true (with evidence), or does not apply (with the reason).

    `made` is when the evidence was made, in seconds since 1970.
    """

    step: str
    item: str
    evidence: str = ""
    not_applicable: str = ""
    made: float | None = None


class Done(Intent, frozen=True, tag="done", kw_only=True):
    """A step that a person does is done; `fields` are the lines that it asks for."""

    step: str
    note: str = ""
    fields: Mapping[str, str] = {}


class Sign(Intent, frozen=True, tag="sign", kw_only=True):
    """A role's yes or no; `covers` is the digest of what was shown to the signer."""

    gate: str
    role: str
    yes: bool
    covers: str
    note: str = ""


class Go(Intent, frozen=True, tag="go", kw_only=True):
    """Open the gate; `confirm` is the word typed."""

    gate: str
    confirm: str = ""
    note: str = ""


class NoGo(Intent, frozen=True, tag="no-go", kw_only=True):
    """Keep the gate shut and hold."""

    gate: str
    note: str


class Hold(Intent, frozen=True, tag="hold", kw_only=True):
    """Start nothing new."""

    note: str = ""


class Resume(Intent, frozen=True, tag="resume", kw_only=True):
    """Go on after a hold."""

    note: str = ""


class Abort(Intent, frozen=True, tag="abort", kw_only=True):
    """Stop here; `finish` lets running attempts end by themselves."""

    note: str = ""
    finish: bool = False


class RollBack(Intent, frozen=True, tag="rollback", kw_only=True):
    """Undo; `confirm` is the release's name, typed."""

    confirm: str = ""
    note: str = ""


class Close(Intent, frozen=True, tag="close", kw_only=True):
    """Clean up and end for good."""

    note: str = ""


class Retry(Intent, frozen=True, tag="retry", kw_only=True):
    """A new attempt. `host` may be left out where only one is meant; `all` means every one that waits for an answer.

    `external`: the failure before had a verified external cause, and does not count.
    """

    step: str
    host: str = ""
    note: str = ""
    external: bool = False


class Skip(Intent, frozen=True, tag="skip", kw_only=True):
    """Go on without this step, or without one host of it."""

    step: str
    host: str = ""
    note: str = ""


class Drop(Intent, frozen=True, tag="drop", kw_only=True):
    """Take a host out of the release."""

    step: str
    host: str = ""
    note: str = ""


class Stop(Intent, frozen=True, tag="stop", kw_only=True):
    """Kill what runs for a step."""

    step: str
    host: str = ""
    note: str = ""


class Settle(Intent, frozen=True, tag="settle", kw_only=True):
    """Say how an unknown attempt ended."""

    step: str
    host: str
    outcome: Literal["passed", "failed"]
    note: str = ""


class Decide(Intent, frozen=True, tag="decide", kw_only=True):
    """Choose an option of an open decision."""

    decision: str
    option: str
    note: str = ""


class Veto(Intent, frozen=True, tag="veto", kw_only=True):
    """Stop an announced rollback."""

    rule: str
    note: str = ""


class Waive(Intent, frozen=True, tag="waive", kw_only=True):
    """Let pass what keeps a gate shut."""

    what: str
    role: str
    note: str = ""


class Acknowledge(Intent, frozen=True, tag="ack", kw_only=True):
    """Say that one has seen a rule that does not pass."""

    rule: str
    note: str = ""


class Report(Intent, frozen=True, tag="report", kw_only=True):
    """Say that what a rule asks people about is so; `clear`: that it is over."""

    rule: str
    note: str = ""
    clear: bool = False


class Look(Intent, frozen=True, tag="look", kw_only=True):
    """Say that one has looked, as a step asks for every so often."""

    what: str
    note: str = ""


class Back(Intent, frozen=True, tag="back", kw_only=True):
    """Undo the last batch, and hold."""

    note: str = ""


class RunManual(Intent, frozen=True, tag="manual", kw_only=True):
    """Run a command that no step runs; `confirm` is the word typed."""

    command: str
    confirm: str = ""
    note: str = ""


class Assign(Intent, frozen=True, tag="assign", kw_only=True):
    """Say who a role is that is assigned during the release."""

    role: str
    to: str
    note: str = ""


class Captaincy(Intent, frozen=True, tag="captain", kw_only=True):
    """Offer the captaincy to a login, accept it, or take it with a note."""

    action: Literal["offer", "accept", "take"]
    to: str = ""
    note: str = ""


class Throw(Intent, frozen=True, tag="throw", kw_only=True):
    """Let something go wrong in a rehearsal; what is left out is guessed. `lasts` is in seconds (0: to the end)."""

    kind: FaultKind
    hosts: tuple[str, ...] = ()
    step: str = ""
    metric: str = ""
    role: str = ""
    value: float | None = None
    lasts: float | None = None


class Hurry(Intent, frozen=True, tag="hurry", kw_only=True):
    """Let so many seconds of a rehearsal pass in one; 0: as fast as it goes."""

    speed: float


class LetPlay(Intent, frozen=True, tag="let-play", kw_only=True):
    """Let the captain of a rehearsal be played, or not."""

    played: bool


AnyIntent = (
    Tick
    | Done
    | Sign
    | Go
    | NoGo
    | Hold
    | Resume
    | Abort
    | RollBack
    | Close
    | Retry
    | Skip
    | Drop
    | Stop
    | Settle
    | Decide
    | Veto
    | Waive
    | Acknowledge
    | Report
    | Look
    | Back
    | RunManual
    | Assign
    | Captaincy
    | Throw
    | Hurry
    | LetPlay
)


class Refusal(msgspec.Struct, frozen=True):
    """Why an intent was not carried out, and what to do instead."""

    reason: str
    hint: str = ""


Decision = tuple[AnyEvent, ...] | Refusal
"""What an intent causes, or why it is refused."""
