"""Rows as JSON.  Instants are ISO 8601 in UTC; every field is always there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from helpdesk.models import (
    Arrival,
    Attachment,
    Case,
    Entry,
    Event,
    Field,
    Gesture,
    OutboxMail,
    Outcome,
    Participant,
    Person,
    Proposal,
    ReplyAddress,
    Tag,
    WaitingAnswer,
)
from helpdesk.policies import verification
from helpdesk.queries.addresses import standing_of
from helpdesk.queries.post import Ledger

Json = dict[str, Any]


def summary(case: Case) -> Json:
    """A case as lists show it."""
    return {
        "number": case.number,
        "subject": case.subject,
        "state": case.state,
        "requester": mailbox(case.requester),
        "team": case.team.name if case.team else None,
        "assignee": case.assignee.email if case.assignee else None,
        "opened_at": instant(case.opened_at),
        "resolved_at": instant(case.resolved_at),
        "waiting_since": instant(case.waiting_since),
        "due_at": instant(case.due_at),
        "changed_at": instant(case.changed_at),
        "merged_into": case.merged_into,
        "spam": case.spam_at is not None,
    }


def whole(
    case: Case,
    addresses: Iterable[ReplyAddress],
    timeline: Iterable[Event],
    links: Iterable[tuple[str, int]],
    proposals: Iterable[Proposal],
    waiting_answers: Iterable[WaitingAnswer],
    details: Json,
    *,
    now: datetime,
    seen: frozenset[int] = frozenset(),
) -> Json:
    """A case with its whole story.  `seen`: entries whose codes the reader has asked for."""
    return {
        **summary(case),
        **details,
        "addresses": [address(row, now=now) for row in addresses],
        "entries": entries(timeline, seen),
        "proposals": [proposal(row) for row in proposals],
        "waiting_answers": [waiting_answer(row) for row in waiting_answers],
        "links": [{"kind": kind, "number": number} for kind, number in links],
    }


def details(
    case: Case,
    tags: Iterable[Tag],
    fields: Iterable[tuple[Field, str]],
    came_to: Outcome | None,
    gestures: Iterable[Gesture],
    missing: list[str],
) -> Json:
    """What a case is besides its mail."""
    return {
        "channel": case.channel,
        "priority": case.priority,
        "tags": [tag.name for tag in tags],
        "fields": [{"name": field.name, "kind": field.kind, "value": value} for field, value in fields],
        "outcome": outcome(came_to),
        "gestures": [_gesture(row) for row in gestures],
        "missing": missing,
    }


def outcome(row: Outcome | None) -> Json:
    """What a complaint came to."""
    cause = row.cause.name if row and row.cause else None
    return {"cause": cause, "office": row.office if row else "", "verdict": row.verdict if row else None}


def _gesture(row: Gesture) -> Json:
    given = {"kind": row.kind, "cents": row.cents, "currency": row.currency, "why": row.why}
    return {**given, "at": instant(row.at), "agent": row.agent.email}


def mailbox(person: Person) -> Json:
    return {"name": person.name, "address": person.mail}


def address(row: ReplyAddress, *, now: datetime) -> Json:
    """A reply address and where it is in its life at `now`."""
    standing = standing_of(row, now)
    return {
        "id": row.id,
        "address": "" if standing == "retired" else row.address,  # what was retired is not known any more
        "participant": _participant(row.participant),
        "standing": standing,
        "expires_at": instant(row.expires_at),
    }


def proposal(row: Proposal) -> Json:
    """Somebody whom a participant wrote to as well."""
    return {"id": row.id, "name": row.name, "address": row.address, "state": row.state, "by": row.entry.author}


def waiting_answer(row: WaitingAnswer) -> Json:
    """An answer that a second person has to release, and what became of it."""
    return {
        "id": row.id,
        "case": row.case_number,
        "state": row.state,
        "why": row.why,
        "author": row.author.email,
        "text": row.text,
        "resolve": row.then_resolve,
        "at": instant(row.written_at),
        "decided_by": row.decided_by.email if row.decided_by else None,
        "word": row.word,
    }


def entries(timeline: Iterable[Event], seen: frozenset[int] = frozenset()) -> list[Json]:
    """The timeline.  Words are shown where they were said, once, also if a later event is about them."""
    shown: set[int] = set()
    found = []
    for event in timeline:
        words = event.entry if event.entry_id not in shown and not _is_gone(event) else None
        found.append(entry(event, words, seen))
        shown |= {event.entry_id} if event.entry_id is not None else set()
    return found


def _is_gone(event: Event) -> bool:
    return event.entry is not None and event.entry.kind == "taken-back"


def entry(event: Event, words: Entry | None, seen: frozenset[int] = frozenset()) -> Json:
    """One moment of the timeline: what was said (`words`), or only what was done."""
    return {
        "id": event.id,
        "at": instant(event.at),
        **(_words(words, seen) if words else _deed(event)),
        "event": event.deed,
        "before": event.before,
        "after": event.after,
    }


def arrival(row: Arrival) -> Json:
    """A mail at one recipient, with what became of it."""
    return {
        "id": row.id,
        "at": instant(row.mail.received_at),
        "door": row.mail.door,
        "sender": row.mail.sender,
        "from": row.shown_from,
        "to": row.recipient,
        "subject": row.shown_subject,
        "outcome": row.outcome,
        "reason": row.reason,
        "case": row.case_number,
        "dismissed_at": instant(row.dismissed_at),
        "size": row.mail.size,
    }


def ledger(books: Ledger) -> Json:
    return {
        "accepted": books.accepted,
        "waiting": books.waiting,
        "outcomes": books.by_outcome,
        "mismatch": books.mismatch,
    }


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _words(words: Entry, seen: frozenset[int]) -> Json:
    hide = verification.masked if verification.FLAG in words.flags and words.id not in seen else str
    return {
        "kind": words.kind,
        "author": words.author,
        "subject": hide(words.subject),
        "text": hide(words.text),
        "visible": hide(words.visible),
        "flags": words.flags,
        "sender": {"address": words.sender, "level": words.level, "why": words.level_why} if words.kind == "mail-in" else None,
        "judgement": words.judgement,
        "marks": words.traits.get("marks", []),
        "invitation": words.traits.get("invitation"),
        "attachments": [_attachment(row) for row in words.attachments],
        "delivery": [_delivery(row) for row in words.deliveries],
    }


def _deed(event: Event) -> Json:
    author = event.agent.name if event.agent else event.person.called if event.person else ""
    nothing: Json = {
        "subject": "",
        "text": "",
        "visible": "",
        "flags": [],
        "sender": None,
        "judgement": None,
        "marks": [],
        "invitation": None,
        "attachments": [],
        "delivery": [],
    }
    return {"kind": "event", "author": author, **nothing}


def _attachment(row: Attachment) -> Json:
    return {"name": row.name, "type": row.type, "size": row.size, "url": f"/api/v1/attachments/{row.id}", "scan": row.scan}


def _delivery(row: OutboxMail) -> Json:
    return {
        "address": row.recipient,
        "state": row.state,
        "at": instant(row.changed_at),
        "answer": row.answer,
        "maybe_twice": row.maybe_twice,
    }


def _participant(row: Participant | None) -> Json | None:
    return mailbox(row.person) if row else None
