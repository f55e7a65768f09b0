"""The command that answers what a release waits for."""

from __future__ import annotations

import shlex
from typing import assert_never

from cockpit.release.waiting import WAIVE, Waiting

_NOTE = "--note TEXT"


def command_for(release: str, entry: Waiting) -> str:
    """What a person types; words in capitals, and one of several between bars, are theirs to fill in."""
    match entry.what:
        case "gate":
            return _line("go", release, entry.step, *(("--confirm", entry.confirm) if entry.confirm else ()))
        case "sign-off":
            return f"{_line('sign', release, entry.step)} yes|no --role {_one_of(entry)}"
        case "item":
            return f"{_line('tick', release, entry.item)} --evidence TEXT"
        case "step":
            fields = [word for name in entry.asks for word in ("--field", f"{name}=TEXT")]
            return _line("done", release, entry.step, *fields)
        case "assign":
            return f"{_line('assign', release, entry.role)} {'|'.join(entry.options) or 'LOGIN'}"
        case "answer":
            if WAIVE in entry.options:
                return f"{_line('waive', release, entry.step)} --role {'|'.join(entry.who[1:])} {_NOTE}"
            named = [option for option in entry.options if option in ("retry", "drop", "skip")]
            return f"cockpit {'|'.join(named)} {shlex.join([release, entry.step, '--host', entry.host])} {_NOTE}"
        case "settle":
            return f"{_line('settle', release, entry.step, entry.host)} passed|failed {_NOTE}"
        case "condition" | "early":
            return f"{_line('decide', release, entry.step)} {'|'.join(entry.options)} {_NOTE}"
        case "lock":
            return f"{_line('decide', release, entry.step, *entry.options[:1])} {_NOTE}"
        case "file":
            return shlex.join(["sha256sum", entry.item])
        case "credentials":
            return _line("attach", release)
        case "resume":
            return _line("resume", release)
        case "veto":
            return f"{_line('veto', release, entry.item)} {_NOTE}"
        case "decision":
            return f"{_line('decide', release, entry.item)} {'|'.join(map(shlex.quote, entry.options))} {_NOTE}"
        case "acknowledgement":
            return _line("ack", release, entry.item)
        case "look":
            return _line("look", release, entry.step)
        case "redeploy":
            return f"{_line('retry', release, entry.step)} {_NOTE}"
        case _:
            assert_never(entry.what)


def _one_of(entry: Waiting) -> str:
    return shlex.quote(entry.role) if entry.role else "|".join(entry.who)


def _line(*words: str) -> str:
    return shlex.join(["cockpit", *words])
