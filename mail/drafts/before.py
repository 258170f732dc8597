"""What an answer goes on from: the thread as its recipient knows it, and the words that it quotes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Case, Desk, Entry, Participant
from helpdesk.policies.addresses import unreadable
from helpdesk.policies.doubt import speaks
from helpdesk.queries import merges
from helpdesk.words import day, time_of_day, translations

OURS = ("mail-out", "system")  # kinds of entries that went to participants
QUOTED_LINES, QUOTED_LETTERS = 60, 4_000


@dataclass(frozen=True)
class Quote:
    """Below our answer: what it answers."""

    attribution: str
    lines: tuple[str, ...]


def thread(session: Session, entry: Entry, participant: Participant | None) -> tuple[str | None, tuple[str, ...]]:
    """(Message-ID of what is answered, those before it, oldest first): ours and the recipient's own.

    Those of other participants would tell them nothing, and may hold an address (P7).
    """
    story = Entry.case_number.in_(merges.all_of(session, entry.case_number))
    query = select(Entry).where(story, Entry.id < entry.id, Entry.message_id.is_not(None))
    known = [e for e in session.scalars(query.order_by(Entry.id)) if _is_known_to(e, entry.case_number, participant)]
    answered = next((e for e in known if e.id == entry.answers_id), known[-1] if known else None)
    return (answered.message_id if answered else None), tuple(e.message_id for e in known if e.message_id)


def _is_known_to(entry: Entry, case_number: int, participant: Participant | None) -> bool:
    if entry.kind != "mail-in":
        if entry.kind not in OURS:
            return False  # it went to a third party, or came from one
        return not _is_apart(entry, case_number, participant) or _went_to(entry, participant)
    return participant is not None and entry.person_id == participant.person_id and speaks(entry.flags, entry.judgement)


def _is_apart(entry: Entry, case_number: int, reader: Participant | None) -> bool:
    """Whether it was said where this reader did not take part: in another case, before both became one."""
    merged_at = reader.merged_at if reader else None
    return entry.case_number != case_number or (merged_at is not None and entry.at <= merged_at)


def _went_to(entry: Entry, reader: Participant | None) -> bool:
    return reader is not None and any(row.recipient == reader.person.address for row in entry.deliveries)


def quote(session: Session, case: Case, entry: Entry, reader: Participant | None, language: str) -> Quote | None:
    """The mail that is answered, if somebody who takes part in the case wrote it; None for anybody else's words."""
    answered = session.get(Entry, entry.answers_id) if entry.answers_id else None
    if answered is None or answered.kind != "mail-in" or not speaks(answered.flags, answered.judgement):
        return None
    if answered.person_id not in {participant.person_id for participant in case.participants}:
        return None
    own = reader is not None and reader.person_id == answered.person_id
    if not own and _is_apart(answered, case.number, reader):
        return None
    lines = _shortened((answered.visible or answered.text).strip())
    return Quote(_attribution(session, case.desk, answered, language, own=own), lines) if lines else None


def _shortened(text: str) -> tuple[str, ...]:
    """The lines of a quote, the reply addresses in them made unreadable: each is one person's own door."""
    lines = unreadable(text[:QUOTED_LETTERS]).splitlines()
    is_all = len(lines) <= QUOTED_LINES and len(text) <= QUOTED_LETTERS
    return tuple(lines) if is_all else (*lines[:QUOTED_LINES], "[…]")


def _attribution(session: Session, desk: Desk, answered: Entry, language: str, *, own: bool) -> str:
    zone = house(session).settings.zone
    sentence = "You wrote on %(day)s at %(time)s:" if own else "%(name)s wrote on %(day)s at %(time)s:"
    values = {
        "name": " ".join(answered.author.split()),
        "day": day(answered.at, language, zone),
        "time": time_of_day(answered.at, language, zone),
    }
    return translations(language, informal=desk.address_form == "du").gettext(sentence) % values
