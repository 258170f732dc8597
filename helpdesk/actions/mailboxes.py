"""Mailboxes that mail is fetched from: connect one, change it, let it go; and what the fetcher notes about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Mailbox
from helpdesk.policies.mailboxes import is_speakable, is_take
from helpdesk.queries import mailboxes as find
from helpdesk.queries.mailboxes import PORTS, Account
from helpdesk.servers import is_loopback
from helpdesk.settings import DOMAIN

ERA = 2**32  # one more than the highest UIDVALIDITY that a server can have


def sync_from_settings(session: Session, *, now: datetime) -> None:
    """Every account of HOLDLINE_IMAP_URL is a mailbox in use; one that is no longer there rests, with its place kept."""
    accounts = find.configured(house(session).settings)
    for account in accounts.values():
        mailbox = find.by_name(session, account.name)
        if mailbox is None:
            mailbox = _new(session, account, now=now)
            record(session, "mailbox-added", now=now, thing=_thing(mailbox), after={"name": mailbox.name, "take": mailbox.take})
        elif not mailbox.active:
            mailbox.active, mailbox.trouble = True, None
            record(session, "mailbox-added", now=now, thing=_thing(mailbox), after={"name": mailbox.name})
        mailbox.tls, mailbox.from_settings, mailbox.password_locked = account.tls, True, None
    for mailbox in find.active(session):
        if mailbox.from_settings and mailbox.name not in accounts:
            _rest(session, mailbox, None, now)


def add(session: Session, account: Account, *, agent: Agent | None, now: datetime, take: str = "new") -> Mailbox:
    """Connect a mailbox.  One that was connected before goes on, with `take` deciding anew.  Raises NotUsable."""
    check(account, take)
    mailbox = find.by_name(session, account.name)
    if mailbox is not None and mailbox.active:
        raise NotUsable("username", "%(name)s is connected already.", name=account.name)
    if mailbox is None:
        mailbox = _new(session, account, now=now)
    mailbox.active, mailbox.from_settings, mailbox.trouble, mailbox.tls = True, False, None, account.tls
    mailbox.take, mailbox.connected_at, mailbox.floor_uid, mailbox.checked_at = take, now, None, None
    mailbox.password_locked = house(session).keys.lock(account.password)
    record(session, "mailbox-added", now=now, agent=agent, thing=_thing(mailbox), after={"name": mailbox.name, "take": take})
    return mailbox


def change(session: Session, mailbox: Mailbox, values: dict[str, Any], *, agent: Agent | None, now: datetime) -> None:
    """Change password, tls or take.  Another host, user or folder is another mailbox.  Raises NotUsable."""
    if set(values) - {"password", "tls", "take"}:
        raise NotUsable(min(set(values) - {"password", "tls", "take"}), "This cannot be changed; connect another mailbox.")
    if mailbox.from_settings and set(values) - {"take"}:
        raise NotUsable(min(set(values) - {"take"}), "This is said in HOLDLINE_IMAP_URL; change it there.")
    if mailbox.junk_of_id is not None:
        raise NotUsable("take", "A junk folder comes and goes with its mailbox.")
    secret = values.get("password")
    tls, take = values.get("tls", mailbox.tls), values.get("take", mailbox.take)
    check(Account(mailbox.host, mailbox.port, tls, mailbox.username, secret or "unchanged", mailbox.folder), take)
    before = {"tls": mailbox.tls, "take": mailbox.take}
    mailbox.tls, mailbox.take, mailbox.trouble = tls, take, None
    if secret:
        mailbox.password_locked = house(session).keys.lock(secret)
    after = {"tls": tls, "take": take, **({"password": "changed"} if secret else {})}
    record(session, "mailbox-changed", now=now, agent=agent, thing=_thing(mailbox), before=before, after=after)


def remove(session: Session, mailbox: Mailbox, *, agent: Agent | None, now: datetime) -> None:
    """Fetch from here no more.  The row stays, for the mail that came by it; its password does not.  Raises NotUsable."""
    if mailbox.junk_of_id is not None:
        raise NotUsable("name", "A junk folder comes and goes with its mailbox.")
    if mailbox.from_settings:
        raise NotUsable("name", "This mailbox is named in HOLDLINE_IMAP_URL; take it out there.")
    mailbox.password_locked = None
    _rest(session, mailbox, agent, now)


def read_junk(session: Session, mailbox: Mailbox, folder: str | None, *, now: datetime) -> None:
    """Read this junk folder of a mailbox from now on, with its own place in it, and no other; None for none."""
    name = Account(mailbox.host, mailbox.port, mailbox.tls, mailbox.username, "", folder or "").name
    for other in find.junk_folders(session, mailbox):
        if other.active and (folder is None or other.name != name):
            _rest(session, other, None, now)
    junk = find.by_name(session, name) if folder is not None else None
    if folder is None or (junk is not None and junk.active and junk.junk_of_id is None):
        return  # somebody connected that folder as a mailbox of its own: their word counts
    if junk is None:
        account = Account(mailbox.host, mailbox.port, mailbox.tls, mailbox.username, "", folder)
        junk = _new(session, account, now=now)
    elif junk.active:
        junk.tls = mailbox.tls
        return
    junk.junk_of_id, junk.active, junk.tls, junk.from_settings, junk.password_locked = mailbox.id, True, mailbox.tls, False, None
    junk.connected_at, junk.floor_uid, junk.trouble = now, None, None
    record(session, "mailbox-added", now=now, thing=_thing(junk), after={"name": junk.name, "junk_of": mailbox.name})


def opened(session: Session, mailbox: Mailbox, *, uidvalidity: int, uidnext: int, last_kept: int | None = None) -> None:
    """The server's numbering, as it is today.  When it is another one, or the first, all UIDs below `uidnext` lay there before.

    `last_kept` is the newest mail (its id) that was kept before the server was asked: what another process keeps in that
    moment may well be above `uidnext`.
    """
    known = mailbox.uidvalidity
    era = known if known is not None and known % ERA == uidvalidity else uidvalidity
    while uidnext <= find.highest_kept(session, mailbox, era, last_kept):
        era += ERA  # UIDs are given a second time (RFC 9051 §2.3.1.1 forbids it); this is a numbering of its own
    if known != era or mailbox.floor_uid is None:
        mailbox.uidvalidity, mailbox.floor_uid = era, uidnext


def checked(session: Session, mailbox: Mailbox, *, trouble: str | None, now: datetime) -> None:
    """The server answered; `trouble` is a sentence about messages that could not be taken."""
    mailbox.checked_at, mailbox.trouble = now, trouble


def failed(session: Session, mailbox: Mailbox, *, trouble: str) -> None:
    """The mailbox could not be read, and why, in a sentence."""
    mailbox.trouble = trouble


def _new(session: Session, account: Account, *, now: datetime) -> Mailbox:
    mailbox = Mailbox(
        name=account.name,
        host=account.host,
        port=account.port,
        tls=account.tls,
        username=account.username,
        folder=account.folder,
        connected_at=now,
        take="new",
    )
    session.add(mailbox)
    session.flush()
    return mailbox


def _rest(session: Session, mailbox: Mailbox, agent: Agent | None, now: datetime) -> None:
    for junk in find.junk_folders(session, mailbox):
        if junk.active:
            _rest(session, junk, agent, now)
    mailbox.active, mailbox.trouble = False, None
    record(session, "mailbox-removed", now=now, agent=agent, thing=_thing(mailbox), before={"name": mailbox.name})


def _thing(mailbox: Mailbox) -> str:
    return f"mailbox {mailbox.id}"


def check(account: Account, take: str = "new") -> None:
    """Refuse what could not work, or would send a password in the clear.  Raises NotUsable."""
    if not DOMAIN.match(account.host.lower()) and not is_loopback(account.host):
        raise NotUsable("host", "“%(host)s” is not the name of a server, like imap.example.org.", host=account.host)
    if not 0 < account.port < 65536:
        raise NotUsable("port", "%(port)d is not a port.", port=account.port)
    if account.tls not in PORTS or (account.tls == "none" and not is_loopback(account.host)):
        raise NotUsable("tls", "The password would travel in the clear; choose imaps or STARTTLS.")
    for name in ("username", "password", "folder"):
        if not getattr(account, name) or not is_speakable(getattr(account, name)):
            raise NotUsable(name, "Something is missing here, or has control characters in it.")
    if not is_take(take):
        raise NotUsable("take", "Choose “new”, “all” or a number of days.")
