"""The histories of cases, many at a time, as policies.histories reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import (
    Case,
    CaseClock,
    CaseShutOut,
    DoorMail,
    Entry,
    Escalation,
    Event,
    Friction,
    Promise,
    Rating,
    ReplyAddress,
    Team,
)
from helpdesk.policies.histories import Record
from helpdesk.policies.hours import Hours
from helpdesk.policies.thanks import LONGEST
from helpdesk.queries import clocks
from helpdesk.queries.events import stands

DEEDS = (
    "received", "copied", "replied", "logged", "undeliverable", "challenged", "resolved", "reopened", "assigned", "handed-over",
    "given-to-team", "undone", "merged-into",
)  # fmt: skip

_OF_ESCALATION = (
    Escalation.case_number, Escalation.reason, Escalation.team_id, Escalation.raised_at, Escalation.first_action_at, Escalation.closed_at,
)  # fmt: skip
_OF_MARK = Friction.case_number, Friction.kind, Entry.at.label("said_at")
_OF_QUESTION = Rating.case_number, Rating.asked_at, Rating.answered_at, Rating.satisfied
_OF_ADDRESS = (
    ReplyAddress.case_number, ReplyAddress.issued_at, ReplyAddress.expires_at, ReplyAddress.revoked_at,
)  # fmt: skip
_OF_DOOR_MAIL = DoorMail.case_number, DoorMail.at, DoorMail.standing, DoorMail.writer, DoorMail.brings_back
# What is measured beside the record of deeds, as rows of columns.  What was taken back before it left asked nobody.
_BESIDES: dict[str, Any] = {
    "escalations": select(*_OF_ESCALATION).order_by(Escalation.id),
    "marks": select(*_OF_MARK)
    .join(Entry, Entry.id == Friction.entry_id)
    .where(Friction.undone_at.is_(None))
    .order_by(Friction.id),
    "questions": select(*_OF_QUESTION).join(Entry, Entry.id == Rating.asked_in_id).where(Entry.kind == "mail-out"),
    "addresses": select(*_OF_ADDRESS).where(ReplyAddress.purpose == "reply"),
    "door_mails": select(*_OF_DOOR_MAIL),
}


@dataclass
class History:
    """One case with all that its figures need.  `apart`: not everybody may know of it."""

    case: Any  # a row of its columns
    apart: bool
    records: list[Record] = field(default_factory=list)
    clocks: list[CaseClock] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    escalations: list[Any] = field(default_factory=list)
    marks: list[Any] = field(default_factory=list)
    questions: list[Any] = field(default_factory=list)
    addresses: list[Any] = field(default_factory=list)
    door_mails: list[Any] = field(default_factory=list)


def of(session: Session, numbers: Collection[int]) -> dict[int, History]:
    """Case number → its history, of those that count: not of spam, of what was merged into another, of what was never begun."""
    return _told(session, numbers)[0]


def whole(session: Session, numbers: Collection[int]) -> dict[int, History]:
    """The same with all that is measured beside the record of deeds."""
    found, homes = _told(session, numbers)
    for clock in session.scalars(select(CaseClock).where(CaseClock.case_number.in_(found)).order_by(CaseClock.id)):
        found[clock.case_number].clocks.append(clock)
    for promise in session.scalars(select(Promise).where(Promise.case_number.in_(homes)).order_by(Promise.id)):
        found[homes[promise.case_number]].promises.append(promise)
    for name, query in _BESIDES.items():
        of_case = query.selected_columns[0]
        for row in session.execute(query.where(of_case.in_(homes))):
            getattr(found[homes[row.case_number]], name).append(row)
    return found


def _told(session: Session, numbers: Collection[int]) -> tuple[dict[int, History], dict[int, int]]:
    """The histories, and of each case the one in which it goes on."""
    columns = (Case.number, Case.channel, Case.opened_at, Case.team_id, Case.assignee_id, Case.confidential, Case.state)
    there = Case.merged_into.is_(None), Case.spam_at.is_(None), Case.withdrawn_at.is_(None)
    secret = set(session.scalars(select(Team.id).where(Team.confidential)))
    shut_out = set(session.scalars(select(CaseShutOut.case_number).where(CaseShutOut.case_number.in_(numbers))))
    found = {
        row.number: History(row, row.confidential or row.team_id in secret or row.number in shut_out)
        for row in session.execute(select(*columns).where(Case.number.in_(numbers), *there))
    }
    merged = select(Case.number, Case.merged_into).where(Case.merged_into.in_(found), Case.merged_into.is_not(None))
    homes = {number: number for number in found} | {row.number: row.merged_into for row in session.execute(merged)}
    for home, record in _records(session, homes):
        found[home].records.append(record)
    return found, homes


def _records(session: Session, homes: dict[int, int]) -> Iterable[tuple[int, Record]]:
    of_event = (Event.id, Event.case_number, Event.at, Event.deed, Event.agent_id, Event.person_id, Event.before, Event.after)
    words = func.substr(Entry.visible, 1, LONGEST + 1).label(
        "text"
    )  # whether somebody only says thanks is seen by less than that
    of_entry = (Entry.kind, Entry.at.label("said_at"), Entry.agent_id.label("said_by"), Entry.flags, Entry.judgement, words)
    query = select(*of_event, *of_entry).outerjoin(Entry, Entry.id == Event.entry_id)
    query = query.where(Event.case_number.in_(homes), Event.deed.in_(DEEDS), stands()).order_by(Event.id)
    for row in session.execute(query):
        home = homes[row.case_number]
        yield (
            home,
            Record(
                row.id, row.at, row.deed, row.agent_id, row.person_id, row.before, row.after, row.kind or "", row.said_at,
                row.said_by, row.flags or (), row.judgement, row.text or "", lane=row.case_number if row.case_number != home else 0,
            ),
        )  # fmt: skip


def hours_of_team(session: Session) -> Callable[[int | None], Hours]:
    """The working time of a team, by its id; None for cases of no team."""
    calendars = {row.id: row.calendar_id for row in session.execute(select(Team.id, Team.calendar_id))}
    usual, hours = clocks.standard(session).id, clocks.hours_of(session)
    return lambda team_id: hours(calendars.get(team_id or 0) or usual)


def team_ids(session: Session) -> dict[str, int]:
    """The teams by their names, as older events name them."""
    return {row.name: row.id for row in session.execute(select(Team.name, Team.id))}
