"""The views that everybody has: what belongs to each, in which order, and how many there are.

What does not change with the time is put together once and asked again and again (`page`, `counting`), with `reader`, the id of
the agent who asks: to write such a question anew takes longer than its answer.  What is the same in all of them stands in them
word by word, so that PostgreSQL can keep its plan: one that does not know the states knows of no index for some of them.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Literal, get_args

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models import Case, Membership, OutboxMail
from helpdesk.policies.cases import OUR_TURN, UNSOLVED
from helpdesk.queries import burning
from helpdesk.queries.cases import MOST
from helpdesk.queries.outbox import DID_NOT_ARRIVE
from helpdesk.queries.sight import READER, hidden_from_reader

View = Literal[
    "mine", "due", "unassigned", "team", "ours", "theirs", "undeliverable", "resolved", "all", "spam",
    "broken", "risk", "due-2", "due-8", "unsolved",
]  # fmt: skip
VIEWS: tuple[View, ...] = get_args(View)
RARE: tuple[View, ...] = (
    "spam",
    "broken",
    "risk",
    "due-2",
    "due-8",
    "unsolved",
)  # named among the others only where they are open
BY_DEADLINE: tuple[View, ...] = ("due", "broken", "risk", "due-2", "due-8")  # the nearest deadline comes first
BY_WAIT: tuple[View, ...] = ("mine", "unassigned", "team", "ours")  # whoever waits longest comes first
BY_THE_CLOCK: tuple[View, ...] = ("broken", "risk", "due-2", "due-8")  # what belongs to them changes while nothing happens
COUNTED_APART: tuple[View, ...] = ("undeliverable", "due", "spam")  # not by state, holder and team

Reader = int | BindParameter[int]
_MINE: BindParameter[Any] = bindparam("mine", expanding=True)  # the ids of those for whom the reader acts
_OFFSET = bindparam("offset", type_=Integer)


def belongs(session: Session, view: View, reader: int, mine: Collection[int]) -> ColumnElement[bool]:
    """What belongs to a view now; `mine`: the ids of those for whom the reader acts."""
    match view:
        case "broken":
            return burning.broken(clock.now())
        case "risk":
            return burning.at_risk(clock.now())
        case "due-2" | "due-8":
            return burning.due_within(session, clock.now(), burning.WITHIN[view])
        case _:
            return _belongs(view, reader, Case.assignee_id.in_(mine))


def _belongs(view: View, reader: Reader, is_mine: ColumnElement[bool]) -> ColumnElement[bool]:
    match view:
        case "mine":
            return and_(is_mine, is_in(UNSOLVED))
        case "due":
            return Case.due_at.is_not(None)
        case "unassigned":
            return and_(Case.assignee_id.is_(None), is_in(UNSOLVED))
        case "team":
            teams = select(Membership.team_id).where(Membership.agent_id == reader)
            return and_(Case.team_id.in_(teams), is_in(UNSOLVED))
        case "ours":
            return is_in(OUR_TURN)
        case "theirs":
            return is_in(("waiting",))
        case "undeliverable":
            undelivered = select(OutboxMail.case_number).where(OutboxMail.state.in_(_as_they_are(DID_NOT_ARRIVE)))
            return and_(is_in(UNSOLVED), Case.number.in_(undelivered))
        case "resolved":
            return and_(is_in(("resolved",)), Case.spam_at.is_(None))
        case "spam":
            return Case.spam_at.is_not(None)
        case "unsolved":
            return is_in(UNSOLVED)
        case "all":
            return true()
        case _:
            raise ValueError(f"what belongs to «{view}» is a matter of the time")


def is_in(states: Collection[str]) -> ColumnElement[bool]:
    """The case is in one of these states."""
    return Case.state.in_(_as_they_are(states))


def _as_they_are(words: Collection[str]) -> list[ColumnElement[str]]:
    return [literal_column(f"'{word}'", String) for word in words]


def unmerged() -> ColumnElement[bool]:
    """A merged case is resolved: what asks for others need not ask.  Almost all are in none, so its index would be a detour."""
    return func.coalesce(Case.merged_into, 0) == 0


def in_order(query: Select[Case], view: View | None) -> Select[int]:
    """The numbers of these cases as an agent works them off."""
    order: tuple[Any, ...] = (Case.changed_at.desc(), Case.number.desc())
    if view in BY_WAIT:
        order = (Case.waiting_since.is_(None), Case.waiting_since, *order)
    if view in BY_DEADLINE:
        order = (Case.due_at, Case.number)
    return query.with_only_columns(Case.number).order_by(*order)


def page(view: View, reader: int, mine: Collection[int], limit: int, offset: int) -> tuple[Select[Case], dict[str, Any]]:
    """The cases of a page of a view that knows no time, not in order, and what this is to be asked with."""
    asked = {"reader": reader} | ({"offset": offset} if offset else {}) | ({"mine": list(mine)} if view == "mine" else {})
    return _page(view, limit, offset > 0), asked


@cache
def _page(view: View, limit: int, further: bool) -> Select[Case]:
    there = _belongs(view, READER, Case.assignee_id.in_(_MINE)), Case.number.not_in(hidden_from_reader())
    query = select(Case).where(*there, *((unmerged(),) if view in ("resolved", "all") else ()))
    numbers = in_order(query, view).limit(literal_column(str(limit)))
    return select(Case).where(Case.number.in_(numbers.offset(_OFFSET) if further else numbers))


@cache
def counting() -> CompoundSelect[*tuple[Any, ...]]:
    """(view, None, None, None, how many) of those that are counted apart, and (None, state, holder, team, how many) of what is unsolved.

    To be asked with `reader`.  What is unsolved is counted along an index, and what the reader may not know of is taken off again.
    """
    hidden = hidden_from_reader().cte("hidden")  # found once for all
    alike = Case.state, Case.assignee_id, Case.team_id
    unsolved = select(null(), *alike, func.count()).where(is_in(UNSOLVED)).group_by(*alike)
    unseen = select(null(), *alike, -func.count()).where(is_in(UNSOLVED), Case.number.in_(select(hidden.c.number)))
    return union_all(*(_counted_apart(view, hidden) for view in COUNTED_APART), unsolved, unseen.group_by(*alike))


def _counted_apart(view: View, hidden: CTE) -> Select[*tuple[Any, ...]]:
    there = _belongs(view, READER, true()), Case.number.not_in(select(hidden.c.number))
    no_id = cast(null(), Integer)
    return select(cast(view, String), cast(null(), String), no_id, no_id, how_many(select(Case).where(*there)))


def how_many(query: Select[Case]) -> ColumnElement[int]:
    """How many cases these are; MOST + 1 where there are more than MOST."""
    some = query.with_only_columns(Case.number).order_by(None).limit(literal_column(str(MOST + 1))).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
