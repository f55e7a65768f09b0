"""Text to a tree, event by event, so that no file can exhaust the stack or the memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

import msgspec
import yaml
from yaml._yaml import CParser, Mark
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from cockpit.playbook.node import Listing, Node, Scalar, Table
from cockpit.playbook.problem import START, Finding, FoundError, Position

MAX_DEPTH = 50
MAX_NODES = 100_000

_CORE = "tag:yaml.org,2002:"
_TAGS: dict[type[NodeEvent], frozenset[str]] = {
    ScalarEvent: frozenset({"!", *(_CORE + name for name in ("str", "int", "float", "bool", "null"))}),
    SequenceStartEvent: frozenset({"!", _CORE + "seq"}),
    MappingStartEvent: frozenset({"!", _CORE + "map"}),
}
_IN_WORDS = {
    "found character that cannot start any token": "a value cannot start with this character",
    "mapping values are not allowed in this context": "a `:` where no key can stand",
    "did not find expected key": "a line that does not fit the indentation of the lines above",
    "did not find expected '-' indicator": "a line that does not fit the list above",
    "did not find expected ',' or ']'": "a list in [ ] that is not closed, or lacks a comma",
    "did not find expected ',' or '}'": "a mapping in { } that is not closed, or lacks a comma",
    "found unexpected end of stream": "a quote that is never closed",
    "could not find expected ':'": "a key without `:`",
    "did not find expected <document start>": "a line that does not fit the indentation of the lines above",
    "found incompatible YAML document": "a YAML version that is not 1.1 or 1.2",
    "did not find expected node content": "a value is missing or starts with a sign that means something else here",
}
_QUOTE = "put a template in quotes: '{{ version }}'"
_HINTS = {
    "found character that cannot start any token": "put the value in quotes",
    "mapping values are not allowed in this context": "put a value that contains `: ` in quotes",
    "did not find expected ',' or ']'": "put host ranges such as 'web-[1:3]', and whatever holds [ ] { } , in quotes",
    "did not find expected ',' or '}'": "put whatever holds [ ] { } , or `: ` in quotes",
}


class _Open(msgspec.Struct):
    """A list or table that is being read; `key` is the key that waits for its value."""

    node: Listing | Table
    anchor: str | None
    key: str | None = None
    size: int = 1
    height: int = 1


class _Anchor(msgspec.Struct):
    node: Node
    size: int
    height: int


class _Composer(msgspec.Struct):
    lines: list[str]
    findings: list[Finding] = []
    stack: list[_Open] = []
    anchors: dict[str, _Anchor | None] = {}
    nodes: int = 0
    root: Node | None = None

    def take(self, event: Event) -> None:
        """Add what the event says to the tree."""
        match event:
            case ScalarEvent():
                self._check_tag(event)
                self._place(self._scalar(event), 1, 0, event.anchor)
            case SequenceStartEvent() | MappingStartEvent():
                self._open(event)
            case SequenceEndEvent() | MappingEndEvent():
                top = self.stack.pop()
                self._place(top.node, top.size, top.height, top.anchor)
            case AliasEvent():
                self._alias(event)
            case _:
                pass

    def _scalar(self, event: ScalarEvent) -> Scalar:
        text = event.tag is not None and event.tag in ("!", _CORE + "str")
        style = event.style or ""
        indent = self._indent(event) if style == "|" else 0
        scalar = Scalar(_start(event), event.value, style, _position(event.end_mark), text, indent)
        if style != "|" and not scalar.plain:
            scalar.written = self._written(scalar.at, scalar.end)
        return scalar

    def _written(self, at: Position, end: Position) -> str:
        if at.line == end.line:
            return self.lines[at.line - 1][at.column - 1 : end.column - 1]
        first, last = self.lines[at.line - 1][at.column - 1 :], self.lines[end.line - 1 : end.line]
        return "\n".join([first, *self.lines[at.line : end.line - 1], *(line[: end.column - 1] for line in last)])

    def _indent(self, event: ScalarEvent) -> int:
        """How far the lines of a block are indented more than its value's."""
        first = _start(event).line
        for written, read in zip(self.lines[first:], event.value.split("\n"), strict=False):
            if read.strip(" "):
                return _spaces(written) - _spaces(read)
        return 0

    def _open(self, event: SequenceStartEvent | MappingStartEvent) -> None:
        self._check_tag(event)
        if len(self.stack) >= MAX_DEPTH:
            _stop(event, "P008", f"nested more than {MAX_DEPTH} levels deep")
        if self._waits_for_key():
            _stop(event, "P011", "a key must be plain text, not a list or a mapping", _QUOTE)
        node = Listing(_start(event)) if isinstance(event, SequenceStartEvent) else Table(_start(event))
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, event.anchor))

    def _alias(self, event: AliasEvent) -> None:
        name = event.anchor or ""
        if name not in self.anchors:
            _stop(event, "P009", f"unknown alias `*{name}`", "put text that starts with * in quotes")
        target = self.anchors[name]
        if target is None:
            _stop(event, "P009", f"`*{name}` contains itself")
        if len(self.stack) + target.height > MAX_DEPTH:
            _stop(event, "P008", f"with its aliases nested more than {MAX_DEPTH} levels deep")
        self._place(target.node, target.size, target.height, None, _start(event))

    def _place(self, node: Node, size: int, height: int, anchor: str | None, at: Position | None = None) -> None:
        if anchor:
            self.anchors[anchor] = _Anchor(node, size, height)
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size += size
        top.height = max(top.height, height + 1)
        if top.size > MAX_NODES:
            _stop_at(at or node.at, "P009", f"more than {MAX_NODES} values, with aliases counted where they are used")
        self._attach(top, node, at or node.at)

    def _attach(self, top: _Open, node: Node, at: Position) -> None:
        if isinstance(top.node, Listing):
            top.node.items.append(node)
        elif top.key is None:
            top.key = self._key(top.node, node, at)
        else:
            if top.key in top.node.keys and top.key not in top.node.values:
                top.node.values[top.key] = node
            top.key = None

    def _key(self, table: Table, node: Node, at: Position) -> str:
        if not isinstance(node, Scalar):
            _stop_at(at, "P011", "a key must be plain text, not a list or a mapping", _QUOTE)
        key = node.value
        if key in table.keys:
            first = table.keys[key]
            self.findings.append(
                Finding(at, "P010", f"`{_short(key)}` is here twice", f"the first is at line {first.line}")
            )
        elif key == "<<" and not node.style:
            self.findings.append(Finding(at, "P011", "merge keys are not part of YAML 1.2", "write the keys out"))
        else:
            table.keys[key] = at
        return key

    def _waits_for_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].node, Table) and self.stack[-1].key is None

    def _check_tag(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> None:
        if event.tag is not None and event.tag not in _TAGS[type(event)]:
            tag = _short(event.tag.replace(_CORE, "!!"))
            self.findings.append(
                Finding(_start(event), "P012", f"unknown tag `{tag}`", "there are no tags here: remove it")
            )


def compose(text: str) -> tuple[Node | None, list[Finding]]:
    """The tree of a YAML text, None where there is none to speak of, with all that is wrong with its form."""
    composer = _Composer(text.split("\n"))
    try:
        for event in _events(text):
            composer.take(event)
    except FoundError as found:
        return None, [*composer.findings, found.finding]
    except yaml.MarkedYAMLError as error:
        return None, [*composer.findings, _syntax(error, text)]
    except yaml.YAMLError:
        return None, [*composer.findings, Finding(START, "P005", "not YAML")]
    return composer.root, composer.findings


def _events(text: str) -> Iterator[Event]:
    parser = CParser(text)
    documents = 0
    while True:
        event = parser.get_event()
        if event is None or isinstance(event, StreamEndEvent):
            return
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                _stop(event, "P007", "a second YAML document starts here", "a file is one document: remove the `---`")
        yield event


def _start(event: Event) -> Position:
    return _position(event.start_mark)


def _position(mark: Mark | yaml.Mark | None) -> Position:
    return START if mark is None else Position(mark.line + 1, mark.column + 1)


def _stop(event: Event, code: str, message: str, hint: str = "") -> NoReturn:
    _stop_at(_start(event), code, message, hint)


def _stop_at(at: Position, code: str, message: str, hint: str = "") -> NoReturn:
    raise FoundError(Finding(at, code, message, hint))


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Finding:
    at = _position(error.problem_mark)
    said = error.problem or "not YAML"
    if _is_tab(text, at):
        return Finding(at, "P005", "a tab in the indentation", "YAML is indented with spaces")
    if said == "did not find expected key" and _ends_in_quote(text, at):
        return Finding(at, "P005", "text behind the closing quote of a value", "put the whole value in other quotes")
    opened = _position(error.context_mark)
    where = f" (it began at line {opened.line})" if error.context_mark and opened.line != at.line else ""
    return Finding(at, "P005", _IN_WORDS.get(said, said) + where, _HINTS.get(said, ""))


def _ends_in_quote(text: str, at: Position) -> bool:
    return _line(text, at)[: at.column - 1].rstrip().endswith(("'", '"'))


def _line(text: str, at: Position) -> str:
    lines = text.split("\n", at.line)
    return lines[at.line - 1] if at.line <= len(lines) else ""


def _is_tab(text: str, at: Position) -> bool:
    line = _line(text, at)
    return line[at.column - 1 : at.column] == "\t" or bool(re.match(r" *\t", line))


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
