"""What goes in and what comes out, each under its name."""

from __future__ import annotations

from typing import Any

from helpdesk.policies.cases import STATES
from helpdesk.queries.post import OUTCOMES
from helpdesk.web.api import detail_schemas, escalation_schemas, promises, report_schemas, together_schemas
from helpdesk.web.api.schema import Schema, listed, nullable, record

STANDINGS = ("active", "grace", "expired", "retired", "revoked")
KINDS = ("mail-in", "mail-out", "note", "call", "visit", "letter", "system", "side-in", "side-out", "event")
FLAGS = (
    "unverified",
    "suspect",
    "stranger",
    "automatic",
    "bounce",
    "late",
    "duplicate-id",
    "verification",
    "spam",
    "receipt",
    "calendar",
    "complaint",
    "challenge",
    "differs",
    "satisfied",
)
SCANS = ("clean", "found", "waiting", "off")
MARKS = ("signed", "partly-signed", "encrypted")
METHODS = ("REQUEST", "CANCEL", "REPLY", "PUBLISH", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD")
RHYTHMS = ("", "daily", "weekly", "monthly", "yearly", "otherwise")
DELIVERIES = ("queued", "deferred", "sent", "bounced", "failed")

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "integer", "minimum": 1, "description": "A case's number; the first is 1001."}
ID: Schema = {"type": "integer", "minimum": 1}
AT: Schema = {"type": "string", "format": "date-time"}
CURSOR: Schema = {"type": ["string", "null"], "description": "Where the next page begins; null on the last."}
FACTS: Schema = {"type": "object", "description": "What a deed changed; its fields depend on the event."}


def choice(names: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


def ref(name: str) -> dict[str, Any]:
    """A pointer at one of these schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


_words = {"type": "string", "minLength": 1, "description": "Markdown; what the customer gets has a text and an HTML part."}
_key = {
    "type": "string",
    "pattern": "^[!-~]{1,200}$",
    "description": "Yours, unique for each deed: a second request with it does nothing and answers what the first one did.",
}
_summary: dict[str, Schema] = {
    "number": NUMBER,
    "subject": TEXT,
    "state": choice(STATES),
    "requester": ref("Mailbox"),
    "team": nullable(TEXT),
    "assignee": {"type": ["string", "null"], "description": "The agent's e-mail."},
    "opened_at": AT,
    "resolved_at": nullable(AT),
    "waiting_since": {**nullable(AT), "description": "Since when their oldest unanswered mail has been waiting."},
    "due_at": {
        **nullable(AT),
        "description": "The nearest deadline of its clocks, also one that has passed; null where nothing is due from you.",
    },
    "changed_at": AT,
    "merged_into": {**nullable(NUMBER), "description": "The case in which this one goes on; null while it stands for itself."},
    "spam": {"type": "boolean", "description": "Somebody said that it is spam: mail to it is kept and asks nobody."},
}

OUT: dict[str, Schema] = {
    "Mailbox": record({"name": TEXT, "address": TEXT}),
    "CaseSummary": record(_summary),
    "Cases": record({"cases": listed(ref("CaseSummary")), "next": CURSOR}),
    "Address": record({
        "id": ID,
        "address": {"type": "string", "description": "Empty once it is retired."},
        "participant": nullable(ref("Mailbox")),
        "standing": choice(STANDINGS),
        "expires_at": {**nullable(AT), "description": "null: as long as the case is open."},
    }),
    "Attachment": record({
        "name": TEXT,
        "type": TEXT,
        "size": COUNT,
        "url": TEXT,
        "scan": {**choice(SCANS), "description": "What the scanner said: found and waiting are not handed out (403); off: none is asked."},
    }),
    "Delivery": record({
        "address": TEXT,
        "state": choice(DELIVERIES),
        "at": AT,
        "answer": TEXT,
        "maybe_twice": {"type": "boolean", "description": "A try ended without an answer: it may have arrived twice."},
    }),
    "Invitation": record({
        "method": choice(METHODS),
        "summary": TEXT,
        "starts": {**nullable(TEXT), "description": "ISO 8601; a date alone where it lasts all day, no offset where the zone is unknown."},
        "ends": {**nullable(TEXT), "description": "As starts; of whole days the first one after them."},
        "zone": {"type": "string", "description": "«Europe/Berlin», as the mail calls it."},
        "all_day": {"type": "boolean"},
        "where": TEXT,
        "organiser": TEXT,
        "repeats": choice(RHYTHMS),
        "answers": {**listed(listed(TEXT)), "description": "Of a REPLY: who, and accepted, declined or tentative."},
    }),
    "Entry": record({
        "id": ID,
        "kind": choice(KINDS),
        "event": {"type": "string", "description": "What happened: opened, received, replied, assigned, resolved, reopened, expired …"},
        "author": {"type": "string", "description": "As it was shown on that day; empty where it was the desk itself."},
        "at": AT,
        "subject": TEXT,
        "text": {"type": "string", "description": "All of it."},
        "visible": {"type": "string", "description": "The new part, without what it quotes."},
        "flags": listed(choice(FLAGS)),
        "sender": {
            **nullable(ref("Sender")),
            "description": "Of mail that came in: how far its sender may be believed, and why.",
        },
        "judgement": {
            "type": ["string", "null"],
            "enum": ["accepted", "ignored", "moved", None],
            "description": "What was decided about a suspect's or a stranger's mail.",
        },
        "marks": {**listed(choice(MARKS)), "description": "What the mail says of itself; no signature was checked."},
        "invitation": nullable(ref("Invitation")),
        "attachments": listed(ref("Attachment")),
        "delivery": listed(ref("Delivery")),
        "before": FACTS,
        "after": FACTS,
    }),
    "Sender": record({
        "address": {"type": "string", "description": "From; empty where it names nobody, or more than one."},
        "level": {
            "type": ["integer", "null"],
            "minimum": 0,
            "maximum": 3,
            "description": "3 proved, 2 likely, 1 unproved, 0 doubtful; null: nobody asked.",
        },
        "why": TEXT,
    }),
    "Proposal": record({
        "id": ID,
        "name": TEXT,
        "address": TEXT,
        "state": choice(("open", "accepted", "declined")),
        "by": {"type": "string", "description": "Who wrote to them as well."},
    }),
    "Link": record({"kind": TEXT, "number": NUMBER}),
    "Case": record({
        **_summary,
        **detail_schemas.OF_CASE,
        **together_schemas.OF_CASE,
        "addresses": listed(ref("Address")),
        "entries": listed(ref("Entry")),
        "promises": {**listed(ref("Promise")), "description": "By when somebody was to hear from you, the oldest first."},
        "proposals": {
            **listed(ref("Proposal")),
            "description": "People whom a participant wrote to as well. They get nothing before somebody lets them take part.",
        },
        "waiting_answers": {
            **listed(ref("WaitingAnswer")),
            "description": "Answers that were written and not sent: a second person has to release them.",
        },
        "links": listed(ref("Link")),
    }),
    "WaitingAnswer": record({
        "id": ID,
        "case": NUMBER,
        "state": choice(("waiting", "released", "returned", "withdrawn")),
        "why": {**choice(("desk", "agent", "tag")), "description": "Who asks for the release."},
        "author": {"type": "string", "description": "The agent's e-mail."},
        "text": TEXT,
        "resolve": {"type": "boolean", "description": "Whether the case is resolved with it."},
        "at": AT,
        "decided_by": nullable(TEXT),
        "word": {"type": "string", "description": "With which it was given back."},
    }),
    "Arrival": record({
        "id": ID,
        "at": AT,
        "door": choice(("smtp", "lmtp", "imap", "pipe")),
        "sender": {"type": "string", "description": "Of the envelope; empty for the null reverse-path."},
        "from": {"type": "string", "description": "As the mail says; empty until it was read."},
        "to": {"type": "string", "description": "The recipient, of the envelope."},
        "subject": TEXT,
        "outcome": {**nullable(choice(OUTCOMES)), "enum": [*OUTCOMES, None], "description": "null: still to be read."},
        "reason": {"type": "string", "description": "Why, in a sentence."},
        "case": nullable(NUMBER),
        "dismissed_at": {**nullable(AT), "description": "When somebody said that it is spam; it stays held."},
        "size": {**COUNT, "description": "Octets."},
    }),
    "Ledger": record({
        "accepted": COUNT,
        "waiting": COUNT,
        "outcomes": record(dict.fromkeys(OUTCOMES, COUNT)),
        "mismatch": {"type": "integer", "description": "accepted − waiting − all outcomes: 0, or mail was lost."},
    }),
    "Mails": record({"mails": listed(ref("Arrival")), "next": CURSOR, "ledger": ref("Ledger")}),
    **detail_schemas.OUT,
    **together_schemas.OUT,
    **promises.OUT,
    "Error": record({"error": record({"code": TEXT, "message": TEXT}, {"field": TEXT})}),
}  # fmt: skip

IN: dict[str, Schema] = {
    "NewCase": record(
        {
            "to": {
                "type": "string",
                "minLength": 1,
                "description": "One person: “anna@example.org” or “Anna <anna@example.org>”.",
            },
            "subject": {"type": "string", "minLength": 1, "maxLength": 300},
            "text": _words,
        },
        {
            "team": {
                "type": ["string", "null"],
                "description": "The name of a team: its desk sends. Without one the main desk does.",
            },
            "idempotency_key": _key,
        },
    ),
    "NewReply": record(
        {"text": _words},
        {
            "idempotency_key": _key,
            "resolve": {"type": "boolean", "description": "Resolve the case with this answer."},
            "promise": {
                "type": "string",
                "maxLength": 40,
                "description": "By when it says that they hear from us again: a day (“2026-12-04”, until it ends) or an instant.",
            },
        },
    ),
    "NewNote": record({"text": _words}),
    "Reopening": record({}, {"reason": {"type": "string", "maxLength": 300}}),
    "Assignment": record({"agent": {"type": ["string", "null"], "description": "An agent's e-mail, “me”, or null for nobody."}}),
    "Extension": record({"days": {"type": "integer", "minimum": 1, "maximum": 365}}),
    "Acceptance": record(
        {}, {"take_part": {"type": "boolean", "description": "Its sender becomes a participant, with an address of their own."}}
    ),
    "Merging": record(
        {"into": NUMBER},
        {"different_customers": {"type": "boolean", "description": "It is meant, although their customers differ."}},
    ),
    **detail_schemas.IN,
    **together_schemas.IN,
    **escalation_schemas.IN,
    "Nothing": record({}),
}

ALL: dict[str, Schema] = {**OUT, **escalation_schemas.OUT, **report_schemas.OUT, **IN}
