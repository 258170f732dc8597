"""What a request asks for: its JSON body, its filters, its page."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from flask import request

from helpdesk.web.api import schema, schemas
from helpdesk.web.api.errors import Refused

Row = TypeVar("Row")

PAGE, LONGEST_PAGE = 50, 200
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # no database keeps these, and no mail carries them


def body(name: str) -> dict[str, Any]:
    """The JSON body, as the schema of this name has it; nothing at all counts as {}.  Raises Refused (400, 415)."""
    raw = request.get_data()
    if raw and request.mimetype != "application/json":
        raise Refused(415, "Send the body as application/json.")
    found = _parsed(raw) if raw else {}
    wrong = schema.fault(found, schemas.IN[name], schemas.ALL)
    if wrong:
        raise Refused(400, wrong.sentence, field=wrong.field)
    return {field: _NOT_TEXT.sub("\ufffd", value) if isinstance(value, str) else value for field, value in found.items()}


def only(permitted: Collection[str]) -> None:
    """Refuse a filter that this list does not know: a misspelt one would silently answer everything.  Raises Refused."""
    for name in request.args:
        if name not in permitted:
            raise Refused(400, f"There is no parameter “{name}” here.", field=name)
        if len(request.args.getlist(name)) > 1:
            raise Refused(400, f"The parameter “{name}” is there twice.", field=name)


def text(name: str) -> str:
    """A parameter as it was given; "" where it is missing."""
    return request.args.get(name, "").strip()


def one_of(name: str, choices: Collection[str]) -> str | None:
    """A parameter that is one of these words; None where it is missing or empty.  Raises Refused."""
    found = request.args.get(name) or None
    if found is not None and found not in choices:
        raise Refused(400, f"“{name}” is one of {', '.join(choices)}.", field=name)
    return found


def limit() -> int:
    """How many rows a page has: 50, or as asked, 200 at the most.  Raises Refused for what is no number."""
    asked = request.args.get("limit", str(PAGE))
    if not re.fullmatch("0*[1-9][0-9]*", asked):
        raise Refused(400, f"“limit” is a number from 1 to {LONGEST_PAGE}.", field="limit")
    return LONGEST_PAGE if len(asked) > 9 else min(int(asked), LONGEST_PAGE)


def before(kind: str) -> int | None:
    """Below which number the page begins, by the cursor of a list of this kind.  Raises Refused for a cursor that we did not give."""
    given = request.args.get("cursor")
    if not given:
        return None
    try:
        said = base64.urlsafe_b64decode(given.encode("ascii")).decode("ascii")
    except (ValueError, binascii.Error):
        said = ""
    found = re.fullmatch(rf"{kind} ([1-9][0-9]{{0,9}})", said)
    if not found:
        raise Refused(400, "This cursor does not belong to this list; begin without one.", field="cursor")
    return min(int(found[1]), 2**31)


def page(rows: Sequence[Row], asked: int, kind: str, number: Callable[[Row], int]) -> tuple[Sequence[Row], str | None]:
    """The rows of this page, of which one more was fetched than asked for, and the cursor of the next page or None."""
    if len(rows) <= asked:
        return rows, None
    cursor = base64.urlsafe_b64encode(f"{kind} {number(rows[asked - 1])}".encode()).decode()
    return rows[:asked], cursor


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not JSON.") from None
