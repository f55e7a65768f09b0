"""What the model refuses, said to people and put at the key or value that is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from cockpit.playbook.model.fields import described
from cockpit.playbook.model.kinds import keys_of
from cockpit.playbook.model.metrics import SOURCES
from cockpit.playbook.model.playbook import Playbook
from cockpit.playbook.model.proofs import PROOFS
from cockpit.playbook.model.steps import KINDS
from cockpit.playbook.nearest import nearest, suggest
from cockpit.playbook.node import Node, Path, Scalar, Table, data, find, key_position, walk
from cockpit.playbook.problem import Finding

FAMILIES: dict[str, Mapping[str, type[BaseModel]]] = {"step": KINDS, "metric": SOURCES, "proof": PROOFS}
"""Parts that a key makes what they are: for each sort of part, the models by key."""

_WANTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "union_tag_not_found": "a mapping",
}
_SHORT = {
    "Role": "a list of logins, or a mapping",
    "Request": "a URL, or a mapping",
    "Item": "text, or a mapping",
    "Advice": "text, or a mapping",
    "Undo": "a command, or a mapping",
    "Minimum": "a number of samples, or a mapping",
}
_TAGS = {f"#{kind}": model for kind, model in (KINDS | SOURCES).items()}
_TAGS |= {f"#proof-{kind}": model for kind, model in PROOFS.items()}


def path_of(root: Node, error: ErrorDetails) -> Path:
    """Where in the file the error is, as far as the file goes that way."""
    return tuple(step for step, _ in walk(root, [step for step in error["loc"] if step not in _TAGS]))


def finding(root: Node, error: ErrorDetails, top: type[BaseModel] = Playbook) -> Finding | None:
    """The error of model `top` as a finding; None where something else has been said of the same place."""
    path = path_of(root, error)
    value = find(root, path)
    match error["type"]:
        case "missing":
            return _missing(value, error, top)
        case "extra_forbidden":
            return _unknown_key(root, path, error, top)
        case "union_tag_not_found" if isinstance(value, Table):
            return None
        case kind if kind in _WANTED:
            wanted = _SHORT.get(str(error.get("ctx", {}).get("class_name")), _WANTED[kind])
            message = f"{_subject(error)} must be {wanted}, not {described(data(value))}"
            return Finding(value.at, "P103", message, _of_a_family(error) if kind == "union_tag_not_found" else "")
        case "needs":
            return Finding(value.at, "P102", f"{_subject(error)} {error['msg']}")
        case _:
            return _not_allowed(root, path, value, error)


def _of_a_family(error: ErrorDetails) -> str:
    what = "metric" if error["loc"][0] == "metrics" else "proof" if "proven_by" in error["loc"] else "step"
    return f"a {what} has one of: {', '.join(FAMILIES[what])}"


def _missing(value: Node, error: ErrorDetails, top: type[BaseModel]) -> Finding:
    key = str(error["loc"][-1])
    ran = next((kind for kind in ("run", "command") if kind in value.keys), "") if isinstance(value, Table) else ""
    if key == "on" and isinstance(value, Table) and ran:
        hint = "add `on:` with a group, a host, or `here` for this machine"
        return Finding(value.keys[ran], "P403", "the command does not say where it runs", hint)
    return Finding(value.at, "P102", f"`{key}` is missing", _description(_model(top, error["loc"][:-1]), key))


def _unknown_key(root: Node, path: Path, error: ErrorDetails, top: type[BaseModel]) -> Finding:
    key = str(error["loc"][-1])
    model = _model(top, error["loc"][:-1])
    hint = _at_home(key, model) or suggest(key, keys_of(model) if model else [])
    return Finding(key_position(root, path), "P101", f"unknown key `{key[:60]}`", hint)


def _at_home(key: str, model: type[BaseModel] | None) -> str:
    """Which other kinds of the same sort of part have this key."""
    for what, kinds in FAMILIES.items():
        here = next((kind for kind, other in kinds.items() if other is model), "")
        homes = [kind for kind, other in kinds.items() if key in keys_of(other)]
        if here and homes:
            return f"`{key}` belongs to {' and '.join(homes)}; this {what} is `{here}`"
    return ""


def _not_allowed(root: Node, path: Path, value: Node, error: ErrorDetails) -> Finding:
    about = error.get("ctx", {})
    at = key_position(root, path) if error["loc"][-1] == "[key]" else value.at
    subject = _subject(error)
    match error["type"]:
        case "value_error":
            said = str(about.get("error", "is not allowed"))
            wrong_type = not isinstance(value, Scalar) or said.startswith("must be a whole number")
            return Finding(at, "P103" if wrong_type else "P104", said if said.startswith("`") else f"{subject} {said}")
        case "literal_error":
            return _no_choice(value, subject, str(about.get("expected", "")))
        case "string_too_short" | "too_short":
            return Finding(at, "P104", f"{subject} is empty")
        case "greater_than_equal":
            return Finding(at, "P104", f"{subject} must be at least {about.get('ge')}, not {described(data(value))}")
        case "less_than_equal":
            return Finding(at, "P104", f"{subject} must be at most {about.get('le')}, not {described(data(value))}")
        case _:
            return Finding(at, "P104", f"{subject} is not allowed: {described(data(value))}")


def _no_choice(value: Node, subject: str, expected: str) -> Finding:
    choices = expected.replace(" or ", ", ").replace("'", "")
    said = str(value.data) if isinstance(value, Scalar) else ""
    close = nearest(said, choices.split(", "))
    hint = f"did you mean `{close}`?" if close else f"one of: {choices}"
    return Finding(value.at, "P104", f"{subject} cannot be {described(data(value))}", hint)


def _subject(error: ErrorDetails) -> str:
    names = [step for step in error["loc"] if isinstance(step, str) and step not in _TAGS and step != "[key]"]
    if error["type"] == "union_tag_not_found" or not names:
        return "this"
    return f"an item of `{names[-1]}`" if isinstance(error["loc"][-1], int) else f"`{names[-1]}`"


def _description(model: type[BaseModel] | None, key: str) -> str:
    fields = model.model_fields if model else {}
    return next((field.description or "" for name, field in fields.items() if key in (name, field.alias)), "")


def _model(top: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel] | None:
    """The model that declares the keys at this place."""
    model: Any = top
    for step in loc:
        if step in _TAGS:
            model = _TAGS[str(step)]
        elif isinstance(step, str) and model is not None:
            fields = model.model_fields
            field = next((field for name, field in fields.items() if step in (field.alias, name)), None)
            model = _inner(field.annotation) if field else model
    return model if isinstance(model, type) else None


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The model inside lists, mappings, options and annotations; None when there is none, or more than one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = {model for argument in getattr(annotation, "__args__", ()) if (model := _inner(argument)) is not None}
    return found.pop() if len(found) == 1 else None
