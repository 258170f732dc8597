"""What a report is asked for, by the words of an address: period, team, filters, and which time counts.  And back again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import get_args

from sqlalchemy.orm import Session

from helpdesk.models import Team
from helpdesk.policies import periods
from helpdesk.policies.periods import Days, Length
from helpdesk.queries import clocks
from helpdesk.reports.report import Name, Period, Scope, Time

NAMES: tuple[Name, ...] = get_args(Name)
USUAL: dict[Name, Length] = {"daily": "day", "friction": "month"}  # all others are of a week
FIELD = "field."  # before the name of a case's field: «field.cause=refund»
EARLIEST, LATEST = date(1971, 1, 1), date(2199, 12, 31)
LONGEST_WORD = 200  # characters

zone_of = clocks.zone_of  # in whose days a report counts


class NotAPeriod(Exception):
    """These are no days that a report can be of.  `str()` is a sentence for people."""

    @property
    def sentence(self) -> str:
        return str(self)


def scope(session: Session, name: Name, asked: Mapping[str, str], *, now: datetime) -> Scope:
    """What is asked for; what is not said is as usual for this report.  Raises NotAPeriod.

    Days are those of the team's calendar, without a team those of the standard one.
    """
    team_id = _team(session, asked.get("team", ""))
    return scope_of(
        days_of(name, asked, today=now.astimezone(zone_of(session, team_id)).date()),
        zone=zone_of(session, team_id),
        now=now,
        time="calendar" if asked.get("time") == "calendar" else "working",
        team_id=team_id,
        tag=_word(asked.get("tag", "")),
        fields={key.removeprefix(FIELD): _word(text) for key, text in asked.items() if key.startswith(FIELD) and _word(text)},
    )


def scope_of(
    days: Days,
    *,
    zone: tzinfo,
    now: datetime,
    time: Time = "working",
    team_id: int | None = None,
    tag: str = "",
    fields: Mapping[str, str] | None = None,
) -> Scope:
    """The scope of these days in that zone."""
    return Scope(
        period=period(days, zone),
        before=period(periods.before(days), zone),
        now=now,
        time=time,
        team_id=team_id,
        tag=tag,
        fields=fields or {},
    )


def period(days: Days, zone: tzinfo) -> Period:
    """From the first midnight to the one behind the last day, whatever the clocks of the zone do in between."""
    first, last = days
    return Period(first, last, _midnight(first, zone), _midnight(last + timedelta(days=1), zone))


def days_of(name: Name, asked: Mapping[str, str], *, today: date) -> Days:
    """`from` and `to` of the address; one alone is that day, none is what is usual.  Raises NotAPeriod."""
    begin, end = asked.get("from", ""), asked.get("to", "")
    if not begin and not end:
        return periods.newest(USUAL.get(name, "week"), today)
    first, last = _day(begin or end), _day(end or begin)
    if last < first:
        raise NotAPeriod("The last day comes before the first.")
    if (last - first).days >= periods.LONGEST:
        raise NotAPeriod("A report is of five years at the most.")
    return first, last


def words_of(scope: Scope) -> dict[str, str]:
    """The scope as an address says it: everything that is not as usual, and always the days, so that a link stays what it is."""
    found = {"from": scope.period.first.isoformat(), "to": scope.period.last.isoformat()}
    if scope.team_id is not None:
        found["team"] = str(scope.team_id)
    if scope.tag:
        found["tag"] = scope.tag
    if scope.time != "working":
        found["time"] = scope.time
    return found | {FIELD + name: value for name, value in sorted(scope.fields.items())}


def named(text: str) -> Name | None:
    """The report of this name, if there is one."""
    return text if text in NAMES else None


def _team(session: Session, text: str) -> int | None:
    """The team; None for all of them, also where the word is none of a team."""
    known = text.isascii() and text.isdigit() and len(text) < 10 and session.get(Team, int(text)) is not None
    return int(text) if known else None


def _word(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())[:LONGEST_WORD]


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotAPeriod("Write days like 2026-11-16.") from None
    if not EARLIEST <= day <= LATEST:
        raise NotAPeriod("Write days like 2026-11-16.")
    return day


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(0)).replace(tzinfo=zone).astimezone(UTC)
