"""What people say to a release as it goes: ticks, signatures, go and no-go, decisions."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cockpit.cli.common import ask, find, needed_note_option, note_option, read_state, release_argument
from cockpit.cli.console import ask_word, talk
from cockpit.cli.names import GATE, ITEM, LOGIN, PERSONS_STEP, ROLE
from cockpit.errors import UsageError
from cockpit.playbook.plan import Checklist, Gate, Item
from cockpit.release.intents import Assign, Decide, Done, Go, NoGo, Sign, Tick
from cockpit.units import moment_of

if TYPE_CHECKING:
    from cockpit.release.state import State, StepState

LONGEST_PATH = 4096


@click.command
@release_argument
@click.argument("item", type=ITEM)
@click.option("--evidence", default="", metavar="TEXT|FILE|URL", help="What shows it; of a file: its path and digest.")
@click.option("--made", default="", metavar="DATE", help="When that was made, in UTC: 2026-11-20, or 2026-11-20T13:00.")
@click.option("--not-applicable", default="", metavar="REASON", help="It does not apply here.")
def tick(release: str, item: str, evidence: str, made: str, not_applicable: str) -> None:
    """Tick an item of a checklist. Where two checklists have an item of that name, write STEP/ITEM.

    \b
    Example:
      cockpit tick shop-2.4.1 disk-space --evidence "42 % free"
    """
    step, item = place_item(read_state(find(release)), item)
    when = moment_of(made) if made else None
    if made and when is None:
        raise UsageError(f"no date: {made}", hint="write 2026-11-20, or 2026-11-20T13:00")
    ask(release, Tick(step=step, item=item, evidence=shown(evidence), not_applicable=not_applicable, made=when))
    talk(f"{release}: {item} {'does not apply' if not_applicable else 'ticked'}")


def _field(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(f"no field: {text!r}", hint="write --field NAME=TEXT")
    return name.strip(), value.strip()


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
    path = _file(evidence)
    if path is None:
        return evidence
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{path} sha256:{digest}"


def _file(evidence: str) -> Path | None:
    if not evidence or len(evidence) > LONGEST_PATH or "\n" in evidence:
        return None
    try:
        path = Path(evidence).expanduser()
        return path.resolve() if path.is_file() else None
    except (OSError, RuntimeError):  # a text that is too long for a name, or begins with ~ and no login
        return None


@click.command
@release_argument
@click.argument("step", type=PERSONS_STEP)
@click.option("--field", "fields", multiple=True, metavar="NAME=TEXT", help="A line that the step asks for.")
@note_option
def done(release: str, step: str, fields: tuple[str, ...], note: str) -> None:
    """Say that a step which a person does is done, and supply what a notice or a record asks for.

    \b
    Example:
      cockpit done shop-2.4.1 announce --note "told support"
      cockpit done shop-2.4.1 tell-customers --field impact="no orders since 14:05"
    """
    ask(release, Done(step=step, note=note, fields=dict(map(_field, fields))))
    talk(f"{release}: {step} done")


@click.command
@release_argument
@click.argument("gate", type=GATE)
@click.argument("vote", type=click.Choice(["yes", "no"]))
@click.option("--role", required=True, type=ROLE, help="The role you sign for.")
@note_option
def sign(release: str, gate: str, vote: str, role: str, note: str) -> None:
    """Sign a gate for a role: yes or no, over what the release shows now.

    \b
    Example:
      cockpit sign shop-2.4.1 go-no-go yes --role sre
    """
    from cockpit.release.gates import covers  # noqa: PLC0415  completion is faster without

    state = read_state(find(release))
    covered = covers(state, gate) if gate in state.steps else ""
    ask(release, Sign(gate=gate, role=role, yes=vote == "yes", covers=covered, note=note))
    talk(f"{release}: signed {vote} as {role} for {gate}")


@click.command
@release_argument
@click.argument("gate", type=GATE)
@click.option("--confirm", default="", metavar="WORD", help="The word that the gate asks for.")
@note_option
def go(release: str, gate: str, confirm: str, note: str) -> None:
    """Open a gate. Only the captain may, and only once it is ready.

    \b
    Example:
      cockpit go shop-2.4.1 go-no-go --confirm 2.4.1
    """
    one = read_state(find(release)).steps.get(gate)
    word = one.step.confirm if one and isinstance(one.step, Gate) else ""
    if word and not confirm and ask_word(f"Open {gate} of {release}?", word):
        confirm = word
    ask(release, Go(gate=gate, confirm=confirm, note=note))
    talk(f"{release}: go for {gate}")


@click.command("no-go")
@release_argument
@click.argument("gate", type=GATE)
@needed_note_option
def no_go(release: str, gate: str, note: str) -> None:
    """Keep a gate shut, and hold. It can be asked again after `resume`.

    \b
    Example:
      cockpit no-go shop-2.4.1 go-no-go --note "payment incident open"
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

    \b
    Example:
      cockpit decide shop-2.4.1 lock-app-01 "take over" --note "bo's laptop is dead"
    """
    ask(release, Decide(decision=decision, option=option, note=note))
    talk(f"{release}: {decision}: {option}")


@click.command
@release_argument
@click.argument("role", type=ROLE)
@click.argument("login", type=LOGIN)
@note_option
def assign(release: str, role: str, login: str, note: str) -> None:
    """Say who a role is, where the playbook leaves that to the release. Giving it to another needs a note.

    \b
    Example:
      cockpit assign shop-2.4.1 commander chen
    """
    ask(release, Assign(role=role, to=login, note=note))
    talk(f"{release}: {login} is {role}")
