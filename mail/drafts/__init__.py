"""What a mail of the outbox says: from whom, to whom, in which words.  Reads only; `compose` makes bytes of it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import blobs, letters
from helpdesk.actions.agents import INVITATION, RESET
from helpdesk.db import house
from helpdesk.models import Case, Desk, Entry, OutboxMail, Participant, ReplyAddress
from helpdesk.present import markdown
from helpdesk.queries import addresses as find
from helpdesk.queries import consultations as find_consultations
from helpdesk.queries import handovers, satisfaction
from helpdesk.reports import asked
from helpdesk.reports.words import labels
from helpdesk.words import MailWords, moment, spoken, translations
from mail import tickets
from mail.compose import Draft
from mail.drafts import before, escalations
from mail.letter import File, Mailbox
from mail.quoting import MARKERS


def draft(session: Session, row: OutboxMail, *, now: datetime) -> Draft:
    """The draft of this mail."""
    match row.kind:
        case "reply":
            return _reply(session, row, now)
        case "consultation":
            return _to_third_party(session, row)
        case "acknowledgement" | "later":
            return _acknowledgement(session, row, now)
        case "probe":
            return _probe(session, row)
        case _:
            return _to_agent(session, row)


def _reply(session: Session, row: OutboxMail, now: datetime) -> Draft:
    case, entry, door = _case(session, row), _entry(row), _door(session, row, now)
    signs, signed = _signed(case, entry)
    values = signed | {
        "text": markdown.plain(entry.text),
        "number": case.reference,
        "grace_days": house(session).settings.grace.days,
        "marker": MARKERS[spoken(row.language)],
        "introduction": _introduction(session, entry, signs, row.language),
        "quote": before.quote(session, case, entry, door.participant, row.language),
        "asks": _is_of_requester(case, door) and satisfaction.asks(session, entry),
    }
    words = letters.mail(session, case.desk, "reply", row.language, values)
    sender, files = signs or case.desk.name, _files(session, entry)
    return _to_customer(session, row, door, words, sender=sender, recipient=row.recipient_name, files=files)


def _to_third_party(session: Session, row: OutboxMail) -> Draft:
    """A mail to somebody who is asked for advice: their own thread, their own address, and nobody else's words but those sent along."""
    case, entry, door = _case(session, row), _entry(row), row.reply_address
    assert door is not None
    known = find_consultations.message_ids_before(session, entry)
    signs, signed = _signed(case, entry)
    values = signed | {"text": markdown.plain(entry.visible) + entry.text[len(entry.visible) :]}
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
        in_reply_to=known[-1] if known else None,
        references=tuple(known),
        files=_files(session, entry),
    )


def _signed(case: Case, entry: Entry) -> tuple[str, dict[str, Any]]:
    """Who signs this entry ("" for the desk alone), and what its mail says of itself and of them."""
    signs = letters.signs(case.desk, entry.agent, entry.author)
    below = letters.signature(case.desk, entry.agent, signs, team=case.team.name if case.team else "")
    return signs, {
        "subject": entry.subject,
        "html": Markup(entry.html or ""),  # noqa: S704  # sanitised when it was written
        "signature": below.text,
        "signature_html": below.html,
        "desk": case.desk.name,
    }


def _files(session: Session, entry: Entry) -> tuple[File, ...]:
    return tuple(File(file.name, file.type, blobs.read(session, file.sha256)) for file in entry.attachments)


def _is_of_requester(case: Case, door: ReplyAddress) -> bool:
    return door.participant is not None and door.participant.person_id == case.requester_id


def _introduction(session: Session, entry: Entry, signs: str, language: str) -> str:
    """One quiet line, once, where somebody new answers from now on; "" where nobody is named or the customer knows them."""
    if not signs or not handovers.introduces(session, entry):
        return ""
    return translations(language).gettext("From now on %(name)s answers here, and knows the whole story.") % {"name": signs}


def _acknowledgement(session: Session, row: OutboxMail, now: datetime) -> Draft:
    case = _case(session, row)
    words = letters.mail(session, case.desk, row.kind, row.language, row.words)
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
    answered, known = before.thread(session, entry, door.participant)
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
        references=known,
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
    if row.kind == "report":  # said when it was collected: a retry sends the same figures
        return _as_it_is(session, row, Mailbox(name, address), MailWords(**row.words))
    values: dict[str, Any] = {"desk": name, "name": row.recipient_name}
    if row.kind in ("notification", "notice"):
        values |= {**row.words, "link": f"{settings.base_url}/cases/{row.words['number']}"}
    elif row.kind == "escalation":
        return _as_it_is(session, row, Mailbox(name, address), escalations.words_of(session, row, desk, values))
    elif row.kind == "report-failed":
        values |= _failed_report(row, settings.zone)
    else:
        token = keys.unlock(row.words["token"])
        values |= {"link": f"{settings.base_url}/password/{token}"}
        values |= {"days": INVITATION.days, "minutes": RESET.seconds // 60}
    return _of_its_own_accord(session, row, Mailbox(name, address), values, desk)


def _failed_report(row: OutboxMail, zone: tzinfo) -> dict[str, Any]:
    name, due = asked.named(row.words["report"]), datetime.fromisoformat(row.words["due"])
    called = labels.of_report(translations(row.language).gettext, name) if name else row.words["report"]
    return {**row.words, "report": called, "due": moment(due, row.created_at, row.language, zone)}


def _probe(session: Session, row: OutboxMail) -> Draft:
    sender = Mailbox("Holdline", house(session).settings.main_desk)
    return _of_its_own_accord(session, row, sender, {"probe": row.message_id.strip("<>")})


def _of_its_own_accord(
    session: Session, row: OutboxMail, sender: Mailbox, values: dict[str, Any], desk: Desk | None = None
) -> Draft:
    """Mail that answers nothing and wants no answer."""
    return _as_it_is(session, row, sender, letters.mail(session, desk, row.kind, row.language, values))


def _as_it_is(session: Session, row: OutboxMail, sender: Mailbox, words: MailWords) -> Draft:
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


def _case(session: Session, row: OutboxMail) -> Case:
    return session.get_one(Case, row.case_number)


def _entry(row: OutboxMail) -> Entry:
    assert row.entry is not None
    return row.entry
