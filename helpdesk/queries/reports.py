"""What reports can be filtered by, and the cases behind their figures as a list shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from helpdesk.models import Agent, Case, Cause, Outcome
from helpdesk.queries.cases import is_seen, seen_by

MOST = 20_000  # rows: more are neither counted nor sorted


def causes(session: Session) -> list[str]:
    """The names of all causes, of whatever desk."""
    return list(session.scalars(select(Cause.name).distinct().order_by(Cause.name)))


def offices(session: Session, *, limit: int = 100) -> list[str]:
    """The departments that were named, the most frequent ones."""
    query = select(Outcome.office).where(Outcome.office != "").group_by(Outcome.office)
    return sorted(session.scalars(query.order_by(func.count().desc(), Outcome.office).limit(limit)))


@dataclass(frozen=True)
class Page:
    """Some of the cases behind a figure.  `total`: how many they are; `is_more`: there are more than that."""

    rows: list[Case]
    total: int
    is_more: bool


def page(session: Session, agent: Agent, parts: Sequence[Select[int]], *, limit: int, offset: int = 0, most: int = MOST) -> Page:
    """Those of the cases that any of these finds that this agent may see, whoever waits longest first, then what was touched last.

    Of more than `most` rows the newest come first: they are looked up one by one until the page is full, and not all of them sorted.
    """
    if not parts:
        return Page([], 0, is_more=False)
    some = union_all(*(part.limit(most + 1).subquery().select() for part in parts)).limit(most + 1).subquery()
    found, total = session.execute(select(func.count(), func.count(some.c[0].distinct()))).one()
    if found > most:
        each: Any = aliased(Case)
        held = select(each.number).where(or_(*(_finds(part, each) for part in parts)))
        numbers = session.scalars(
            held.where(is_seen(each.number, agent)).order_by(each.number.desc()).limit(limit).offset(offset)
        )
        return Page(_of(session, numbers.all(), Case.number.desc()), most, is_more=True)
    order = Case.waiting_since.is_(None), Case.waiting_since, Case.changed_at.desc(), Case.number.desc()
    shown = select(Case.number).where(Case.number.in_(union_all(*parts)), seen_by(agent)).order_by(*order)
    return Page(_of(session, session.scalars(shown.limit(limit).offset(offset)).all(), *order), total, is_more=False)


def _finds(part: Select[int], case: Any) -> ColumnElement[bool]:
    return part.where(part.selected_columns[0] == case.number).correlate(case).exists()


def _of(session: Session, numbers: Sequence[int], *order: Any) -> list[Case]:
    return list(session.scalars(select(Case).where(Case.number.in_(numbers)).order_by(*order)))
