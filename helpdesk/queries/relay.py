"""How the relay does: what we remember of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Installation
from helpdesk.policies import relay as policy
from helpdesk.servers import url_user

NAME = "relay"


@dataclass(frozen=True)
class Relay:
    """`trouble` is why nothing leaves, a sentence, `since` when; `own_sender` what it said when it refused a sender of ours."""

    trouble: str | None = None
    since: datetime | None = None
    refusals: int = 0  # of our log-in, one after the other
    not_before: datetime | None = None
    heard_at: datetime | None = None
    own_sender: str | None = None
    own_sender_since: datetime | None = None

    def rests(self, now: datetime) -> bool:
        """Whether it is left alone for now.  A time far ahead is a clock's fault and holds nothing up."""
        return self.not_before is not None and now < self.not_before <= now + policy.LONGEST_PAUSE

    def alarm(self, now: datetime) -> str | None:
        """The trouble, where it is to be told by now."""
        if self.trouble is None or self.since is None:
            return None
        return self.trouble if policy.is_alarming(self.since, now, refused=self.refusals > 0) else None

    def wants_own_sender(self, now: datetime) -> bool:
        """Whether it takes no other envelope sender than the mailbox's own address."""
        return self.own_sender_since is not None and now - self.own_sender_since < policy.REMEMBERED


def state(session: Session) -> Relay:
    """What is known of the relay of today; nothing where another one was set since."""
    row = session.get(Installation, NAME)
    if row is None or row.value.get("for") != which(session):
        return Relay()
    value: dict[str, Any] = {name: said for name, said in row.value.items() if name != "for"}
    for name in ("since", "not_before", "heard_at", "own_sender_since"):
        value[name] = datetime.fromisoformat(value[name]) if value.get(name) else None
    return Relay(**value)


def which(session: Session) -> str:
    """Tells one relay's settings from another's, without their password."""
    settings, keys = house(session)
    return keys.digest("token", f"{settings.relay.get_secret_value()} {settings.relay_sender}")


def own_sender(session: Session) -> str:
    """The address as which a relay lets us send that takes no other: as the operator says, the log-in's, or the main desk's."""
    settings = house(session).settings
    user, _ = url_user(settings.relay.get_secret_value())
    return settings.relay_sender or (user if "@" in user else settings.main_desk)
