"""Mail of ours that comes back: probes, and what a forward or an alias returned."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.queries import canary
from helpdesk.queries import outbox as find_outbox
from mail.letter import Decision, Duplicate, Hold, Letter, ProbeHome
from mail.route.question import Question
from mail.route.released import released
from mail.thread import minted


def probe(session: Session, asked: Question) -> Decision:
    """A probe tells itself by the Message-ID that we minted, which its subject repeats: some relays write another one."""
    letter = asked.letter
    named = [letter.message_id, *(f"<{word}>" for word in letter.subject.split())]
    for message_id in named:
        if message_id and minted(session, message_id):
            row = canary.by_message_id(session, message_id)
            if row is None:
                return ProbeHome(None, "An old probe of ours came back.")
            took = asked.envelope.received_at - row.created_at
            return ProbeHome(row.id, f"Our own probe came back after {max(took.total_seconds(), 0):.0f} s: the line holds.")
    return released(session, asked) or Hold("It came to the hidden address of our probes, but is none of them.")


def our_own(session: Session, letter: Letter) -> Decision | None:
    """Our own mail came back, by a forward or an alias (L8)."""
    message_id = letter.message_id
    rows = find_outbox.by_message_id(session, message_id) if message_id and minted(session, message_id) else []
    row = next((r for r in rows if r.entry_id and r.case_number), None)
    if row is not None and row.case_number and row.entry_id:
        return Duplicate(row.case_number, row.entry_id, "Our own mail came back; it lies in its case already.")
    return Hold("Our own mail came back.") if rows else None
