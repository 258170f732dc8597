"""The description says what is so: every route, every answer, every body."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from helpdesk.web.api import openapi, schemas
from helpdesk.web.api.schema import fault
from tests.programs import Program, template_of


def test_every_route_is_described_and_every_description_has_a_route(web: Flask) -> None:
    routed = {
        (re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in web.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, operations in openapi.description()["paths"].items() for method in operations}
    assert described == routed


def test_the_description_is_served_without_a_token_and_names_nothing_of_the_installation(program) -> None:
    answer = program().get("/openapi.json")
    assert (answer.status_code, answer.json["openapi"]) == (200, "3.1.0")
    assert answer.json == openapi.description()
    for secret in ("127.0.0.1", "help@", "reply.example"):
        assert secret not in answer.text


def test_every_pointer_points_at_something_and_everything_is_pointed_at() -> None:
    document = openapi.description()
    pointers = set(references(document))
    for pointer in pointers:
        found: Any = document
        for name in pointer.removeprefix("#/").split("/"):
            found = found[name]
        assert found
    assert {f"#/components/schemas/{name}" for name in schemas.ALL} == {p for p in pointers if "/schemas/" in p}


def test_every_operation_has_a_name_of_its_own_and_describes_the_ids_of_its_path() -> None:
    names = []
    for path, operations in openapi.description()["paths"].items():
        for operation in operations.values():
            names.append(operation["operationId"])
            inside = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
            assert inside == set(re.findall(r"{(\w+)}", path)), path
    assert len(names) == len(set(names))


def test_filters_that_are_described_are_the_ones_that_are_taken(bob: Program) -> None:
    for path in ("/cases", "/post-room", "/escalations"):
        for parameter in openapi.description()["paths"][path]["get"]["parameters"]:
            value = parameter["schema"].get("enum", ["5" if parameter["name"] == "limit" else ""])[0]
            assert bob.get(path, **{parameter["name"]: value}).status_code == 200, parameter["name"]


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("NewReply", {"text": "x", "resolve": True}, None),
        ("NewReply", {"text": "x", "resolve": 1}, "resolve"),
        ("NewReply", {}, "text"),
        ("NewReply", [], ""),
        ("Assignment", {"agent": None}, None),
        ("Assignment", {"agent": 5}, "agent"),
        ("Extension", {"days": 365}, None),
        ("Extension", {"days": True}, "days"),
        ("Nothing", {}, None),
        ("Nothing", {"x": 1}, "x"),
        ("Cases", {"cases": [{}], "next": None}, "cases[0].number"),
        ("Link", {"kind": "follow-up", "number": 0}, "number"),
        (
            "Delivery",
            {"address": "a", "state": "lost", "at": "2026-11-02T09:00:00Z", "answer": "", "maybe_twice": False},
            "state",
        ),
        ("Delivery", {"address": "a", "state": "sent", "at": "2026-11-02T09:00:00", "answer": "", "maybe_twice": False}, "at"),
        ("Delivery", {"address": "a", "state": "sent", "at": "yesterday", "answer": "", "maybe_twice": False}, "at"),
        ("Delivery", {"address": "a", "state": "sent", "at": "2026-11-02T09:00:00Z", "answer": "", "maybe_twice": False}, None),
    ],
)
def test_a_value_is_held_against_its_schema(name: str, value: Any, field: str | None) -> None:
    found = fault(value, schemas.ALL[name], schemas.ALL)
    assert (found.field if found else None) == field
    assert found is None or found.sentence.endswith(".")


def test_a_path_is_matched_to_its_template(web: Flask) -> None:
    assert template_of(web, "POST", "/api/v1/cases/1001/addresses/7/extend") == "/cases/{number}/addresses/{address_id}/extend"
    assert template_of(web, "GET", "/api/v1/nothing") is None


def references(found: Any) -> list[str]:
    """Every $ref in a document."""
    if isinstance(found, list):
        return [pointer for item in found for pointer in references(item)]
    if isinstance(found, dict):
        own = [found["$ref"]] if "$ref" in found else []
        return own + [pointer for value in found.values() for pointer in references(value)]
    return []
