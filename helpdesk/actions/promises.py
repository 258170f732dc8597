"""Promises follow whatever happens to their case: made, kept, renewed and dropped once, at the end of each transaction.

Only that nothing happened is noticed by somebody else: see actions.promise_sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from helpdesk.actions import measuring, raising
from helpdesk.db import before_commit
from helpdesk.models import Case, Entry, Event, OutboxMail, Promise
from helpdesk.policies.escalation import Outcome
from helpdesk.policies.promises import Deed, Kind, Standing, becomes, looks
from helpdesk.queries import answer_times, merges
from helpdesk.queries import promises as find
from helpdesk.queries.outbox import DID_NOT_ARRIVE


def follow(session: Session, case: Case, event: Event) -> None:
    """Something was done to a case: its promises are settled once this transaction has done the rest."""
    if event.deed not in _DEEDS and "promise" not in event.after:
        return
    session.info.setdefault("promises", {}).setdefault(case.number, []).append(event)
    # Before the clocks of the case are set, which ask what is promised: callbacks run in the order of their names.
    before_commit(session, f"answers promised in {case.number:010d}", lambda: _settle(session, case.number))


def _settle(session: Session, number: int) -> None:
    session.flush()
    for event in session.info["promises"].pop(number):
        if event.entry is not None and event.entry.kind == "taken-back":
            continue
        if event.deed in _BACK:
            _BACK[event.deed](session, event)
        else:
            settle(session, number, _deed(event), entry_id=event.entry_id)
        if "promise" in event.after:
            _make(session, event)
    session.flush()


def settle(session: Session, number: int, deed: Deed, *, entry_id: int | None = None) -> None:
    """What a deed makes of the promises by which somebody in a case is still owed an answer."""
    for row in find.owed(session, number, made_until=deed.at):
        standing = becomes(cast(Kind, row.kind), row.due_at, deed) if row.standing == "running" else "broken"
        if row.standing == "running" and standing != "running":
            end(session, row, standing, at=row.due_at if standing == "broken" else deed.at)
        if deed.ends:
            row.ended_at, row.settled_by_id = deed.at, entry_id
            if row.warned_at is not None or row.standing == "broken":
                outcome: Outcome = "answered" if deed.answered else "resolved" if deed.solved else "dropped"
                raising.close_about(session, session.get_one(Case, number), cause(row), outcome, now=deed.at)


def cause(row: Promise) -> str:
    """What an escalation about this promise names."""
    return f"promise {row.id}"


def end(session: Session, row: Promise, standing: Standing, *, at: datetime) -> None:
    """A promise runs no more; it is charged to the team that holds the case now."""
    row.standing, row.settled_at, row.look_at = standing, at, None
    row.team_id = session.scalar(select(Case.team_id).where(Case.number == row.case_number))
    measuring.follow(session, row.case_number)


def run_again(session: Session, row: Promise) -> None:
    """What ended it was taken back.  A broken one stays broken, but is owed again."""
    row.ended_at, row.settled_by_id, row.renewed_by_id = None, None, None
    if row.standing != "broken":
        row.standing, row.settled_at, row.team_id = "running", None, None
        row.look_at = next_look(session, row)


def next_look(session: Session, row: Promise) -> datetime:
    """When the sweep has to look at a running promise next: to warn, to tell the customer, to find it broken."""
    team_id = session.scalar(select(Case.team_id).where(Case.number == row.case_number))
    when = looks(row.made_at, row.due_at, answer_times.hours_of(session, team_id))
    if row.warned_at is None:
        return min(when.warn_at, row.due_at)
    if row.kind == "acknowledgement" and row.told_customer_at is None and when.tell_at is not None:
        return min(when.tell_at, row.due_at)
    return row.due_at


def taken_back(session: Session, entry: Entry) -> None:
    """An answer was taken back before anybody got it: what it promised was not, and what it kept waits for the next one."""
    _unsettle(session, entry.id)
    session.execute(delete(Promise).where(Promise.entry_id == entry.id))
    session.flush()


def made_in(session: Session, entry: Entry) -> datetime | None:
    """The time that an answer promises, also while its transaction goes on."""
    event = session.scalars(select(Event).where(Event.entry_id == entry.id, Event.deed == "replied")).first()
    return datetime.fromisoformat(event.after["promise"]) if event is not None and "promise" in event.after else None


def _make(session: Session, event: Event) -> None:
    """Words that left name a time: they are kept to it."""
    due_at = datetime.fromisoformat(event.after["promise"])
    kind = "agent" if event.agent_id is not None else "acknowledgement"
    if event.case_number is None or event.entry_id is None:
        return
    row = Promise(
        case_number=event.case_number, kind=kind, made_at=event.at, made_by_id=event.agent_id, entry_id=event.entry_id, due_at=due_at,
        standing="running",
    )  # fmt: skip
    if event.deed == "told-later":  # once, whatever comes
        row.told_customer_at = event.at
    row.look_at = next_look(session, row)
    session.add(row)
    session.flush()
    older = Promise.case_number == row.case_number, Promise.standing == "renewed", Promise.settled_by_id == event.entry_id
    session.execute(update(Promise).where(*older).values(renewed_by_id=row.id))


def _deed(event: Event) -> Deed:
    at, answered = event.at, event.deed == "replied"
    if event.deed == "logged" and event.after.get("turn") == "theirs":
        at, answered = min(at, datetime.fromisoformat(event.after["at"])), True
    return Deed(
        at=at,
        answered=answered,
        promises="promise" in event.after,
        solved=event.deed == "resolved",
        by_us=event.agent_id is not None,
        away=event.deed == "marked-spam",
    )


def _unsettle(session: Session, entry_id: int) -> None:
    """An answer counts no more: the next one after it does, where there is one."""
    for row in session.scalars(select(Promise).where(Promise.settled_by_id == entry_id)).all():
        run_again(session, row)
        later = select(Entry).where(
            Entry.case_number == row.case_number, Entry.kind == "mail-out", Entry.id != entry_id, Entry.at >= row.made_at
        )
        answer = session.scalars(later.order_by(Entry.id).limit(1)).first()
        if answer is not None and answer.id != row.entry_id:
            settle(session, row.case_number, Deed(at=answer.at, answered=True), entry_id=answer.id)


def _undeliverable(session: Session, event: Event) -> None:
    """Words that reached nobody keep no promise, and make none."""
    mail = session.get(OutboxMail, int(event.thing.rpartition(" ")[2]))
    if mail is None or mail.entry_id is None:
        return
    states = session.scalars(select(OutboxMail.state).where(OutboxMail.entry_id == mail.entry_id)).all()
    if all(state in DID_NOT_ARRIVE for state in states):
        _unsettle(session, mail.entry_id)
        made = Promise.entry_id == mail.entry_id, Promise.standing == "running"
        for row in session.scalars(select(Promise).where(*made)).all():
            end(session, row, "dropped", at=event.at)
            row.ended_at = event.at


def _undone(session: Session, event: Event) -> None:
    """A solution, or a mark as spam, was taken back."""
    if event.after.get("undone") not in ("resolved", "marked-spam"):
        return
    query = select(Event.at).where(
        Event.case_number == event.case_number, Event.deed == event.after["undone"], Event.id < event.id
    )
    _run_again_since(session, event, session.scalar(query.order_by(Event.id.desc()).limit(1)))


def _no_spam(session: Session, event: Event) -> None:
    """The time that was named stands, also where it has passed meanwhile: that is noticed at the next look."""
    _run_again_since(session, event, datetime.fromisoformat(event.before["spam_at"]))


def _run_again_since(session: Session, event: Event, at: datetime | None) -> None:
    ended = Promise.ended_at == at, Promise.settled_by_id.is_(None)
    for row in session.scalars(select(Promise).where(Promise.case_number == event.case_number, *ended)).all():
        run_again(session, row)


def _merged(session: Session, event: Event) -> None:
    """What was promised in a case is kept in the one in which it goes on."""
    for row in find.owed(session, event.case_number or 0):
        row.case_number, row.merged_from = event.after["number"], row.merged_from or event.case_number


def _unmerged(session: Session, event: Event) -> None:
    """Its promises come out with it, as they stand."""
    number = event.case_number or 0
    came = Promise.case_number == event.after["number"], Promise.merged_from.in_(merges.all_of(session, number))
    for row in session.scalars(select(Promise).where(*came)).all():
        row.case_number, row.merged_from = number, row.merged_from if row.merged_from != number else None


_BACK: dict[str, Callable[[Session, Event], None]] = {
    "undeliverable": _undeliverable,
    "undone": _undone,
    "unmarked-spam": _no_spam,
    "merged-into": _merged,
    "unmerged": _unmerged,
}
_DEEDS = frozenset(("replied", "logged", "resolved", "marked-spam", "told-later", *_BACK))
