"""Whom a recipient address belongs to.  The door asks before DATA, the way in asks again afterwards: one answer for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.db import House, house
from helpdesk.models import Desk, ReplyAddress
from helpdesk.policies import addresses
from helpdesk.policies.addresses import Standing
from helpdesk.queries import addresses as find


@dataclass(frozen=True)
class FrontDesk:
    desk: Desk


@dataclass(frozen=True)
class CaseDoor:
    """A reply address that we know, living or not."""

    address: ReplyAddress
    standing: Standing


@dataclass(frozen=True)
class SideDoor:
    """The address of a third party who was asked for advice."""

    address: ReplyAddress
    standing: Standing


@dataclass(frozen=True)
class ReportDoor:
    """Where delivery reports come home."""

    address: ReplyAddress


@dataclass(frozen=True)
class ProbeDoor:
    """Where the probes come back that we send to ourselves."""


@dataclass(frozen=True)
class SignedUnknown:
    """Our signature, but no row: the database was restored from a backup (D25).  Never bounced."""


@dataclass(frozen=True)
class Retired:
    """Was ours, long ago."""


@dataclass(frozen=True)
class Mistyped:
    """One of ours with a slip of the finger."""


@dataclass(frozen=True)
class Unknown:
    """Our domain, but nobody there."""


@dataclass(frozen=True)
class Caretaker:
    """postmaster and abuse (RFC 5321 §4.5.1, RFC 2142): always taken, held for a person."""


@dataclass(frozen=True)
class Foreign:
    """Somebody else's domain: no relay."""


Recipient = (
    FrontDesk | CaseDoor | SideDoor | ReportDoor | ProbeDoor | SignedUnknown | Retired | Mistyped | Unknown | Caretaker | Foreign
)


def plain(address: str) -> str:
    """An address as it is looked up: lower case, no quotes, no dot at its end; «postmaster» gets its @."""
    local, at, domain = address.strip().rstrip(".").lower().rpartition("@")
    return local.strip('"') + "@" + domain if at else domain + "@"


def read(address: str, installation: House) -> addresses.Token | addresses.NotOurs | None:
    """What the address alone says, without the database: works while that is down (D6)."""
    settings, keys = installation
    local, _, domain = plain(address).rpartition("@")
    signing: dict[addresses.Purpose, bytes] = {purpose: keys.key(purpose) for purpose in addresses.PREFIXES}
    if settings.reply_form == "domain":
        if domain != settings.reply_domain:
            return None
        return addresses.decode(local, domain=domain, key=signing) or addresses.NotOurs(mistyped=False)
    base, _, desk_domain = settings.main_desk.partition("@")
    return addresses.decode(local, domain=desk_domain, key=signing, base=base) if domain == desk_domain else None


def classify(session: Session, address: str, *, now: datetime) -> Recipient:
    """Whose address this is.  Asks the database; raises whatever that raises."""
    installation = house(session)
    local, _, domain = plain(address).rpartition("@")
    desk = find.desk_at(session, plain(address)) if local else None
    if desk is not None:
        return FrontDesk(desk)
    said = read(address, installation)
    if isinstance(said, addresses.Token):
        return _known(session, said, now)
    ours = {installation.settings.reply_domain} if installation.settings.reply_form == "domain" else set()
    ours |= find.desk_domains(session)
    if local in ("postmaster", "abuse") and (domain in ours or not domain):
        return Caretaker()
    if isinstance(said, addresses.NotOurs):
        return Mistyped() if said.mistyped else Unknown()
    return Unknown() if domain in ours else Foreign()


def _known(session: Session, token: addresses.Token, now: datetime) -> Recipient:
    row = find.by_token(session, token.purpose, token.identity)
    if row is None:
        return Retired() if find.is_tombstone(session, token.identity) else SignedUnknown()
    if token.purpose == "report":
        return ReportDoor(row)
    if token.purpose == "probe":
        return ProbeDoor()
    return SideDoor(row, find.standing_of(row, now)) if token.purpose == "side" else CaseDoor(row, find.standing_of(row, now))
