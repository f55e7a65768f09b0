"""The values that a command hands on, by lines `name=value` written to $COCKPIT_CAPTURE."""

from __future__ import annotations

import re

from tree_sitter import Node

from cockpit.playbook.shell.parse import Script, of_type, parse, words

VARIABLE = "COCKPIT_CAPTURE"

_LINE = re.compile(r"(?:^|\\n|\n)[\"']?([A-Za-z_]\w*)=")


def captured(text: str) -> frozenset[str]:
    """The names that can be seen to be captured by this command."""
    if VARIABLE not in text:
        return frozenset()
    script = parse(text)
    found: set[str] = set()
    for node in script.every("redirected_statement", "pipeline"):
        if VARIABLE in _target(script, node):
            found |= _names(script, node)
    return frozenset(found)


def _target(script: Script, node: Node) -> str:
    """Where the output goes: the files of a redirection, or the arguments of a final `tee`."""
    if node.type == "redirected_statement":
        return " ".join(script.text(redirect) for redirect in node.children_by_field_name("redirect"))
    last = node.named_children[-1]
    return script.text(last) if last.type == "command" and script.text(last).startswith("tee") else ""


def _names(script: Script, node: Node) -> set[str]:
    names: set[str] = set()
    for command in of_type(node, "command"):
        found = words(command)
        if found and script.text(found[0]) in ("echo", "printf"):
            names.update(name for argument in found[1:] for name in _LINE.findall(script.text(argument)))
    for body in of_type(node, "heredoc_body"):
        names |= {line.partition("=")[0].strip() for line in script.text(body).splitlines() if "=" in line}
    return {name for name in names if name.isidentifier()}
