"""Steps that prove the way back before it is needed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from cockpit.playbook.model.fields import Name
from cockpit.playbook.model.kinds import kinds_of
from cockpit.playbook.model.steps import HttpStep, RunStep, StepBase

_BEFORE = "A step that starts only once this has passed, where it cannot be proven from the start."


class RunProof(RunStep):
    """A command that proves, before it is needed, that the way back can be gone."""

    before: Name | None = Field(None, description=_BEFORE)


class HttpProof(HttpStep):
    """A request that proves, before it is needed, that the way back can be gone."""

    before: Name | None = Field(None, description=_BEFORE)


PROOFS: dict[str, type[StepBase]] = {"run": RunProof, "http": HttpProof}
"""The key that makes a proof what it is."""


def proof_of(value: Any) -> str | None:
    """The tag of the proof's kind, None when it is not exactly one of them."""
    found = kinds_of(value, PROOFS) if isinstance(value, dict) else []
    return f"#proof-{found[0]}" if len(found) == 1 else None


Proof = Annotated[
    Annotated[RunProof, Tag("#proof-run")] | Annotated[HttpProof, Tag("#proof-http")], Discriminator(proof_of)
]
