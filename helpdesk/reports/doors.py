"""What came in and what became of it, what of ours came back, and how the addresses of cases live and end."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from helpdesk.models import Agent, Arrival, Case, Measure, OutboxMail, ReplyAddress
from helpdesk.policies.permissions import may
from helpdesk.queries.clocks import zone_of_days
from helpdesk.queries.sight import arrival_is_seen_by, hidden_from
from helpdesk.reports import amounts, asked, at_doors, mail_health
from helpdesk.reports.at_doors import per_hundred
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Bar, Bars, Behind, Figure, Period, Report, Scope

OUTCOMES = ("case", "new-case", "follow-up", "held", "refused", "report", "auto", "duplicate", "late")
FILED = ("case", "new-case", "follow-up")
ADDRESSES = ("addresses-open", "addresses-grace", "addresses-expired")
BEHIND = (*at_doors.BEHIND, *ADDRESSES, "filed", "bounced-out")
_PROBES = select(ReplyAddress.address).where(ReplyAddress.purpose == "probe")


def collect(session: Session, scope: Scope, reader: Agent) -> Report:
    """The report of a period, as this reader may know it.  Mail that lies in no case has no team, so it counts for all of them."""
    reading = Reading(session, scope, reader)
    period, before = scope.period, scope.before
    late, late_before = (at_doors.number(reading, "late", one) for one in (period, before))
    expired, expired_before = (_ended(reading, one) for one in (period, before))
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
    if wanted.figure in ADDRESSES:
        return _has_address(reading, wanted.figure)
    if wanted.figure == "filed":
        return _filed(reading, period)
    return _came_back(reading, period) if wanted.figure == "bounced-out" else at_doors.behind(reading, wanted, period)


def _outcomes(reading: Reading, period: Period) -> Counter[str]:
    """How many mails × recipients came to each outcome in a period, each counted when it did."""
    return reading.once(("outcomes", period), lambda: _read_outcomes(reading, period))


def _read_outcomes(reading: Reading, period: Period) -> Counter[str]:
    within = Arrival.outcome.in_(OUTCOMES), Arrival.settled_at >= period.begins_at, Arrival.settled_at < period.ends_at
    query = select(Arrival.outcome, func.count()).where(*within).group_by(Arrival.outcome)
    in_cases = query.where(Arrival.case_number.is_not(None), *_asked(reading, Arrival.case_number))
    # Those of hidden cases are few: a join begins with these cases, where SQLite would go through all mail of the period once more.
    hidden = _hidden(reading).subquery()
    in_hidden = query.join(hidden, hidden.c.number == Arrival.case_number).where(*_asked(reading, hidden.c.number))
    parts = [(in_cases, 1), (in_hidden, -1)]
    if not reading.is_filtered and (reading.teams is None or 0 in reading.teams):
        nowhere = Arrival.case_number.is_(None), Arrival.recipient.not_in(_PROBES)  # those are forgotten after some days
        parts.append((query.where(*nowhere, arrival_is_seen_by(reading.reader)), 1))
    found: Counter[str] = Counter()
    for part, sign in parts:
        for outcome, number in reading.session.execute(part):
            found[outcome or ""] += sign * number
    return found


def _numbers(reading: Reading, outcomes: tuple[str, ...]) -> tuple[Amount, None, None, Amount]:
    now, before = (
        amounts.count(sum(_outcomes(reading, one)[outcome] for outcome in outcomes))
        for one in (reading.scope.period, reading.scope.before)
    )
    return now, None, None, before


def _of_mail(reading: Reading, key: str, outcomes: tuple[str, ...]) -> Figure:
    return Figure(key, *_numbers(reading, outcomes), behind=Behind(key) if key in BEHIND else None)


def _filed(reading: Reading, period: Period) -> Any:
    """The cases in which mail was filed, one number for each mail and recipient."""
    within = Arrival.outcome.in_(FILED), Arrival.settled_at >= period.begins_at, Arrival.settled_at < period.ends_at
    number: Any = Arrival.case_number
    return select(number).where(*within, number.is_not(None), number.not_in(_hidden(reading)), *_asked(reading, number))


def _by_outcome(reading: Reading) -> Bars:
    now, before = (_outcomes(reading, one) for one in (reading.scope.period, reading.scope.before))
    bars = [
        Bar(f"mail-{one}", amounts.count(now[one]), amounts.count(before[one])) for one in OUTCOMES if now[one] or before[one]
    ]
    return Bars("mail-by-outcome", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def _came_back(reading: Reading, period: Period) -> Any:
    """Mail that came back is little: its cases are looked up, one by one."""
    its, home = aliased(Case), func.coalesce(Case.merged_into, Case.number)
    query = (
        select(its.number).select_from(OutboxMail).join(Case, Case.number == OutboxMail.case_number).join(its, its.number == home)
    )
    within = OutboxMail.changed_at >= period.begins_at, OutboxMail.changed_at < period.ends_at
    return query.where(OutboxMail.state == "bounced", *within, is_of(its.team_id, reading.teams), reading.cases(its.number))


def _bounced(reading: Reading) -> Figure:
    now, before = (
        amounts.count(reading.session.scalar(_came_back(reading, one).with_only_columns(func.count())) or 0)
        for one in (reading.scope.period, reading.scope.before)
    )
    return Figure("bounced-out", now, before=before, behind=Behind("bounced-out"))


def _addresses(reading: Reading) -> list[Figure]:
    """How many addresses of cases live, are in grace, or have ended, as it is now; what was withdrawn is none of these."""
    always = _all_ends(reading)
    numbers = {
        "addresses-open": reading.waiting("door", reading.scope.now),
        "addresses-grace": _in_grace(reading, always),
        "addresses-expired": _ended(reading, always),
    }
    return [Figure(key, amounts.count(number), behind=Behind(key)) for key, number in numbers.items()]


def _has_address(reading: Reading, key: str) -> Any:
    """The cases of these addresses, one number for each."""
    now, ends = reading.scope.now, reading.measured(["door"], _all_ends(reading))
    if key == "addresses-open":
        return reading.each_going_on("door", now)[0]
    return ends.where(Measure.at > now if key == "addresses-grace" else Measure.at <= now)


def _all_ends(reading: Reading) -> Period:
    """The days on which addresses ended, or will end."""
    first, last = (
        reading.session.scalar(select(edge(Measure.day)).where(Measure.kind == "door")) or reading.scope.now.date()
        for edge in (func.min, func.max)
    )
    return asked.period((first, last), zone_of_days(reading.session))


def _ended(reading: Reading, period: Period) -> int:
    """How many addresses ended in a period; those are left out that will before it is over."""
    return reading.number("door", period) - _in_grace(reading, period)


def _in_grace(reading: Reading, period: Period) -> int:
    """How many addresses will end in a period, after now."""
    if period.ends_at <= reading.scope.now:
        return 0
    ends = reading.measured(["door"], period).where(Measure.at > reading.scope.now)
    return reading.session.scalar(ends.with_only_columns(func.count())) or 0


def _hidden(reading: Reading) -> Any:
    """The cases of which the reader may not know."""
    return hidden_from(reading.reader) if may(reading.reader, "case.read") else select(Case.number)


def _asked(reading: Reading, number: Any) -> list[Any]:
    """That the case of this number is one with what is asked for; nothing where nothing is."""
    found = [reading.cases(number)] if reading.is_filtered else []
    if reading.teams is not None:
        found.append(number.in_(at_doors.cases_of(reading.teams)))
    return found
