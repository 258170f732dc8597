"""The clocks of a case follow whatever happens to it: set once, at the end of each transaction in which something was done to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import measuring, waiting_mails
from helpdesk.db import before_commit
from helpdesk.models import Case, CaseClock, Event, Installation
from helpdesk.policies.cases import UNSOLVED
from helpdesk.policies.clocks import Setting
from helpdesk.policies.sla import nearest
from helpdesk.queries import clocks as find
from helpdesk.queries import promises

TO_SET = "clocks to set"
# A case comes back by these: no clock of it is late at that instant.
_BACK = frozenset(("reopened", "unmarked-spam", "unmerged", "undeliverable"))
_MOVED = ("started_at", "counted_from", "spent", "paused_at", "due_at", "alarm_at", "stopped_at", "end")


@dataclass
class _News:
    """What was done to a case in this transaction, as far as its clocks ask."""

    now: datetime
    answered_at: datetime | None = None
    begins_anew: bool = False


def follow(session: Session, case: Case, event: Event) -> None:
    """Something was done to a case: its clocks are set once this transaction has done the rest."""
    news: dict[int, _News] = session.info.setdefault("clocks", {})
    one = news.setdefault(case.number, _News(event.at))
    one.now = max(one.now, event.at)
    one.answered_at = _answered_at(event) or one.answered_at
    one.begins_anew = one.begins_anew or event.deed in _BACK
    before_commit(session, f"clocks of {case.number:010d}", lambda: _set_by_news(session, case.number))


def _set_by_news(session: Session, number: int) -> None:
    news: _News = session.info["clocks"].pop(number)
    set_anew(session, number, now=news.now, answered_at=news.answered_at, begins_anew=news.begins_anew)


def _answered_at(event: Event) -> datetime | None:
    """When a human answered, where this deed says so: by mail, or in a call or letter after which it is their turn."""
    if event.deed == "replied":
        return event.at
    if event.deed == "logged" and event.after.get("turn") == "theirs":
        return min(event.at, datetime.fromisoformat(event.after["at"]))
    return None


def set_anew(
    session: Session,
    number: int,
    *,
    now: datetime,
    answered_at: datetime | None = None,
    begins_anew: bool = False,
    quiet: bool = False,
) -> None:
    """Set the clocks of a case by what it is now; what the arguments say is told in policies.clocks."""
    session.flush()
    facts = find.facts(session, number)
    if facts is None:
        return
    terms, hours_of = find.terms(session, number), find.hours_of(session)
    setting = Setting(facts, terms, hours_of, now, answered_at, begins_anew, quiet)
    rows = find.newest(session, number)
    clocks = []
    for before, clock in setting.set({kind: find.as_clock(row) for kind, row in rows.items()}):
        if clock != before:
            row = rows[clock.kind] if before is not None else CaseClock(case_number=number)
            for name in find.FIELDS:
                setattr(row, name, getattr(clock, name))
            session.add(row)
            measuring.follow(session, number)
        clocks.append(clock)
    owed = promises.next_owed(session, number)
    session.get_one(Case, number).due_at = min(filter(None, (nearest(clocks), owed)), default=None)
    session.flush()


def as_they_stand(session: Session, number: int) -> dict[str, dict[str, Any]]:
    """What a deed can change of the clocks of a case, to be put back if it is taken back."""
    return {str(row.id): {name: _said(getattr(row, name)) for name in _MOVED} for row in find.newest(session, number).values()}


def put_back(session: Session, number: int, kept: dict[str, dict[str, Any]]) -> None:
    """What stopped them was taken back before anybody noticed: they have run on."""
    for row in find.newest(session, number).values():
        for name, value in kept.get(str(row.id), {}).items():
            is_time = isinstance(value, str) and name != "end"
            setattr(row, name, datetime.fromisoformat(value) if is_time else value)
    session.flush()


def set_all_anew(session: Session) -> None:
    """The rules changed, so the clocks of all cases have to follow; the timetable does it, some at a time."""
    find.forget_hours(session)
    session.merge(Installation(name=TO_SET, value={"after": 0}))
    session.flush()


def are_behind(session: Session) -> bool:
    """Whether there are clocks that do not follow the rules of today yet."""
    return session.get(Installation, TO_SET) is not None


def set_some_anew(session: Session, *, now: datetime, limit: int) -> int:
    """Have the clocks of some cases follow rules that changed; how many cases, 0 once all have."""
    row = session.get(Installation, TO_SET, with_for_update=True)
    if row is None:
        return 0
    query = select(Case.number).where(Case.state.in_(UNSOLVED), Case.number > row.value["after"])
    numbers = session.scalars(query.order_by(Case.number).limit(limit).with_for_update(of=Case)).all()
    for number in numbers:
        set_anew(session, number, now=now, quiet=True)
    if numbers:
        waiting_mails.look_anew(session, numbers, now=now)
        row.value = {"after": numbers[-1]}
    else:
        session.delete(row)
    return len(numbers)


def _said(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
