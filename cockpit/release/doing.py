"""What people do at a step that has begun: tick items, say that it is done, look."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.playbook.plan import BLOCK, Checklist, Do, Document, Item, Notice
from cockpit.release.escalating import unlooked
from cockpit.release.events import ItemNotApplicable, ItemTicked, Looked, StepDone, StepPassed
from cockpit.release.intents import Decision, Done, Look, Refusal, Tick
from cockpit.release.order import is_complete
from cockpit.release.people import may_act
from cockpit.release.state import State, StepState
from cockpit.release.ticking import by_hand
from cockpit.release.waiting import is_early
from cockpit.units import format_within


def open_step(state: State, name: str) -> StepState | Refusal:
    """A step at which something can be done now, or why nothing can."""
    one = state.steps.get(name)
    rolling = "the release is rolling back" if state.rolling_back else "it belongs to the rollback"
    if one is None:
        return Refusal(f"no step {name!r} in {state.release}", f"steps: {', '.join(state.steps)}")
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if one.step not in state.track:
        return Refusal(f"{name} is not part of what is being done now", rolling)
    if one.status == "pending":
        return Refusal(f"it is not {name}'s turn yet", _waits_for(state, one))
    if one.status == "asking":
        return Refusal(
            f"whether {name} is done is to be decided first", f"cockpit decide {state.release} {name} run|skip"
        )
    if one.status != "running":
        return Refusal(f"{name} has {one.status} already")
    return one


def _waits_for(state: State, one: StepState) -> str:
    before = [name for name in one.step.after if not is_complete(state.steps[name])]
    if before:
        return f"it waits for {', '.join(before)}"
    if is_early(state, one):
        return f"`cockpit decide {state.release} {one.step.id} run --note TEXT` begins it before its time"
    return "nothing starts at the moment"


def tick(state: State, login: str, intent: Tick, now: float) -> Decision:
    """An item of a checklist is true, or does not apply."""
    due_afterwards = intent.step == BLOCK and state.rolling_back and state.end is not None
    one = state.steps[BLOCK] if due_afterwards else open_step(state, intent.step)
    if isinstance(one, Refusal):
        return one
    if not isinstance(one.step, Checklist):
        return Refusal(f"{intent.step} is not a checklist")
    item = next((each for each in one.step.items if each.id == intent.item), None)
    if item is None:
        return Refusal(f"no item {intent.item!r}", f"items: {', '.join(each.id for each in one.step.items)}")
    if not may_act(state, login, one.step.owner):
        return Refusal(f"{login} may not tick items of {intent.step}", owners(one))
    ticked = _ticked(login, intent, item, now)
    if isinstance(ticked, Refusal) or not item.by:
        return ticked
    instead = by_hand(state, login, item, intent.evidence or intent.not_applicable)
    return instead if isinstance(instead, Refusal) else (*ticked, *instead)


def _ticked(login: str, intent: Tick, item: Item, now: float) -> Decision:
    if intent.not_applicable:
        if not item.not_applicable:
            return Refusal(f"{item.title} always applies", "the playbook does not allow `not applicable` here")
        return (ItemNotApplicable(step=intent.step, item=item.id, by=login, reason=intent.not_applicable),)
    if item.evidence and not intent.evidence.strip():
        return Refusal(f"{item.title} needs evidence", "give it with --evidence: a text, a file or a link")
    if item.fresh and (stale := _stale(intent, item, now)):
        return stale
    made = intent.made if item.fresh else None
    return (ItemTicked(step=intent.step, item=item.id, by=login, evidence=intent.evidence, made=made),)


def _stale(intent: Tick, item: Item, now: float) -> Refusal | None:
    """Why what shows an item is not new enough; None where it is."""
    within = format_within(item.fresh)
    if intent.made is None:
        return Refusal(
            f"{item.title} does not say when its evidence was made", f"--made DATE: no longer ago than {within}"
        )
    if intent.made + item.fresh <= now:
        return Refusal(f"what shows that {item.title} is older than {within}", "make it anew")
    return None


def done_by(state: State, login: str, intent: Done) -> Decision:
    """A person has done a step."""
    one = open_step(state, intent.step)
    if isinstance(one, Refusal):
        return one
    if not isinstance(one.step, Do | Notice | Document):
        return Refusal(f"{intent.step} is not done by a person")
    if not may_act(state, login, one.step.owner):
        return Refusal(f"{login} may not say that {intent.step} is done", owners(one))
    asks = {} if isinstance(one.step, Do) else one.step.asks
    if refused := _fields(intent, asks):
        return refused
    done = StepDone(step=intent.step, by=login, note=intent.note, fields=intent.fields)
    return (done, StepPassed(step=intent.step)) if isinstance(one.step, Do) else (done,)


def _fields(intent: Done, asks: Mapping[str, str]) -> Refusal | None:
    """What speaks against the lines that were supplied."""
    if unknown := [name for name in intent.fields if name not in asks]:
        return Refusal(
            f"{intent.step} asks for no {', '.join(unknown)}", f"it asks for: {', '.join(asks) or 'nothing'}"
        )
    if lacks := [name for name in asks if not intent.fields.get(name, "").strip()]:
        hint = " ".join(f"--field {name}=…" for name in lacks)
        return Refusal(f"{intent.step} needs {', '.join(asks[name] for name in lacks)}", hint)
    return None


def look(state: State, login: str, intent: Look, now: float) -> Decision:
    """Somebody has looked."""
    owed = next((each for each in unlooked(state) if each.step == intent.what), None)
    if owed is None:
        one = open_step(state, intent.what)
        return one if isinstance(one, Refusal) else Refusal(f"{intent.what} asks for no look")
    if not may_act(state, login, owed.who):
        return Refusal(f"{login} may not look at {intent.what}", f"the captain may, and {', '.join(owed.who)}")
    return (Looked(step=intent.what, by=login, note=intent.note, late=max(0.0, now - owed.due)),)


def owners(one: StepState) -> str:
    """Who may act on a step, in words."""
    return f"the captain may, and {', '.join(one.step.owner) or 'nobody else'}"
