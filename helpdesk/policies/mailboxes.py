"""Rules of the mailboxes that mail is fetched from.

What arrives from now on is always taken; what lay there before, as the operator chose: nothing, some days of it, all.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

Manner = Literal["new", "old", "left"]

DOUBT = timedelta(days=1)

_DAYS = re.compile(r"[1-9][0-9]{0,3}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_take(text: str) -> bool:
    """Whether this is a choice: «new», «all» or a number of days."""
    return text in ("new", "all") or _DAYS.fullmatch(text) is not None


def is_speakable(text: str) -> bool:
    """Whether this may be said to an IMAP server: a line break would end the command and begin one of somebody else's choice."""
    return _CONTROL.search(text) is None


def reaches_back_to(take: str, connected_at: datetime, *, renumbered: bool) -> datetime | None:
    """The age limit of what lay there before; None is «all».

    `renumbered`: the server gave all messages new UIDs (another UIDVALIDITY), so that only their date tells what lay there
    before; then a day more is taken, for a date is not exact, and what is known already is recognised.
    """
    if take == "all":
        return None
    days = 0 if take == "new" else int(take)
    return connected_at - timedelta(days=days) - (DOUBT if renumbered else timedelta())


def manner(
    uid: int, arrived_at: datetime | None, *, floor_uid: int, connected_at: datetime, take: str, renumbered: bool = False
) -> Manner:
    """How a message is taken: as new mail, quietly as old mail, or left where it is.

    `arrived_at` is the server's INTERNALDATE; from `floor_uid` on it does not count, for what a person moves into the
    mailbox keeps its old date.  Below it, a message younger than the connection is new all the same: it came while the
    mailbox could not be reached yet.
    """
    if uid >= floor_uid or (arrived_at is not None and arrived_at > connected_at):
        return "new"
    limit = reaches_back_to(take, connected_at, renumbered=renumbered)
    if limit is None or (arrived_at is None and take != "new"):
        return "old"
    return "old" if arrived_at is not None and arrived_at > limit else "left"
