"""Templates: text with `{{ name }}` in it, filled in so that a value cannot leave the place it stands in.

What depends on params only (titles, words to confirm, items, people) is rendered into the plan. A folder, `env` and
requests may also name captures, secrets and the host: the plan keeps these templates, to be rendered for each host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Literal
from urllib.parse import quote

import jinja2
from jinja2 import TemplateSyntaxError, nodes
from msgspec.structs import replace

from cockpit.playbook.expressions import ExpressionError, environment, parser, translated
from cockpit.playbook.plan import Expect, Request

Kind = Literal["text", "line", "url", "header", "json", "form"]
"""Where a template stands: text, one line of it, a URL, a header's value, a JSON document, or an encoded form."""

LONGEST = 1 << 20

_ALLOWED = (nodes.Name, nodes.Const, nodes.Filter, nodes.Concat, nodes.TemplateData)
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*\Z")
_HOST = re.compile(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]")
_BASE = re.compile(r"https?://[^\s?#\\\"<>]+", re.IGNORECASE)


@lru_cache(maxsize=4096)
def names(template: str) -> tuple[tuple[str, int], ...]:
    """The names a template uses, each with its offset; ExpressionError when it is wrong."""
    return tuple((node.name, node.lineno) for node in _parse(template).find_all(nodes.Name)) if "{" in template else ()


def uses(template: str, among: Mapping[str, object] | frozenset[str]) -> bool:
    """Whether a template uses one of these names."""
    return any(name in among for name, _ in names(template))


def render(template: str, values: Mapping[str, str], kind: Kind = "text") -> str:
    """The template with its values, escaped for where each stands; ExpressionError when one is missing or cannot."""
    if "{{" not in template:
        return template
    try:
        text = _compiled(template, kind).render(values)
    except jinja2.UndefinedError as error:
        raise ExpressionError(f"no value yet: {error.message}") from None
    if len(text) > LONGEST:
        raise ExpressionError(f"more than {LONGEST} characters")
    return text


def fill(request: Request, values: Mapping[str, str]) -> Request:
    """The request with every template rendered for where it stands; the body's kind follows the header Content-Type."""
    headers = {name: render(value, values, "header") for name, value in request.headers.items()}
    sent = next((value for name, value in headers.items() if name.lower() == "content-type"), "").lower()
    kind: Kind = "json" if "json" in sent else "form" if "x-www-form-urlencoded" in sent else "text"
    expect = Expect(
        status=request.expect.status,
        contains=render(request.expect.contains, values),
        json={path: render(value, values) for path, value in request.expect.json.items()},
    )
    url = render(request.url, values, "url")
    return replace(request, url=url, headers=headers, body=render(request.body, values, kind), expect=expect)


def texts(request: Request) -> Iterator[str]:
    """Every template of a request."""
    yield from (request.url, request.body, request.expect.contains)
    yield from request.headers.values()
    yield from request.expect.json.values()


def _parse(template: str) -> nodes.Template:
    if "{%" in template or "{#" in template:
        at = min(found for found in (template.find("{%"), template.find("{#")) if found >= 0)
        raise ExpressionError("only {{ … }} has a meaning in a template", at)
    try:
        tree = parser(template).parse()
    except (TemplateSyntaxError, RecursionError) as error:
        raise translated(error) from None
    for output in tree.body:
        for node in output.iter_child_nodes():
            _check(node)
    return tree


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise ExpressionError("only names, text, ~ and | lower, upper, trim can be in a template", node.lineno)
    if isinstance(node, nodes.Filter) and (
        node.name not in environment().filters or node.args or node.kwargs or not node.node
    ):
        raise ExpressionError(f"unknown filter `{node.name}`: there are lower, upper, trim", node.lineno)
    for below in node.iter_child_nodes():
        _check(below)


@lru_cache(maxsize=1024)
def _compiled(template: str, kind: Kind) -> jinja2.Template:
    tree = _parse(template)
    before = ""
    for output in tree.body:
        if isinstance(output, nodes.Output):
            output.nodes, before = _escaped(output.nodes, kind, before)
    sandbox = _escaping()
    tree.set_environment(sandbox)
    return jinja2.Template.from_code(sandbox, sandbox.compile(tree), {})


def _escaped(parts: list[nodes.Expr], kind: Kind, before: str) -> tuple[list[nodes.Expr], str]:
    done: list[nodes.Expr] = []
    for part in parts:
        if isinstance(part, nodes.TemplateData):
            before += part.data
            done.append(part)
        else:
            escape = _url_part(before) if kind == "url" else f"as_{kind}"
            done.append(nodes.Filter(part, escape, [], [], None, None, lineno=part.lineno))
            before += "_"
    return done, before


def _url_part(before: str) -> str:
    """Which part of a URL comes after this much of it."""
    if not before:
        return "as_base"
    if _AUTHORITY.match(before):
        return "as_host"
    return "as_query" if "?" in before or "#" in before else "as_path"


def _text(value: object) -> str:
    text = str(value)
    if "\0" in text:
        raise ExpressionError("the value holds NUL")
    return text


def _line(value: object) -> str:
    text = _text(value)
    if any(sign in text for sign in "\r\n\x0b\x0c\x85\u2028\u2029"):
        raise ExpressionError("the value holds a line break, where only one line can stand")
    return text


def _host(value: object) -> str:
    text = _text(value)
    bracketed = f"[{text}]" if ":" in text and not text.startswith("[") else text
    if not _HOST.fullmatch(bracketed):
        raise ExpressionError(f"the value cannot be a host in a URL: {text[:60]!r}")
    return bracketed


def _base(value: object) -> str:
    text = _text(value)
    if not _BASE.fullmatch(text):
        raise ExpressionError(f"the value cannot be the start of a URL: {text[:60]!r}")
    return text


def _quoted(value: object) -> str:
    text = _text(value)
    return quote(text, safe="") if text not in (".", "..") else text.replace(".", "%2E")


_ESCAPES: dict[str, Callable[[object], str]] = {
    "as_text": _text,
    "as_line": _line,
    "as_header": _line,
    "as_json": lambda value: json.dumps(_text(value))[1:-1],
    "as_form": lambda value: quote(_text(value), safe=""),
    "as_base": _base,
    "as_host": _host,
    "as_path": _quoted,
    "as_query": _quoted,
}


@cache
def _escaping() -> jinja2.Environment:
    """The sandbox with the escapes, which no template can name."""
    sandbox = environment().overlay()
    sandbox.filters = {**environment().filters, **_ESCAPES}
    return sandbox
