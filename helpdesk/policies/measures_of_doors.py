"""What is measured of the addresses of a case, and of the mail that came to them.

door           an address, from its issue until it ended; one in grace ends in time to come, an open one has no end.  One that was
               withdrawn before is none: it is over, but did not end by itself
door-mail      a mail that came to one
door-late      … when the address had ended; a machine's is none
door-stranger  … from somebody who has no part in the case
door-back      … by which a solved case goes on, or one opened that follows it
door-late-back … that came late and did so

All of it is counted to the team whose case it is today.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from helpdesk.policies.measures import Measure


class Door(Protocol):
    """An address of a participant (models.ReplyAddress)."""

    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class Came(Protocol):
    """A mail to one (models.DoorMail)."""

    at: datetime
    standing: str
    writer: str
    brings_back: bool


def of_addresses(doors: Iterable[Door], team_id: int | None) -> list[Measure]:
    """Each address until its end."""
    return [Measure("door", door.expires_at, door.issued_at, team_id=team_id) for door in doors if not _is_withdrawn(door)]


def of_door_mail(mails: Iterable[Came], team_id: int | None) -> list[Measure]:
    """Each mail, once for everything that it is."""
    return [Measure(kind, mail.at, team_id=team_id) for mail in mails for kind in _kinds(mail)]


def _is_withdrawn(door: Door) -> bool:
    return door.revoked_at is not None and (door.expires_at is None or door.revoked_at < door.expires_at)


def _kinds(mail: Came) -> list[str]:
    is_late = mail.standing == "expired" and mail.writer != "machine"
    also = {
        "door-late": is_late,
        "door-stranger": mail.writer == "stranger",
        "door-back": mail.brings_back,
        "door-late-back": is_late and mail.brings_back,
    }
    return ["door-mail", *(kind for kind, holds in also.items() if holds)]
