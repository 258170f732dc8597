"""Figures of a period as one reader may know them: from the sums of days and months, and from the measures where no sum is true.

A case that is not for everybody is in no sum; it is counted for those who know of it.  With a tag or a field nothing is summed
beforehand, so the measures of those cases are read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, CaseField, CaseTag, Cause, Field, Measure, MeasureStale, MeasureSum, Outcome, Tag
from helpdesk.policies.folding import fold
from helpdesk.policies.measures import KINDS
from helpdesk.policies.packing import merged, unpack
from helpdesk.policies.permissions import may
from helpdesk.queries.cases import is_seen
from helpdesk.queries.clocks import zone_of_days
from helpdesk.queries.histories import hours_of_team
from helpdesk.reports.groups import groups
from helpdesk.reports.report import Period, Scope

Found = TypeVar("Found")

DAY = timedelta(days=1)
Counts = dict[tuple[str, int], tuple[int, int]]  # (kind, team) → how many, and what they come to
# What went on at an instant went on whatever ended it later: an answer, or a solution without one.
_WITHOUT_ANSWER = {"wait": "unanswered", "first-response": "never-answered"}


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

    def values(self, kind: str, period: Period, teams: Collection[int] | None = None) -> list[int]:
        """The values of a kind in a period, sorted: seconds of the time that is asked for."""
        if (period, kind) not in self._values:
            self._values[period, kind] = self._read_values(kind, period)
        runs = self._values[period, kind]
        wanted = tuple(team for team in runs if self._is_in(team, teams))
        return self.once(("values", period, kind, wanted), lambda: merged(run for team in wanted for run in runs[team]))

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
        query: Select[int] = select(Measure.case_number).where(_going(kind), or_(*self._goes_on(at)), self._seen)
        return query.where(*self._is_of_teams())

    def counted(self, kind: str, at: datetime, *columns: Any) -> list[Any]:
        """Something counted of the same for each team: (team, *columns), a team once or twice.

        What goes on still and what has ended since are asked for apart, each along an index of its own.
        """
        columns = (Measure.team_id, *columns)
        query = select(*columns).where(_going(kind), self._seen, *self._is_of_teams()).group_by(Measure.team_id)
        return [row for condition in self._goes_on(at) for row in self.session.execute(query.where(condition))]

    def _goes_on(self, at: datetime) -> list[ColumnElement[bool]]:
        if at >= self.scope.now:
            return [and_(Measure.at.is_(None), Measure.began_at <= at)]
        return [and_(one, Measure.began_at < at) for one in (Measure.at.is_(None), Measure.at >= at)]

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
        of_cases = self.cases(Measure.case_number)
        return of_cases if self._filters or not may(self.reader, "case.read") else or_(~Measure.apart, of_cases)

    @property
    def has_apart(self) -> bool:
        """Whether there is a case of which not everybody may know."""
        return self._has_apart

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
        found: list[Select[int]] = []
        if self.scope.tag:
            tag = select(Tag.id).where(Tag.folded == fold(self.scope.tag))
            found.append(select(CaseTag.case_number).where(CaseTag.tag_id.in_(tag)))
        return found + [_with_field(name, value) for name, value in self.scope.fields.items()]

    @cached_property
    def _stale(self) -> set[tuple[str, date]]:
        rows = self.session.execute(select(MeasureStale.grain, MeasureStale.day).distinct())
        return {(row.grain, row.day) for row in rows}

    @cached_property
    def _has_apart(self) -> bool:
        return self.session.scalar(select(Measure.id).where(Measure.apart).limit(1)) is not None

    def _is_summed(self, period: Period) -> bool:
        """Whether the days of the sums are the days of this period."""
        zone = zone_of_days(self.session)
        begins = datetime.combine(period.first, time(0), zone).astimezone(UTC) == period.begins_at
        ends = datetime.combine(period.last + DAY, time(0), zone).astimezone(UTC) == period.ends_at
        return not self._filters and begins and ends

    def _read_counts(self, period: Period) -> Counts:
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

    def _read_values(self, kind: str, period: Period) -> dict[int, list[Sequence[int]]]:
        """Heaps of each team, of which only the first is not sorted."""
        is_working = self.scope.time == "working" and kind not in ("repliers", "arrived")
        column = Measure.working if is_working else Measure.value
        heaps: dict[int, list[Sequence[int]]] = {}
        for condition in self._live(period):
            rows = self.session.execute(
                select(Measure.team_id, column).where(Measure.kind == kind, column.is_not(None), condition)
            )
            for team, value in rows:
                heaps.setdefault(team or 0, [[]])[0].append(value)  # type: ignore[attr-defined]  # the first one is a list
        if self._is_summed(period):
            packed = MeasureSum.packed_working if is_working else MeasureSum.packed
            query = select(MeasureSum.team_id, packed).where(MeasureSum.kind == kind, packed.is_not(None), self._in_sums(period))
            for team, some in self.session.execute(query):
                heaps.setdefault(team, [[]]).append(unpack(some or b""))
        return heaps

    def _live(self, period: Period) -> list[ColumnElement[bool]]:
        """Of which measures no sum is read: those of days whose sums are not true, and of cases that are in none."""
        seen = self._seen
        if not self._is_summed(period):
            return [and_(self._between(period), seen)]
        _months, _days, stale = self._pieces(period)
        found = [and_(Measure.day.in_(stale), seen)] if stale else []
        if self._has_apart:
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


def _going(kind: str) -> ColumnElement[bool]:
    return Measure.kind.in_((kind, _WITHOUT_ANSWER[kind])) if kind in _WITHOUT_ANSWER else Measure.kind == kind


def is_of(team_id: Any, teams: Collection[int] | None) -> ColumnElement[bool]:
    """Whether a column names one of these teams (0: none); None asks for nothing."""
    if teams is None:
        return true()
    return or_(team_id.in_(teams), team_id.is_(None)) if 0 in teams else team_id.in_(teams)


def _with_field(name: str, value: str) -> Select[int]:
    """The cases in which a field says this: what every case has, what was said of its outcome, or a field of a desk's own."""
    match name:
        case "cause":
            return select(Outcome.case_number).join(Cause, Cause.id == Outcome.cause_id).where(Cause.name == value)
        case "office":
            return select(Outcome.case_number).where(Outcome.office == value)
        case "verdict":
            return select(Outcome.case_number).where(Outcome.verdict == value)
        case "priority":
            return select(Case.number).where(Case.priority == value)
        case "channel":
            return select(Case.number).where(Case.channel == value)
    return (
        select(CaseField.case_number)
        .join(Field, Field.id == CaseField.field_id)
        .where(Field.name == name, CaseField.value == value)
    )
