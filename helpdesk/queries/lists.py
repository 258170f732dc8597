"""Lists of cases: which belong to a view, in which order they are worked off, how many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import CTE, ColumnElement, Integer, Select, and_, cast, false, func, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models import Agent, Case, Membership, OutboxMail, Person
from helpdesk.policies.cases import OUR_TURN, UNSOLVED, State
from helpdesk.policies.permissions import may
from helpdesk.queries import absences, burning, search
from helpdesk.queries.cases import MOST, seen_by
from helpdesk.queries.details import tagged
from helpdesk.queries.outbox import DID_NOT_ARRIVE
from helpdesk.queries.people import named
from helpdesk.queries.sight import hidden_from

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
COUNTED_APART: tuple[View, ...] = ("undeliverable", "due", "spam")  # not by state, holder and team
BY_WAIT: tuple[View, ...] = ("mine", "unassigned", "team", "ours")  # whoever waits longest comes first


@dataclass(frozen=True)
class Wanted:
    """Which cases a list is asked for; None and "" leave a question out.  `assignee`, `team_id`: an id, 0 for nobody and none."""

    state: State | None = None
    view: View | None = None
    assignee: int | None = None
    team_id: int | None = None
    tag: str = ""
    channel: str = ""
    customer: str = ""  # part of a name or an address
    words: str = ""
    requester_id: int | None = None
    due: tuple[datetime, datetime] | None = None  # the deadline is after the one instant and not after the other


def newest(session: Session, agent: Agent, wanted: Wanted, *, limit: int, before: int | None = None) -> list[Case]:
    """Cases by number, the newest first, from below `before` on (the cursor of the API)."""
    query = _wanted(session, agent, wanted).order_by(Case.number.desc()).limit(limit)
    return list(session.scalars(query.where(Case.number < before) if before else query))


def page(session: Session, agent: Agent, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Case]:
    """Cases as an agent works them off: whoever waits longest for us comes first, in «due» whose deadline is nearest.

    Elsewhere what was touched last.
    """
    order: tuple[Any, ...] = (Case.changed_at.desc(), Case.number.desc())
    if wanted.view in BY_WAIT:
        order = (Case.waiting_since.is_(None), Case.waiting_since, *order)
    if wanted.view in BY_DEADLINE:
        order = (Case.due_at, Case.number)
    # The numbers are read from an index alone, and only then the rows of these few.
    numbers = _wanted(session, agent, wanted).with_only_columns(Case.number).order_by(*order).limit(limit).offset(offset)
    # Sorted here: asked for an order, a database may rather walk through all cases than fetch these.
    rows = sorted(session.scalars(select(Case).where(Case.number.in_(numbers))), key=_newest_change, reverse=True)
    if wanted.view in BY_DEADLINE:
        return sorted(rows, key=_nearest_deadline)
    return sorted(rows, key=_longest_wait) if wanted.view in BY_WAIT else rows


def _newest_change(case: Case) -> tuple[datetime, int]:
    return case.changed_at, case.number


def _longest_wait(case: Case) -> datetime:
    return case.waiting_since or datetime.max.replace(tzinfo=UTC)


def _nearest_deadline(case: Case) -> tuple[datetime, int]:
    return case.due_at or datetime.max.replace(tzinfo=UTC), case.number


def count(session: Session, agent: Agent, wanted: Wanted) -> int:
    """How many there are; MOST + 1 where there are more than MOST."""
    return session.scalar(select(_counted(session, agent, wanted))) or 0


def counts(session: Session, agent: Agent, saved: Sequence[Wanted] = ()) -> tuple[dict[str, int], list[int]]:
    """How many cases each view has, and each of some lists of one's own: one question for all of them."""
    mine, teams = _acts_for(session, agent), {team.id for team in agent.teams}
    hidden = hidden_from(agent).cte("hidden")  # what this agent may not know of is found once for all
    seen = Case.number.not_in(select(hidden.c.number)) if may(agent, "case.read") else false()
    wanted = [*(Wanted(view=view) for view in COUNTED_APART), *saved]
    apart = [_apart(n, _counted(session, agent, one, mine, seen)) for n, one in enumerate(wanted)]
    found: dict[str, int] = dict.fromkeys(("mine", "unassigned", "team", "ours", "theirs"), 0)
    alone = [0] * len(wanted)
    for which, state, holder, team, number in session.execute(union_all(*_unsolved_together(agent, hidden), *apart)):
        if which is not None:
            alone[which] = number
            continue
        belongs = {
            "mine": holder in mine,
            "unassigned": holder is None,
            "team": team in teams,
            "ours": state in OUR_TURN,
            "theirs": state == "waiting",
        }
        for view, is_there in belongs.items():
            found[view] += number if is_there else 0
    return found | dict(zip(COUNTED_APART, alone, strict=False)), alone[len(COUNTED_APART) :]


def several(session: Session, agent: Agent, wanted: Sequence[Wanted]) -> list[int]:
    """How many cases each of these lists has, by one question."""
    return list(session.execute(select(*(_counted(session, agent, one) for one in wanted))).one())


def _unsolved_together(agent: Agent, hidden: CTE) -> list[Select[*tuple[Any, ...]]]:
    """(None, state, holder, team, how many).  All are counted along an index, and what this agent may not know of is taken off."""
    if not may(agent, "case.read"):
        return []
    alike, none = (Case.state, Case.assignee_id, Case.team_id), cast(null(), Integer)
    unsolved, is_hidden = Case.state.in_(UNSOLVED), Case.number.in_(select(hidden.c.number))
    everything = select(none, *alike, func.count()).where(unsolved).group_by(*alike)
    return [everything, select(none, *alike, -func.count()).where(unsolved, is_hidden).group_by(*alike)]


def _apart(which: int, number: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """(which list, None, None, None, how many): what is counted beside those that are unsolved."""
    return select(cast(which, Integer), null(), null(), null(), number)


def _counted(
    session: Session, agent: Agent, wanted: Wanted, mine: Collection[int] = (), seen: ColumnElement[bool] | None = None
) -> ColumnElement[int]:
    some = _wanted(session, agent, wanted, mine, seen).with_only_columns(Case.number).order_by(None).limit(MOST + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _wanted(
    session: Session, agent: Agent, wanted: Wanted, mine: Collection[int] = (), seen: ColumnElement[bool] | None = None
) -> Select[Case]:
    """`seen`: what says in a larger question which cases this agent may know of."""
    query = select(Case).where(seen_by(agent) if seen is None else seen)
    is_long = (wanted.state or "resolved") == "resolved" and wanted.view in (None, "resolved", "all")
    if is_long and not wanted.words.strip():
        # A merged case is resolved: whatever asks for others need not ask.  Almost all are in none, so its index would be a detour.
        query = query.where(func.coalesce(Case.merged_into, 0) == 0)
    if wanted.state:
        query = query.where(Case.state == wanted.state)
    if wanted.view:
        mine = mine or (_acts_for(session, agent) if wanted.view == "mine" else ())
        query = query.where(_in_view(session, wanted.view, agent, mine))
    if wanted.due:
        query = query.where(Case.due_at > wanted.due[0], Case.due_at <= wanted.due[1])
    for column, chosen in ((Case.assignee_id, wanted.assignee), (Case.team_id, wanted.team_id)):
        if chosen is not None:
            query = query.where(column == chosen if chosen else column.is_(None))
    if wanted.requester_id is not None:
        query = query.where(Case.requester_id == wanted.requester_id)
    if wanted.channel:
        query = query.where(Case.channel == wanted.channel)
    if wanted.tag.strip():
        query = query.where(tagged(wanted.tag))
    if wanted.customer.strip():
        query = query.where(Case.requester_id.in_(select(Person.id).where(named(wanted.customer))))
    if wanted.words.strip():
        # What was said in a case that was merged is found in the one that it was merged into.
        whole = query.whereclause if query.whereclause is not None else true()
        found = search.matching(session, agent, wanted.words, or_(whole, Case.merged_into.is_not(None)))
        leads_to = select(func.coalesce(Case.merged_into, Case.number)).where(Case.number.in_(found))
        query = query.where(Case.number.in_(leads_to), Case.merged_into.is_(None), seen_by(agent))
    return query


def _acts_for(session: Session, agent: Agent) -> set[int]:
    """Whose cases are this agent's today: their own, and those of the colleagues for whom they stand in."""
    return {agent.id, *absences.represented(session, agent, clock.now())}


def _in_view(session: Session, view: View, agent: Agent, mine: Collection[int]) -> ColumnElement[bool]:
    match view:
        case "mine":
            return and_(Case.assignee_id.in_(mine), Case.state.in_(UNSOLVED))
        case "due":
            return Case.due_at.is_not(None)
        case "unassigned":
            return and_(Case.assignee_id.is_(None), Case.state.in_(UNSOLVED))
        case "team":
            teams = select(Membership.team_id).where(Membership.agent_id == agent.id)
            return and_(Case.team_id.in_(teams), Case.state.in_(UNSOLVED))
        case "ours":
            return Case.state.in_(OUR_TURN)
        case "theirs":
            return Case.state == "waiting"
        case "undeliverable":
            undelivered = select(OutboxMail.case_number).where(OutboxMail.state.in_(DID_NOT_ARRIVE))
            return and_(Case.state.in_(UNSOLVED), Case.number.in_(undelivered))
        case "resolved":
            return and_(Case.state == "resolved", Case.spam_at.is_(None))
        case "spam":
            return Case.spam_at.is_not(None)
        case "broken":
            return burning.broken(clock.now())
        case "risk":
            return burning.at_risk(clock.now())
        case "due-2" | "due-8":
            return burning.due_within(session, clock.now(), burning.WITHIN[view])
        case "unsolved":
            return Case.state.in_(UNSOLVED)
        case "all":
            return true()
