"""Gates: their signatures and their criteria."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.release.draft import Draft
from cockpit.release.events import FitJudged, SignedOff, SignOffLapsed, Waived, WaiverLapsed
from cockpit.release.state import Ahead, Fitting, Signature, Waiver


def signed(draft: Draft, event: SignedOff, at: float) -> None:
    """Somebody said yes or no."""
    signature = Signature(event.role, event.by, event.yes, at, event.covers, event.note)
    draft.set_step(event.gate, signatures=(*draft.step(event.gate).signatures, signature))


def sign_off_lapsed(draft: Draft, event: SignOffLapsed) -> None:
    """The signatures of a person for a role have become too old."""
    who = (event.role, event.by)
    before = draft.step(event.gate).signatures
    after = tuple(replace(each, lapsed=True) if (each.role, each.by) == who else each for each in before)
    draft.set_step(event.gate, signatures=after)


def waived(draft: Draft, event: Waived, at: float) -> None:
    """A criterion that failed is let pass."""
    waiver = Waiver(event.by, at, event.note, event.role)
    draft.set_step(event.step, waived={**draft.step(event.step).waived, event.what: waiver})


def waiver_lapsed(draft: Draft, event: WaiverLapsed) -> None:
    """It is let pass no longer."""
    before = draft.step(event.step).waived
    draft.set_step(event.step, waived={what: each for what, each in before.items() if what != event.what})


def fit_judged(draft: Draft, event: FitJudged, at: float) -> None:
    """Whether what is behind a gate fits into its window."""
    ahead = Ahead(event.work, event.whole, event.work_by, event.whole_by)
    draft.set_step(event.gate, fitting=Fitting(event.fits, event.why, event.next, event.until, ahead, at))
