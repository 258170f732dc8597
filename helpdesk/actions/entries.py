"""Deeds that leave words in a case: their mail, our answer, a note, an acknowledgement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import blobs, letters
from helpdesk.actions import acknowledgements, addresses, cases, mentions, notices, outbox, people
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.indexing import index
from helpdesk.models import Agent, Attachment, Case, Desk, Entry, Person, Team
from helpdesk.policies import automatic
from helpdesk.policies import cases as policy
from helpdesk.policies.doubt import speaks
from helpdesk.policies.files import preview
from helpdesk.policies.people import mailbox
from helpdesk.policies.release import Why
from helpdesk.policies.verification import FLAG, masked
from helpdesk.present import markdown
from helpdesk.queries import cases as find
from helpdesk.queries import merges, releases, storms
from helpdesk.queries.addresses import is_own

_RECEIVED = {"mail-in": "received", "side-in": "advised"}
LAST_WORDS = 200  # characters of the newest message that lists show


@dataclass(frozen=True)
class Upload:
    """A file to go with an entry."""

    name: str
    type: str
    content: bytes
    content_id: str | None = None
    scan: str = "off"  # policies.files.Scan
    finding: str = ""


@dataclass(frozen=True)
class Incoming:
    """A mail that was read and routed: what the case keeps of it."""

    author: str
    text: str
    visible: str
    folds: Sequence[tuple[int, int]] = ()  # lines of the text that are not in `visible`
    subject: str = ""
    html: str | None = None  # sanitised
    claimed_at: datetime | None = None
    message_id: str | None = None
    fingerprint: str | None = None
    mail_id: int | None = None
    answers: Entry | None = None
    flags: Sequence[str] = ()
    files: Sequence[Upload] = ()
    sender: str = ""  # the address in From
    via: str = ""  # whose reply address was used, where it is somebody else's
    reply_to: str = ""
    level: int | None = None  # how far From may be believed
    level_why: str = ""
    traits: Mapping[str, object] = field(default_factory=dict)  # what it is besides its words


class NeedsRelease(Exception):
    """A second person has to release this answer before it leaves."""

    def __init__(self, why: Why) -> None:
        super().__init__("A second person has to release this answer.")
        self.why = why


class EmptyText(Exception):
    """There is nothing in it to send or to note."""


class Nobody(Exception):
    """An answer that would go to nobody."""


def receive(
    session: Session,
    case: Case,
    mail: Incoming,
    *,
    person: Person | None,
    counts: bool,
    now: datetime,
    kind: Literal["mail-in", "side-in"] = "mail-in",
) -> Entry:
    """File their mail.  `counts`: it is a participant's own word, so it moves the case and its clocks.

    `kind`: «side-in» where a third party wrote it, who was asked for advice.
    """
    entry = _entry(
        case,
        kind,
        now,
        person=person,
        author=mail.author,
        subject=mail.subject,
        text=mail.text,
        visible=mail.visible,
        folds=[list(fold) for fold in mail.folds],
        html=mail.html,
        flags=list(mail.flags),
        claimed_at=mail.claimed_at,
        message_id=mail.message_id,
        fingerprint=mail.fingerprint,
        mail_id=mail.mail_id,
        answers_id=mail.answers.id if mail.answers else None,
        sender=mail.sender,
        reply_to=mail.reply_to,
        level=mail.level,
        level_why=mail.level_why,
        traits=dict(mail.traits),
    )
    _file(session, case, entry, mail.files)
    after = {"flags": list(mail.flags)} | ({"via": mail.via} if mail.via else {})
    record(session, _RECEIVED[kind], now=now, person=person, case=case, entry=entry, after=after)
    if counts:
        count(session, case, entry, person=person, now=now)
    return entry


def count(
    session: Session, case: Case, entry: Entry, *, person: Person | None, now: datetime, agent: Agent | None = None
) -> None:
    """Their mail counts from now: it moves the case, its clocks and its last words, and whoever holds the case is told.

    `agent` where somebody let a doubtful mail count.
    """
    reopens = policy.reopens(case.state, "customer-wrote")  # type: ignore[arg-type]
    before = {"state": case.state}
    cases.move(session, case, "customer-wrote", now=now)
    case.waiting_since = min(entry.at, case.waiting_since or entry.at)
    if reopens:
        writer = person if agent is None else None
        record(session, "reopened", now=now, agent=agent, person=writer, case=case, before=before, after={"state": case.state})
    newer = select(Entry.id).where(Entry.case_number == case.number, Entry.id > entry.id, Entry.kind.in_(("mail-in", "mail-out")))
    if agent is None or session.scalar(newer.limit(1)) is None:
        words = entry.visible or entry.text
        case.last_words = first_words(masked(words) if FLAG in entry.flags else words)
    if agent is None and entry.sender and automatic.is_storm(storms.mails_in(session, case, entry.sender, now=now)):
        _tell_storm(session, case, entry, now)
    else:
        notices.tell_holder(session, case, entry=entry, now=now)


def _tell_storm(session: Session, case: Case, entry: Entry, now: datetime) -> None:
    """Say once that too much comes at once (L7); while it goes on nobody is mailed."""
    if not storms.is_known(session, case, now=now):
        record(session, "storm", now=now, case=case, after={"name": entry.author})
        notices.tell_holder(session, case, entry=entry, now=now, anyway=True)


def reply(
    session: Session,
    case: Case,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
    then_resolve: bool = False,
    left_out: Collection[int] = (),
    due: datetime | None = None,
    released_by: Agent | None = None,
) -> Entry:
    """Our answer to everybody who takes part, but for those participants who are left out.  `text` is Markdown.

    Its mail leaves when it is `due`, else at once.  A key seen before gives the same entry again.  Raises EmptyText, Nobody, and
    NeedsRelease where a second person has to release it (actions.releases) and nobody did.
    """
    if idempotency_key and (before := find.said_with_key(session, idempotency_key, case)):
        return before
    if released_by is None and (why := releases.why(session, case.desk, agent, case)):
        raise NeedsRelease(why)
    readers = [one for one in case.participants if one.id not in left_out and one.person.mail]
    if not readers:
        raise Nobody
    entry = _ours(session, case, "mail-out", text, agent, now, files, key=idempotency_key)
    entry.html = markdown.render(text)
    entry.message_id = outbox.mint_message_id(session, now=now)
    answered = last_from_outside(session, case)
    entry.subject = _reply_subject(case.subject) if answered else case.subject
    entry.answers_id = answered.id if answered else None
    without = [participant.person.called for participant in case.participants if participant not in readers]
    record(session, "replied", now=now, agent=agent, case=case, entry=entry, after={"left_out": without} if without else {})
    doors = [(participant, addresses.ensure(session, participant, now=now)) for participant in readers]
    cases.move(session, case, "we-answered", now=now)
    case.waiting_since = None
    case.last_words = first_words(markdown.plain(text))
    for participant, address in doors:
        outbox.queue_reply(session, case, entry, participant, address, now=now, due=due)
    if then_resolve and case.state != "resolved":
        cases.resolve(session, case, agent=agent, now=now)
    if case.assignee is None:
        cases.assign(session, case, agent, agent=agent, now=now)
    return entry


def ask_beside(
    session: Session,
    case: Case,
    subject: str,
    text: str,
    sent_along: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
) -> Entry:
    """Our words to a third party, what is sent along below them.  `text` is Markdown.  Raises EmptyText."""
    if not text.strip():
        raise EmptyText
    entry = _ours(session, case, "side-out", f"{text.strip()}\n\n{sent_along}", agent, now, files)
    own, lines = text.replace("\r\n", "\n").strip(), entry.text.split("\n")
    entry.visible = own
    entry.folds = [[own.count("\n") + 2, len(lines)]] if sent_along else []
    entry.subject = " ".join(subject.split())
    entry.message_id = outbox.mint_message_id(session, now=now)
    return entry


def begin(
    session: Session,
    desk: Desk,
    to: str,
    subject: str,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    team: Team | None = None,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
) -> Entry:
    """Open a case from our side with our first mail to somebody («Name <address>»).

    A key that this agent used before gives the same entry again.  Raises NotUsable, EmptyText and NeedsRelease.
    """
    if idempotency_key and (before := begun_before(session, agent, idempotency_key)):
        return before
    if not text.strip() and not files:
        raise EmptyText
    if why := releases.why(session, desk, agent):
        raise NeedsRelease(why)
    case = open_for(session, desk, to, subject, agent=agent, now=now, team=team)
    key = beginning(agent, idempotency_key)
    return reply(session, case, text, agent=agent, now=now, files=files, idempotency_key=key)


def open_for(
    session: Session, desk: Desk, to: str, subject: str, *, agent: Agent, now: datetime, team: Team | None = None
) -> Case:
    """A case that an agent begins, before its first mail.  Raises NotUsable."""
    person = _addressee(session, to, now)
    about = " ".join(subject.split())
    return cases.open_case(session, desk, person, about, now=now, agent=agent, team=team, channel="ours")


def begun_before(session: Session, agent: Agent, idempotency_key: str) -> Entry | None:
    """The first mail of the case that this agent began under this key."""
    # There is no case yet whose row could be locked: two tries at once wait for each other at the agent's.
    session.execute(select(Agent.id).where(Agent.id == agent.id).with_for_update())
    return find.said_with_key(session, str(beginning(agent, idempotency_key)))


def note(
    session: Session,
    case: Case,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
) -> Entry:
    """For colleagues only; whom it mentions is told.  A key seen before gives the same entry again.  Raises EmptyText."""
    if idempotency_key and (before := find.said_with_key(session, idempotency_key, case)):
        return before
    entry = _ours(session, case, "note", text, agent, now, files, key=idempotency_key)
    entry.html = markdown.render(text)
    record(session, "noted", now=now, agent=agent, case=case, entry=entry)
    mentions.tell(session, case, entry, agent=agent, now=now)
    return entry


def note_of_handover(session: Session, case: Case, text: str, *, to: str, agent: Agent, now: datetime) -> Entry:
    """The note that goes with a case from one hand to another."""
    entry = _ours(session, case, "note", text, agent, now, ())
    entry.traits = {"handover": to}
    record(session, "handed-over", now=now, agent=agent, case=case, entry=entry, after={"to": to})
    return entry


def write_down(
    session: Session, case: Case, kind: str, text: str, *, agent: Agent, now: datetime, files: Sequence[Upload] = ()
) -> Entry:
    """Words of an agent's about what was no mail; the deed records them.  Raises EmptyText."""
    return _ours(session, case, kind, text, agent, now, files)


def acknowledge(session: Session, case: Case, answered: Entry, *, now: datetime) -> Entry:
    """Say that their mail has arrived, with the case's number and address.  Whether that may be said was decided before."""
    participant = case.participants[0]
    address = addresses.ensure(session, participant, now=now)
    values = acknowledgements.words_for(session, case, participant)
    words = letters.mail(session, case.desk, "acknowledgement", case.language, values).text
    entry = _entry(case, "system", now, author=case.desk.name, text=words, visible=words, answers_id=answered.id)
    entry.message_id = outbox.mint_message_id(session, now=now)
    _file(session, case, entry, ())
    record(session, "acknowledged", now=now, case=case, entry=entry)
    outbox.queue_acknowledgement(session, case, entry, participant, address, now=now).words = values
    return entry


def last_from_outside(session: Session, case: Case) -> Entry | None:
    """The newest mail of theirs that counts: what an answer answers."""
    story = merges.all_of(session, case.number)
    query = select(Entry).where(Entry.case_number.in_(story), Entry.kind == "mail-in").order_by(Entry.id.desc())
    return next((entry for entry in session.scalars(query) if speaks(entry.flags, entry.judgement)), None)


def _addressee(session: Session, to: str, now: datetime) -> Person:
    try:
        name, address = mailbox(to)
    except ValueError:
        raise NotUsable("to", "“%(to)s” is not a mail address like anna@example.org.", to=to) from None
    if is_own(session, address):
        raise NotUsable("to", "%(address)s is an address of this desk; mail to it would run in a circle.", address=address)
    return people.known(session, address, name, now=now)


def beginning(agent: Agent, key: str | None) -> str | None:
    """The key of a case's first mail; the space keeps it apart from the keys of answers, which have none."""
    return f"begun by {agent.id}: {key}" if key else None


def _ours(
    session: Session,
    case: Case,
    kind: str,
    text: str,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload],
    key: str | None = None,
) -> Entry:
    text = text.replace("\r\n", "\n").replace("\x00", "\ufffd").strip()
    if not text and not files:
        raise EmptyText
    entry = _entry(case, kind, now, agent=agent, author=agent.name, text=text, visible=text, idempotency_key=key)
    _file(session, case, entry, files)
    return entry


def _entry(case: Case, kind: str, now: datetime, **values: object) -> Entry:
    return Entry(case_number=case.number, kind=kind, at=now, **{"flags": [], "folds": [], **values})


def _file(session: Session, case: Case, entry: Entry, files: Sequence[Upload]) -> None:
    for file in files:
        digest = blobs.keep(session, file.content)
        part = Attachment(name=file.name, type=file.type, size=len(file.content), sha256=digest, content_id=file.content_id)
        part.scan, part.finding = file.scan, file.finding
        part.width, part.height = preview(file.content, enclosed=file.content_id is not None) or (None, None)
        entry.attachments.append(part)
    session.add(entry)
    session.flush()
    index(session, case, entry)


def _reply_subject(subject: str) -> str:
    return subject if subject.lower().startswith(("re:", "aw:")) else f"Re: {subject}"


def first_words(text: str) -> str:
    """A message in a line, for lists."""
    return " ".join(text.split())[:LAST_WORDS]
