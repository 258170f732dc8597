"""What goes in and out of a case besides its mail."""

from __future__ import annotations

from helpdesk.policies.calls import DIRECTIONS, KINDS, TURNS
from helpdesk.policies.cases import CHANNELS, PRIORITIES
from helpdesk.policies.fields import KINDS as FIELD_KINDS
from helpdesk.policies.fields import VERDICTS
from helpdesk.policies.friction import KINDS as FRICTION
from helpdesk.policies.goodwill import KINDS as GESTURES
from helpdesk.web.api.schema import Schema, listed, nullable, record

_TEXT: Schema = {"type": "string"}
_AT: Schema = {"type": "string", "format": "date-time"}
_VALUE: Schema = {
    "type": "string",
    "description": "In one form: «12.5», «2026-11-02», «1» for a tick; empty where it is not filled.",
}


def _choice(names: tuple[str, ...]) -> dict[str, object]:
    return {"type": "string", "enum": list(names)}


_outcome = {
    "cause": {**nullable(_TEXT), "description": "One of the causes that the desk lists."},
    "office": {"type": "string", "description": "Whose work it was about.", "maxLength": 100},
    "verdict": {"type": ["string", "null"], "enum": [*VERDICTS, None]},
}

OF_CASE: dict[str, Schema] = {
    "channel": {**_choice(CHANNELS), "description": "How it came."},
    "priority": _choice(PRIORITIES),
    "tags": listed(_TEXT),
    "fields": listed(record({"name": _TEXT, "kind": _choice(FIELD_KINDS), "value": _VALUE})),
    "outcome": record(_outcome),
    "gestures": listed(record({
        "kind": _choice(GESTURES),
        "cents": {"type": "integer", "minimum": 1},
        "currency": {"type": "string", "description": "ISO 4217."},
        "why": _TEXT,
        "at": _AT,
        "agent": {"type": "string", "description": "The agent's e-mail."},
    })),
    "missing": {
        **listed(_TEXT),
        "description": "What its desk wants to know before it is resolved: cause, office, verdict, or the name of a field.",
    },
}  # fmt: skip

_MARK: dict[str, Schema] = {
    "kind": {**_choice(FRICTION), "description": "Where it hurt: waited, repeated, sent-elsewhere, not-told, rude. Or praise."},
}

OUT: dict[str, Schema] = {
    "Marks": record({
        "marks": listed(record({
            **_MARK,
            "agent": {**nullable(_TEXT), "description": "Of a praise, the e-mail of the agent whom it names; null: all of you."},
        })),
    }),
}  # fmt: skip

IN: dict[str, Schema] = {
    "NewMark": record(_MARK, {"agent": {"type": "string", "description": "Of a praise, the e-mail of the agent whom it names."}}),
    "NewTag": record({"tag": {"type": "string", "minLength": 1, "maxLength": 60}}),
    "FieldValue": record({"name": _TEXT, "value": {"type": "string", "description": "Empty takes it away."}}),
    "Priority": record({"priority": _choice(PRIORITIES)}),
    "OutcomeSaid": record({}, _outcome),
    "NewCall": record(
        {
            "kind": _choice(KINDS),
            "at": {**_AT, "description": "When it was; never in the future."},
            "text": {"type": "string", "minLength": 1, "description": "Markdown."},
        },
        {
            "direction": {**_choice(DIRECTIONS), "description": "in: they turned to us (default); out: we to them."},
            "turn": {**_choice(TURNS), "description": "Whose turn it is from then on; same: nothing changes (default)."},
            "with": {"type": "string", "description": "The mail address of the participant; without it, the requester."},
            "idempotency_key": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        },
    ),
}
