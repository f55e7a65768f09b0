"""Items of checklists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cockpit.playbook.model.commands import Advice, Become, Captures, Env, Folder, Shell
from cockpit.playbook.model.fields import Count, Declared, Duration, Name, Names, Places, Text, under
from cockpit.playbook.model.requests import HttpRequest

_OWN: dict[str, frozenset[str]] = {
    "run": frozenset(("on", "directory", "env", "user", "shell", "captures", "timeout", "quiet", "advice")),
    "http": frozenset(("on", "times", "every", "deadline", "timeout", "advice")),
    "passing": frozenset(("seconds",)),
}
"""The keys of an item, by the one that makes it tick itself."""


class Item(Declared):
    """One line of a checklist. With `run`, `http` or `passing` it ticks itself once that has passed."""

    id: Name | None = Field(None, description="Its name, unique in the step. Made from the text where it is left out.")
    item: Text = Field(description="What is to be true; a template of params.", examples=["Artifacts are signed"])
    text: str = Field("", description="More about it; a template of params.")
    when: Text | None = Field(
        None,
        description="It is there only if this holds; of params.",
        examples=['change == "schema"'],
    )
    evidence: Literal["required", "optional"] = Field(
        "optional", description="Whether it needs something that shows it."
    )
    not_applicable: Literal["allowed", "refused"] = Field(
        "refused", description="Whether it may be marked as not applicable, with a reason."
    )
    fresh: Duration | None = Field(
        None,
        description="How old what shows it may be: whoever ticks it says when that was made, and it is open again when "
        "it has become older before the gates behind it are open.",
        examples=["7d"],
    )
    run: Text | None = Field(
        None, description="A command, as of a run step: it ticks the item when it exits 0.", examples=["df -h /"]
    )
    http: HttpRequest | None = Field(
        None, description="A request, as of an http step: it ticks the item when the answer is as expected."
    )
    passing: Annotated[Names, Field(min_length=1)] | None = Field(
        None, description="The rule, or rules, that tick the item when they pass."
    )
    on: Places | None = Field(None, description="Where, as in a run or http step; a command runs here if not given.")
    directory: Folder = ""
    env: Env = Field({})
    user: Become = ""
    shell: Shell = "sh"
    captures: Captures = Field([])
    times: Count = Field(1, description="How many times in a row the answer must be as expected.")
    every: Duration | None = Field(None, description="How long from one request to the next; 5s if not given.")
    deadline: Duration | None = Field(None, description="Repeat the request until it is as expected, for this long.")
    timeout: Duration | None = Field(None, description="How long the command or one request may take.")
    quiet: Duration = Field(60.0, description="Silence for this long is shown; nothing is stopped.")
    seconds: Duration | None = Field(
        None, alias="for", description="How long rules must pass at a stretch; left out: once is enough."
    )
    advice: list[Annotated[Advice, under("say")]] = Field(
        [], description="What the runbook says about failures of it: the first that fits is shown where it fails."
    )

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Item:
        """One key at most that makes it tick itself, and only the keys that go with it."""
        kinds = [kind for kind in _OWN if getattr(self, kind) is not None]
        if len(kinds) > 1:
            raise PydanticCustomError("needs", "can tick itself by `run`, `http` or `passing`, and only one of them")
        every = frozenset[str]().union(*_OWN.values())
        strange = self.model_fields_set & every - self.own
        if strange:
            key = Item.model_fields[min(strange)].alias or min(strange)
            needs = " or ".join(f"`{kind}`" for kind, names in _OWN.items() if min(strange) in names)
            raise PydanticCustomError("needs", f"has `{key}`, which belongs to an item with {needs}")
        return self

    @property
    def kind(self) -> str:
        """The key that makes it tick itself; empty where people tick it."""
        return next((kind for kind in _OWN if getattr(self, kind) is not None), "")

    @property
    def own(self) -> frozenset[str]:
        """The names of the fields that go with it."""
        return _OWN.get(self.kind, frozenset())
