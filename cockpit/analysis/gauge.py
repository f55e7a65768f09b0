"""What is measured of a series of samples for one condition, and whether the condition is true of it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from cockpit.analysis.amount import amount
from cockpit.analysis.rule import Baseline


class Gauge(ABC):
    """Told each sample, it says whether its condition is true; None where it cannot tell, and `why` not.

    `value` is what was compared with `threshold`, both in `unit`. `window` is the span in seconds that is looked at.
    """

    __slots__ = ("threshold", "unit", "value", "why", "window")

    def __init__(self, unit: str, threshold: float | None, window: float = 0.0) -> None:
        self.unit = unit
        self.threshold = threshold
        self.window = window
        self.value: float | None = None
        self.why = ""

    @abstractmethod
    def take(self, at: float, value: float) -> bool | None:
        """Whether the condition is true, with one more sample, which is the newest."""

    @abstractmethod
    def __len__(self) -> int:
        """How many samples were looked at: those in the window, or where there is none all since the first."""

    def refer(self, baseline: Baseline) -> None:  # noqa: B027  most do not need it
        """Take what it was like before."""

    def limit(self) -> float | None:
        """The threshold that the value is nearest to."""
        return self.threshold

    def shown(self) -> str:
        """The value with its unit."""
        return "" if self.value is None else amount(self.value, self.unit, self.limit())
