"""JMESPath: what is wrong with the text of a path."""

from __future__ import annotations

import warnings
from typing import Any

LONGEST = 1000


def wrong_pick(text: str) -> tuple[int, str] | None:
    """The offset and the words of what is wrong with a JMESPath; None when nothing is."""
    from jmespath.exceptions import JMESPathError, LexerError, ParseError  # noqa: PLC0415  few playbooks need it
    from jmespath.parser import Parser  # noqa: PLC0415  the same

    if len(text) > LONGEST:
        return LONGEST, f"longer than {LONGEST} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PendingDeprecationWarning)
            return _unknown_function(text, Parser().parse(text).parsed)
    except PendingDeprecationWarning:
        return text.find("`"), "between backquotes stands JSON: write 'text', or `1`"
    except (LexerError, ParseError) as error:
        at = min(max(error.lex_position, 0), len(text))
        return at, f"unexpected `{text[at : at + 20]}`" if text[at:] else "it is not complete"
    except (JMESPathError, ValueError) as error:
        return 0, str(error).splitlines()[0][:100]
    except RecursionError:
        return 0, "nested too deeply"


def _unknown_function(text: str, tree: Any) -> tuple[int, str] | None:
    from jmespath.functions import Functions  # noqa: PLC0415  few playbooks need it

    stack = [tree]
    while stack:
        node = stack.pop()
        if not isinstance(node, dict):
            continue
        name = node.get("value")
        if node.get("type") == "function_expression" and name not in Functions.FUNCTION_TABLE:
            return max(text.find(f"{name}("), 0), f"there is no function `{name}`"
        stack += node.get("children", ())
    return None
