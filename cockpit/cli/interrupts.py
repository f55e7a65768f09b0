"""What changes a release's course: hold, resume, abort, roll back, close, and who drives."""

from __future__ import annotations

from typing import Literal

import click

from cockpit.cli.common import ask, find, note_option, read_state, release_argument
from cockpit.cli.console import ask_word, talk
from cockpit.cli.names import LOGIN
from cockpit.errors import Refused
from cockpit.release.intents import Abort, Back, Captaincy, Close, Hold, Resume, RollBack

confirm_option = click.option(
    "--confirm", default="", metavar="WORD", help="The release's name, against a slip; may be left out."
)


def check_name(release: str, confirm: str) -> None:
    """Refused where a word was given that is not the release's name."""
    if confirm not in ("", release):
        raise Refused(f"{confirm} is not the name of this release", where=release)


@click.command
@release_argument
@confirm_option
@note_option
def hold(release: str, confirm: str, note: str) -> None:
    """Start nothing new; what runs goes on to its end.

    \b
    Example:
      cockpit hold shop-2.4.1 --note "looking at the error rate"
    """
    check_name(release, confirm)
    ask(release, Hold(note=note))
    talk(f"{release}: held")


@click.command
@release_argument
@confirm_option
@note_option
def resume(release: str, confirm: str, note: str) -> None:
    """Go on after a hold.

    \b
    Example:
      cockpit resume shop-2.4.1
    """
    check_name(release, confirm)
    ask(release, Resume(note=note))
    talk(f"{release}: resumed")


@click.command
@release_argument
@click.option("--let-finish", is_flag=True, help="Let running commands end by themselves; else they are stopped.")
@confirm_option
@note_option
def abort(release: str, let_finish: bool, confirm: str, note: str) -> None:
    """Stop here. Running commands are killed; nothing is undone.

    \b
    Example:
      cockpit abort shop-2.4.1 --note "wrong version"
    """
    check_name(release, confirm)
    ask(release, Abort(note=note, finish=let_finish))
    talk(f"{release}: aborted")


@click.command
@release_argument
@click.option(
    "--confirm", default="", metavar="WORD", help="The release's name; past a point of no return, `NAME past STEP`."
)
@click.option("--last-batch", is_flag=True, help="Only undo the last batch, and hold.")
@click.option("--in-new-journal", is_flag=True, help="The journal is broken: go on in a new one that names the break.")
@note_option
def rollback(release: str, confirm: str, last_batch: bool, in_new_journal: bool, note: str) -> None:
    """Undo: stop what runs, then do the playbook's rollback. Without --confirm a terminal is asked.

    Where `cockpit verify` finds the journal broken, --in-new-journal rolls back what is known from before the break.
    What was started after it is asked of the hosts, and stopped there; what nobody can tell waits for a person.

    \b
    Example:
      cockpit rollback shop-2.4.1 --confirm shop-2.4.1 --note "checkout fails"
    """
    if last_batch:
        check_name(release, confirm)
        ask(release, Back(note=note))
        talk(f"{release}: its last batch is being undone")
        return
    word = release if in_new_journal else _rollback_word(release)
    if not confirm and ask_word(f"Roll back {release}?", word):
        confirm = word
    if in_new_journal:
        from cockpit.cli.renew import roll_back_anew  # noqa: PLC0415  seldom needed

        roll_back_anew(release, confirm, note)
        return
    ask(release, RollBack(confirm=confirm, note=note))
    talk(f"{release}: rolling back")


def _rollback_word(release: str) -> str:
    from cockpit.release.people import rollback_word  # noqa: PLC0415  completion is faster without

    return rollback_word(read_state(find(release)))


@click.command
@release_argument
@confirm_option
@note_option
def close(release: str, confirm: str, note: str) -> None:
    """Close a release that has ended: run folders and locks go from the hosts.

    \b
    Example:
      cockpit close shop-2.4.1
    """
    check_name(release, confirm)
    ask(release, Close(note=note))
    talk(f"{release}: closed")


@click.command
@release_argument
@click.argument("action", type=click.Choice(["offer", "accept", "take"]))
@click.argument("to", metavar="[LOGIN]", type=LOGIN, default="")
@note_option
def captain(release: str, action: Literal["offer", "accept", "take"], to: str, note: str) -> None:
    """Hand the captaincy over by offer and acceptance, or take it with a note.

    \b
    Example:
      cockpit captain shop-2.4.1 offer bo
    """
    ask(release, Captaincy(action=action, to=to, note=note))
    talk(f"{release}: captaincy: {action} {to}".rstrip())
