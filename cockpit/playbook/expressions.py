"""Jinja2's parser, set up so that every node knows where in the text it stands: `lineno` is an offset in characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.lexer import TokenStream
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 16_384

_AT = re.compile(r" at (\d+)$")


class ExpressionError(ValueError):
    """What is wrong with a template or condition; `offset` points into its text."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The one sandbox: only `{{ … }}` means anything, and there is nothing in it but a few filters."""
    sandbox = ImmutableSandboxedEnvironment(
        block_start_string="\0{%",
        block_end_string="%}\0",
        comment_start_string="\0{#",
        comment_end_string="#}\0",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        cache_size=0,
    )
    sandbox.globals.clear()
    sandbox.tests.clear()
    sandbox.filters = {name: sandbox.filters[name] for name in ("lower", "upper", "trim")}
    return sandbox


def parser(text: str, state: str | None = None) -> Parser:
    """A parser of a template, or with state `variable` of one expression; ExpressionError when it is too long."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters")
    sandbox = environment()
    found = Parser(sandbox, "", state=state)
    lexer = sandbox.lexer
    found.stream = TokenStream(lexer.wrap(_with_offsets(text, state), None, None), None, None)
    return found


def _with_offsets(text: str, state: str | None) -> Iterator[tuple[int, str, str]]:
    offset = 0
    for _, token, value in environment().lexer.tokeniter(text, None, None, state):
        yield offset, token, value
        offset += len(value)


def translated(error: TemplateSyntaxError | RecursionError) -> ExpressionError:
    """Jinja2's complaint, in words of our own where they are clearer."""
    if isinstance(error, RecursionError):
        return ExpressionError("nested too deeply")
    message = error.message or "wrong syntax"
    at = _AT.search(message)
    offset = int(at[1]) if at else error.lineno
    return ExpressionError(_AT.sub("", message).replace("end of print statement", "}}"), offset)
