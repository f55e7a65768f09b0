"""The params of one release: what was given, what is left to the default, what cannot be."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.playbook.model.playbook import Param
from cockpit.playbook.model.validate import Book
from cockpit.playbook.nearest import suggest
from cockpit.playbook.patterns import matches
from cockpit.playbook.problem import START, Finding

LONGEST = 32 * 1024


def settle(book: Book, given: Mapping[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """The value of every param, and what is wrong with those given."""
    params = book.model.params
    findings = [
        Finding(START, "P902", f"there is no param `{name}`", suggest(name, params, "params"))
        for name in given
        if name not in params
    ]
    values: dict[str, str] = {}
    for name, param in params.items():
        value = given.get(name, param.default)
        wrong = "has no value" if value is None else refusal(param, value)
        if wrong:
            hint = f"give it one: -p {name}=…" + (f" ({param.help})" if param.help else "")
            findings.append(
                Finding(book.key("params", name), "P901" if value is None else "P903", f"param `{name}` {wrong}", hint)
            )
        else:
            values[name] = value or ""
    return values, findings


def refusal(param: Param, value: str) -> str:
    """Why a param cannot have this value; empty when it can."""
    if "\0" in value:
        return "cannot hold NUL"
    if len(value) > LONGEST:
        return f"cannot be longer than {LONGEST} characters"
    if param.choices is not None and value not in param.choices:
        return f"must be one of {', '.join(param.choices)}, not {value[:60]!r}"
    if param.pattern is not None and not matches(param.pattern, value):
        return f"must match {param.pattern[:60]}, and {value[:60]!r} does not"
    return ""
