"""`run --at` and `plan --at`: the day of a release, its moment, and the timeline in two zones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cockpit.cli.starting import day_lines, granted, start_lines, start_of
from cockpit.cli.timeline_text import timeline_lines
from cockpit.cli.when import When, frame_of, meant_of, when_of
from cockpit.errors import Refused, UsageError
from cockpit.playbook import load
from cockpit.playbook.plan import Plan
from tests.cli.books import write
from tests.cli.conftest import Flight, Say
from tests.cli.test_calendar import moment
from tests.loopback.waiting import wait_until

NEW_YORK = "America/New_York"
TIMED = """\
playbook: timed
roles: {qa: [ana], sre: [chen]}
calendar:
  zone: America/New_York
  buffer: 30m
  windows: [{name: morning, days: [tue, thu], from: 8:00, to: 10:00}]
  freezes: [{name: weekend, from: fri 18:00, to: mon 4:00}]
phases:
- phase: one
  planned: 8:00
  not_before: 8:00
  steps:
  - {id: ready, do: Look, takes: 10m, owner: [qa, sre]}
  - {id: side, do: Watch, takes: 5m, after: ready}
  - {id: deploy, run: 'true', on: here, takes: 1h, after: ready, due: 9:30, if_late: hold}
- phase: two
  day: 2
  steps: [{id: signed, do: Sign, not_before: 9:00, after: [deploy, side]}]
"""

LATER = "playbook: later\nphases:\n- phase: one\n  steps: [{id: nap, run: 'true', on: here, takes: 1m}]\n"


def plan(folder: Path, text: str = TIMED) -> Plan:
    """The plan of a playbook with times."""
    return load.plan(write(folder, text), {}, "ana")


@pytest.mark.parametrize(
    ("text", "day", "not_before"),
    [
        ("2026-12-01", "2026-12-01", None),
        ("2026-12-01T13:00Z", "2026-12-01", "2026-12-01 13:00"),
        ("2026-12-01T13:00", "2026-12-01", "2026-12-01 18:00"),
        ("2026-12-02T03:00+00:00", "2026-12-01", "2026-12-02 03:00"),
        ("2027-03-14T02:30", "2027-03-14", "2027-03-14 07:30"),
        ("2027-11-07T01:30", "2027-11-07", "2027-11-07 06:30"),
        ("2028-02-29", "2028-02-29", None),
    ],
)
def test_at_is_a_day_or_a_moment(text: str, day: str, not_before: str | None) -> None:
    expected = When(day, moment(not_before) if not_before else None)
    assert when_of(text, NEW_YORK, moment("2026-11-21 12:00")) == expected


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-12-01T25:00", "2026-12-01T13:00:00", "2027-02-29"])
def test_at_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--at is not a date"):
        when_of(text, NEW_YORK, 0.0)


@pytest.mark.parametrize("text", ["2026-11-20", "2026-11-21T11:59Z"])
def test_at_that_is_past_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--at is past"):
        when_of(text, NEW_YORK, moment("2026-11-21 12:00"))


def test_calendar_is_asked_about_that_moment(tmp_path: Path) -> None:
    made, now = plan(tmp_path), moment("2026-11-21 12:00")
    assert start_of(made, now=now).fit != start_of(made, now=now, when=When("2026-12-01")).fit
    start = start_of(made, now=now, when=When("2026-12-01", moment("2026-12-01 13:30")))
    assert start_lines(made, start) == (
        "could start Tue 2026-12-01 08:30 EST (13:30 UTC), until Tue 2026-12-01 08:50 EST (13:50 UTC)",
    )


def test_first_step_that_waits_for_its_time_is_what_the_calendar_is_asked_about(tmp_path: Path) -> None:
    start = start_of(plan(tmp_path), now=moment("2026-11-21 12:00"), when=When("2026-12-01"))
    assert start.begins == moment("2026-12-01 13:00")
    assert start.fit is not None
    assert start.fit.fits


def test_moment_that_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    made = plan(tmp_path)
    late = When("2026-12-01", moment("2026-12-01 14:00"))
    with pytest.raises(Refused) as refused:
        granted(made, start_of(made, now=moment("2026-11-21 12:00"), when=late))
    assert refused.value.what == (
        "it cannot start Tue 2026-12-01 09:00 EST (14:00 UTC): "
        "window morning ends Tue 2026-12-01 10:00 EST (15:00 UTC), and 1h 10m of steps are ahead"
    )
    assert refused.value.hint == "the next start: Thu 2026-12-03 08:00 EST (13:00 UTC)"


def test_what_waits_until_a_later_day_needs_no_time_in_the_window(tmp_path: Path) -> None:
    start = start_of(plan(tmp_path, TIMED.replace("day: 2", "day: 5")), now=moment("2026-12-01 13:00"))
    assert start.fit is not None
    assert start.fit.fits


def test_release_of_another_day_that_waits_for_nothing_is_warned_about(tmp_path: Path) -> None:
    now = moment("2026-11-24 13:30")
    loose = plan(tmp_path, TIMED.replace("  not_before: 8:00\n", ""))
    assert day_lines(loose, start_of(loose, now=now, when=When("2026-12-01")), now) == (
        "warning: begins now, though its day is 2026-12-01: the first step waits for no time",
    )
    assert day_lines(loose, start_of(loose, now=now, when=When("2026-11-24")), now) == ()


def test_timeline_has_both_zones_days_owners_and_what_is_critical(tmp_path: Path) -> None:
    made = plan(tmp_path)
    frame = frame_of(When("2026-12-01"), made.zone, moment("2026-12-01 12:00"))
    assert [*timeline_lines(made, frame)] == [
        "timeline, in America/New_York and UTC; ◆ is critical",
        " Tue 2026-12-01",
        "  08:00 EST 13:00 UTC  ◆  ready   ~10:00    qa, sre  planned 08:00; not before 08:00",
        "  08:10 EST 13:10 UTC     side    ~5:00",
        "  08:10 EST 13:10 UTC  ◆  deploy  ~1:00:00           due 09:30, late: hold",
        " Wed 2026-12-02",
        "  09:00 EST 14:00 UTC     signed      not before day 2 09:00",
    ]


def test_plan_of_a_day_is_about_its_first_time(tmp_path: Path) -> None:
    made, now = plan(tmp_path, TIMED.replace("  not_before: 8:00\n", "")), moment("2026-11-21 12:00")
    meant = meant_of(made, When("2026-12-01"), now)
    assert meant.start == moment("2026-12-01 13:00")
    lines = start_lines(made, start_of(made, now=now, when=When("2026-12-01"), meant=meant))
    assert lines[0].startswith("could start Tue 2026-12-01 08:00 EST (13:00 UTC), until ")
    assert [line.split()[4:6] for line in timeline_lines(made, meant) if "◆  " in line] == [
        ["◆", "ready"],
        ["◆", "deploy"],
    ]
    assert meant_of(made, When(), now).start == now


def test_plan_shows_the_timeline_of_a_day(say: Say, tmp_path: Path) -> None:
    book = str(write(tmp_path, TIMED))
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    lines = say("plan", book, "--at", str(day)).out.splitlines()
    assert f" {day:%a %Y-%m-%d}" in lines
    assert "      due 09:30, late: hold" in lines
    document = json.loads(say("plan", book, "--at", str(day), "--format", "json").out)
    assert [line["step"] for line in document["timeline"]] == ["ready", "side", "deploy", "signed"]
    assert document["timeline"][0]["planned"].startswith(str(day))
    assert say("plan", book, "--at", "2020-01-01").code == 2


def test_release_waits_for_its_day_and_is_begun_early(flight: Flight) -> None:
    day = (datetime.now(UTC) + timedelta(days=2)).date()
    flight.start("--at", f"{day}T13:00Z", text=LATER)
    status = json.loads(flight.ask("status", flight.release, "--format", "json"))
    flight.ask("decide", flight.release, "nap", "run", "--note", "agreed")
    (waits,) = status["waiting_for"]
    assert (waits["what"], waits["step"], waits["due"]) == ("early", "nap", moment(f"{day} 13:00"))
    assert (status["state"], status["day"], status["slack"]) == ("running", str(day), None)
    (line,) = status["timeline"]
    assert (line["planned"], line["expected"], line["owner"]) == (f"{day}T13:00:00.000Z",) * 2 + ([],)
    assert (line["planned_end"], line["critical"], line["late"]) == (f"{day}T13:01:00.000Z", True, False)
    over = lambda: (flight.cockpit.status(flight.release) or {})["state"] == "done"  # noqa: E731  asked again and again
    wait_until(over, "it is done", 30)
