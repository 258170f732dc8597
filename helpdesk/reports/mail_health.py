"""Whether mail leaves, comes back and has its place: probes and their round trips, and where the books do not agree."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from helpdesk.models import ProbeTrip
from helpdesk.queries import ledger
from helpdesk.queries.ledger import Mismatch
from helpdesk.reports import amounts
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Figure, Period

MISMATCHES: dict[str, Mismatch] = {"mail-unsettled": "unsettled", "mail-twice": "twice"}


def figures(reading: Reading) -> list[Figure]:
    """Of probes within which time half of them were back, and 95 of 100; of the books what does not agree now."""
    now, before = (_trips(reading, one) for one in (reading.scope.period, reading.scope.before))
    lost = _missing(reading, reading.scope.period)
    return [
        Figure("probe-half", amounts.median(now), waiting=lost, before=amounts.median(before)),
        Figure("probe-95", amounts.within(now, 95), waiting=lost, before=amounts.within(before, 95)),
        *(_mismatch(reading, key, what) for key, what in MISMATCHES.items()),
    ]


def _mismatch(reading: Reading, key: str, what: Mismatch) -> Figure:
    team_id = reading.scope.team_id
    number = ledger.number(reading.session, what, reading.reader, team_id, reading.scope.now)
    return Figure(key, amounts.count(number), list_at=f"/post-room?outcome={what}" + (f"&team={team_id}" if team_id else ""))


def _trips(reading: Reading, period: Period) -> list[float]:
    """How many seconds each probe was on its way that left in a period and came back, sorted."""
    query = select(ProbeTrip.sent_at, ProbeTrip.back_at).where(_left_in(period), ProbeTrip.back_at.is_not(None))
    return sorted((row.back_at - row.sent_at).total_seconds() for row in reading.session.execute(query))


def _missing(reading: Reading, period: Period) -> int:
    query = select(ProbeTrip.sent_at).where(_left_in(period), ProbeTrip.back_at.is_(None))
    return len(reading.session.scalars(query).all())


def _left_in(period: Period) -> ColumnElement[bool]:
    return and_(ProbeTrip.sent_at >= period.begins_at, ProbeTrip.sent_at < period.ends_at)
