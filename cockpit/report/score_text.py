"""The score of a rehearsal as plain lines for a terminal: aligned, with units, without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cockpit.report.tally import Score, ScoredFault, ScoredStep
from cockpit.units import clock, format_duration, format_late

HEADING = "REHEARSAL"
"""What every line begins with, so that none of them can be taken for a live release."""

NEVER = "never"


def score_lines(score: Score) -> Iterator[str]:
    """The lines, each of which begins with REHEARSAL."""
    yield from (f"{HEADING}  {line}".rstrip() for line in _lines(score))


def _lines(score: Score) -> Iterator[str]:
    scenario = f", scenario {score.scenario}" if score.scenario else ""
    yield f"{score.release}: {score.playbook}{scenario}, plan {score.digest[:12]}"
    yield ending(score)
    yield (
        f"planned {format_duration(score.planned)}, actual {format_duration(score.actual)}, "
        f"drift {format_late(score.drift)}; {format_duration(score.elapsed)} in all, "
        f"{format_duration(score.waited)} of it waiting for people"
    )
    if looked := looks_text(score):
        yield looked
    if score.steps:
        yield ""
        yield from _table(("step", "planned", "actual", "waited", "drift"), [_step(step) for step in score.steps])
    if score.faults:
        yield ""
        heads = ("fault", "began", "noticed", "decided", "restored", "")
        yield from _table(heads, [_fault(fault) for fault in score.faults])
    for title, texts in (("missed", score.missed), ("to change", score.advice)):
        if texts:
            yield ""
            yield title
            yield from (f"  {text}" for text in texts)


def ending(score: Score) -> str:
    """How it ended, whether that was expected, and what it means for this plan."""
    if score.ended is None:
        return "it has not ended: it does not count"
    words = [f"ended {_word(score.ended)}"]
    if score.expected is not None:
        words.append("as expected" if score.as_expected else f"though {_word(score.expected)} was expected")
    counts = "counts" if score.counts else "does not count"
    back = "a full rollback was among it" if score.rolled_back else "no full rollback was among it"
    return f"{' '.join(words)}: this plan {counts} as rehearsed; {back}"


def looks_text(score: Score) -> str:
    """How people looked, and how often somebody had to be told; empty where neither was asked for."""
    if not (score.looks or score.missed_looks or score.escalations):
        return ""
    looks = f"looks {score.looks}, {score.late_looks} late, {score.missed_looks} missed"
    return f"{looks}; escalations {score.escalations}"


def _word(end: str) -> str:
    return end.replace("_", " ")


def _step(step: ScoredStep) -> tuple[str, ...]:
    planned = format_duration(step.planned) if step.planned else "-"
    waited = format_duration(step.waited) if step.waited else "-"
    drift = format_late(step.drift) if step.planned and step.done else "-"
    late = "" if step.late is None else f" (late {format_late(step.late)})"
    name = f"{step.id}{'' if step.done else ' (not done)'}{late}"
    return (name, planned, format_duration(step.actual), waited, drift)


def _fault(fault: ScoredFault) -> tuple[str, ...]:
    what = f"{fault.id}: {fault.kind}{f' of {fault.where}' if fault.where else ''}"
    spans = (fault.noticed, fault.decided, fault.restored)
    after = (NEVER if span is None else f"+{format_duration(span)}" for span in spans)
    return (what, clock(fault.began), *after, fault.sign)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows under their heads: the first column and the last begin on the left, the others end on the right."""
    every = [heads, *rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(heads))]
    last = len(heads) - 1
    for row in every:
        cells = [
            cell.ljust(width) if column == 0 or (column == last and not heads[last]) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
