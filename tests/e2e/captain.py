"""The captain at a terminal: what a person reads, and the keys that follow from it."""

from __future__ import annotations

import re
from typing import Final

from cockpit.playbook.plan import Gate
from screens.view import step_title
from tests.e2e.site import PLAN, RELEASE, STEPS
from tests.e2e.terminal import Terminal

LISTENS: Final = r"enter chooses"
"""A dialog says so once it takes keys."""

EDGE: Final = r"▌?\s*"
"""What a line of the screen begins with: in a rehearsal it has a frame."""

CURSOR: Final = "›"  # noqa: RUF001  the mark of a prompt
"""Stands before a choice, and goes when a line is to be typed."""


class Captain:
    """Answers what the quickstart asks, by keys."""

    def __init__(self, terminal: Terminal, release: str = RELEASE) -> None:
        self.terminal, self.release = terminal, release

    def start(self) -> None:
        """Type the release's name into the question whether to start."""
        self.terminal.wait(rf"Start {self.release}[\s\S]*{LISTENS}")
        self._type_into("s", self.release)
        self.arrive()

    def arrive(self) -> None:
        """Wait until the release is on the screen."""
        self.terminal.wait(rf"{self.release} ── LIVE .*● engine")

    def prepare(self) -> None:
        """Tick both items of the checklist, the second with evidence."""
        self.ask("t", "Tick · .*")
        self.choose("t")
        self.terminal.wait(r"✔ The team knows")
        self.ask("t", "Tick · .*")
        self._type_into("t", "all 214 tests are green")

    def open_gate(self, gate: str) -> None:
        """Sign a gate for every role that it asks for, and open it with its word."""
        step = STEPS[gate]
        assert isinstance(step, Gate)
        for role in step.sign:
            self.sign(gate, role)
        self.go(step.confirm or self.release)

    def sign(self, gate: str, role: str) -> None:
        """Sign a gate with yes for a role."""
        self.awaits(gate)
        self.ask("s", f"Sign · {step_title(STEPS[gate])}")
        self.choose(self._key_of(f"Yes, as {role}"))
        self.terminal.wait(rf"✔ {role} ")

    def go(self, word: str) -> None:
        """Open the gate."""
        self.ask("g", "Gate · .*")
        self._type_into("g", word)

    def roll_back(self) -> None:
        """Roll back, from wherever it is asked."""
        self.ask("R", f"Roll back {self.release}")
        self._type_into("b", self.release)

    def veto(self, rule: str) -> None:
        """Stop the rollback that a rule has announced."""
        self.ask("v", f"Veto · rollback by {rule}")
        self._type_into("v", "the customers are ours")

    def decide(self, rule: str, option: str, why: str) -> None:
        """Answer the open decision about a rule."""
        self.ask("w", f"Decision · {rule}")
        key = str(PLAN.decisions[rule].options.index(option) + 1)
        self.terminal.keys(key, "Enter")
        self.terminal.wait_gone(CURSOR)
        self.terminal.type(why)
        self.terminal.keys("Enter")  # the line is done; there is more than one choice
        self.terminal.wait(f"{CURSOR}{key}")
        self.terminal.keys("Enter")
        self.terminal.wait_gone(LISTENS)

    def close(self) -> None:
        """Close the release that has ended."""
        self.ask("X", f"Close {self.release}")
        self.choose("x")
        self.terminal.wait("closed")

    def leave(self) -> int:
        """Leave the screen; the exit status."""
        self.ask("q", "Leave")
        self.choose("q")
        return self.terminal.exit_status()

    def awaits(self, step: str) -> str:
        """Wait until the release waits for people at a step; the screen."""
        title = re.escape(step_title(STEPS[step]))
        return self.terminal.wait(rf"▸ {title} ──.*\n{EDGE}\S waiting ·", deadline=60)

    def runs(self, step: str) -> str:
        """Wait until a step runs; the screen."""
        title = re.escape(step_title(STEPS[step]))
        return self.terminal.wait(rf"▸ {title} ──.*\n{EDGE}\S running ·", deadline=60)

    def stands(self, state: str) -> str:
        """Wait until the line under the headline names a state; the screen."""
        return self.terminal.wait(rf"\A.*\n\s*\S {state} ·", deadline=60)

    def ask(self, key: str, title: str) -> None:
        """Press the key of an action, and wait until its dialog listens."""
        self.terminal.keys(key)
        self.terminal.wait(rf"╭─\s+{title}[\s\S]*{LISTENS}")

    def choose(self, key: str) -> None:
        """Choose in a dialog."""
        self.terminal.keys(key, "Enter")
        self.terminal.wait_gone(LISTENS)

    def _type_into(self, key: str, text: str) -> None:
        """Go to the line that a choice lacks, and type; enter chooses it then."""
        self.terminal.keys(key, "Enter")
        self.terminal.wait_gone(CURSOR)
        self.terminal.type(text)
        self.terminal.keys("Enter")
        self.terminal.wait_gone(LISTENS)

    def _key_of(self, label: str) -> str:
        found = re.search(rf"(\w)  {label}", self.terminal.screen())
        assert found, f"no choice {label}:\n{self.terminal.screen()}"
        return found[1]
