"""The envelope of a fetched message.  IMAP has none, so it is read from the marks that the operator's mail server left.

Kept tiny on purpose: it runs in the door, before the bytes are kept, and must neither raise nor take long whatever it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.policies.addresses import Token
from helpdesk.queries import addresses as find
from mail.recipients import Foreign, Unknown, classify
from mail.recipients import read as signs

HEAD = 256 << 10  # octets of header that are looked at
MOST_ADDRESSES = 1_000
LONGEST_ADDRESS = 320  # RFC 5321 §4.5.3.1: 64 + @ + 255

_BETWEEN = re.compile(r"[\s<>(),;:]+")
_ANGLES = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True)
class Delivered:
    """Who sent it ("" is the null reverse-path) and whom it was for: as the server says, as it was sent before, as it shows."""

    sender: str
    to_mailbox: tuple[str, ...]  # the header that the operator's server writes, Delivered-To
    originally: tuple[str, ...]  # X-Original-To
    shown: tuple[str, ...]  # To and Cc: the sender's words


def read(raw: bytes, recipient_header: str) -> Delivered:
    """What the header says about the way of a message.  Never raises; addresses of recipients are lower case, each but once."""
    found: dict[str, list[str]] = {}
    trusted = recipient_header.strip().rstrip(":").lower()
    for name, value in _fields(raw[:HEAD]):
        if name in (trusted, "return-path", "x-original-to", "to", "cc", "from"):
            found.setdefault(name, []).append(value)
    return Delivered(
        sender=_sender(found),
        to_mailbox=_recipients(found.get(trusted, [])),
        originally=_recipients(found.get("x-original-to", [])),
        shown=_recipients(found.get("to", []) + found.get("cc", [])),
    )


def recipients(session: Session, said: Delivered, *, username: str, now: datetime) -> tuple[str, ...]:
    """Whom a fetched message is for; at least one address.

    The header of the operator's server counts before X-Original-To, and that before To and Cc, where only desks and addresses
    that we signed count.  But an address more exact than a desk wins over a desk: many servers rewrite the recipient to the
    mailbox that it lies in.  Where nothing of ours is named (Bcc), it is for the desk whose mailbox this is, or the main one.
    """
    installation, domains = house(session), find.desk_domains(session)

    def is_desk(address: str) -> bool:
        return address.rpartition("@")[2] in domains and find.desk_at(session, address) is not None

    def is_ours(address: str) -> bool:
        kind = classify(session, address, now=now)
        # Of a desk's domain only what is known is ours: the mailbox itself may have any name there.
        return not isinstance(kind, Foreign | Unknown) or (isinstance(kind, Unknown) and signs(address, installation) is not None)

    shown = [address for address in said.shown if is_desk(address) or isinstance(signs(address, installation), Token)]
    by_server = [[address for address in named if is_ours(address)] for named in (said.to_mailbox, said.originally)]
    levels = [level for level in (*by_server, shown) if level]
    exact = [level for level in levels if not all(is_desk(address) for address in level)]
    for level in exact + levels:
        return tuple(level)
    owner = username.lower()
    return (owner if is_desk(owner) else installation.settings.main_desk,)


def _fields(head: bytes) -> Iterator[tuple[str, str]]:
    """Names (lower case) and unfolded values, down to the first empty line."""
    name, parts = "", list[bytes]()
    for line in head.split(b"\n"):
        line = line.removesuffix(b"\r")
        if not line:
            break
        if line[:1] in (b" ", b"\t"):
            parts.append(line)
            continue
        if name:
            yield name, _text(b"".join(parts))
        label, colon, value = line.partition(b":")
        name, parts = (_text(label).strip().lower() if colon else ""), [value]
    if name:
        yield name, _text(b"".join(parts))


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _addresses(value: str) -> list[str]:
    words = (word.rstrip(".") for word in _BETWEEN.split(value.replace('"', "")))
    return [
        w
        for w in words
        if w.count("@") == 1 and 2 < len(w) <= LONGEST_ADDRESS and w[0] != "@" and w[-1] != "@" and w.isprintable()
    ]


def _recipients(values: list[str]) -> tuple[str, ...]:
    named = dict.fromkeys(address.lower() for value in values for address in _addresses(value))
    return tuple(named)[:MOST_ADDRESSES]


def _sender(found: dict[str, list[str]]) -> str:
    """The topmost Return-Path: final delivery wrote it (RFC 5321 §4.4).  Only where it is missing, the author stands in."""
    for path in found.get("return-path", [])[:1]:
        if path.strip() == "<>":
            return ""
        if addresses := _addresses(path):
            return addresses[0]
    for author in found.get("from", [])[:1]:
        in_angles = [address for inside in _ANGLES.findall(author) for address in _addresses(inside)]
        if addresses := in_angles or _addresses(author):
            return addresses[-1]
    return ""
