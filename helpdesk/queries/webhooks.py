"""Which webhooks there are, and how they answered last."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Webhook, WebhookCall


def all_of_them(session: Session) -> Sequence[Webhook]:
    """The webhooks, the oldest first."""
    return session.scalars(select(Webhook).order_by(Webhook.id)).all()


def last_calls(session: Session) -> dict[int, WebhookCall]:
    """Webhook id → the newest message to it that was tried."""
    newest = select(func.max(WebhookCall.id)).where(WebhookCall.attempts > 0).group_by(WebhookCall.webhook_id)
    return {row.webhook_id: row for row in session.scalars(select(WebhookCall).where(WebhookCall.id.in_(newest)))}
