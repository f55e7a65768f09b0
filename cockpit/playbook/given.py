"""What is given for a release: the values of params and who starts it, and what they make of what is written."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cockpit.playbook.conditions import evaluate
from cockpit.playbook.model.items import Item
from cockpit.playbook.model.lengths import ByParam
from cockpit.playbook.templates import render


class Given(msgspec.Struct, frozen=True):
    """The values of params, and the login of whoever starts the release."""

    values: Mapping[str, str]
    login: str

    @property
    def names(self) -> Mapping[str, str]:
        """Everything that templates may name before the release."""
        return {**self.values, "login": self.login}

    def text(self, template: str) -> str:
        """A template filled in."""
        return render(template, self.names)

    def length(self, written: float | ByParam) -> float:
        """Seconds."""
        return written.lengths[self.values[written.by]] if isinstance(written, ByParam) else written

    def applies(self, item: Item) -> bool:
        """Whether an item of a checklist is there with these values."""
        return not item.when or evaluate(item.when, self.names, _no_fact) is True


def _no_fact(_step: str, _fact: str) -> None:
    """What is known of a step before the release: nothing."""
