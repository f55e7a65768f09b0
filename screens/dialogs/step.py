"""The bases of questions about one step, or about one of its hosts."""

from __future__ import annotations

from cockpit.release.state import StepState
from screens.dialogs.dialog import CALM, Dialog
from screens.view import View


class StepDialog(Dialog):
    """A question about one step, by its id."""

    def __init__(self, view: View, step: str, calm: float = CALM) -> None:
        self._step = step
        super().__init__(view, calm)

    @property
    def _one(self) -> StepState:
        """Where the step stands now."""
        return self.view.state.steps[self._step]


class HostDialog(StepDialog):
    """A question about what a step does on one host, by its name."""

    def __init__(self, view: View, step: str, host: str, calm: float = CALM) -> None:
        self._host = host
        super().__init__(view, step, calm)
