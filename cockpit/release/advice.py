"""What the runbook says about failures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cockpit.playbook.plan import Advice, Http, Run, Step
from cockpit.release.state import FAILING, HostRun, State, StepState

SAYS = "the playbook says"


def advice_of(step: Step) -> tuple[Advice, ...]:
    """All advice on failures of a step."""
    return step.advice if isinstance(step, Run | Http) else ()


def fitting(advice: Sequence[Advice], exit: int | None, text: str) -> int:  # noqa: A002  as attempts have it
    """The number, from 1, of the first advice that fits this exit status and what was said; 0 where none does."""
    said = text.lower()
    return next((number for number, each in enumerate(advice, 1) if _fits(each, exit, said)), 0)


def _fits(one: Advice, code: int | None, said: str) -> bool:
    named = not one.output or any(text.lower() in said for text in one.output)
    return named and (not one.exit or code in one.exit)


def advice_on(state: State, one: StepState, run: HostRun) -> Advice | None:
    """What the runbook says about how a host of a step failed; None where it says nothing, or it did not fail."""
    advice = advice_of(one.step)
    if not advice or (run.status not in FAILING and not run.unsettled):
        return None
    tried = [state.attempts[name] for name in (run.run, run.check) if name in state.attempts]
    failed = [each for each in tried if each.outcome not in (None, "passed")]
    latest = max(failed, key=lambda each: each.started, default=None)
    return numbered(advice, latest.advice if latest else 0)


def numbered(advice: Sequence[Advice], number: int) -> Advice | None:
    """The advice of this number; where no attempt told one, what fits every failure."""
    if number:
        return advice[number - 1]
    return next((each for each in advice if not (each.output or each.exit)), None)


def advice_lines(advice: Advice | None) -> Iterator[str]:
    """Advice as lines of text; its commands begin with `$`."""
    if advice is None:
        return
    first, *rest = advice.say.strip().splitlines() or [""]
    yield f"{SAYS}: {first}"
    yield from (f"  {line}" for line in rest)
    yield from (f"  $ {line}" for command in advice.commands for line in command.splitlines())
