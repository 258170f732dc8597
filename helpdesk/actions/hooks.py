"""Which addresses on the web hear of escalations."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Webhook
from helpdesk.policies.links import target

LONGEST = 1_000


def add(session: Session, url: str, *, private: bool, agent: Agent, now: datetime) -> tuple[Webhook, str]:
    """A new one, and the secret by which it knows that it is us; nobody is shown it again.  Raises NotUsable."""
    url = url.strip()
    there = target(url) if len(url) <= LONGEST else None
    if there is None or there.has_user:
        raise NotUsable("url", "“%(url)s” is no address like https://example.org/hook.", url=url[:LONGEST])
    if there.scheme != "https" and not private:
        raise NotUsable("url", "Give an address that begins with https; http is for this machine only.")
    if session.scalar(select(Webhook).where(Webhook.url == url)) is not None:
        raise NotUsable("url", "This address hears of escalations already.")
    secret = secrets.token_urlsafe(32)
    row = Webhook(url=url, secret=house(session).keys.lock(secret), private=private, created_at=now)
    session.add(row)
    session.flush()
    after = {"host": there.host, "private": private}
    record(session, "webhook-added", now=now, agent=agent, thing=f"webhook {row.id}", after=after)
    return row, secret


def remove(session: Session, row: Webhook, *, agent: Agent, now: datetime) -> None:
    """It hears nothing more, not even what waits for it."""
    there = target(row.url)
    before = {"host": there.host if there else ""}
    record(session, "webhook-removed", now=now, agent=agent, thing=f"webhook {row.id}", before=before)
    session.delete(row)
    session.flush()
