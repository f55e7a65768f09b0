"""The short calls: what a host is, its lock, and leaving it as it was."""

from __future__ import annotations

import secrets
import time

from cockpit.execution.contract import Holder, Identity, NotReached, Reached
from cockpit.execution.ear import Ear, Word
from cockpit.execution.machine import Call, Machine
from cockpit.execution.quote import unspell
from cockpit.execution.settings import Limits, Run
from cockpit.execution.words import plain
from cockpit.execution.wrapper import Verb


async def reach(machine: Machine, run: Run, limits: Limits, *, clock: bool = False) -> Reached | NotReached:
    """Connect, make the run folder and its marker, and say what the host is; with `clock`, how late it is there too."""
    met = await machine.meet()
    if isinstance(met, NotReached):
        return met
    before = time.time()
    extra = ("clock",) if clock else ()
    answer = await _ask(machine, limits, "reach", run.nonce, secrets.token_hex(16), *extra)
    after = time.time()
    match answer:
        case NotReached():
            return answer
        case Word("reached") if len(answer.parts) >= 2:
            boot, marker, *told = answer.parts
            skew = _skew(told[0], before, after) if told else None
            return Reached(machine.host, met.address, Identity(met.key, boot, marker), skew)
        case _:
            return _unfit(machine, answer)


async def lock(machine: Machine, run: Run, limits: Limits, take_over: bool) -> Holder | NotReached | None:
    """Take or renew the release's lock on the host; None when it is ours."""
    owner = (run.nonce, run.release or "-", run.login or "-", run.machine or "-")
    answer = await _ask(machine, limits, "lock", *owner, "1" if take_over else "0")
    match answer:
        case NotReached():
            return answer
        case Word("ours"):
            return None
        case Word("held") if len(answer.parts) == 11:
            return _holder(answer.parts)
        case _:
            return _unfit(machine, answer)


async def clean(machine: Machine, run: Run, limits: Limits) -> str:
    """Remove run folder and lock; an empty string, or why that failed."""
    answer = await _ask(machine, limits, "clean", run.nonce)
    match answer:
        case NotReached():
            return answer.reason
        case Word("cleaned"):
            return ""
        case Word("busy"):
            return f"{plain(answer.rest)} still runs there"
        case _:
            return plain(answer.rest)


async def _ask(machine: Machine, limits: Limits, verb: Verb, *arguments: str) -> Word | NotReached:
    words: list[Word] = []
    ear = Ear(secrets.token_hex(8), words.append)
    call = Call(verb, arguments, limits.answer, limits.silence)
    hangup = await machine.talk(call, ear, lambda: bool(words), None)
    if words:
        return words[0]
    if hangup.why:
        return hangup.why
    said = plain(ear.noise.decode("utf-8", "replace"))
    reason = f"its shell does not run our commands{': ' + said if said else ''}"
    return NotReached(
        machine.host, reason, "log in by ssh and look at the login shell and its start-up files", final=True
    )


def _unfit(machine: Machine, answer: Word) -> NotReached:
    reason = plain(answer.rest) if answer.verb == "error" else f"the host answers nonsense: {plain(answer.verb)}"
    return NotReached(machine.host, reason, "the login needs a writable home folder there")


def _holder(parts: list[str]) -> Holder:
    nonce, release, login, machine, since = (unspell(part) for part in parts[:5])
    return Holder(release, nonce, login, machine, since, _age(*parts[5:]))


def _age(boot: str, uptime: str, clock: str, boot_now: str, uptime_now: str, clock_now: str) -> float:
    """Seconds between two moments on the host; by its uptime if it was not restarted, because a wall clock may jump."""
    try:
        if boot == boot_now:
            return max(0.0, float(uptime_now) - float(uptime))
        return max(0.0, float(clock_now) - float(clock))
    except ValueError:
        return 0.0


def _skew(clock: str, before: float, after: float) -> float:
    """The host's clock less ours, in seconds. A date without %N gives whole seconds, half of one too few on average."""
    seconds, _, fraction = clock.partition(".")
    whole = float(seconds) if seconds.isdecimal() else before
    exact = whole + (float(f"0.{fraction}") if fraction.isdecimal() else 0.5)
    if before - 1 <= exact <= after + 1 and not fraction.isdecimal():
        return 0.0
    return round(exact - (before + after) / 2, 3)
