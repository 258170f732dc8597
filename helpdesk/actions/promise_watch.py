"""What nobody did about a promise: whoever holds the case is told in time, then the customer, and what has passed is broken.

Two who look at once tell nothing twice: a promise changes only while it is as it was seen, and its case is locked meanwhile.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk import letters
from helpdesk.actions import acknowledgements, addresses, outbox, promises, raising
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries.words import file, new
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Case, Entry, OutboxMail, Participant, Promise
from helpdesk.policies.automatic import why_no_acknowledgement
from helpdesk.policies.escalation import Reason
from helpdesk.policies.promises import honest_time, looks
from helpdesk.queries import addresses as find_addresses
from helpdesk.queries import answer_times, storms
from helpdesk.queries import clocks as find_clocks
from helpdesk.queries.promises import Named
from helpdesk.words import by_when

log = structlog.get_logger()


def keep(session: Session, case: Case, row: Promise, *, agent: Agent, now: datetime) -> None:
    """It was kept by something that no mail tells; a broken one is owed no more.  Raises NotPermitted."""
    if row.kind != "agent" or row.ended_at is not None or row.standing not in ("running", "broken"):
        raise NotPermitted("This promise is settled already.")
    if row.standing == "running":
        late = row.due_at < now
        promises.end(session, row, "broken" if late else "kept", at=row.due_at if late else now)
    row.ended_at = now
    raising.close_about(session, case, promises.cause(row), "kept", now=now)
    record(
        session, "promise-kept", now=now, agent=agent, case=case, thing=f"promise {row.id}", after={"due": row.due_at.isoformat()}
    )


def look(session: Session, promise_id: int, *, now: datetime) -> str:
    """What its time asks for now: «warned», «told», «not told», «broken»; "" where there is nothing to do, or somebody is at work on its case."""
    glance = session.get(Promise, promise_id)
    if glance is None:
        return ""
    # The case first, as every deed does it: the other way round each would wait for the other.
    here = select(Case).where(Case.number == glance.case_number).with_for_update(of=Case, skip_locked=True)
    case = session.scalars(here.execution_options(populate_existing=True)).first()
    row = session.get(Promise, promise_id, populate_existing=True)
    if case is None or row is None or row.look_at is None or row.look_at >= now or row.standing != "running":
        return ""
    return _look(session, case, row, now)


def _look(session: Session, case: Case, row: Promise, now: datetime) -> str:
    if row.due_at < now:
        if not _claim(session, row, standing="broken", settled_at=row.due_at, team_id=case.team_id, look_at=None):
            return ""
        _raise(session, case, row, "promise-broken", now)
        return "broken"
    if row.warned_at is None:
        if not _claim(session, row, warned_at=now, look_at=_after_warning(session, case, row)):
            return ""
        _raise(session, case, row, "promise-at-risk", now)
        return "warned"
    if not _claim(session, row, look_at=row.due_at):
        return ""
    return "told" if _tell_customer(session, case, row, now) else "not told"


def _raise(session: Session, case: Case, row: Promise, reason: Reason, now: datetime) -> None:
    """Have it told.  Where the deadline of the first response is no later, that rings, and nobody hears of one wait twice."""
    first = find_clocks.newest(session, case.number).get("first-response") if row.kind == "acknowledgement" else None
    if first is not None and first.stopped_at is None and first.due_at is not None and first.due_at <= row.due_at:
        return
    raising.raise_(session, case, reason, cause=promises.cause(row), due_at=row.due_at, now=now)


def _claim(session: Session, row: Promise, **values: object) -> bool:
    """Change it, unless somebody else has done so since it was seen."""
    unchanged = Promise.id == row.id, Promise.look_at == row.look_at, Promise.standing == "running"
    found = session.execute(update(Promise).where(*unchanged).values(**values).execution_options(synchronize_session=False))
    session.refresh(row)
    return found.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def _after_warning(session: Session, case: Case, row: Promise) -> datetime:
    when = looks(row.made_at, row.due_at, answer_times.hours_of(session, case.team_id))
    tells = row.kind == "acknowledgement" and row.told_customer_at is None and when.tell_at is not None
    return when.tell_at if tells and when.tell_at is not None else row.due_at


def _tell_customer(session: Session, case: Case, row: Promise, now: datetime) -> bool:
    """Say ourselves that it will be later, once, and by when: to a person whom automatic mail may reach, and who got the first one."""
    named, participant = _new_time(session, case, row, now), _reader(session, case, row)
    if named is None or participant is None or _silent(session, case, row, participant, now) is not None:
        return False
    zone = answer_times.hours_of(session, case.team_id).zone
    address = addresses.ensure(session, participant, now=now)
    values = {
        "number": case.reference,
        "desk": case.desk.name,
        "grace_days": house(session).settings.grace.days,
        "until": by_when(named.at, case.language, zone),
        "first_until": by_when(row.due_at, case.language, zone),
    }
    words = letters.mail(session, case.desk, "later", case.language, values).text
    entry = new(case, "system", now, author=case.desk.name, text=words, visible=words, answers_id=row.entry.answers_id)
    entry.message_id = outbox.mint_message_id(session, now=now)
    file(session, case, entry, ())
    promises.end(session, row, "renewed", at=now)
    row.ended_at, row.settled_by_id, row.told_customer_at = now, entry.id, now
    raising.close_about(session, case, promises.cause(row), "dropped", now=now)
    record(session, "told-later", now=now, case=case, entry=entry, after={"promise": named.at.isoformat()})
    outbox.queue_later(session, case, entry, participant, address, now=now).words = values
    return True


def _new_time(session: Session, case: Case, row: Promise, now: datetime) -> Named | None:
    """Once more as long as it takes; a working day more at the least, for it has been too short once."""
    named, hours = acknowledgements.time_for(session, case, now=now), answer_times.hours_of(session, case.team_id)
    later = honest_time(hours.usual_day(), hours, row.due_at)
    if named is None or later is None:
        return None
    return Named(max(named.at, later), named.by)


def _reader(session: Session, case: Case, row: Promise) -> Participant | None:
    """Whoever got the mail that named the time, if they take part still; None where it never left or came back."""
    mail = session.scalars(select(OutboxMail).where(OutboxMail.entry_id == row.entry_id, OutboxMail.state == "sent")).first()
    there = [one for one in case.participants if mail is not None and one.person.address == mail.recipient]
    return there[0] if there and case.state != "resolved" else None


def _silent(session: Session, case: Case, row: Promise, participant: Participant, now: datetime) -> str | None:
    """Why no machine of ours may write to them, or None."""
    address = participant.person.address
    first = session.get(Entry, row.entry.answers_id or 0)
    reason = why_no_acknowledgement(
        address=address,
        own=find_addresses.is_own(session, address),
        wanted=case.desk.apologises and case.desk.acknowledges,
        received_at=now,
        sent_at=None,
        since=None,
        sent=outbox.sent_lately(session, address, now=now),
        level=first.level if first is not None and first.level is not None else 1,
        lately=storms.mails_in(session, case, address, now=now),
    )
    if reason is not None:
        log.info("customer not told", promise=row.id, why=reason)
    return reason
