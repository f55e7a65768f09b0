"""The calendars of the shipped playbooks, over both changes of the clock, holidays and a weekend."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.playbook.exchanges import sessions_of
from cockpit.release.calendar import Fit, fit
from cockpit.release.events import FreezeLifted
from cockpit.release.intents import Refusal
from cockpit.release.lifting import lift
from cockpit.release.state import Ahead
from tests.playbooks.test_thresholds import plan_of
from tests.release.test_spans import utc

HOUR = Ahead(3600.0, 7200.0)


def judged(runbook: str, when: str, needed: Ahead = HOUR, lifted: tuple[str, ...] = ()) -> Fit:
    """What the playbook's calendar says of a moment in UTC."""
    calendar = plan_of(runbook).calendar
    assert calendar is not None
    now = utc(when)
    return fit(calendar, sessions_of(calendar, now), needed, now, lifted)


def test_trading_goes_out_every_second_tuesday() -> None:
    tuesdays = ["2026-12-01 14:30", "2026-12-08 14:30", "2026-12-15 14:30", "2026-12-29 14:30"]
    assert [judged("000", moment).fits for moment in tuesdays] == [True, False, True, True]
    assert judged("000", "2026-12-02 14:30").why == "no window is open"


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        ("2026-03-06 13:59", False),
        ("2026-03-06 14:00", True),
        ("2026-03-09 13:00", True),
        ("2026-10-30 13:00", True),
        ("2026-11-02 13:59", False),
        ("2026-11-02 14:00", True),
        ("2026-11-07 15:00", False),
    ],
)
def test_business_hours_are_those_of_new_york(moment: str, fits: bool) -> None:
    assert judged("001", moment).fits is fits


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        ("2026-03-07 15:00", True),  # a Saturday
        ("2026-03-10 20:00", True),  # the close, 16:00 in summer
        ("2026-03-10 19:59", False),
        ("2026-03-11 11:00", True),  # at night
        ("2026-03-09 11:00", False),  # Monday morning
        ("2026-03-09 16:00", False),
    ],
)
def test_production_goes_out_while_the_market_is_closed(moment: str, fits: bool) -> None:
    assert judged("002", moment).fits is fits


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        ("2026-03-05 21:00", True),  # 16:00 in New York before its clocks go forward
        ("2026-03-05 20:30", False),
        ("2026-03-12 20:00", True),  # and after
        ("2026-10-29 20:00", True),  # and before they go back, when London's have gone back already
        ("2026-11-05 20:30", False),
        ("2026-11-05 21:00", True),
        ("2026-11-26 16:00", True),  # Thanksgiving
        ("2026-11-27 18:00", True),  # the half day behind it: closed from 13:00 on
        ("2026-11-27 17:30", False),
        ("2028-02-29 15:00", False),  # a leap day is a day as any other
    ],
)
def test_market_hours_move_with_daylight_saving_and_holidays(moment: str, fits: bool) -> None:
    assert judged("002", moment).fits is fits


def lifting(runbook: str, freeze: str, role: str, login: str, change: str) -> FreezeLifted | Refusal:
    """What comes of lifting a freeze for such a change."""
    plan = plan_of(runbook)
    return lift(replace(plan, params={**plan.params, "change": change}), login, freeze, role, "orders are lost")


def test_hotfix_alone_goes_out_in_market_hours() -> None:
    assert isinstance(lifting("002", "market hours", "stakeholder", "gus", "hotfix"), FreezeLifted)
    assert isinstance(lifting("002", "market hours", "stakeholder", "gus", "standard"), Refusal)
    assert judged("002", "2026-03-10 15:00", lifted=("market hours",)).fits


def test_weekend_is_good_for_one_playbook_and_frozen_for_another() -> None:
    saturday = "2026-12-05 15:00"
    assert judged("002", saturday).fits
    assert "freeze weekend" in judged("004", saturday).why


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        ("2026-12-01 13:00", ""),
        ("2026-12-03 13:00", ""),
        ("2026-12-02 13:00", "no window is open"),
        ("2026-12-01 14:15", "window primary ends"),
        ("2026-12-01 13:45", "New York opens is to be avoided"),
        ("2026-07-07 13:00", "New York opens is to be avoided"),  # in summer it opens half an hour into the window
        ("2026-12-10 13:00", "freeze US consumer prices begins"),
    ],
)
def test_tradepulse_goes_out_in_its_window_and_not_as_a_market_opens(moment: str, why: str) -> None:
    assert judged("004", moment).why.startswith(why)
    assert judged("004", moment).fits is (why == "")


def test_weekend_freeze_is_lifted_by_risk_for_a_hotfix_alone() -> None:
    assert isinstance(lifting("004", "weekend", "risk", "eli", "hotfix"), FreezeLifted)
    assert isinstance(lifting("004", "weekend", "risk", "eli", "standard"), Refusal)
    assert isinstance(lifting("004", "weekend", "owner", "fay", "hotfix"), Refusal)


def test_buffer_may_lie_behind_the_window_and_not_in_the_freeze() -> None:
    whole = Ahead(3600.0, 2 * 3600.0)
    assert judged("004", "2026-12-01 13:00", whole).fits  # it ends at 15:00, and the buffer at 16:30
    calendar = plan_of("004").calendar
    assert calendar is not None
    assert calendar.buffer == 5400.0
    friday = replace(calendar, windows=())
    late, early = utc("2026-12-04 14:31"), utc("2026-12-04 14:29")
    lifted = ("New York opens", "London opens")
    assert "a buffer of" in fit(friday, {}, whole, late, lifted).why
    assert fit(friday, {}, whole, early, lifted).fits
