"""What goes in and out of escalations."""

from __future__ import annotations

from helpdesk.policies.escalation import OUTCOMES, REASONS
from helpdesk.policies.sla import KINDS
from helpdesk.web.api.schema import Schema, listed, nullable, record

_TEXT: Schema = {"type": "string"}
_ID: Schema = {"type": "integer", "minimum": 1}
_AT: Schema = {"type": "string", "format": "date-time"}
_WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": 1000}


def _choice(names: tuple[str, ...]) -> dict[str, object]:
    return {"type": "string", "enum": list(names)}


def _none_or(names: tuple[str, ...], description: str) -> Schema:
    return {"type": ["string", "null"], "enum": [*names, None], "description": description}


OUT: dict[str, Schema] = {
    "Escalation": record({
        "id": _ID,
        "case": {"type": "integer", "minimum": 1, "description": "The number of its case."},
        "reason": _choice(REASONS),
        "clock": _none_or(KINDS, "Which clock it is about; null where it is about none."),
        "level": {"type": "integer", "minimum": 0, "description": "The highest that was told so far; 0: nobody yet."},
        "due_at": {**nullable(_AT), "description": "The deadline, or the promised time, that it is about."},
        "raised_at": _AT,
        "acknowledged_at": nullable(_AT),
        "acknowledged_by": {**nullable(_TEXT), "description": "The agent's e-mail."},
        "first_action_at": {**nullable(_AT), "description": "When one of you did anything about the case."},
        "outcome": _none_or(OUTCOMES, "What became of it last; null: nothing yet."),
        "closed_at": {**nullable(_AT), "description": "null while it is open."},
        "team": {**nullable(_TEXT), "description": "Who held the case at the deadline, or when it was raised."},
        "holder": {**nullable(_TEXT), "description": "The e-mail of whoever held it then."},
        "words": {"type": "string", "description": "What an agent who asked for help said."},
        "told": listed(record({
            "agent": _TEXT,
            "level": _ID,
            "at": _AT,
            "how": {**_choice(("web", "mail", "dropped")), "description": "dropped: its mail waited for the morning and was needed no more."},
        })),
    }),
    "Escalations": record({"escalations": listed({"$ref": "#/components/schemas/Escalation"}), "next": nullable(_TEXT)}),
}  # fmt: skip

IN: dict[str, Schema] = {
    "Help": record({"text": {**_WORDS, "description": "What you need, in a sentence; for colleagues only."}}),
    "HandBack": record({
        "agent": {"type": "string", "description": "The e-mail of whoever goes on."},
        "text": {**_WORDS, "description": "What comes next; a note in the case."},
    }),
}  # fmt: skip
