"""When a machine of ours may write to somebody.  RFC 3834: rarely, neutrally, and never to another machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

ACKNOWLEDGEMENTS_A_DAY = 3  # to one unauthenticated sender: a forged sender's victim gets three at the most
AUTOMATIC_A_DAY = 5  # of all kinds together, to one address
ALL_A_MINUTE = 60  # from the whole desk: a breaker against storms
STORM_MAILS, STORM_SPAN = 5, timedelta(minutes=10)  # more than these from one sender in one case, or
STORM_MAILS_AN_HOUR = 30
STALE = timedelta(hours=24)  # an acknowledgement of older mail says nothing that helps

# Mailboxes behind which machines sit (RFC 3834 §2, RFC 5230 §4.6)
_MACHINES = (
    "mailer-daemon",
    "postmaster",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "bounce",
    "bounces",
)


@dataclass(frozen=True)
class Sent:
    """How much automatic mail has gone out lately: acknowledgements and all kinds to this address today, all to anybody this minute."""

    acknowledgements: int
    to_address: int
    this_minute: int


@dataclass(frozen=True)
class Lately:
    """How many mails one sender sent lately: within ten minutes, and within an hour."""

    in_ten_minutes: int
    in_an_hour: int


def is_storm(lately: Lately) -> bool:
    """No person writes so fast (L7): everything is filed, nothing automatic is sent because of it."""
    return lately.in_ten_minutes > STORM_MAILS or lately.in_an_hour > STORM_MAILS_AN_HOUR


def is_machine(address: str) -> bool:
    local = address.lower().partition("@")[0]
    return local in _MACHINES or local.startswith(("owner-", "bounce-", "bounces-")) or local.endswith("-request")


def why_no_acknowledgement(
    *,
    address: str,
    own: bool,
    wanted: bool,
    received_at: datetime,
    sent_at: datetime | None,
    since: datetime | None,
    sent: Sent,
    level: int = 1,
    lately: Lately = Lately(0, 0),
    acknowledges: bool = False,
) -> str | None:
    """A reason to stay silent, or None.

    `level` is how far the sender may be believed (0 to 3); `lately` counts the cases that they opened; `acknowledges` says that the
    mail reads like an acknowledgement itself; `sent_at` is when the mail reached its mailbox (IMAP) and `since` when that mailbox was connected.
    """
    if not wanted:
        return "this desk does not acknowledge"
    if own or is_machine(address):
        return "the sender is a machine"
    if level < 1:
        return "the sender is in doubt"
    if sent_at is not None and received_at - sent_at > STALE:
        return "the mail is older than 24 hours"
    if since is not None and sent_at is not None and sent_at < since:
        return "the mail is older than the mailbox's connection"
    if acknowledges and sent.to_address:
        return "it reads like an answer to our own automatic mail"
    if is_storm(lately):
        return "too much came from this sender at once"
    if level < 2 and sent.acknowledgements >= ACKNOWLEDGEMENTS_A_DAY:
        return "this sender was acknowledged three times today"
    if sent.to_address >= AUTOMATIC_A_DAY or sent.this_minute >= ALL_A_MINUTE:
        return "the budget of automatic mail is used up"
    return None
