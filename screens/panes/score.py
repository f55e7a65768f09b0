"""The score of a rehearsal as rows: the end, each fault, what was missed, what to change, each step."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.report.score import Score, ScoredFault, ScoredStep
from cockpit.report.score_text import looks_text
from cockpit.units import clock, format_duration, format_late
from screens.faults import KINDS
from screens.panes.timeline import ON_TIME
from widgets.looks import STANDING, Look
from widgets.rows import Bit, Cell, Column, Row, cell, look_bit, text_row

COLUMNS = (
    Column(least=22),
    Column("", 9, right=True, drop=1),
    Column("", 9, right=True),
    Column("", 9, right=True),
    Column("", 9, right=True),
)
LABEL = 10
COUNTS = Look("✔", "this plan now counts as rehearsed", "good")
COUNTS_NOT = Look("✖", "this plan does not count as rehearsed", "bad")
NEVER = Bit("never", "bad")


def scored(score: Score) -> tuple[Row, ...]:
    """All of it, the most telling first."""
    return (*_end(score), *_faults(score), *_texts(score), *_steps(score))


def _end(score: Score) -> Iterator[Row]:
    look = STANDING[score.ended or "running"]
    ended = f"{look.glyph} {look.word}"
    if score.expected is None:
        yield text_row(Bit(ended, look.tone))
    elif score.as_expected:
        yield text_row(Bit(f"{ended}, as expected", "good"))
    else:
        yield text_row(Bit(f"{ended}, though {STANDING[score.expected].word} was expected", "bad"))
    yield text_row(look_bit(COUNTS if score.counts else COUNTS_NOT), f"  plan {score.digest[:12]}")
    back = Bit("✔ a full rollback was among it", "good") if score.rolled_back else None
    yield text_row(back or Bit("· no full rollback was among it", "quiet"))
    yield text_row("")
    yield _labelled("planned", format_duration(score.planned))
    drift = _drift(score.drift)
    yield _labelled("actual", f"{format_duration(score.actual)}  ", drift)
    waited = f", {format_duration(score.waited)} of it waiting for people" if score.waited else ""
    yield _labelled("in all", f"{format_duration(score.elapsed)}{waited}")
    if looked := looks_text(score):
        yield _labelled("people", looked)


def _labelled(label: str, *parts: str | Bit) -> Row:
    return text_row(Bit(f"{label:<{LABEL}}", "quiet"), *parts, indent=LABEL)


def _drift(seconds: float) -> Bit:
    if abs(seconds) < ON_TIME:
        return Bit("on time", "good")
    return Bit(f"{format_late(seconds)} {'late' if seconds > 0 else 'early'}", "warn" if seconds > 0 else "plain")


def _heads(title: str, *names: str) -> Row:
    return Row((cell(Bit(title, "title")), *(cell(Bit(name, "quiet")) for name in names)))


def _faults(score: Score) -> Iterator[Row]:
    if score.faults:
        yield text_row("")
        yield _heads("faults", "began", "noticed", "decided", "restored")
    for fault in score.faults:
        where = f" on {fault.where}" if fault.where else ""
        name = cell(Bit(KINDS[fault.kind].name, "strong"), where)
        spans = (_after(fault.noticed), _after(fault.decided), _after(fault.restored))
        yield Row((name, cell(Bit(clock(fault.began), "quiet")), *spans))
        if told := _told(fault):
            yield text_row(Bit(f"  {told}", "quiet"), indent=4)


def _after(span: float | None) -> Cell:
    return cell(NEVER if span is None else f"+{format_duration(span)}")


def _told(fault: ScoredFault) -> str:
    if fault.sign and fault.sign == fault.answer:
        return f"noticed and decided: {fault.sign}"
    noticed = f"noticed: {fault.sign}" if fault.sign else ""
    decided = f"decided: {fault.answer}" if fault.answer else ""
    return " · ".join(filter(None, (noticed, decided)))


def _texts(score: Score) -> Iterator[Row]:
    for title, mark, texts in (
        ("missed", Bit("✖ ", "bad"), score.missed),
        ("to change", Bit("→ ", "warn"), score.advice),
    ):
        if texts:
            yield text_row("")
            yield text_row(Bit(title, "title"))
        yield from (text_row(mark, text, indent=2) for text in texts)


def _steps(score: Score) -> Iterator[Row]:
    if score.steps:
        yield text_row("")
        yield _heads("steps", "planned", "actual", "waited", "drift")
    yield from (_step(step) for step in score.steps)


def _step(step: ScoredStep) -> Row:
    marks = [] if step.done else ["not done"]
    marks += [] if step.late is None else [f"late {format_late(step.late)}"]
    title = step.title or step.id
    name = cell(f"{title} ", Bit(", ".join(marks), "warn")) if marks else cell(title)
    planned = format_duration(step.planned) if step.planned else "-"
    waited = format_duration(step.waited) if step.waited else "-"
    late = step.planned and step.done
    drift = Bit(format_late(step.drift), "warn" if step.drift >= 60 else "plain") if late else Bit("-", "quiet")
    return Row(
        (
            name,
            cell(Bit(planned, "quiet")),
            cell(format_duration(step.actual)),
            cell(Bit(waited, "quiet")),
            cell(drift),
        )
    )
