"""What reports look like."""

from __future__ import annotations

from helpdesk.web.api.schema import Schema, listed, nullable, record

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_DAY: Schema = {"type": "string", "description": "A day, as 2026-11-02."}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_choice = {"type": "string", "enum": ["seconds", "count", "share", "rate"]}

OUT: dict[str, Schema] = {
    "Amount": record({
        "kind": {**_choice, "description": "share: `value` of `of`; rate: the quotient, `of` the divisor; seconds: of so many."},
        "value": {"type": ["number", "null"], "description": "null: there was nothing to measure."},
        "of": nullable(_COUNT),
    }),
    "Behind": record({"figure": _TEXT, "part": _TEXT, "group": _TEXT}),
    "Days": record({"from": _DAY, "to": _DAY}),
    "Figure": record({
        "key": _TEXT,
        "amount": _ref("Amount"),
        "nine_of_ten": nullable(_ref("Amount")),
        "still_waiting": nullable(_COUNT),
        "before": nullable(_ref("Amount")),
        "so_far": {"type": "boolean", "description": "The time in which it can still change runs."},
        "behind": nullable(_ref("Behind")),
        "behind_waiting": nullable(_ref("Behind")),
        "list_at": nullable({**_TEXT, "description": "The page of exactly those, where they are no cases."}),
    }),
    "Report": record({
        "name": _TEXT,
        "period": _ref("Days"),
        "before": _ref("Days"),
        "as_of": {"type": "string", "format": "date-time"},
        "time": {"type": "string", "enum": ["working", "calendar"]},
        "team": nullable({"type": "integer", "minimum": 1}),
        "tag": _TEXT,
        "fields": {"type": "object", "description": "Fields of the cases and the values that were asked for."},
        "figures": listed(_ref("Figure")),
        "charts": listed({"type": "object", "description": "key, kind (bars, line, heat) and its parts, each with what is behind it; a line that was not written down all the time says since when."}),
        "lists": listed({"type": "object", "description": "key, rows, how many more there are, and what is behind it."}),
    }),
    "CasesBehind": record({
        "cases": listed({"type": "integer", "minimum": 1, "description": "One number for each that the figure counts."}),
    }),
}  # fmt: skip
