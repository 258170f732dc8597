"""Asking somebody outside for advice: they see what is sent to them, the customer sees nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import escape
from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions import addresses, entries, notices, outbox, recall
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText, Incoming, Upload
from helpdesk.actions.entries.words import empty
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Attachment, Case, Consultation, ConsultationLetter, Entry, Event, TakenBack
from helpdesk.policies.addresses import expiry_after_resolution, lives, unreadable
from helpdesk.policies.people import mailbox
from helpdesk.present import markdown
from helpdesk.queries import addresses as find
from helpdesk.queries import merges
from helpdesk.words import day, time_of_day, translations


@dataclass(frozen=True)
class Unsent:
    """What was taken back before it left, as it stood in its form.  `consultation`: 0 is a new one."""

    consultation: int
    to: str
    subject: str
    text: str
    along: Sequence[int]
    attached: Sequence[int]
    own_files: Sequence[str]  # of the writer, which a form cannot hold again


def ask(
    session: Session,
    case: Case,
    to: str,
    subject: str,
    text: str,
    *,
    along: Sequence[Entry] = (),
    files: Sequence[Attachment] = (),
    uploads: Sequence[Upload] = (),
    agent: Agent,
    now: datetime,
    undo: timedelta = timedelta(0),
    idempotency_key: str | None = None,
) -> Consultation:
    """Ask somebody («Name <address>») for the first time, by a reply address of their own.

    `along` and `files` are what of the case goes with it; its mail leaves after `undo`.  Raises NotUsable, NotPermitted and EmptyText.
    """
    try:
        name, address = mailbox(to)
    except ValueError:
        raise NotUsable("to", "“%(to)s” is not a mail address like anna@example.org.", to=to) from None
    if find.is_own(session, address):
        raise NotUsable("to", "%(address)s is an address of this desk; mail to it would run in a circle.", address=address)
    if find.participant(session, case.number, address) is not None:
        raise NotUsable("to", "%(address)s takes part in this case: write an answer instead.", address=address)
    if not subject.strip():
        raise NotUsable("subject", "What is it about?")
    if not text.strip():
        raise EmptyText
    for file in files:
        _refuse_held_back(file)
    row = Consultation(case=case, name=name, address=address, subject=" ".join(subject.split()), opened_at=now, opened_by=agent)
    row.reply_address = addresses.issue_side(session, case, now=now)
    session.add(row)
    session.flush()
    write(
        session, row, text, along=along, files=files, uploads=uploads, agent=agent, now=now, undo=undo,
        idempotency_key=idempotency_key,
    )  # fmt: skip
    return row


def write(
    session: Session,
    row: Consultation,
    text: str,
    *,
    along: Sequence[Entry] = (),
    files: Sequence[Attachment] = (),
    uploads: Sequence[Upload] = (),
    agent: Agent,
    now: datetime,
    undo: timedelta = timedelta(0),
    idempotency_key: str | None = None,
) -> Entry:
    """Write to a third party; a consultation that was closed is open again.  Its mail leaves after `undo`, until then it can be taken back.

    Raises EmptyText and NotPermitted.
    """
    if find.standing_of(row.reply_address, now) in ("revoked", "retired"):
        raise NotPermitted("The address of this consultation was withdrawn. Begin a new one.")
    case, sent = _case(session, row), [*uploads, *(_again(session, file) for file in files)]
    entry = entries.ask_beside(
        session, case, row.subject, text, _sent_along(session, along, case), agent=agent, now=now, files=sent, key=idempotency_key
    )
    entry.html = markdown.render(entry.visible) + _as_html(entry.text[len(entry.visible) :])
    if row.letters:
        entry.subject = row.subject if row.subject.lower().startswith("re:") else f"Re: {row.subject}"
    row.letters.append(ConsultationLetter(entry=entry))
    door = row.reply_address
    before = {"closed_at": _said(row.closed_at), "expires_at": _said(door.expires_at), "expired_at": _said(door.expired_at)}
    row.closed_at = door.expired_at = None
    door.expires_at = None if case.state != "resolved" else _grace(session, now)
    after = {
        "consultation": row.id,
        "name": row.called,
        "entries": [one.id for one in along],
        "files": [file.name for file in sent],
        "attached": [file.id for file in files],
    }
    record(session, "consulted", now=now, agent=agent, case=case, entry=entry, before=before, after=after)
    outbox.queue_consultation(session, case, entry, (row.name, row.address), row.reply_address, now=now, due=now + undo)
    return entry


def take_back(session: Session, case: Case, event: Event, *, agent: Agent, now: datetime) -> Unsent:
    """What was written to a third party never left: its words are their author's again, and a consultation that it began was none.

    Raises TooLate, and NotPermitted where it is not theirs.
    """
    entry = event.entry
    letter = session.get(ConsultationLetter, entry.id) if entry is not None else None
    if entry is None or letter is None or event.deed != "consulted" or event.agent_id != agent.id:
        raise NotPermitted("This cannot be taken back.")
    recall.forget_mails(session, recall.unsent(session, entry), now)
    row, text, is_first = letter.consultation, entry.visible, letter.entry_id == letter.consultation.letters[0].entry_id
    after = event.after
    own = after["files"][: len(after["files"]) - len(after["attached"])]
    unsent = Unsent(0 if is_first else row.id, mailbox_of(row), row.subject, text, after["entries"], after["attached"], own)
    name = row.called
    session.delete(letter)
    session.flush()
    session.expire(row, ["letters"])
    if is_first:
        door = row.reply_address
        session.delete(row)
        session.flush()
        addresses.forget(session, door, now=now)
    else:
        door, before = row.reply_address, event.before
        row.closed_at = _instant(before["closed_at"])
        door.expires_at, door.expired_at = _instant(before["expires_at"]), _instant(before["expired_at"])
    empty(session, entry)
    told = record(session, "undone", now=now, agent=agent, case=case, after={"undone": "consulted", "name": name})
    session.add(TakenBack(event_id=event.id, by_id=told.id))
    session.flush()
    return unsent


def answer(session: Session, row: Consultation, mail: Incoming, *, now: datetime) -> Entry:
    """File what a third party wrote.  It is not the customer's word: no state, no wait, no last words; the holder is told."""
    case = _case(session, row)
    entry = entries.receive(session, case, mail, person=None, counts=False, now=now, kind="side-in")
    row.letters.append(ConsultationLetter(entry=entry))
    session.flush()
    told = case.assignee or row.opened_by
    if "automatic" not in mail.flags:
        notices.tell(session, told, "consultation", case, entry=entry, now=now)
    return entry


def close(session: Session, row: Consultation, *, agent: Agent, now: datetime) -> None:
    """We have what we asked for: their address works for the grace period, and ends.  A second time changes nothing."""
    if row.closed_at is not None:
        return
    row.closed_at = now
    if lives(find.standing_of(row.reply_address, now)) and row.reply_address.expires_at is None:
        row.reply_address.expires_at = _grace(session, now)
    after = {"consultation": row.id, "name": row.called}
    record(
        session,
        "consultation-closed",
        now=now,
        agent=agent,
        case=_case(session, row),
        thing=f"consultation {row.id}",
        after=after,
    )


def mailbox_of(row: Consultation) -> str:
    """«Name <address>», or the address alone."""
    return f"{row.name} <{row.address}>" if row.name else row.address


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _case(session: Session, row: Consultation) -> Case:
    """The case in which it goes on, should its own have been merged."""
    return session.get_one(Case, merges.home(session, row.case_number))


def _grace(session: Session, now: datetime) -> datetime:
    return expiry_after_resolution(now, house(session).settings.grace)


def _again(session: Session, file: Attachment) -> Upload:
    """A file of the case once more.  Raises NotPermitted."""
    _refuse_held_back(file)
    return Upload(file.name, file.type, blobs.read(session, file.sha256), None, file.scan, file.finding)


def _refuse_held_back(file: Attachment) -> None:
    if file.scan not in ("clean", "off") and file.released_by_id is None:
        raise NotPermitted("%(file)s is held back by the scanner; it cannot be sent along.", file=file.name)


def _sent_along(session: Session, along: Sequence[Entry], case: Case) -> str:
    """The chosen entries, each under a line that says whose words they are; addresses of ours in them are unreadable."""
    zone, said = house(session).settings.zone, translations(case.desk.language).gettext
    parts = []
    for entry in along:
        name = entry.author if "@" not in entry.author else said("The customer")
        when = {"day": day(entry.at, case.desk.language, zone), "time": time_of_day(entry.at, case.desk.language, zone)}
        lines = unreadable((entry.visible or entry.text).strip()).splitlines()
        head = said("%(name)s wrote on %(day)s at %(time)s:") % {"name": " ".join(name.split()), **when}
        parts.append("\n".join([head, "", *(f"> {line}" for line in lines)]))
    return "\n\n".join(parts)


def _as_html(text: str) -> str:
    """What was sent along, as HTML: its quotes as quotes."""
    pieces, quoted = [], False
    for line in text.strip().splitlines():
        is_quote = line.startswith(">")
        if is_quote != quoted:
            pieces.append("<blockquote>" if is_quote else "</blockquote>")
            quoted = is_quote
        pieces.append(f"{escape(line.removeprefix('>').strip())}<br>" if is_quote else f"<p>{escape(line)}</p>" if line else "")
    return "".join([*pieces, "</blockquote>" if quoted else ""])
