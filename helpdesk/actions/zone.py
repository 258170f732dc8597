"""What no setting says of the zone: which server takes our mail, and under which name it signs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, Installation
from helpdesk.policies.zone import is_name
from helpdesk.queries import zone as find


def describe(session: Session, server: str, selector: str, *, agent: Agent, now: datetime) -> None:
    """Remember both; "" for what nobody knows.  Raises NotUsable."""
    known = find.zone(session)
    wanted = check(server, selector)
    before = {"server": known.server, "selector": known.selector}
    if wanted != before:
        session.merge(Installation(name=find.NAME, value=wanted))
        record(session, "zone-described", now=now, agent=agent, thing="zone", before=before, after=wanted)


def check(server: str, selector: str) -> dict[str, str]:
    """Both as the DNS spells them.  Raises NotUsable."""
    server, selector = (text.strip().rstrip(".").lower() for text in (server, selector))
    if server and (not is_name(server) or "." not in server or server.rpartition(".")[2].isdigit()):
        raise NotUsable("server", "Write the name of a server, like mail.example.org.")
    if selector and not is_name(selector):
        raise NotUsable("selector", "Write one word, like mail or 2026a.")
    return {"server": server, "selector": selector}
