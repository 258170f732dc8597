"""The histories of cases, many at a time, as policies.histories reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, CaseClock, CaseShutOut, Entry, Escalation, Event, Promise, Team
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


@dataclass
class History:
    """One case with all that its figures need.  `apart`: not everybody may know of it."""

    case: Any  # a row of its columns
    apart: bool
    records: list[Record] = field(default_factory=list)
    clocks: list[CaseClock] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    escalations: list[Any] = field(default_factory=list)  # rows of their columns


def of(session: Session, numbers: Collection[int]) -> dict[int, History]:
    """Case number → its history, of those that count: not of spam, of what was merged into another, of what was never begun."""
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
    for clock in session.scalars(select(CaseClock).where(CaseClock.case_number.in_(found)).order_by(CaseClock.id)):
        found[clock.case_number].clocks.append(clock)
    for promise in session.scalars(select(Promise).where(Promise.case_number.in_(homes)).order_by(Promise.id)):
        found[homes[promise.case_number]].promises.append(promise)
    for row in session.execute(select(*_OF_ESCALATION).where(Escalation.case_number.in_(homes)).order_by(Escalation.id)):
        found[homes[row.case_number]].escalations.append(row)
    return found


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
