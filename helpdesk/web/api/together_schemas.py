"""What goes in and out of who takes part, of links and splits, of handovers, and of third parties who are asked for advice."""

from __future__ import annotations

from helpdesk.policies.kinship import BY_HAND
from helpdesk.web.api.schema import Schema, listed, nullable, record

_TEXT: Schema = {"type": "string"}
_WORDS: Schema = {"type": "string", "minLength": 1, "description": "Markdown."}
_LINE: Schema = {"type": "string", "minLength": 1}
_ID: Schema = {"type": "integer", "minimum": 1}
_NUMBER: Schema = {"type": "integer", "minimum": 1, "description": "A case's number."}
_AT: Schema = {"type": "string", "format": "date-time"}
_KEY: Schema = {"type": "string", "pattern": "^[!-~]{1,200}$"}
_ENTRIES: Schema = {"type": "array", "items": _ID}
_STANDINGS = ["active", "grace", "expired", "retired", "revoked"]
_ALONG: Schema = {
    **_ENTRIES,
    "description": "Entries of the case whose words go along, by their ids; addresses of yours in them are struck out.",
}

OF_CASE: dict[str, Schema] = {
    "participants": {**listed({"$ref": "#/components/schemas/Participant"}), "description": "Who gets every answer; one is the customer."},
    "consultations": {**listed({"$ref": "#/components/schemas/Consultation"}), "description": "Third parties who were asked for advice; the customer sees nothing of it."},
}  # fmt: skip

OUT: dict[str, Schema] = {
    "Participant": record({
        "id": _ID,
        "name": _TEXT,
        "address": {"type": "string", "description": "Empty of somebody who has none."},
        "is_customer": {"type": "boolean"},
        "since": _AT,
    }),
    "Consultation": record({
        "id": _ID,
        "name": _TEXT,
        "address": _TEXT,
        "subject": _TEXT,
        "opened_at": _AT,
        "closed_at": {**nullable(_AT), "description": "null while you wait for more; late answers arrive for a grace period."},
        "standing": {"type": "string", "enum": _STANDINGS, "description": "Of the reply address that they have, as of those of the case."},
        "expires_at": {**nullable(_AT), "description": "null: as long as the case is open."},
        "mails": {"type": "integer", "minimum": 0, "description": "To them and from them; they are entries of the case, side-out and side-in."},
    }),
}  # fmt: skip

IN: dict[str, Schema] = {
    "NewParticipant": record({"person": {"type": "string", "description": "anna@example.org, or Anna Weber <anna@example.org>."}}),
    "NewLink": record({"kind": {"type": "string", "enum": list(BY_HAND)}, "number": _NUMBER}),
    "LinkEnd": record({"number": _NUMBER}),
    "Splitting": record(
        {"entries": {**_ENTRIES, "minItems": 1, "description": "What the new case is about, by the ids of the entries."}},
        {
            "subject": {"type": "string", "description": "Without it, that of the first case."},
            "person": {"type": "string", "description": "Whose the new case is: «Name <address>». Without it, the same customer’s."},
        },
    ),
    "Handover": record(
        {"promised": _LINE, "tried": _LINE, "next_step": _LINE},
        {
            "agent": {"type": "string", "description": "The e-mail of whoever goes on."},
            "team": {"type": "string", "description": "Or a team, by its name: the first of it takes the case."},
        },
    ),
    "Question": record(
        {"to": {"type": "string", "description": "parts@supplier.example, or Spare Parts Ltd <parts@supplier.example>."}, "subject": _LINE, "text": _WORDS},
        {"along": _ALONG, "idempotency_key": _KEY},
    ),
    "FurtherQuestion": record({"text": _WORDS}, {"along": _ALONG, "idempotency_key": _KEY}),
}  # fmt: skip
