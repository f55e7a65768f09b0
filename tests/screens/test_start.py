"""The dialog before a release begins."""

from __future__ import annotations

from screens.start import StartDialog
from tests.screens.release import PLAN


def test_dialog_says_whether_the_plan_was_rehearsed() -> None:
    dialog = StartDialog(PLAN, "orders-1.4.0", "rehearsal", 0.0, ("rehearsed 1:00 ago",))
    texts = ["".join(bit.text for cell in row.cells for bit in cell) for row in dialog.form().rows]
    assert "rehearsed 1:00 ago" in texts
