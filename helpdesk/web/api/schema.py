"""JSON Schema, as much of it as this API speaks: one description is shown in OpenAPI and what comes in is checked against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

Schema = Mapping[str, Any]

_IS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}


class Fault(NamedTuple):
    """What is wrong with a value: the field («addresses[0].standing», "" is the whole) and a sentence for people."""

    field: str
    sentence: str


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> dict[str, Any]:
    """The schema of an object with these fields and no others."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def listed(items: Schema) -> dict[str, Any]:
    """The schema of an array."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> dict[str, Any]:
    """The same or null."""
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def fault(value: Any, schema: Schema, named: Mapping[str, Schema], at: str = "") -> Fault | None:
    """The first thing that is wrong, or None.  `named` is what a $ref may point at."""
    if "$ref" in schema:
        return fault(value, named[schema["$ref"].rpartition("/")[2]], named, at)
    if "anyOf" in schema:
        found = [fault(value, choice, named, at) for choice in schema["anyOf"]]
        return None if None in found else found[0]
    if "type" in schema and not any(_IS[kind](value) for kind in _kinds(schema)):
        return Fault(at, f"{_said(at)} has to be {_spoken(_kinds(schema))}.")
    if "enum" in schema and value not in schema["enum"]:
        return Fault(at, f"{_said(at)} has to be one of {', '.join(str(choice) for choice in schema['enum'])}.")
    if isinstance(value, dict):
        return _in_object(value, schema, named, at)
    if isinstance(value, list):
        found = [fault(item, schema.get("items", {}), named, f"{at}[{n}]") for n, item in enumerate(value)]
        return next((one for one in found if one), None)
    if isinstance(value, str):
        return _in_text(value, schema, at)
    return _in_number(value, schema, at) if isinstance(value, int) else None


def _in_object(value: dict[str, Any], schema: Schema, named: Mapping[str, Schema], at: str) -> Fault | None:
    known = schema.get("properties")
    if known is None:
        return None
    for name in value:
        if name not in known:
            return Fault(_path(at, name), f"There is no field “{name}” here.")
    for name in schema.get("required", ()):
        if name not in value:
            return Fault(_path(at, name), f"The field “{_path(at, name)}” is missing.")
    found = (fault(value[name], known[name], named, _path(at, name)) for name in value)
    return next((one for one in found if one), None)


def _in_text(value: str, schema: Schema, at: str) -> Fault | None:
    if len(value) < schema.get("minLength", 0):
        return Fault(at, f"{_said(at)} must not be empty.")
    if len(value) > schema.get("maxLength", len(value)):
        return Fault(at, f"{_said(at)} has to be {schema['maxLength']} characters or shorter.")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return Fault(at, f"{_said(at)} does not have the form {schema['pattern']}.")
    return _in_time(value, at) if schema.get("format") == "date-time" else None


def _in_time(value: str, at: str) -> Fault | None:
    try:
        aware = datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        aware = False
    return None if aware else Fault(at, f"{_said(at)} has to be an instant like 2026-11-02T09:00:00+00:00.")


def _in_number(value: int, schema: Schema, at: str) -> Fault | None:
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return Fault(at, f"{_said(at)} has to be from {schema.get('minimum', '…')} to {schema.get('maximum', '…')}.")
    return None


def _kinds(schema: Schema) -> list[str]:
    kinds = schema["type"]
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _spoken(kinds: list[str]) -> str:
    return " or ".join(kind if kind == "null" else f"{'an' if kind[0] in 'aio' else 'a'} {kind}" for kind in kinds)


def _said(at: str) -> str:
    return f"“{at}”" if at else "The body"


def _path(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
