"""Answering what a release waits for, by the command line."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ENDED: Final = {"done", "rolled_back", "aborted", "failed", "closed"}
NOTE: Final = "answered by make fly"
PAUSE: Final = 0.7
LEFT: Final = {"veto", "decision", "acknowledgement", "resume"}
"""What metrics have brought about, and what ends by itself."""

Entry = Mapping[str, Any]
"""One of the `waiting_for` of `cockpit status --format json`."""


@dataclass(frozen=True)
class Cockpit:
    """The `cockpit` command beside this Python, with the state and the settings that `environment` names."""

    environment: Mapping[str, str]

    def command(self, *arguments: str) -> list[str]:
        """Its argument list."""
        return [str(Path(sys.executable).with_name("cockpit")), *arguments]

    def open(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Run it beside us, on our stdout and stderr."""
        return subprocess.Popen(self.command(*arguments), env=os.environ | self.environment)

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        command_line = self.command(*arguments)
        environment = os.environ | self.environment
        return subprocess.run(command_line, check=False, capture_output=True, text=True, env=environment)

    def status(self, release: str) -> Entry | None:
        """Where a release stands, or None when there is none or its engine does not answer."""
        said = self.ask("status", release, "--format", "json")
        return json.loads(said.stdout) if said.returncode == 0 else None


@dataclass
class Pilot:
    """Gives one answer at a time to a release, each once; what it cannot answer, or is refused, aborts the release.

    What its rules bring about takes its course: nobody vetoes, nobody decides.
    """

    cockpit: Cockpit
    release: str
    given: set[tuple[str, ...]] = field(default_factory=set)

    def fly(self, follower: subprocess.Popen[bytes], seconds: float = 600.0) -> int:
        """Answer until `follower`, a `cockpit run --headless`, ends; its exit status. Aborts after so many seconds."""
        deadline = time.monotonic() + seconds
        while follower.poll() is None:
            if time.monotonic() > deadline:
                self._abort(f"not done after {seconds:g} s")
                deadline = float("inf")
            self.answer_next()
            time.sleep(PAUSE)
        return follower.returncode

    def answer_next(self) -> None:
        """Give the next answer, if one is asked for."""
        status = self.cockpit.status(self.release)
        arguments = next_answer(self.release, status["waiting_for"], self.given) if status else None
        if arguments is None:
            return
        self.given.add(arguments)
        print(f"$ {shlex.join(['cockpit', *arguments])}", flush=True)
        said = self.cockpit.ask(*arguments)
        if said.returncode != 0 and arguments[0] == "go":  # a rule may have changed meanwhile
            self.given.discard(arguments)
        elif said.returncode != 0:
            self._abort(f"refused: {said.stderr.strip()}")

    def _abort(self, reason: str) -> None:
        print(f"{reason}: aborting", file=sys.stderr)
        self.cockpit.ask("abort", self.release, "--note", reason)


def next_answer(release: str, waiting_for: Iterable[Entry], given: set[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The arguments of the next command to give, sign-offs before their gate; None to go on waiting."""
    left_out = (entry for entry in waiting_for if entry["what"] not in LEFT)
    in_order = sorted(left_out, key=lambda entry: entry["what"] == "gate")
    answers = (answer(release, entry) for entry in in_order)
    return next((arguments for arguments in answers if arguments not in given), None)


def answer(release: str, entry: Entry) -> tuple[str, ...]:
    """The arguments of the command that a willing person would give; what needs judgement is answered by aborting."""
    step, note = entry["step"], ("--note", NOTE)
    match entry["what"]:
        case "sign-off":
            return ("sign", release, step, "yes", "--role", entry.get("role") or entry["from"][0], *note)
        case "gate":
            return ("go", release, step, *(("--confirm", entry["confirm"]) if entry.get("confirm") else ()))
        case "item":
            return ("tick", release, entry["item"], "--evidence", NOTE)
        case "step":
            return ("done", release, step, *note)
        case what:
            return ("abort", release, "--note", f"{step} waits for {what}, which needs a person")
