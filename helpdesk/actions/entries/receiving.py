"""Their mail: filed, and what it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import cases, notices, satisfaction
from helpdesk.actions.entries.words import Upload, file, first_words, new
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Person
from helpdesk.policies import automatic
from helpdesk.policies import cases as policy
from helpdesk.policies.doubt import speaks
from helpdesk.policies.verification import FLAG, masked
from helpdesk.queries import merges, storms

_RECEIVED = {"mail-in": "received", "side-in": "advised"}


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
    entry = new(
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
    file(session, case, entry, mail.files)
    after = {"flags": list(mail.flags)} | ({"via": mail.via} if mail.via else {})
    record(session, _RECEIVED[kind], now=now, person=person, case=case, entry=entry, after=after)
    if counts and not satisfaction.rate(session, case, entry, person, now=now):
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


def last_from_outside(session: Session, case: Case) -> Entry | None:
    """The newest mail of theirs that counts: what an answer answers."""
    story = merges.all_of(session, case.number)
    query = select(Entry).where(Entry.case_number.in_(story), Entry.kind == "mail-in").order_by(Entry.id.desc())
    return next((entry for entry in session.scalars(query) if speaks(entry.flags, entry.judgement)), None)
