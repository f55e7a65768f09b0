"""The hosts of a step: where each stands, for how long, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Advice, Http, Run
from cockpit.release.advice import advice_lines, advice_on
from cockpit.release.ready import poll_spec
from cockpit.release.state import COMPLETE, Attempt, HostRun, StepState
from cockpit.units import format_duration, format_span
from screens.view import View
from widgets.looks import HOST, Tone
from widgets.rows import Bit, Cell, Column, Row, cell, heading, text_row

COLUMNS = (
    Column("host", 16),
    Column("state", 10),
    Column("time", 7, right=True, drop=1),
    Column("exit", 4, right=True, drop=2),
    Column("", least=10, drop=3, below=True),
)

STILL = 5.0
"""Seconds of silence that are worth a word."""


def hosts(view: View, one: StepState) -> tuple[Row, ...]:
    """A row for each host, batch by batch."""
    return (heading(COLUMNS), *_rows(view, one), *_advised(view, one))


def _advised(view: View, one: StepState) -> Iterator[Row]:
    """What the playbook says about the failures, each advice once with the hosts that it is for."""
    found: dict[Advice, list[str]] = {}
    for run in one.hosts.values():
        if advice := advice_on(view.state, one, run):
            found.setdefault(advice, []).append(run.host)
    for advice, names in found.items():
        first, *rest = advice_lines(advice)
        yield text_row(Bit(f"! {', '.join(names)}: ", "warn"), Bit(first), indent=2)
        yield from (text_row(Bit(f"  {line}", "quiet"), indent=4) for line in rest)


def _rows(view: View, one: StepState) -> Iterator[Row]:
    batches = one.step.batches if isinstance(one.step, Run) else (tuple(one.hosts),)
    for number, batch in enumerate(batches, 1):
        if len(batches) > 1:
            passed = sum(one.hosts[name].status in COMPLETE for name in batch)
            words = f"batch {number} of {len(batches)} · {passed} of {len(batch)} {_hosts(len(batch))} done"
            yield text_row(Bit(words, "quiet"))
        yield from (_host(view, one, one.hosts[name]) for name in batch)


def _hosts(count: int) -> str:
    return "host" if count == 1 else "hosts"


def _host(view: View, one: StepState, run: HostRun) -> Row:
    look = HOST[run.status]
    attempt = attempt_of(view, run)
    code = "" if attempt is None or attempt.exit is None else str(attempt.exit)
    return Row(
        (
            cell(Bit(f"{look.glyph} ", look.tone), run.host),
            cell(Bit(look.word, look.tone)),
            cell(Bit(took(view, attempt))),
            cell(Bit(code, "bad" if code not in ("", "0") else "quiet")),
            _remark(view, one, run, attempt),
        ),
        key=run.host,
    )


def attempt_of(view: View, run: HostRun) -> Attempt | None:
    """The attempt to tell of: the check while it is asked, else the command."""
    return view.state.attempts.get(run.check if run.status == "checking" else run.run)


def took(view: View, attempt: Attempt | None) -> str:
    """How long an attempt takes or took."""
    if attempt is None:
        return ""
    if attempt.outcome is None:
        return format_duration(view.now - attempt.started)
    if attempt.seconds is not None:
        return format_span(attempt.seconds)
    return format_span((attempt.ended or attempt.started) - attempt.started)


def _remark(view: View, one: StepState, run: HostRun, attempt: Attempt | None) -> Cell:
    bits = [
        *_link(view, run.host, attempt),
        *_polled(one, run),
        *_tries(run),
        *_silence(view, one, attempt),
        *_why(run, attempt),
    ]
    joined: list[Bit] = []
    for bit in bits:
        joined += [Bit(", ", "quiet"), bit] if joined else [bit]
    return tuple(joined)


def _link(view: View, host: str, attempt: Attempt | None) -> Iterator[Bit]:
    seen = view.state.hosts.get(host)
    if seen is None:
        return
    if seen.lock in ("refused", "lost"):
        yield Bit(f"✖ locked by {seen.holder or 'another release'}", "bad")
    elif seen.lock == "ours":
        groups = ", ".join(seen.groups)
        yield Bit(f"lock held{f' for {groups}' if groups else ''}", "quiet")
    if seen.reach == "lost" or (attempt is not None and view.unlinked.get(attempt.id)):
        yield Bit("✖ link lost, command goes on", "warn")
    elif seen.reach == "unreachable":
        yield Bit("✖ no answer", "bad")


def _polled(one: StepState, run: HostRun) -> Iterator[Bit]:
    times, _, deadline = poll_spec(one)
    if run.status == "checking" or (isinstance(one.step, Http) and run.status == "running" and times > 1):
        limit = f" within {format_duration(deadline)}" if deadline else ""
        yield Bit(f"{run.streak} of {times} passes{limit}", "quiet")


def _tries(run: HostRun) -> Iterator[Bit]:
    if run.tries > 1 and run.status != "waiting":
        yield Bit(f"try {run.tries}", "quiet")


def _silence(view: View, one: StepState, attempt: Attempt | None) -> Iterator[Bit]:
    if attempt is None or attempt.outcome is not None:
        return
    if attempt.stopping:
        yield Bit("■ being stopped", "warn")
    still = view.now - max(attempt.started, view.heard.get(attempt.id, attempt.started))
    if isinstance(one.step, Run) and still >= STILL:
        long = still >= one.step.quiet
        tone: Tone = "warn" if long else "quiet"
        yield Bit(f"{'! ' if long else ''}silent {_short(still)}", tone)


def _short(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else format_duration(seconds)


def _why(run: HostRun, attempt: Attempt | None) -> Iterator[Bit]:
    told = attempt is not None and run.reason == f"exit {attempt.exit}"
    if run.reason and not told:
        yield Bit(run.reason.strip().splitlines()[0], HOST[run.status].tone)


def glance(one: StepState) -> str:
    """How many hosts stand where, for a title: `batch 2 of 4 · 3 of 20 passed`."""
    batches = one.step.batches if isinstance(one.step, Run) else ()
    done = [all(one.hosts[name].status in COMPLETE for name in batch) for batch in batches]
    number = min(sum(done) + 1, len(batches))
    batch = f"batch {number} of {len(batches)} · " if len(batches) > 1 else ""
    passed = sum(run.status == "passed" for run in one.hosts.values())
    return f"{batch}{passed} of {len(one.hosts)} passed"
