"""What a reading showed of its source, beside the values."""

from __future__ import annotations

from cockpit.metrics.contract import WHOLE
from cockpit.metrics.reasons import Trouble
from cockpit.metrics.web import Answer


class Seen:
    """By host (WHOLE: of all): whether its source was reached, how far its clock is ahead, how old its sample is.

    Ages and skew are seconds; `notes` say what is odd although there is a value.
    """

    def __init__(self) -> None:
        self.reachable: dict[str, bool] = {}
        self.skew: dict[str, float] = {}
        self.ages: dict[str, float] = {}
        self.notes: dict[str, str] = {}

    def heard(self, got: Answer | Trouble, host: str = WHOLE) -> None:
        """Take note of an answer, or that there is none."""
        self.reachable[host] = isinstance(got, Answer) or got.cause in ("broken", "wrong")
        if isinstance(got, Answer) and got.skew is not None:
            self.skew[host] = got.skew

    def reached(self, host: str) -> bool | None:
        """Whether the host's source was reached; None where it cannot be told."""
        return self.reachable.get(host, self.reachable.get(WHOLE))

    def ahead(self, host: str) -> float | None:
        """How far the clock of the host's source is ahead."""
        return self.skew.get(host, self.skew.get(WHOLE))
