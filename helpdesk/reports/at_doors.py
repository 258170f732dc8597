"""Mail at the doors of cases: what came late, who was a stranger, and which cases go on by it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import CompoundSelect, func, select, union_all
from sqlalchemy.orm import aliased

from helpdesk.models import Case, DoorMail
from helpdesk.reports import amounts
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Behind, Figure, Period

BEHIND = ("late", "strangers", "brought-back", "late-brought-back")
HUNDRED = 100
_LATE = DoorMail.standing == "expired", DoorMail.writer != "machine"
_WHICH: dict[str, tuple[Any, ...]] = {
    "late": _LATE,
    "strangers": (DoorMail.writer == "stranger",),
    "brought-back": (DoorMail.brings_back,),
    "late-brought-back": (*_LATE, DoorMail.brings_back),
    "all": (),
}


def figures(reading: Reading) -> list[Figure]:
    """Strangers of all that came to addresses of cases, and what brought a case back."""
    strangers, strangers_before = (number(reading, "strangers", one) for one in (reading.scope.period, reading.scope.before))
    mails, mails_before = (number(reading, "all", one) for one in (reading.scope.period, reading.scope.before))
    return [
        count(reading, "brought-back"),
        count(reading, "late-brought-back"),
        count(reading, "strangers"),
        Figure("strangers-per-mail", per_hundred(strangers, mails), before=per_hundred(strangers_before, mails_before)),
    ]


def count(reading: Reading, key: str) -> Figure:
    """How many mails there were of one kind."""
    now, before = (amounts.count(number(reading, key, one)) for one in (reading.scope.period, reading.scope.before))
    return Figure(key, now, before=before, behind=Behind(key))


def number(reading: Reading, key: str, period: Period) -> int:
    """How many mails came to addresses of cases in a period: all of them, or of one kind."""

    def read() -> dict[str, int]:
        counted = [
            func.count().filter(*which).label(name) if which else func.count().label(name) for name, which in _WHICH.items()
        ]
        return dict(reading.session.execute(_mails(reading, period).with_only_columns(*counted)).one()._mapping)

    return reading.once(("door-mail", period), read)[key]


def behind(reading: Reading, wanted: Behind, period: Period) -> Any:
    """The cases in which that mail lies, one number for each mail; of mail that lies in none, the case that it was for."""
    return _mails(reading, period).where(*_WHICH[wanted.figure])


def per_hundred(some: int, of: int) -> Amount:
    """So many for each hundred of those."""
    return Amount("rate", HUNDRED * some / of if of else None, of)


def cases_of(teams: Collection[int]) -> CompoundSelect[int]:
    """The cases of these teams, and those that go on in one of them."""
    its = aliased(Case)
    merged = select(Case.number).join(its, its.number == Case.merged_into).where(is_of(its.team_id, teams))
    return union_all(select(Case.number).where(Case.merged_into.is_(None), is_of(Case.team_id, teams)), merged)


def _mails(reading: Reading, period: Period) -> Any:
    within = DoorMail.at >= period.begins_at, DoorMail.at < period.ends_at
    its, home = aliased(Case), func.coalesce(Case.merged_into, Case.number)
    query = select(its.number).select_from(DoorMail).join(Case, Case.number == DoorMail.case_number).join(its, its.number == home)
    there = its.spam_at.is_(None), its.withdrawn_at.is_(None), is_of(its.team_id, reading.teams)
    return query.where(*within, *there, reading.cases(its.number))
