"""Working calendars: hours, holidays, closed days, and which teams work by them.  The clocks of all cases follow each change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import clocks, measuring
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, Calendar, CaseClock, ClosedDays, Team
from helpdesk.policies import hours as policy
from helpdesk.policies import public_holidays

LONGEST, LONGEST_CLOSURE = 100, 366  # characters of a name; days
WEEKDAYS = 7


@dataclass(frozen=True)
class Wanted:
    """A calendar as an admin wants it.  `week`: the hours of each weekday, as policies.hours reads them."""

    name: str
    week: tuple[str, ...]
    zone: str = ""
    country: str = ""
    region: str = ""
    local_days: tuple[str, ...] = field(default=())


def add(session: Session, wanted: Wanted, *, agent: Agent, now: datetime) -> Calendar:
    """A new calendar, by which nobody works yet.  Raises NotUsable."""
    calendar = Calendar(name="", hours=[], local_days=[])
    _fill(session, calendar, wanted)
    session.add(calendar)
    session.flush()
    record(session, "calendar-added", now=now, agent=agent, thing=f"calendar {calendar.id}", after={"name": calendar.name})
    return calendar


def change(session: Session, calendar: Calendar, wanted: Wanted, *, agent: Agent, now: datetime) -> None:
    """Raises NotUsable."""
    before = _facts(calendar)
    _fill(session, calendar, wanted)
    if _facts(calendar) != before:
        _changed(session, calendar, before, _facts(calendar), agent, now)


def give(session: Session, calendar: Calendar, teams: Collection[Team], *, agent: Agent, now: datetime) -> None:
    """These teams work by it, and no others; who leaves it works by the standard one."""
    there = session.scalars(select(Team).where(Team.calendar_id == calendar.id).order_by(Team.name)).all()
    if {team.id for team in there} == {team.id for team in teams}:
        return
    for team in there:
        team.calendar_id = None
    for team in teams:
        team.calendar_id = calendar.id
    before, after = [team.name for team in there], sorted(team.name for team in teams)
    _changed(session, calendar, {"teams": before}, {"teams": after}, agent, now)


def why_kept(session: Session, calendar: Calendar) -> NotUsable | None:
    """What still uses a calendar, so that it cannot be deleted."""
    if calendar.standard:
        return NotUsable("", "Whoever has no calendar of their own works by it, so it stays.")
    teams = session.scalars(select(Team.name).where(Team.calendar_id == calendar.id).order_by(Team.name)).all()
    if teams:
        return NotUsable("", "It stays as long as teams work by it: %(teams)s.", teams=", ".join(teams))
    if session.scalar(select(CaseClock.id).where(CaseClock.calendar_id == calendar.id).limit(1)) is not None:
        return NotUsable("", "Deadlines of cases were counted by it and stay on record, so it stays, too.")
    return None


def delete(session: Session, calendar: Calendar, *, agent: Agent, now: datetime) -> None:
    """Forget a calendar that nothing uses, with its closed days.  Raises NotUsable."""
    session.refresh(calendar, with_for_update={"of": Calendar})  # the timetable may be about to count by it
    if why := why_kept(session, calendar):
        raise why
    before = {"name": calendar.name, **_facts(calendar), "closed": [_closure(row) for row in calendar.closed]}
    record(session, "calendar-deleted", now=now, agent=agent, thing=f"calendar {calendar.id}", before=before)
    session.delete(calendar)
    session.flush()


def close(session: Session, calendar: Calendar, first: date, last: date, name: str, *, agent: Agent, now: datetime) -> ClosedDays:
    """Nobody works from one day to another, both included.  Raises NotUsable."""
    if not 0 <= (last - first).days < LONGEST_CLOSURE:
        raise NotUsable("last_day", "The last day is not before the first, and not more than a year later.")
    row = ClosedDays(first_day=first, last_day=last, name=" ".join(name.split())[:LONGEST])
    calendar.closed.append(row)
    _changed(session, calendar, {}, _closure(row), agent, now)
    return row


def open_again(session: Session, calendar: Calendar, row: ClosedDays, *, agent: Agent, now: datetime) -> None:
    """They are days like others."""
    before = _closure(row)
    calendar.closed.remove(row)
    _changed(session, calendar, before, {}, agent, now)


def _changed(
    session: Session, calendar: Calendar, before: dict[str, object], after: dict[str, object], agent: Agent, now: datetime
) -> None:
    session.flush()
    record(session, "calendar-changed", now=now, agent=agent, thing=f"calendar {calendar.id}", before=before, after=after)
    clocks.set_all_anew(session)
    measuring.measure_all_anew(session)


def _fill(session: Session, calendar: Calendar, wanted: Wanted) -> None:
    name = " ".join(wanted.name.split())
    if not 0 < len(name) <= LONGEST:
        raise NotUsable("name", "A name has 1 to %(most)s characters.", most=LONGEST)
    named = select(Calendar.id).where(Calendar.name == name, Calendar.id.is_not(calendar.id))
    if session.scalar(named) is not None:
        raise NotUsable("name", "There is a calendar “%(name)s” already.", name=name)
    if wanted.zone and wanted.zone not in available_timezones():
        raise NotUsable("zone", "Choose one from the list.")
    if not public_holidays.is_known(wanted.country, wanted.region):
        raise NotUsable("country", "Choose one from the list.")
    if set(wanted.local_days) - set(public_holidays.LOCAL_DAYS):
        raise NotUsable("local_days", "Choose one from the list.")
    calendar.name, calendar.hours = name, _hours(wanted.week)
    calendar.zone, calendar.country, calendar.region = wanted.zone, wanted.country, wanted.region
    calendar.local_days = [day for day in public_holidays.LOCAL_DAYS if day in wanted.local_days]


def _hours(week: tuple[str, ...]) -> list[list[int]]:
    found = []
    for weekday, text in enumerate(week[:WEEKDAYS]):
        day = policy.spans(text)
        if day is None:
            raise NotUsable(f"day{weekday}", "Write hours like 9:00–12:00, 13:00–17:00; leave it empty where nobody works.")
        found += [[weekday, first, behind] for first, behind in day]
    if not found:
        raise NotUsable("day0", "Somebody has to work at least one hour a week.")
    return found


def _facts(calendar: Calendar) -> dict[str, object]:
    wanted = Wanted(calendar.name, (), calendar.zone, calendar.country, calendar.region, tuple(calendar.local_days))
    return {**asdict(wanted), "week": [list(span) for span in calendar.hours], "local_days": list(calendar.local_days)}


def _closure(row: ClosedDays) -> dict[str, object]:
    return {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat(), "name": row.name}
