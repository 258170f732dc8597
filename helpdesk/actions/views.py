"""Views of one's own: lists of cases with a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, SavedView
from helpdesk.queries import views as find

MOST, LONGEST = 20, 60


def save(session: Session, agent: Agent, name: str, filters: Mapping[str, str], *, now: datetime) -> SavedView:
    """Keep a list under a name; one of that name lists these cases from now on.  Raises NotUsable."""
    name, mine = _name(name), find.of(session, agent)
    row = next((view for view in mine if view.name.casefold() == name.casefold()), None)
    before = {"name": row.name, "filters": dict(row.filters)} if row else {}
    if row is None:
        if len(mine) >= MOST:
            raise NotUsable("name", "You have %(most)s views of your own already. Remove one first.", most=MOST)
        row = SavedView(agent_id=agent.id, name=name, created_at=now)
    row.filters = dict(filters)
    session.add(row)
    session.flush()
    record(session, "view-saved", now=now, agent=agent, thing=f"view {row.id}", before=before, after=_facts(row))
    return row


def rename(session: Session, view: SavedView, name: str, *, agent: Agent, now: datetime) -> None:
    """Call a view something else.  Raises NotUsable."""
    name, before = _name(name), _facts(view)
    if any(other.id != view.id and other.name.casefold() == name.casefold() for other in find.of(session, agent)):
        raise NotUsable("name", "You have a view of this name already.")
    view.name = name
    record(session, "view-renamed", now=now, agent=agent, thing=f"view {view.id}", before=before, after=_facts(view))


def remove(session: Session, view: SavedView, *, agent: Agent, now: datetime) -> None:
    """Forget a view; its cases stay where they are."""
    session.delete(view)
    record(session, "view-removed", now=now, agent=agent, thing=f"view {view.id}", before=_facts(view))


def _name(text: str) -> str:
    name = " ".join(text.replace("\x00", " ").split())
    if not name:
        raise NotUsable("name", "Give the view a name.")
    return name[:LONGEST]


def _facts(view: SavedView) -> dict[str, object]:
    return {"name": view.name, "filters": dict(view.filters)}
