"""Lists of cases: which belong to a view, in which order they are worked off, how many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models import Agent, Case, Person
from helpdesk.policies.cases import OUR_TURN, State
from helpdesk.policies.permissions import may
from helpdesk.queries import absences, in_views, search
from helpdesk.queries.cases import seen_by
from helpdesk.queries.details import tagged
from helpdesk.queries.in_views import BY_DEADLINE, BY_THE_CLOCK, BY_WAIT, COUNTED_APART, View
from helpdesk.queries.people import named


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
    view = wanted.view
    if view is not None and view not in BY_THE_CLOCK and wanted == Wanted(view=view) and may(agent, "case.read"):
        mine = _acts_for(session, agent) if view == "mine" else set[int]()
        found = session.scalars(*in_views.page(view, agent.id, mine, limit, offset))
    else:
        # The numbers are read from an index alone, and only then the rows of these few.
        numbers = in_views.in_order(_wanted(session, agent, wanted), view).limit(limit).offset(offset)
        found = session.scalars(select(Case).where(Case.number.in_(numbers)))
    # Sorted here: asked for an order, a database may rather walk through all cases than fetch these.
    rows = sorted(found, key=_newest_change, reverse=True)
    if view in BY_DEADLINE:
        return sorted(rows, key=_nearest_deadline)
    return sorted(rows, key=_longest_wait) if view in BY_WAIT else rows


def _newest_change(case: Case) -> tuple[datetime, int]:
    return case.changed_at, case.number


def _longest_wait(case: Case) -> datetime:
    return case.waiting_since or datetime.max.replace(tzinfo=UTC)


def _nearest_deadline(case: Case) -> tuple[datetime, int]:
    return case.due_at or datetime.max.replace(tzinfo=UTC), case.number


def count(session: Session, agent: Agent, wanted: Wanted) -> int:
    """How many there are; MOST + 1 where there are more than MOST."""
    return session.scalar(select(in_views.how_many(_wanted(session, agent, wanted)))) or 0


def counts(session: Session, agent: Agent, saved: Sequence[Wanted] = ()) -> tuple[dict[str, int], list[int]]:
    """How many cases each view has, and each of some lists of one's own."""
    mine, teams = _acts_for(session, agent), {team.id for team in agent.teams}
    found: dict[str, int] = dict.fromkeys(("mine", "unassigned", "team", "ours", "theirs", *COUNTED_APART), 0)
    rows = session.execute(in_views.counting(), {"reader": agent.id}) if may(agent, "case.read") else ()
    for view, state, holder, team, number in rows:
        belongs = {
            "mine": holder in mine,
            "unassigned": holder is None,
            "team": team in teams,
            "ours": state in OUR_TURN,
            "theirs": state == "waiting",
        }
        for name in [view] if view else [name for name, is_there in belongs.items() if is_there]:
            found[name] += number
    return found, several(session, agent, saved, mine) if saved else []


def several(session: Session, agent: Agent, wanted: Sequence[Wanted], mine: Collection[int] = ()) -> list[int]:
    """How many cases each of these lists has, by one question; `mine`: for whom the agent acts, where that is known already."""
    return list(session.execute(select(*(in_views.how_many(_wanted(session, agent, one, mine)) for one in wanted))).one())


def _wanted(session: Session, agent: Agent, wanted: Wanted, mine: Collection[int] = ()) -> Select[Case]:
    query = select(Case).where(seen_by(agent))
    is_long = (wanted.state or "resolved") == "resolved" and wanted.view in (None, "resolved", "all")
    if is_long and not wanted.words.strip():
        query = query.where(in_views.unmerged())
    if wanted.state:
        query = query.where(Case.state == wanted.state)
    if wanted.view:
        mine = mine or (_acts_for(session, agent) if wanted.view == "mine" else ())
        query = query.where(in_views.belongs(session, wanted.view, agent.id, mine))
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
