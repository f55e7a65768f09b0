"""The commands, their arguments and their exit codes stay as they are promised."""

from __future__ import annotations

import click
import pytest

from cockpit.cli.main import COMMANDS, cockpit
from cockpit.errors import Exit

PROMISED = {
    "lint": "playbooks... --format",
    "schema": "--scenario",
    "plan": "playbook -p --at --format",
    "doctor": "playbook -p --format",
    "run": "playbook --release! -p --at --headless --lift --role --note --format",
    "rehearse": "[playbook] -p --scenario --recorded --speed --seed --headless --format",
    "attach": "[release] --observe --format",
    "status": "[release] --format",
    "log": "release --follow --format",
    "output": "release step [host] --attempt --check --follow",
    "verify": "release --format",
    "tick": "release item --evidence --made --not-applicable",
    "done": "release step --field --note",
    "sign": "release gate vote --role! --note",
    "go": "release gate --confirm --note",
    "no-go": "release gate --note!",
    "decide": "release decision option --note!",
    "veto": "release rule --note!",
    "waive": "release what --role! --note!",
    "hold": "release --confirm --note",
    "resume": "release --confirm --note",
    "abort": "release --let-finish --confirm --note",
    "rollback": "release --confirm --last-batch --in-new-journal --note",
    "close": "release --confirm --note",
    "retry": "release step --host --external --note!",
    "skip": "release step --host --note!",
    "drop": "release step --host --note!",
    "stop": "release step --host --note!",
    "manual": "release command --confirm --note!",
    "settle": "release step host outcome --note!",
    "ack": "release rule --note",
    "raise": "release rule --clear --note!",
    "assign": "release role login --note",
    "look": "release what --note",
    "captain": "release action [to] --note",
    "fault": "release fault --host --step --metric --role --to --for",
    "speed": "release speed",
}
"""Arguments in their order (in brackets where one may leave them out), then options (`!` where one may not)."""


def command(name: str) -> click.Command:
    found = cockpit.get_command(click.Context(cockpit), name)
    assert found is not None
    return found


def spelled(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return parameter.opts[0] + ("!" if parameter.required else "")
    name = parameter.name or ""
    return f"{name}..." if parameter.nargs == -1 else name if parameter.required else f"[{name}]"


def test_commands_are_those_promised_in_their_order() -> None:
    assert list(COMMANDS) == list(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_command_takes_what_is_promised(name: str) -> None:
    assert " ".join(spelled(parameter) for parameter in command(name).params) == PROMISED[name]


@pytest.mark.parametrize("name", PROMISED)
def test_help_has_an_example_of_the_command(name: str) -> None:
    assert f"Example:\n      cockpit {name} " in (command(name).help or "") + " "


@pytest.mark.parametrize("name", PROMISED)
def test_list_of_commands_says_what_the_command_s_own_help_begins_with(name: str) -> None:
    summary = COMMANDS[name][1].split(":")[0].split(";")[0].split(",")[0].rstrip(".")
    assert (command(name).help or "").startswith(summary)


def test_exit_codes_are_those_promised() -> None:
    assert {each.name: each.value for each in Exit} == {
        "DONE": 0,
        "FAILED": 1,
        "USAGE": 2,
        "REFUSED": 3,
        "UNREACHABLE": 4,
        "ROLLED_BACK": 5,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    ("vote", "value"),
    [("vote", ["yes", "no"]), ("outcome", ["passed", "failed"]), ("action", ["offer", "accept", "take"])],
)
def test_words_to_choose_from_are_those_promised(vote: str, value: list[str]) -> None:
    every = [parameter for name in PROMISED for parameter in command(name).params if parameter.name == vote]
    assert [list(each.type.choices) for each in every if isinstance(each.type, click.Choice)] == [value]
