"""Figures of a period as one reader may know them: from the sums of days and months, and from the measures where no sum is true.

A case that is not for everybody is in no sum; it is counted for those who know of it.  With a tag or a field nothing is summed
beforehand, so the measures of those cases are read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Measure, MeasureStale, MeasureSum
from helpdesk.policies.measures import KINDS
from helpdesk.policies.packing import Heaps, unpack
from helpdesk.policies.permissions import may
from helpdesk.queries.cases import is_seen
from helpdesk.queries.clocks import zone_of_days
from helpdesk.queries.histories import hours_of_team
from helpdesk.reports.filters import filters
from helpdesk.reports.groups import groups
from helpdesk.reports.instants import at_instant, of_kind
from helpdesk.reports.report import Period, Scope

Found = TypeVar("Found")

DAY = timedelta(days=1)
Counts = dict[tuple[str, int], tuple[int, int]]  # (kind, team) → how many, and what they come to
_CASE: Any = Measure.case_number
FEW = 500  # cases that are not for everybody


class Reading:
    """One report's look at what was measured.  Whatever is asked twice is read once."""

    def __init__(self, session: Session, scope: Scope, reader: Agent) -> None:
        self.session, self.scope, self.reader = session, scope, reader
        self.groups, self.hours_of = groups(session), hours_of_team(session)
        self.teams = self.groups.with_team(scope.team_id) if scope.team_id is not None else None  # None: all
        self._known: dict[Hashable, Any] = {}
        self._counts: dict[Period, Counts] = {}
        self._values: dict[tuple[Period, str], dict[int, list[Sequence[int]]]] = {}

    # ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────

    def number(self, kind: str, period: Period, teams: Collection[int] | None = None) -> int:
        """How many measures of a kind are counted in a period."""
        return sum(
            number for (its, team), (number, _total) in self.counts(period).items() if its == kind and self._is_in(team, teams)
        )

    def values(self, kind: str, period: Period, teams: Collection[int] | None = None) -> Heaps:
        """The values of a kind in a period, sorted: seconds of the time that is asked for."""
        if (period, kind) not in self._values:
            self._values[period, kind] = self._read_values(kind, period)
        heaps = self._values[period, kind]
        return Heaps(heap for team in heaps if self._is_in(team, teams) for heap in heaps[team])

    def counts(self, period: Period) -> Counts:
        """Every kind and team in a period, whoever is asked for."""
        if period not in self._counts:
            self._counts[period] = self._read_counts(period)
        return self._counts[period]

    def teams_with(self, kinds: Collection[str], *periods: Period) -> list[str]:
        """The groups of teams for which there is anything to tell."""
        found = {
            self.groups.of(team)
            for one in periods
            for (kind, team), _counts in self.counts(one).items()
            if kind in kinds and self._is_in(team)
        }
        return sorted(found, key=lambda group: (group not in self.groups.names, self.groups.names.get(group, group)))

    def going_on(self, kind: str, at: datetime) -> Select[int]:
        """The cases in which something went on at an instant, for the SELECT of numbers."""
        parts = self.each_going_on(kind, at)
        return parts[0] if len(parts) == 1 else select(union_all(*parts).subquery().c.case_number)

    def each_going_on(self, kind: str, at: datetime) -> list[Select[int]]:
        """The same in parts, each along an index of its own."""
        query = select(Measure.case_number).where(of_kind(kind), self._seen, *self._is_of_teams())
        return [query.where(condition) for condition in at_instant(at, self.scope.now)]

    def still_going(self, kind: str, at: datetime) -> Select[int]:
        """The cases in which something that began before an instant goes on to this day."""
        query = select(Measure.case_number).where(Measure.kind == kind, self._seen, *self._is_of_teams())
        return query.where(at_instant(at, self.scope.now)[0])

    def counted(self, kind: str, at: datetime, *columns: Any) -> list[Any]:
        """Something counted of the same for each team: (team, *columns), a team once or several times."""
        columns = (Measure.team_id, *columns)
        query = select(*columns).where(of_kind(kind), self._seen, *self._is_of_teams()).group_by(Measure.team_id)
        conditions = at_instant(at, self.scope.now)
        return [row for condition in conditions for row in self.session.execute(query.where(condition))]

    def waiting(self, kind: str, at: datetime) -> int:
        """How many of a kind went on at an instant."""
        number: int = self.once(("waiting", kind, at), lambda: sum(row[1] for row in self.counted(kind, at, func.count())))
        return number

    def measured(self, kinds: Collection[str], period: Period, teams: Collection[int] | None = None) -> Select[int]:
        """The cases of the measures that are counted in a period, one for each measure."""
        query = select(Measure.case_number).where(Measure.kind.in_(kinds), self._between(period), self._seen)
        return query.where(*self._is_of_teams(teams))

    def once(self, key: Hashable, read: Callable[[], Found]) -> Found:
        """What was read under this key before, or is read now."""
        if key not in self._known:
            self._known[key] = read()
        found: Found = self._known[key]
        return found

    def until(self, period: Period) -> datetime:
        """The end of a period, or now where it is not over."""
        return min(period.ends_at, self.scope.now)

    @cached_property
    def _seen(self) -> ColumnElement[bool]:
        """Which measures may be told.  Everybody who reads cases may know of those that are not apart, so nobody looks them up."""
        of_cases = self.cases(_CASE)
        if not may(self.reader, "case.read"):
            return of_cases
        if len(self._apart) > FEW:
            seen = or_(~Measure.apart, is_seen(_CASE, self.reader))
        else:
            seen = or_(~Measure.apart, Measure.case_number.in_(self._apart)) if self._apart else ~Measure.apart
        return and_(seen, *(Measure.case_number.in_(some) for some in self._filters))

    @cached_property
    def _apart(self) -> Sequence[int]:
        """The cases that are not for everybody, but for this reader: looked up once, for most know of none, and then nothing is asked."""
        there = Measure.apart, Measure.kind == "opened"  # each case has that once
        query = select(Measure.case_number).where(*there, is_seen(_CASE, self.reader))
        return self.session.scalars(query.limit(FEW + 1)).all()

    @property
    def knows_apart(self) -> bool:
        """Whether there is a case of which not everybody may know, and the reader may."""
        return bool(self._apart)

    @property
    def is_filtered(self) -> bool:
        """Whether only cases with a tag or a field are asked for."""
        return bool(self._filters)

    def cases(self, number: Any) -> ColumnElement[bool]:
        """Whether the case of this number is one that is asked for, and that the reader may know of."""
        return and_(is_seen(number, self.reader), *(number.in_(some) for some in self._filters))

    # ── from sums and from measures ──────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _filters(self) -> list[Select[int]]:
        return filters(self.scope)

    @cached_property
    def _stale(self) -> set[tuple[str, date]]:
        rows = self.session.execute(select(MeasureStale.grain, MeasureStale.day).distinct())
        return {(row.grain, row.day) for row in rows}

    def _is_summed(self, period: Period) -> bool:
        """Whether there are sums of what is asked for."""
        return not self._filters and self._is_of_days(period)

    def _is_of_days(self, period: Period) -> bool:
        """Whether the days that are noted with the measures are the days of this period."""
        zone = zone_of_days(self.session)
        begins = datetime.combine(period.first, time(0), zone).astimezone(UTC) == period.begins_at
        ends = datetime.combine(period.last + DAY, time(0), zone).astimezone(UTC) == period.ends_at
        return begins and ends

    def _read_counts(self, period: Period) -> Counts:
        if self._filters and self._is_of_days(period):
            return self._counts_of_days(period)
        found: Counts = {}
        live = select(Measure.kind, Measure.team_id, func.count(), func.coalesce(func.sum(Measure.value), 0))
        live = live.where(Measure.kind.in_(KINDS)).group_by(Measure.kind, Measure.team_id)
        queries = [live.where(condition) for condition in self._live(period)]
        if self._is_summed(period):
            sums = select(MeasureSum.kind, MeasureSum.team_id, func.sum(MeasureSum.number), func.sum(MeasureSum.total))
            queries.append(sums.where(self._in_sums(period)).group_by(MeasureSum.kind, MeasureSum.team_id))
        for query in queries:
            for kind, team, number, total in self.session.execute(query):
                before = found.get((kind, team or 0), (0, 0))
                found[kind, team or 0] = (before[0] + number, before[1] + int(total or 0))
        return found

    def _counts_of_days(self, period: Period) -> Counts:
        """From the counts of each day of the cases that are asked for, which are read once for all periods of a report."""
        found: Counts = {}
        for kind, team, day, number, total in self.once("days", self._read_days):
            if period.first <= day <= period.last:
                before = found.get((kind, team or 0), (0, 0))
                found[kind, team or 0] = (before[0] + number, before[1] + int(total))
        return found

    def _read_days(self) -> Sequence[Any]:
        columns = Measure.kind, Measure.team_id, Measure.day
        # All kinds: named, SQLite would look for each of them in each case.
        query = select(*columns, func.count(), func.coalesce(func.sum(Measure.value), 0)).group_by(*columns)
        return self.session.execute(query.where(Measure.day.is_not(None), self._seen)).all()

    def _read_values(self, kind: str, period: Period) -> dict[int, list[Sequence[int]]]:
        """Sorted heaps of each team."""
        is_working = self.scope.time == "working" and kind not in ("repliers", "arrived")
        column = Measure.working if is_working else Measure.value
        read: dict[int, list[int]] = {}
        for condition in self._live(period):
            rows = self.session.execute(
                select(Measure.team_id, column).where(Measure.kind == kind, column.is_not(None), condition)
            )
            for team, value in rows:
                read.setdefault(team or 0, []).append(value or 0)
        heaps: dict[int, list[Sequence[int]]] = {team: [sorted(some)] for team, some in read.items()}
        if self._is_summed(period):
            packed = MeasureSum.packed_working if is_working else MeasureSum.packed
            query = select(MeasureSum.team_id, packed).where(MeasureSum.kind == kind, packed.is_not(None), self._in_sums(period))
            for team, some in self.session.execute(query):
                heaps.setdefault(team, []).append(unpack(some or b""))
        return heaps

    def _live(self, period: Period) -> list[ColumnElement[bool]]:
        """Of which measures no sum is read: those of days whose sums are not true, and of cases that are in none."""
        seen = self._seen
        if not self._is_summed(period):
            return [and_(self._between(period), seen)]
        _months, _days, stale = self._pieces(period)
        found = [and_(Measure.day.in_(stale), seen)] if stale else []
        if self._apart:
            summed = and_(Measure.day.between(period.first, period.last), Measure.day.not_in(stale))
            found.append(and_(Measure.apart, summed, seen))
        return found

    def _in_sums(self, period: Period) -> ColumnElement[bool]:
        months, days, _stale = self._pieces(period)
        of_months = and_(MeasureSum.grain == "month", MeasureSum.day.in_(months))
        return or_(of_months, and_(MeasureSum.grain == "day", MeasureSum.day.in_(days)))

    def _pieces(self, period: Period) -> tuple[list[date], list[date], list[date]]:
        """The months and days of a period of which sums are read, and the days of which measures are."""
        months: list[date] = []
        days: list[date] = []
        stale: list[date] = []
        day = period.first
        while day <= period.last:
            after = (day + 32 * DAY).replace(day=1)
            if day.day == 1 and after - DAY <= period.last and ("month", day) not in self._stale:
                months.append(day)
                day = after
                continue
            (stale if ("day", day) in self._stale else days).append(day)
            day += DAY
        return months, days, stale

    def _between(self, period: Period) -> ColumnElement[bool]:
        return and_(Measure.at >= period.begins_at, Measure.at < period.ends_at)

    def _is_in(self, team: int, teams: Collection[int] | None = None) -> bool:
        return (self.teams is None or team in self.teams) and (teams is None or team in teams)

    def _is_of_teams(self, teams: Collection[int] | None = None) -> list[ColumnElement[bool]]:
        return [is_of(Measure.team_id, self.teams), is_of(Measure.team_id, teams)]


def is_of(team_id: Any, teams: Collection[int] | None) -> ColumnElement[bool]:
    """Whether a column names one of these teams (0: none); None asks for nothing."""
    if teams is None:
        return true()
    return or_(team_id.in_(teams), team_id.is_(None)) if 0 in teams else team_id.in_(teams)
