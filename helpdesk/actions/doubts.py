"""What an agent decides about a suspect's or a stranger's mail: it counts, it is a case of its own, or it stays folded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions import cases, entries, people
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry
from helpdesk.policies import verification
from helpdesk.policies.doubt import DOUBTFUL, is_doubtful
from helpdesk.queries import addresses as find
from helpdesk.queries.secrets import is_masked


def accept(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime, take_part: bool = False) -> None:
    """The mail counts from now: for the state, the wait (from its arrival on), the last words, quotes and notifications.

    `take_part`: its sender becomes a participant.  Raises NotPermitted.
    """
    _open_to_judgement(entry)
    if take_part:
        if not entry.sender:
            raise NotPermitted("It is not clear who wrote this mail, so there is nobody to let take part.")
        entry.person = people.known(session, entry.sender, _name(entry), now=now)
        cases.add_participant(session, case, entry.person, now=now, agent=agent)
    else:
        participant = find.participant(session, case.number, entry.sender)
        entry.person = participant.person if participant else entry.person
    entry.judgement = "accepted"
    _tell(session, "mail-accepted", case, entry, agent, now)
    entries.count(session, case, entry, person=entry.person, now=now, agent=agent)


def ignore(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> None:
    """The mail stays folded and asks nobody any more.  Raises NotPermitted."""
    _open_to_judgement(entry)
    entry.judgement = "ignored"
    _tell(session, "mail-ignored", case, entry, agent, now)


def reconsider(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> None:
    """Take back that a mail was ignored.  Raises NotPermitted where it was not."""
    if entry.judgement != "ignored":
        raise NotPermitted("This mail has not been put aside.")
    entry.judgement = None
    _tell(session, "mail-reconsidered", case, entry, agent, now)


def give_case(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> Case:
    """A case of its own for this mail, its sender the requester, linked; the wait counts from its arrival.

    Nobody is mailed by it.  The older case keeps a folded copy.  Raises NotPermitted.
    """
    _open_to_judgement(entry)
    if not entry.sender:
        raise NotPermitted("It is not clear who wrote this mail, so there is nobody whom a case of its own could be for.")
    if find.is_own(session, entry.sender):
        raise NotPermitted("%(address)s is an address of this desk; it cannot take part in a case.", address=entry.sender)
    person = people.known(session, entry.sender, _name(entry), now=now)
    subject = verification.masked(entry.subject) if verification.FLAG in entry.flags else entry.subject
    fresh = cases.open_case(
        session, case.desk, person, subject or case.subject, now=entry.at, language=case.language, team=case.team
    )
    cases.link(session, fresh, case, kind="split", now=now)
    entry.judgement = "moved"
    _tell(session, "mail-moved", case, entry, agent, now, number=fresh.number)
    copy = entries.receive(session, fresh, _copied(session, entry), person=person, counts=True, now=entry.at)
    copy.mail_id = entry.mail_id
    return fresh


def show_codes(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> None:
    """Show this agent the codes and links of a verification mail; the look is on the record (R21).  Raises NotPermitted."""
    if verification.FLAG not in entry.flags:
        raise NotPermitted("Nothing is hidden in this mail.")
    if not is_masked(session, entry, agent):
        return
    _tell(session, "codes-shown", case, entry, agent, now)


def _copied(session: Session, entry: Entry) -> entries.Incoming:
    files = [
        entries.Upload(f.name, f.type, blobs.read(session, f.sha256), f.content_id, f.scan, f.finding) for f in entry.attachments
    ]
    return entries.Incoming(
        author=entry.author,
        subject=entry.subject,
        text=entry.text,
        visible=entry.visible,
        html=entry.html,
        folds=[(first, last) for first, last in entry.folds or ()],
        traits=entry.traits,
        claimed_at=entry.claimed_at,
        message_id=entry.message_id,
        flags=[flag for flag in entry.flags if flag not in DOUBTFUL],
        files=files,
        sender=entry.sender,
        reply_to=entry.reply_to,
        level=entry.level,
        level_why=entry.level_why,
    )


def _open_to_judgement(entry: Entry) -> None:
    if entry.kind != "mail-in" or not is_doubtful(entry.flags):
        raise NotPermitted("There is nothing to decide about this mail.")
    if entry.judgement in ("accepted", "moved"):
        raise NotPermitted("Somebody has decided about this mail already.")


def _name(entry: Entry) -> str:
    return "" if "@" in entry.author else entry.author


def _tell(session: Session, deed: str, case: Case, entry: Entry, agent: Agent, now: datetime, **more: object) -> None:
    after = {"author": entry.author, "sender": entry.sender, **more}
    record(session, deed, now=now, agent=agent, case=case, thing=f"entry {entry.id}", after=after)
