"""What a mail is, before it is asked where it goes: a person's or a machine's, by whom, and how far that may be believed."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.queries import addresses as find
from helpdesk.settings import Settings
from mail import lists, trust
from mail.letter import Envelope, Letter
from mail.screen import screen


def recognise(session: Session, letter: Letter, envelope: Envelope, proof: trust.Proof | None = None) -> Letter:
    """The letter with what its envelope and our settings make of it: its kind, who wrote it, and how far that may be believed."""
    settings = house(session).settings
    letter = screen(lists.without_our_lists(letter, lambda address: find.is_own(session, address)), envelope)
    letter = replace(letter, trust=trust.level(letter, envelope, trusted_hop(settings, envelope), proof))
    return lists.with_its_writer(
        letter,
        lambda address: find.is_own(session, address) or address.rpartition("@")[2] in settings.arc_sealers,
        checked=checks_senders(settings),
    )


def trusted_hop(settings: Settings, envelope: Envelope) -> trust.Hop:
    """Which servers' word about senders counts for a mail that came so.

    Whoever brings mail to our own door from outside the trusted networks is no server of ours and may write anything on top (R18).
    """
    return trust.Hop(settings.authserv_id if was_handed_over(settings, envelope) else (), settings.arc_sealers)


def was_handed_over(settings: Settings, envelope: Envelope) -> bool:
    """Whether a server of the operator's gave us this mail, and nobody from outside."""
    if envelope.door in ("imap", "pipe"):
        return True
    try:
        peer = ipaddress.ip_address(envelope.peer)
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in ipaddress.ip_network(network) for network in settings.trusted_networks)


def checks_senders(settings: Settings) -> bool:
    """Whether a server in front of us or we ourselves check who wrote."""
    return bool(settings.authserv_id) or settings.dkim == "verify"
