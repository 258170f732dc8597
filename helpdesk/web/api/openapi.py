"""The description of this API, OpenAPI 3.1, made of the schemas that requests are checked against."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk.web.access import public
from helpdesk.web.api import schemas
from helpdesk.web.api.operations import REFUSALS, answer
from helpdesk.web.api.paths import all_paths

bp = Blueprint("openapi", __name__)


@bp.get("/openapi.json")
@public
def document() -> ResponseReturnValue:
    """This description; it needs no token, for it says nothing of the installation."""
    return description()


def description() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Holdline",
            "version": version("holdline"),
            "summary": "Cases, answers and the post room for other programs.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": all_paths(),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "holdline token create --agent EMAIL"}
            },
            "schemas": schemas.ALL,
            "responses": {status: answer(sentence, "Error") for status, sentence in REFUSALS.items()},
        },
    }
