"""What a mail of the outbox says: from whom, to whom, in which words.  Reads only; `compose` makes bytes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import blobs, letters
from helpdesk.actions.agents import INVITATION, RESET
from helpdesk.db import house
from helpdesk.models import Case, Desk, Entry, OutboxMail, Participant, ReplyAddress
from helpdesk.policies.addresses import unreadable
from helpdesk.policies.doubt import speaks
from helpdesk.present import markdown
from helpdesk.queries import addresses as find
from helpdesk.queries import consultations as find_consultations
from helpdesk.queries import handovers, merges
from helpdesk.words import MailWords, day, spoken, time_of_day, translations
from mail import tickets
from mail.compose import Draft
from mail.letter import File, Mailbox
from mail.quoting import MARKERS

OURS = ("mail-out", "system")  # kinds of entries that went to participants
QUOTED_LINES, QUOTED_LETTERS = 60, 4_000


@dataclass(frozen=True)
class Quote:
    """Below our answer: what it answers."""

    attribution: str
    lines: tuple[str, ...]


def draft(session: Session, row: OutboxMail, *, now: datetime) -> Draft:
    """The draft of this mail."""
    match row.kind:
        case "reply":
            return _reply(session, row, now)
        case "consultation":
            return _to_third_party(session, row)
        case "acknowledgement":
            return _acknowledgement(session, row, now)
        case "probe":
            return _probe(session, row)
        case _:
            return _to_agent(session, row)


def _reply(session: Session, row: OutboxMail, now: datetime) -> Draft:
    case, entry, door = _case(session, row), _entry(row), _door(session, row, now)
    signs = letters.signs(case.desk, entry.agent, entry.author)
    below = letters.signature(case.desk, entry.agent, signs, team=case.team.name if case.team else "")
    values = {
        "subject": entry.subject,
        "text": markdown.plain(entry.text),
        "html": Markup(entry.html or ""),  # noqa: S704  # sanitised when it was written
        "signature": below.text,
        "signature_html": below.html,
        "number": case.reference,
        "grace_days": house(session).settings.grace.days,
        "marker": MARKERS[spoken(row.language)],
        "introduction": _introduction(session, entry, signs, row.language),
        "quote": _quote(session, case, entry, door.participant, row.language),
        "desk": case.desk.name,
    }
    words = letters.mail(session, case.desk, "reply", row.language, values)
    files = tuple(File(file.name, file.type, blobs.read(session, file.sha256)) for file in entry.attachments)
    return _to_customer(session, row, door, words, sender=signs or case.desk.name, recipient=row.recipient_name, files=files)


def _to_third_party(session: Session, row: OutboxMail) -> Draft:
    """A mail to somebody who is asked for advice: their own thread, their own address, and nobody else's words but those sent along."""
    case, entry, door = _case(session, row), _entry(row), row.reply_address
    assert door is not None
    before = find_consultations.message_ids_before(session, entry)
    signs = letters.signs(case.desk, entry.agent, entry.author)
    below = letters.signature(case.desk, entry.agent, signs, team=case.team.name if case.team else "")
    values = {
        "subject": entry.subject,
        "text": markdown.plain(entry.visible) + entry.text[len(entry.visible) :],
        "html": Markup(entry.html or ""),  # noqa: S704  # sanitised when it was written
        "signature": below.text,
        "signature_html": below.html,
        "desk": case.desk.name,
    }
    words = letters.mail(session, case.desk, "consultation", row.language, values)
    return Draft(
        sender=Mailbox(signs or case.desk.name, case.desk.address),
        recipient=Mailbox(row.recipient_name, row.recipient),
        reply_to=Mailbox(case.desk.name, door.address),
        subject=words.subject,
        text=words.text,
        html=words.html,
        language=spoken(row.language),
        message_id=row.message_id,
        date=row.created_at.astimezone(house(session).settings.zone),
        in_reply_to=before[-1] if before else None,
        references=tuple(before),
        files=tuple(File(file.name, file.type, blobs.read(session, file.sha256)) for file in entry.attachments),
    )


def _introduction(session: Session, entry: Entry, signs: str, language: str) -> str:
    """One quiet line, once, where somebody new answers from now on; "" where nobody is named or the customer knows them."""
    if not signs or not handovers.introduces(session, entry):
        return ""
    return translations(language).gettext("From now on %(name)s answers here, and knows the whole story.") % {"name": signs}


def _acknowledgement(session: Session, row: OutboxMail, now: datetime) -> Draft:
    case = _case(session, row)
    words = letters.mail(session, case.desk, "acknowledgement", row.language, row.words)
    # No name in To: it is the sender's own word, and nothing proves who that is.
    return _to_customer(session, row, _door(session, row, now), words, sender=case.desk.name, recipient="", files=())


def _to_customer(
    session: Session,
    row: OutboxMail,
    door: ReplyAddress,
    words: MailWords,
    *,
    sender: str,
    recipient: str,
    files: tuple[File, ...],
) -> Draft:
    case, entry = _case(session, row), _entry(row)
    answered, before = _thread(session, entry, door.participant)
    return Draft(
        sender=Mailbox(sender, case.desk.address),
        recipient=Mailbox(recipient, row.recipient),
        reply_to=Mailbox(f"{case.desk.name} · {case.number}", door.address),
        subject=tickets.tagged(words.subject, _their_ticket(row, door.participant)),
        text=words.text,
        html=words.html,
        language=spoken(row.language),
        message_id=row.message_id,
        date=row.created_at.astimezone(house(session).settings.zone),
        in_reply_to=answered,
        references=before,
        automatic="auto-replied" if row.automatic else None,
        files=files,
    )


def _their_ticket(row: OutboxMail, participant: Participant | None) -> str:
    """What the recipient's helpdesk calls the case; nobody else is told."""
    return participant.their_ticket if participant is not None and participant.person.address == row.recipient else ""


def _to_agent(session: Session, row: OutboxMail) -> Draft:
    settings, keys = house(session)
    case = session.get(Case, row.case_number) if row.case_number else None
    desk = case.desk if case else session.scalar(select(Desk).where(Desk.address == settings.main_desk))
    name, address = (desk.name, desk.address) if desk else ("Holdline", settings.main_desk)
    values: dict[str, Any] = {"desk": name, "name": row.recipient_name}
    if row.kind in ("notification", "notice"):
        values |= {**row.words, "link": f"{settings.base_url}/cases/{row.words['number']}"}
    else:
        token = keys.unlock(row.words["token"])
        values |= {"link": f"{settings.base_url}/password/{token}"}
        values |= {"days": INVITATION.days, "minutes": RESET.seconds // 60}
    return _of_its_own_accord(session, row, Mailbox(name, address), values, desk)


def _probe(session: Session, row: OutboxMail) -> Draft:
    sender = Mailbox("Holdline", house(session).settings.main_desk)
    return _of_its_own_accord(session, row, sender, {"probe": row.message_id.strip("<>")})


def _of_its_own_accord(
    session: Session, row: OutboxMail, sender: Mailbox, values: dict[str, Any], desk: Desk | None = None
) -> Draft:
    """Mail that answers nothing and wants no answer."""
    words = letters.mail(session, desk, row.kind, row.language, values)
    return Draft(
        sender=sender,
        recipient=Mailbox(row.recipient_name, row.recipient),
        subject=words.subject,
        text=words.text,
        html=words.html,
        language=spoken(row.language),
        message_id=row.message_id,
        date=row.created_at.astimezone(house(session).settings.zone),
        automatic="auto-generated",
    )


def _door(session: Session, row: OutboxMail, now: datetime) -> ReplyAddress:
    """The recipient's own address; the newest one, should it have been withdrawn while the mail lay in the outbox."""
    door = row.reply_address
    assert door is not None
    living = find.living(session, door.participant, now) if door.participant else None
    return living or door


def _thread(session: Session, entry: Entry, participant: Participant | None) -> tuple[str | None, tuple[str, ...]]:
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


def _quote(session: Session, case: Case, entry: Entry, reader: Participant | None, language: str) -> Quote | None:
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


def _case(session: Session, row: OutboxMail) -> Case:
    return session.get_one(Case, row.case_number)


def _entry(row: OutboxMail) -> Entry:
    assert row.entry is not None
    return row.entry
