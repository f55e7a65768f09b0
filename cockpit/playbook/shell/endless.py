"""Commands that never end by themselves."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from tree_sitter import Node

from cockpit.playbook.shell.commands import Command, commands
from cockpit.playbook.shell.parse import Script, literal, of_type, parse, words

_LOOP_ENDS = frozenset({"break", "exit", "return", "exec"})

_FOLLOWERS: dict[str, Callable[[Command], bool]] = {
    "tail": lambda command: command.has("-f", "-F", "--follow") and not command.has("--pid"),
    "watch": lambda command: not command.has("-g", "--chgexit", "-e", "--errexit", "-q", "--equexit"),
    "journalctl": lambda command: command.has("-f", "--follow"),
    "dmesg": lambda command: command.has("-w", "--follow", "-W"),
    "top": lambda command: not command.has("-n"),
    "htop": lambda _: True,
    "ping": lambda command: not command.has("-c", "-w", "--count"),
    "ping6": lambda command: not command.has("-c", "-w", "--count"),
    "nc": lambda command: command.has("-l", "--listen"),
    "ncat": lambda command: command.has("-l", "--listen"),
    "tcpdump": lambda command: not command.has("-c"),
    "vmstat": lambda command: _intervals(command) == 1,
    "iostat": lambda command: _intervals(command) == 1,
    "sleep": lambda command: any(word.text in ("infinity", "inf") for word in command.arguments),
    "kubectl": lambda command: _follows(command, "logs", "-f", "--follow") or _follows(command, "get", "-w", "--watch"),
    "docker": lambda command: _follows(command, "logs", "-f", "--follow") or _watches_containers(command),
    "podman": lambda command: _follows(command, "logs", "-f", "--follow") or _watches_containers(command),
    "docker-compose": lambda command: _follows(command, "logs", "-f", "--follow"),
    "inotifywait": lambda command: command.has("-m", "--monitor"),
    "yes": lambda _: True,
    "cat": lambda command: any(word.text in ("/dev/zero", "/dev/urandom", "/dev/random") for word in command.arguments),
}


def _follows(command: Command, verb: str, *options: str) -> bool:
    """Whether one of these options follows the verb: before it, `-f` names a file."""
    at = next((index for index, word in enumerate(command.arguments) if word.text == verb), None)
    return at is not None and msgspec.structs.replace(command, words=command.words[at + 1 :]).has(*options)


def _watches_containers(command: Command) -> bool:
    verbs = [word.text for word in command.arguments if not word.is_option]
    return verbs[:1] == ["events"] or (verbs[:1] == ["stats"] and not command.has("--no-stream"))


def _intervals(command: Command) -> int:
    return sum(word.text is not None and word.text.isdecimal() for word in command.arguments)


def endless(text: str) -> list[tuple[Node, str]]:
    """The commands and loops of a script that do not end by themselves, each with its words."""
    script = parse(text)
    found = [
        (command.node, _shown(script, command.node)) for command in commands(script) if _is_endless(script, command)
    ]
    loops = [(node, _shown(script, node)) for node in script.every("while_statement", "c_style_for_statement")]
    return found + [(node, shown) for node, shown in loops if _loops_for_ever(script, node)]


def _is_endless(script: Script, command: Command) -> bool:
    judge = _FOLLOWERS.get(command.name)
    if judge is None or "timeout" in command.wrappers or not judge(command):
        return False
    feeding = command.name in ("yes", "cat") and _feeds_another(script, command.node)
    return not (feeding or _in_background(script, command.node))


def _in_background(script: Script, node: Node) -> bool:
    following = node.next_sibling
    parent = script.parent(node)
    if following is None and parent is not None and parent.type in ("redirected_statement", "pipeline"):
        return _in_background(script, parent)
    return following is not None and following.type == "&"


def _feeds_another(script: Script, node: Node) -> bool:
    """Whether its output goes into a pipe, whose reader ends it."""
    pipeline = script.above(node, {"redirected_statement"})
    if pipeline is None or pipeline.type != "pipeline":
        return False
    return pipeline.named_children[-1].start_byte > node.start_byte


def _loops_for_ever(script: Script, loop: Node) -> bool:
    if loop.type == "c_style_for_statement":
        holds = loop.child_by_field_name("condition") is None
    else:
        condition = loop.child_by_field_name("condition")
        always = {"until": ("false",), "while": ("true", ":")}.get(loop.children[0].type, ())
        holds = condition is not None and script.text(condition).rstrip("; \n") in always
    body = loop.child_by_field_name("body")
    return holds and body is not None and not _leaves(script, body) and not _in_background(script, loop)


def _leaves(script: Script, body: Node) -> bool:
    named = (words(node) for node in of_type(body, "command"))
    return any(found and literal(script, found[0]) in _LOOP_ENDS for found in named)


def _shown(script: Script, node: Node) -> str:
    text = script.text(node).split("\n")[0]
    return text if len(text) <= 60 else text[:57] + "…"
