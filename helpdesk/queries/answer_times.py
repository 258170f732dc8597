"""How long people waited for a first answer lately, and how many wait now: what an acknowledgement may say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Event, Installation, Team
from helpdesk.policies.cases import OUR_TURN
from helpdesk.policies.hours import Hours
from helpdesk.policies.promises import DAYS_BACK, Wait, nine_of_ten
from helpdesk.queries import clocks
from helpdesk.queries.events import stands

NAME = "answer times"


@dataclass(frozen=True)
class AnswerTime:
    """Within how many working seconds nine of ten had their first answer, and of how many cases that is told."""

    seconds: int | None  # None: fewer than nine of ten were answered at all
    cases: int


def hours_of(session: Session, team_id: int | None) -> Hours:
    """The working time of a team, or the standard one."""
    calendar_id = session.scalar(select(Team.calendar_id).where(Team.id == team_id)) if team_id is not None else None
    return clocks.hours_of(session)(calendar_id or clocks.standard(session).id)


def of_team(session: Session, team_id: int | None, *, now: datetime) -> AnswerTime:
    """As it was last worked out; while that was never done, as it is now."""
    row = session.get(Installation, NAME)
    known = row.value.get(str(team_id or "")) if row else None
    return AnswerTime(*known) if known is not None else work_out(session, team_id, now=now)


def work_out_all(session: Session, *, now: datetime) -> dict[str, list[int | None]]:
    """Of every team, and of the cases that belong to none: what `of_team` reads."""
    teams: list[int | None] = [None, *session.scalars(select(Team.id).order_by(Team.id))]
    found = {team_id: work_out(session, team_id, now=now) for team_id in teams}
    return {str(team_id or ""): [time.seconds, time.cases] for team_id, time in found.items()}


def work_out(session: Session, team_id: int | None, *, now: datetime) -> AnswerTime:
    """From all cases of the last thirty days that people began: also from those that nobody has answered yet."""
    found = waits(session, team_id, now=now)
    return AnswerTime(nine_of_ten(found), len(found))


def waits(session: Session, team_id: int | None, *, now: datetime) -> list[Wait]:
    """One of each case: until its first answer by a human; without one, until it was solved or now, and at least so long."""
    mine = Case.team_id == team_id if team_id is not None else Case.team_id.is_(None)
    there = Case.spam_at.is_(None), Case.withdrawn_at.is_(None), Case.merged_into.is_(None), Case.channel != "ours"
    query = select(Case.number, Case.opened_at, Case.resolved_at).where(
        mine, *there, Case.opened_at > now - DAYS_BACK, Case.opened_at <= now
    )
    cases = session.execute(query).all()
    answered, hours = _first_answers(session, [case.number for case in cases]), hours_of(session, team_id)
    found = []
    for case in cases:
        answer = answered.get(case.number)
        found.append(Wait(hours.between(case.opened_at, answer or case.resolved_at or now), answer is not None))
    return found


def ahead_of(session: Session, case: Case, since: datetime) -> int:
    """How many other people have waited longer for this team; confidential cases are told to nobody."""
    mine = Case.team_id == case.team_id if case.team_id is not None else Case.team_id.is_(None)
    there = Case.spam_at.is_(None), Case.withdrawn_at.is_(None), Case.merged_into.is_(None), Case.confidential.is_(False)
    query = select(func.count(Case.requester_id.distinct())).where(
        mine, *there, Case.state.in_(OUR_TURN), Case.waiting_since < since, Case.requester_id != case.requester_id
    )
    return session.scalar(query) or 0


def _first_answers(session: Session, numbers: Collection[int]) -> dict[int, datetime]:
    """Case number → when a human first answered, by mail or in a call or letter after which it was their turn."""
    first: dict[int, datetime] = {}
    for some in _in_hundreds(list(numbers)):
        query = select(Event.case_number, Event.deed, Event.at, Event.after).where(
            Event.case_number.in_(some), Event.deed.in_(("replied", "logged")), stands()
        )
        for number, deed, at, after in session.execute(query):
            if deed == "logged" and after.get("turn") != "theirs":
                continue
            at = min(at, datetime.fromisoformat(after["at"])) if deed == "logged" else at
            first[number] = min(at, first.get(number, at))
    return first


def _in_hundreds(numbers: list[int]) -> list[list[int]]:
    return [numbers[start : start + 500] for start in range(0, len(numbers), 500)]
