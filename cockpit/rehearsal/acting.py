"""What an attempt does: the act that the scenario gives it, or one that is guessed from the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from cockpit.playbook.plan import Http, Plan, Run
from cockpit.playbook.shell.captures import captured
from cockpit.rehearsal.chance import chance
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.scenario import Act, Scenario
from cockpit.release.events import Part

QUICK = 0.3
"""Seconds that a check or a request takes, unless something else is said."""

LEAST, MOST = 2.0, 6.0
"""Seconds between which a command takes, where neither scenario nor playbook says how long."""

PIECES = 200
"""In so many pieces at most comes what a command prints."""

FLOOD = 2_000_000
"""Bytes that a command prints which prints without measure."""


class Acting:
    """Gives each attempt its habit: a function of plan, scenario, seed, and what the host is like when it starts."""

    def __init__(self, plan: Plan, scenario: Scenario, seed: int) -> None:
        self._plan, self._scenario, self._seed = plan, scenario, seed
        self._steps = {step.id: step for step in plan.every if isinstance(step, Run | Http)}
        self._single = {
            (step, act.hosts[0], act.part, act.number): act
            for step, acts in scenario.acts.items()
            for act in acts
            if act.number
        }

    def habit(self, step: str, host: str, part: Part, number: int, facts: Mapping[str, str]) -> Habit:
        """What the attempt of that number does on a host with these facts."""
        act = self._act(step, host, part, number, facts)
        seconds = self._seconds(step, host, part, number, act)
        guessed = not act.number
        text = _ended(act.prints or self._guessed(step, host, part)) if guessed else act.prints
        captures = {**self._captures(step, part), **act.captures} if guessed and not act.exits else dict(act.captures)
        ends, sets = None if act.hangs else seconds, act.sets if not act.exits else {}
        return Habit(ends, act.exits, tuple(_spread(text, seconds)), captures, sets, act.outcome, act.reason)

    def _act(self, step: str, host: str, part: Part, number: int, facts: Mapping[str, str]) -> Act:
        if single := self._single.get((step, host, part, number)):
            return single
        for act in self._scenario.acts.get(step, ()):
            here = act.part == part and (not act.hosts or host in act.hosts)
            if (
                here
                and not act.number
                and (not act.tries or number <= act.tries)
                and act.given.items() <= facts.items()
            ):
                return act
        return Act(part=part)

    def _seconds(self, step: str, host: str, part: Part, number: int, act: Act) -> float:
        if act.takes is not None:
            return act.takes
        draw = chance(self._seed, step, host, part, number)
        written = self._steps[step]
        if part == "check" or isinstance(written, Http):
            return round(QUICK * draw.uniform(0.5, 1.5), 3)
        if written.stream:
            return written.stream + MOST
        if written.takes is None:
            return round(draw.uniform(LEAST, MOST), 1)
        return round(written.takes / max(1, len(written.batches)) * draw.uniform(0.8, 1.1), 1)

    def _captures(self, step: str, part: Part) -> dict[str, str]:
        written = self._steps[step]
        seen = isinstance(written, Run) and part == "run"
        names = {*captured(written.command), *written.captures} if seen and isinstance(written, Run) else ()
        return {name: f"rehearsed-{name}" for name in sorted(names)}

    def _guessed(self, step: str, host: str, part: Part) -> str:
        """What is printed where nothing else is said: what would have been run."""
        written = self._steps[step]
        command = _command(written, part)
        if not command:
            return ""
        lines = "".join(f"  {line}\n" for line in command.rstrip().splitlines())
        return f"REHEARSAL: nothing was run on {host}. The command is:\n{lines}"


def _command(step: Run | Http, part: Part) -> str:
    if isinstance(step, Http):
        return ""
    return step.check.command if part == "check" and step.check else step.command


def flooding(habit: Habit) -> Habit:
    """The same, printing without measure."""
    line = b"the same line over and over, as fast as it can be written, until nobody reads any more\n"
    seconds = habit.seconds or 1.0
    pieces = tuple((seconds * part / 20, line * (FLOOD // 20 // len(line))) for part in range(20))
    return replace(habit, pieces=pieces)


def _ended(text: str) -> str:
    return f"{text}\n" if text and not text.endswith("\n") else text


def _spread(text: str, seconds: float) -> Iterator[tuple[float, bytes]]:
    """The lines of a text, one after another over a time."""
    lines = text.splitlines(keepends=True)
    together = len(lines) // PIECES + 1
    for number in range(0, len(lines), together):
        yield round(seconds * number / (len(lines) + 1), 3), "".join(lines[number : number + together]).encode()
