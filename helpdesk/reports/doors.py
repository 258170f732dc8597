"""What came in and what became of it, what of ours came back, and how the addresses of cases live and end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Arrival, Case, InboundMail, OutboxMail, ReplyAddress
from helpdesk.queries.cases import is_seen
from helpdesk.queries.sight import arrival_is_seen_by
from helpdesk.reports import amounts, at_doors, mail_health
from helpdesk.reports.at_doors import per_hundred
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Bar, Bars, Behind, Figure, Period, Report, Scope

OUTCOMES = ("case", "new-case", "follow-up", "held", "refused", "report", "auto", "duplicate", "late")
FILED = ("case", "new-case", "follow-up")
BEHIND = (*at_doors.BEHIND, "bounced-out")


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it.  Mail that lies in no case has no team, so it counts for all of them."""
    reading = Reading(session, scope, reader)
    period, before = scope.period, scope.before
    late, late_before = (at_doors.number(reading, "late", one) for one in (period, before))
    expired, expired_before = (_expired(reading, one) for one in (period, before))
    return Report(
        "doors",
        scope,
        figures=[
            *(
                _of_mail(reading, key, outcomes)
                for key, outcomes in (("accepted", OUTCOMES), ("filed", FILED), ("held", ("held",)))
            ),
            Figure("refused", *_numbers(reading, ("refused",))),
            _bounced(reading),
            *mail_health.figures(reading),
            *_addresses(reading),
            at_doors.count(reading, "late"),
            Figure("late-per-expired", per_hundred(late, expired), before=per_hundred(late_before, expired_before)),
            *at_doors.figures(reading),
        ],
        charts=[_by_outcome(reading)],
    )


def behind(reading: Reading, wanted: Behind, period: Period) -> Any:
    """The cases from which mail of ours came back, or at whose doors mail came; one number for each mail."""
    return _came_back(reading, period) if wanted.figure == "bounced-out" else at_doors.behind(reading, wanted, period)


def _arrivals(reading: Reading, period: Period) -> Select[int]:
    query = (
        select(Arrival.id)
        .join(InboundMail, InboundMail.id == Arrival.mail_id)
        .outerjoin(Case, Case.number == Arrival.case_number)
    )
    within = InboundMail.settled_at >= period.begins_at, InboundMail.settled_at < period.ends_at
    seen = arrival_is_seen_by(reading.reader), is_of(Case.team_id, reading.teams)
    if reading.is_filtered:
        return query.where(*within, *seen, reading.cases(Arrival.case_number))
    return query.where(*within, *seen)


def _outcomes(reading: Reading, period: Period) -> dict[str, int]:
    def read() -> dict[str, int]:
        query = _arrivals(reading, period).with_only_columns(Arrival.outcome, func.count()).group_by(Arrival.outcome)
        return {outcome: number for outcome, number in reading.session.execute(query) if outcome is not None}

    return reading.once(("outcomes", period), read)


def _numbers(reading: Reading, outcomes: tuple[str, ...]) -> tuple[Amount, None, None, Amount]:
    now, before = (_outcomes(reading, one) for one in (reading.scope.period, reading.scope.before))
    return (
        amounts.count(sum(now.get(one, 0) for one in outcomes)), None, None, amounts.count(sum(before.get(one, 0) for one in outcomes)),
    )  # fmt: skip


def _of_mail(reading: Reading, key: str, outcomes: tuple[str, ...]) -> Figure:
    return Figure(key, *_numbers(reading, outcomes))


def _by_outcome(reading: Reading) -> Bars:
    now, before = (_outcomes(reading, one) for one in (reading.scope.period, reading.scope.before))
    bars = [
        Bar(f"mail-{one}", amounts.count(now.get(one, 0)), amounts.count(before.get(one, 0)))
        for one in OUTCOMES
        if one in now or one in before
    ]
    return Bars("mail-by-outcome", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def _came_back(reading: Reading, period: Period) -> Any:
    query = select(OutboxMail.case_number).join(Case, Case.number == OutboxMail.case_number)
    within = OutboxMail.state == "bounced", OutboxMail.changed_at >= period.begins_at, OutboxMail.changed_at < period.ends_at
    return query.where(*within, reading.cases(OutboxMail.case_number), is_of(Case.team_id, reading.teams))


def _bounced(reading: Reading) -> Figure:
    now, before = (_number(reading, _came_back(reading, one)) for one in (reading.scope.period, reading.scope.before))
    return Figure("bounced-out", amounts.count(now), before=amounts.count(before), behind=Behind("bounced-out"))


def _number(reading: Reading, query: Any) -> int:
    return reading.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _addresses(reading: Reading) -> list[Figure]:
    """How many addresses of cases live, are in grace, or are over, as it is now."""
    now = reading.scope.now
    living = ReplyAddress.retired_at.is_(None), ReplyAddress.revoked_at.is_(None)
    kinds = {
        "addresses-open": and_(*living, ReplyAddress.expires_at.is_(None)),
        "addresses-grace": and_(*living, ReplyAddress.expires_at > now),
        "addresses-expired": _is_over(now),
    }
    found = []
    for key, condition in kinds.items():
        query = (
            select(func.count()).select_from(ReplyAddress).where(ReplyAddress.purpose == "reply", condition, *_of_cases(reading))
        )
        found.append(Figure(key, amounts.count(reading.session.scalar(query) or 0)))
    return found


def _expired(reading: Reading, period: Period) -> int:
    """How many addresses ended in a period."""
    within = ReplyAddress.expires_at >= period.begins_at, ReplyAddress.expires_at < min(period.ends_at, reading.scope.now)
    query = select(func.count()).select_from(ReplyAddress).where(ReplyAddress.purpose == "reply", *within, *_of_cases(reading))
    return reading.session.scalar(query) or 0


def _of_cases(reading: Reading) -> list[Any]:
    number: Any = ReplyAddress.case_number
    found = [is_seen(number, reading.reader)]
    if reading.is_filtered:
        found.append(reading.cases(number))
    if reading.teams is not None:
        found.append(number.in_(select(Case.number).where(is_of(Case.team_id, reading.teams))))
    return found


def _is_over(now: datetime) -> Any:
    return or_(ReplyAddress.retired_at.is_not(None), ReplyAddress.expires_at <= now)
