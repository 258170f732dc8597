"""Front desks and teams."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Desk, Team
from helpdesk.settings import ADDRESS


class NotUsable(Exception):
    """This value cannot be.  `field` names it, `str()` is a sentence for people."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def sync_from_settings(session: Session, *, now: datetime) -> None:
    """Every address of HOLDLINE_FRONT_DESKS is a desk; what was changed in the web since then stays as it is."""
    settings = house(session).settings
    for address in settings.front_desks:
        if session.scalar(select(Desk).where(Desk.address == address)) is None:
            name = "Help desk" if settings.language == "en" else "Kundendienst"
            add(session, address, name, language=settings.language, agent=None, now=now)


def add(
    session: Session, address: str, name: str, *, language: str, agent: Agent | None, now: datetime, team: Team | None = None
) -> Desk:
    """A new front desk.  Raises NotUsable."""
    address = address.strip().lower()
    if not ADDRESS.match(address):
        raise NotUsable("address", f"“{address}” is not a mail address like help@example.org.")
    if session.scalar(select(Desk).where(Desk.address == address)) is not None:
        raise NotUsable("address", f"{address} is a front desk already.")
    settings = house(session).settings
    if settings.reply_form == "domain" and address.endswith("@" + settings.reply_domain):
        raise NotUsable("address", f"{settings.reply_domain} is for reply addresses only.")
    desk = Desk(address=address, name=name.strip() or address, language=language, team=team)
    session.add(desk)
    session.flush()
    record(session, "desk-added", now=now, agent=agent, thing=f"desk {desk.id}", after={"address": address, "name": desk.name})
    return desk


def change(session: Session, desk: Desk, values: dict[str, Any], *, agent: Agent, now: datetime) -> None:
    """Change name, team_id, language, sender, acknowledges or active.  Raises NotUsable for an unknown field."""
    permitted = {"name", "team_id", "language", "sender", "acknowledges", "active"}
    if set(values) - permitted:
        raise NotUsable(min(set(values) - permitted), "This cannot be changed.")
    before = {name: getattr(desk, name) for name in values}
    for name, value in values.items():
        setattr(desk, name, value)
    record(session, "desk-changed", now=now, agent=agent, thing=f"desk {desk.id}", before=before, after=values)


def add_team(session: Session, name: str, *, agent: Agent | None, now: datetime) -> Team:
    """A new team.  Raises NotUsable."""
    name = name.strip()
    if not name:
        raise NotUsable("name", "A team needs a name.")
    if session.scalar(select(Team).where(Team.name == name)) is not None:
        raise NotUsable("name", f"There is a team “{name}” already.")
    team = Team(name=name)
    session.add(team)
    session.flush()
    record(session, "team-added", now=now, agent=agent, thing=f"team {team.id}", after={"name": name})
    return team
