"""The ledger of what came in: one outcome and one sentence for each mail × recipient, and a way to try again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.actions.jobs import enqueue
from helpdesk.models import Agent, Arrival, Case, InboundMail


class NothingToDo(Exception):
    """This mail lies in a case already.  `str()` is a sentence for people."""


def settle(
    session: Session,
    arrival: Arrival,
    outcome: str,
    reason: str,
    *,
    now: datetime,
    case: int | None = None,
    entry: int | None = None,
) -> None:
    """Give this mail at this recipient its one outcome; the mail is settled when all its recipients are."""
    arrival.outcome, arrival.reason, arrival.settled_at = outcome, reason, now
    arrival.case_number, arrival.entry_id = case, entry
    if all(other.outcome is not None for other in arrival.mail.arrivals):
        arrival.mail.settled_at = now


def settle_copies(session: Session, arrival: Arrival, *, now: datetime) -> None:
    """What is held of the very same bytes is decided with it: somebody moved a mail from the junk folder into the inbox."""
    same = select(InboundMail.id).where(InboundMail.sha256 == arrival.mail.sha256, InboundMail.id != arrival.mail_id)
    if session.scalar(same.limit(1)) is None:
        return  # as nearly always; what is held, and what was put aside as spam, may be much
    query = select(Arrival).where(Arrival.mail_id.in_(same), Arrival.outcome == "held", Arrival.recipient == arrival.recipient)
    for copy in session.scalars(query.where(Arrival.id != arrival.id).order_by(Arrival.id)):
        reason = f"The same mail came in by another way; it lies in case {arrival.case_number}."
        settle(session, copy, "duplicate", reason, now=now, case=arrival.case_number, entry=arrival.entry_id)
        copy.dismissed_at = copy.dismissed_by = None


def replay(session: Session, arrival: Arrival, *, agent: Agent, now: datetime) -> None:
    """Read and route it once more, from its raw bytes, by today's rules.  Raises NothingToDo where it is in a case already."""
    _again(session, arrival, agent, now, deed="mail-replayed")


def release(session: Session, arrival: Arrival, *, agent: Agent, now: datetime) -> None:
    """Let a held mail in: it opens a case, its wait counting from its arrival.  Raises NothingToDo."""
    _again(session, arrival, agent, now, deed="mail-released")
    arrival.released, arrival.released_by = True, agent


def let_in(session: Session, arrival: Arrival, case: Case, *, now: datetime) -> None:
    """Tell in its case who let a held mail in."""
    thing = f"mail {arrival.mail_id}"
    record(session, "mail-let-in", now=now, agent=arrival.released_by, case=case, thing=thing, after={"from": arrival.shown_from})


def dismiss(session: Session, arrivals: Sequence[Arrival], *, agent: Agent, now: datetime) -> list[Arrival]:
    """These are spam: they stay held, but out of sight.  Nothing is deleted and no filter learns from it.  Answers which were held."""
    held = [arrival for arrival in arrivals if arrival.outcome == "held" and arrival.dismissed_at is None]
    for arrival in held:
        arrival.dismissed_at, arrival.dismissed_by = now, agent
        record(
            session, "mail-dismissed", now=now, agent=agent, thing=f"mail {arrival.mail_id}", before={"reason": arrival.reason}
        )
    return held


def restore(session: Session, arrivals: Sequence[Arrival], *, agent: Agent, now: datetime) -> list[Arrival]:
    """They are no spam, or nobody knows: back into sight.  Answers which were dismissed."""
    dismissed = [arrival for arrival in arrivals if arrival.dismissed_at is not None]
    for arrival in dismissed:
        arrival.dismissed_at, arrival.dismissed_by = None, None
        record(session, "mail-restored", now=now, agent=agent, thing=f"mail {arrival.mail_id}")
    return dismissed


def unsettle(session: Session, mail: InboundMail) -> None:
    """A mail that nobody works at: count the tries from the beginning."""
    mail.settled_at, mail.attempts, mail.reader_deaths, mail.trouble = None, 0, 0, None


def _again(session: Session, arrival: Arrival, agent: Agent, now: datetime, *, deed: str) -> None:
    if arrival.entry_id is not None or arrival.outcome == "report":
        raise NothingToDo("This mail lies in its case already; there is nothing to do again.")
    before = {"outcome": arrival.outcome, "reason": arrival.reason}
    arrival.outcome, arrival.reason, arrival.settled_at = None, "", None
    arrival.dismissed_at = arrival.dismissed_by = None
    unsettle(session, arrival.mail)
    record(session, deed, now=now, agent=agent, thing=f"mail {arrival.mail_id}", before=before)
    enqueue(session, "mail.process", {"mail": arrival.mail_id}, now=now)
