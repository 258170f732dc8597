"""How one operation of the API is described: what it takes, what it answers, how it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpdesk.web.api import schemas
from helpdesk.web.api.parameters import LONGEST_PAGE, PAGE
from helpdesk.web.api.schema import Schema

REFUSALS = {
    "400": "The request cannot be understood: malformed JSON, an unknown field or parameter, a value of the wrong type.",
    "401": "No token, or one that does not work.",
    "404": "There is nothing here, or the agent may not see or do it.",
    "405": "The address does not take that method.",
    "409": "The state of things does not permit the deed.",
    "413": "The body is larger than 1 MiB.",
    "415": "The body is not application/json.",
    "422": "A value cannot be, for example an agent whom nobody knows.",
    "500": "Our fault. The message names a code that is also in the log.",
}
READING, WRITING = ("400", "401", "404", "405", "500"), ("400", "401", "404", "405", "409", "413", "415", "422", "500")


def read(name: str, summary: str, shape: str, parameters: list[Schema]) -> dict[str, Any]:
    """Something that is read; `shape` names the schema of the answer."""
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": answer("Here it is.", shape), **refusals(READING)},
    }


def deed(
    name: str, summary: str, body: str, answers: Mapping[str, str], parameters: list[Schema] | None = None
) -> dict[str, Any]:
    """Something that is done; `body` and `answers` (by status) name schemas."""
    said = {
        "200": "As it is now; of an idempotency key seen before, what it did then.",
        "201": "Made.",
        "202": "It waits: a second person has to release it.",
    }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters or [],
        "requestBody": {
            "required": bool(schemas.IN[body]["required"]),
            "content": {"application/json": {"schema": schemas.ref(body)}},
        },
        "responses": {**{status: answer(said[status], shape) for status, shape in answers.items()}, **refusals(WRITING)},
    }


def refusals(statuses: tuple[str, ...]) -> dict[str, Any]:
    """The failures that it can end with."""
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def answer(sentence: str, shape: str) -> dict[str, Any]:
    """An answer that has the schema of this name."""
    return in_json(sentence, schemas.ref(shape))


def in_json(sentence: str, schema: Schema) -> dict[str, Any]:
    """An answer that has this schema."""
    return {"description": sentence, "content": {"application/json": {"schema": schema}}}


def in_path(name: str, schema: Schema = schemas.ID) -> dict[str, Any]:
    """A part of the address."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def asked(name: str, schema: Schema, description: str) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def paging() -> list[Schema]:
    """What a list that comes in pages is asked for."""
    size = {"type": "integer", "minimum": 1, "default": PAGE}
    return [
        asked("limit", size, f"Rows of a page; more than {LONGEST_PAGE} counts as {LONGEST_PAGE}."),
        asked("cursor", schemas.TEXT, "`next` of the page before."),
    ]
