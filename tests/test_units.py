"""Spans as playbooks have them."""

from __future__ import annotations

import pytest

from cockpit.units import format_within, parse_duration


@pytest.mark.parametrize("text", ["7d", "1d 12h", "1h 30m", "90d", "45s", "0.5s", "1h 1s"])
def test_span_is_written_as_it_can_be_read(text: str) -> None:
    assert format_within(parse_duration(text)) == text
