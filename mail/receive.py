"""The pipe door: a local MTA hands over one message on standard input and reads the answer in our exit status (sysexits.h)."""

from __future__ import annotations

import os
import pwd
import sys
from datetime import datetime

import structlog

from helpdesk.db import Database
from mail import inbound, replies
from mail.doorkeeper import judge
from mail.inbound import Parcel
from mail.letter import Envelope
from mail.replies import Refused, Reply
from mail.smtp import content, syntax
from mail.smtp.keeper import has_room

log = structlog.get_logger()


def receive(database: Database, raw: bytes, sender: str, recipients: list[str], *, now: datetime) -> int:
    """Keep this message, byte for byte: os.EX_OK once it is durable.  `sender` "" or "<>" is the null reverse-path.

    EX_TEMPFAIL: our fault, try again · EX_NOUSER: nobody there (any more) · EX_UNAVAILABLE: this message cannot be taken ·
    EX_NOPERM: not ours to relay.  The sentence that belongs to it goes to standard error, where MTAs look for it.
    """
    try:
        accepted, refusals = _accepted(database, raw, _without_brackets(sender), recipients, now)
        if accepted:
            envelope = Envelope("pipe", _storable(_without_brackets(sender)), tuple(accepted), _user(), now)
            inbound.accept(database, [Parcel(raw, envelope)])
    except Exception as error:
        log.error("the pipe door met a fault", error=type(error).__name__)  # no more: its text may quote the message
        accepted, refusals = [], [replies.FAULT]
    for reply in refusals:
        print(reply.line(), file=sys.stderr)
    # One message has one exit status.  With some recipients refused, anything but 0 would have the rest delivered again,
    # or bounced although it is here.
    return os.EX_OK if accepted else _status(refusals)


def _accepted(database: Database, raw: bytes, sender: str, recipients: list[str], now: datetime) -> tuple[list[str], list[Reply]]:
    """Whom it is kept for, and why not for the others."""
    accepted: list[str] = []
    refusals: list[Reply] = []
    if defect := _defect(database, raw):
        return accepted, [defect]
    with database.reading() as session:
        for given in recipients:
            try:
                address = syntax.recipient(os.fsencode(_without_brackets(given)))
                reply = judge(session, address, sender, now=now)
            except Refused as refused:
                reply = refused.reply
            if reply is None:
                accepted.append(address)
            else:
                refusals.append(reply)
    return accepted, refusals


def _defect(database: Database, raw: bytes) -> Reply | None:
    settings = database.house.settings
    if len(raw) > settings.max_mail_bytes:
        return replies.too_big(settings.max_mail_bytes)
    if content.hops(raw) > content.HOPS:
        return replies.LOOP
    if content.has_long_line(raw):
        return replies.LINE_TOO_LONG
    return None if has_room(settings) else replies.NO_ROOM


def _status(refusals: list[Reply]) -> int:
    """The exit status that says no for all recipients: «try again» where that would help any of them."""
    if not refusals or any(not reply.refuses for reply in refusals):
        return os.EX_TEMPFAIL
    if any(reply.enhanced.startswith(("5.1.", "5.2.")) for reply in refusals):
        return os.EX_NOUSER
    return os.EX_NOPERM if any(reply.enhanced == replies.RELAY_DENIED.enhanced for reply in refusals) else os.EX_UNAVAILABLE


def _without_brackets(address: str) -> str:
    address = address.strip()
    return address[1:-1] if address.startswith("<") and address.endswith(">") else address


def _storable(sender: str) -> str:
    """An odd sender is no reason to refuse a letter, but a database keeps text only."""
    return "".join(letter if letter.isprintable() else "?" for letter in sender)


def _user() -> str:
    """Whose process it is; said in the post room."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
