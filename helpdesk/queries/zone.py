"""What is set of the zone: the reply domain by the settings, mail server and selector as somebody wrote them down."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Installation
from helpdesk.policies.zone import Zone
from helpdesk.queries import people, relay
from helpdesk.settings import Settings

NAME = "zone"


def zone(session: Session) -> Zone:
    """The zone as it should be."""
    settings, row = house(session).settings, session.get(Installation, NAME)
    desks = [*settings.front_desks, *(desk.address for desk in people.desks(session, active_only=True))]
    known: dict[str, str] = row.value if row else {}
    own = settings.relay_sender or (relay.own_sender(session) if relay.state(session).wants_own_sender(clock.now()) else "")
    return Zone(
        replies=settings.reply_domain if settings.reply_form == "domain" else "",
        envelope=own.partition("@")[2].lower() or settings.reply_domain,
        desks=tuple(dict.fromkeys(address.partition("@")[2] for address in desks)),
        server=known.get("server", ""),
        selector=known.get("selector", ""),
        relay=_elsewhere(settings),
    )


def _elsewhere(settings: Settings) -> str:
    """The relay as SPF names it, where it is on another machine that the world can see."""
    host = urlsplit(settings.relay.get_secret_value()).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return f"a:{host}" if "." in host else ""
    return f"ip{address.version}:{address}" if address.is_global else ""
