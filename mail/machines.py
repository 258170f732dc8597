"""What becomes of machines' mail: delivery reports come home, the rest is filed folded in its case or held.  No machine is answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import cases
from helpdesk.models import Case, OutboxMail
from helpdesk.policies import message_ids
from helpdesk.queries import addresses as find_addresses
from helpdesk.queries import merges
from helpdesk.queries import outbox as find
from mail import recipients, tickets
from mail.letter import FileAutomatic, Hold, Kind, Letter, Report, ReportHome

# What a folded entry is called beside «automatic».
_FLAGS: dict[Kind, tuple[str, ...]] = {
    "receipt": ("receipt",),
    "calendar": ("calendar",),
    "complaint": ("complaint",),
    "challenge": ("challenge",),
}
_FILED: dict[Kind, str] = {
    "receipt": "It says that our mail arrived or was opened; nothing follows from that.",
    "calendar": "A calendar answered an invitation.",
    "complaint": "Somebody reported this mail of ours as spam to their provider.",
    "challenge": "It asks us to prove that we are human before our mail is delivered; nobody here does that by machine.",
}
_HELD: dict[Kind, str] = {
    "bounce": "A delivery report about nothing that we know of.",
    "receipt": "A read receipt or a report of success about nothing that we know of.",
    "auto-reply": "An automatic reply that belongs to no case.",
    "calendar": "A calendar's answer to an invitation that belongs to no case.",
    "complaint": "Somebody reported mail as spam, and it names no mail that we know of.",
    "challenge": "It asks us to prove that we are human, about no mail that we know of.",
}


def is_machine(letter: Letter) -> bool:
    """Whether a machine wrote it."""
    return letter.kind != "person" or letter.automatic is not None


def filed(letter: Letter, case_number: int, address_id: int | None = None, *, proved: bool) -> FileAutomatic:
    """A machine's mail about this case.  `proved`: it came to where answers of ours came from, names one, or is a participant's."""
    reason = _FILED.get(letter.kind) or f"A machine wrote it ({letter.automatic or letter.kind})."
    return FileAutomatic(case_number, reason, ("automatic", *_FLAGS.get(letter.kind, ())), address_id, proved)


def by_ticket(session: Session, letter: Letter) -> FileAutomatic | None:
    """A machine's mail that names its own number for a case of ours, from the participant whose helpdesk gave it.

    Of people's mail a subject never routes (I7); this moves nothing either, it is filed folded.
    """
    author = letter.author if is_machine(letter) and letter.trust.level else None
    participant = find_addresses.with_ticket(session, author.address, tickets.given(letter)) if author else None
    return filed(letter, merges.home(session, participant.case_number), proved=True) if participant else None


def learn_ticket(session: Session, case: Case, letter: Letter, now: datetime) -> None:
    """Remember what the helpdesk of a participant calls this case.  A stranger's word counts nothing."""
    author = letter.author if letter.trust.level else None
    participant = find_addresses.participant(session, case.number, author.address) if author else None
    if participant is not None:
        cases.learn_ticket(session, participant, tickets.given(letter), now=now)


def held(letter: Letter) -> Hold | None:
    """A machine's mail at a front desk that belongs to no case, where it opens none."""
    return Hold(_HELD[letter.kind]) if letter.kind in _HELD else None


def report_home(session: Session, letter: Letter, to: recipients.Recipient) -> ReportHome | Hold | None:
    """A delivery report comes home by the address it was sent to, by the envelope's id, or by the Message-ID that it quotes.

    One that names another mail than its address belongs to is a forgery or a muddle: it is held and marks nobody (L3).
    """
    report = letter.report
    assert report is not None
    by_envelope = find.by_envelope_id(session, report.envelope_id)
    if isinstance(to, recipients.ReportDoor):
        row = find.by_report_address(session, to.address.id)
        if row and message_ids.looks_like_envelope_id(report.envelope_id) and by_envelope is not row:
            return Hold("A delivery report that contradicts itself: its envelope's id is of another mail than its address.")
        rows = [row] if row else []
    else:
        rows = [by_envelope] if by_envelope else _quoted(session, report)
    if not rows:
        return None
    what = "could not be delivered" if report.permanent else "is delayed"
    return ReportHome(tuple(r.id for r in rows), f"It says that our mail to {rows[0].recipient} {what}.")


def _quoted(session: Session, report: Report) -> list[OutboxMail]:
    """The mail that it quotes.  Where only one went out, it is that one, to whatever address it was forwarded on the way."""
    rows = find.by_message_id(session, report.message_id) if report.message_id else []
    named = {recipient.lower() for recipient in report.recipients}
    return [row for row in rows if row.recipient in named] or (rows if len(rows) == 1 else [])
