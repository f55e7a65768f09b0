"""What people say to a release: ticks, signatures, go, hold, abort, roll back."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import click

from cockpit.cli.common import ask, find, needed_note_option, note_option, read_state, release_argument
from cockpit.cli.console import ask_word, talk
from cockpit.errors import Refused, UsageError
from cockpit.playbook.plan import Checklist, Gate, Item
from cockpit.release.intents import (
    Abort,
    Captaincy,
    Close,
    Decide,
    Done,
    Go,
    Hold,
    NoGo,
    Resume,
    RollBack,
    Sign,
    Tick,
)
from cockpit.release.standing import covers
from cockpit.release.state import State, StepState


@click.command
@release_argument
@click.argument("item")
@click.option("--evidence", default="", metavar="TEXT|FILE|URL", help="What shows it; of a file: its path and digest.")
@click.option("--not-applicable", default="", metavar="REASON", help="It does not apply here.")
def tick(release: str, item: str, evidence: str, not_applicable: str) -> None:
    """Tick an item of a checklist. Where two checklists have an item of that name, write STEP/ITEM.

    Example: cockpit tick shop-2.4.1 disk-space --evidence "42 % free"
    """
    step, item = place_item(read_state(find(release)), item)
    ask(release, Tick(step=step, item=item, evidence=shown(evidence), not_applicable=not_applicable))
    talk(f"{release}: {item} {'does not apply' if not_applicable else 'ticked'}")


def place_item(state: State, name: str) -> tuple[str, str]:
    """The step and the item that `ITEM` or `STEP/ITEM` means: of several, the one in an open checklist."""
    step, _, item = name.rpartition("/")
    every = [(one, each.id) for one in state.steps.values() for each in items_of(one)]
    found = [one for one, each in every if each == item and step in ("", one.step.id)]
    open_ones = [one for one in found if one.status == "running"] or found
    if len(open_ones) == 1:
        return open_ones[0].step.id, item
    names = [f"{one.step.id}/{each}" for one, each in every if each == item or not found]
    raise UsageError(f"which {name}?" if found else f"no item {name}", hint=f"items: {', '.join(names) or 'none'}")


def items_of(one: StepState) -> tuple[Item, ...]:
    """The items of a checklist; none of any other step."""
    return one.step.items if isinstance(one.step, Checklist) else ()


def shown(evidence: str) -> str:
    """Evidence as it is recorded: a file becomes its absolute path and SHA-256."""
    path = Path(evidence).expanduser() if evidence and len(evidence) < 4096 and "\n" not in evidence else None
    if path is None or not path.is_file():
        return evidence
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{path.resolve()} sha256:{digest}"


@click.command
@release_argument
@click.argument("step")
@note_option
def done(release: str, step: str, note: str) -> None:
    """Say that a step which a person does is done.

    Example: cockpit done shop-2.4.1 announce --note "told support"
    """
    ask(release, Done(step=step, note=note))
    talk(f"{release}: {step} done")


@click.command
@release_argument
@click.argument("gate")
@click.argument("vote", type=click.Choice(["yes", "no"]))
@click.option("--role", required=True, help="The role you sign for.")
@note_option
def sign(release: str, gate: str, vote: str, role: str, note: str) -> None:
    """Sign a gate for a role: yes or no, over what the release shows now.

    Example: cockpit sign shop-2.4.1 go-no-go yes --role sre
    """
    covered = covers(read_state(find(release)), gate)
    ask(release, Sign(gate=gate, role=role, yes=vote == "yes", covers=covered, note=note))
    talk(f"{release}: signed {vote} as {role} for {gate}")


@click.command
@release_argument
@click.argument("gate")
@click.option("--confirm", default="", metavar="WORD", help="The word that the gate asks for.")
@note_option
def go(release: str, gate: str, confirm: str, note: str) -> None:
    """Open a gate. Only the captain may, and only once it is ready.

    Example: cockpit go shop-2.4.1 go-no-go --confirm 2.4.1
    """
    one = read_state(find(release)).steps.get(gate)
    word = one.step.confirm if one and isinstance(one.step, Gate) else ""
    if word and not confirm and ask_word(f"Open {gate} of {release}?", word):
        confirm = word
    ask(release, Go(gate=gate, confirm=confirm, note=note))
    talk(f"{release}: go for {gate}")


@click.command("no-go")
@release_argument
@click.argument("gate")
@needed_note_option
def no_go(release: str, gate: str, note: str) -> None:
    """Keep a gate shut, and hold. It can be asked again after `resume`.

    Example: cockpit no-go shop-2.4.1 go-no-go --note "payment incident open"
    """
    ask(release, NoGo(gate=gate, note=note))
    talk(f"{release}: no-go for {gate}")


@click.command
@release_argument
@click.argument("decision")
@click.argument("option")
@needed_note_option
def decide(release: str, decision: str, option: str, note: str) -> None:
    """Choose an option of an open decision, such as a host's lock (lock-HOST) or a step whose condition is unknown.

    Example: cockpit decide shop-2.4.1 lock-app-01 "take over" --note "bo's laptop is dead"
    """
    ask(release, Decide(decision=decision, option=option, note=note))
    talk(f"{release}: {decision}: {option}")


@click.command
@release_argument
@note_option
def hold(release: str, note: str) -> None:
    """Start nothing new; what runs goes on to its end.

    Example: cockpit hold shop-2.4.1 --note "looking at the error rate"
    """
    ask(release, Hold(note=note))
    talk(f"{release}: held")


@click.command
@release_argument
@note_option
def resume(release: str, note: str) -> None:
    """Go on after a hold.

    Example: cockpit resume shop-2.4.1
    """
    ask(release, Resume(note=note))
    talk(f"{release}: resumed")


@click.command
@release_argument
@click.option("--let-finish", is_flag=True, help="Let running commands end by themselves; else they are stopped.")
@note_option
def abort(release: str, let_finish: bool, note: str) -> None:
    """Stop here. Running commands are killed; nothing is undone.

    Example: cockpit abort shop-2.4.1 --note "wrong version"
    """
    ask(release, Abort(note=note, finish=let_finish))
    talk(f"{release}: aborted")


@click.command
@release_argument
@click.option("--confirm", default="", metavar="WORD", help="The release's name.")
@note_option
def rollback(release: str, confirm: str, note: str) -> None:
    """Undo: stop what runs, then do the playbook's rollback.

    Example: cockpit rollback shop-2.4.1 --confirm shop-2.4.1 --note "checkout fails"
    """
    if not confirm and ask_word(f"Roll back {release}?", release):
        confirm = release
    ask(release, RollBack(confirm=confirm, note=note))
    talk(f"{release}: rolling back")


@click.command
@release_argument
@click.option("--confirm", default="", metavar="WORD", help="The release's name, against a slip; may be left out.")
@note_option
def close(release: str, confirm: str, note: str) -> None:
    """Close a release that has ended: run folders and locks go from the hosts.

    Example: cockpit close shop-2.4.1
    """
    if confirm not in ("", release):
        raise Refused(f"{confirm} is not the name of this release", where=release)
    ask(release, Close(note=note))
    talk(f"{release}: closed")


@click.command
@release_argument
@click.argument("action", type=click.Choice(["offer", "accept", "take"]))
@click.argument("to", metavar="[LOGIN]", default="")
@note_option
def captain(release: str, action: Literal["offer", "accept", "take"], to: str, note: str) -> None:
    """Hand the captaincy over by offer and acceptance, or take it with a note.

    Example: cockpit captain shop-2.4.1 offer bo
    """
    ask(release, Captaincy(action=action, to=to, note=note))
    talk(f"{release}: captaincy: {action} {to}".rstrip())
