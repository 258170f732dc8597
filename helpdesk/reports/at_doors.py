"""Mail at the doors of cases: what came late, who was a stranger, and which cases go on by it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import CompoundSelect, select, union_all
from sqlalchemy.orm import aliased

from helpdesk.models import Case
from helpdesk.reports import amounts
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Behind, Figure, Period

KINDS = {  # policies.measures_of_doors
    "late": "door-late", "strangers": "door-stranger", "brought-back": "door-back", "late-brought-back": "door-late-back",
}  # fmt: skip
BEHIND = tuple(KINDS)
HUNDRED = 100


def figures(reading: Reading) -> list[Figure]:
    """Strangers of all that came to addresses of cases, and what brought a case back."""
    now, before = (_strangers(reading, one) for one in (reading.scope.period, reading.scope.before))
    return [
        count(reading, "brought-back"),
        count(reading, "late-brought-back"),
        count(reading, "strangers"),
        Figure("strangers-per-mail", now, before=before),
    ]


def count(reading: Reading, key: str) -> Figure:
    """How many mails there were of one kind."""
    now, before = (amounts.count(number(reading, key, one)) for one in (reading.scope.period, reading.scope.before))
    return Figure(key, now, before=before, behind=Behind(key))


def number(reading: Reading, key: str, period: Period) -> int:
    """How many mails of one kind came to addresses of cases in a period."""
    return reading.number(KINDS[key], period)


def behind(reading: Reading, wanted: Behind, period: Period) -> Any:
    """The cases in which that mail lies, one number for each mail; of mail that lies in none, the case that it was for."""
    return reading.measured([KINDS[wanted.figure]], period)


def per_hundred(some: int, of: int) -> Amount:
    """So many for each hundred of those."""
    return Amount("rate", HUNDRED * some / of if of else None, of)


def cases_of(teams: Collection[int]) -> CompoundSelect[int]:
    """The cases of these teams, and those that go on in one of them."""
    its = aliased(Case)
    merged = select(Case.number).join(its, its.number == Case.merged_into).where(is_of(its.team_id, teams))
    gone = select(Case.number).where(Case.merged_into.is_not(None))  # few: so no row of a case is read, only an index
    return union_all(select(Case.number).where(is_of(Case.team_id, teams), Case.number.not_in(gone)), merged)


def _strangers(reading: Reading, period: Period) -> Amount:
    return per_hundred(number(reading, "strangers", period), reading.number("door-mail", period))
