"""Delivery reports: RFC 3464 where a server speaks it, also under a wrong content type; otherwise `report_words`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mail.letter import Report
from mail.mime.fields import Header, read_header
from mail.mime.identifiers import message_id
from mail.mime.parts import Tree
from mail.report_words import ADDRESS, LOOKED_AT, RETURNED_TYPES, STATUS, in_own_words, named_in

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status", "message/xdelivery-status")
_PLAIN_TYPES = ("text/plain", "application/octet-stream", "text/rfc822-headers", "message/report", "text/report")
_MDN_TYPES = ("message/disposition-notification", "message/feedback-report")
_FAILED = ("fail", "error", "undeliver")
_LONGEST_STATUS = 32_000  # bytes of a status that came as plain text

_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_OF_RECIPIENT = re.compile(rb"^(?:final|original)-recipient:", re.I | re.M)
_IN_PLAIN = re.compile(rb"^(?:reporting-mta|final-recipient):", re.I | re.M)
_ACTION = re.compile(rb"^action:", re.I | re.M)
_METHOD = re.compile(rb"^METHOD:([A-Za-z-]+)", re.M)
_QUOTED_ID = re.compile(r"^[> \t]*(?:x-)?(?:original-)?message-id:\s*(<[^<>\s]{1,996}>)", re.I | re.M)


@dataclass(frozen=True)
class _Recipient:
    """One block of a delivery status."""

    address: str
    action: str
    status: str
    diagnostic: str


def read_report(raw: bytes, tree: Tree, text: str, quoted: str | None) -> Report | None:
    """What this mail reports, were it a delivery report about `quoted`; None where it reports nothing.

    Whether it is one, `screen` decides.
    """
    blocks = _status_blocks(tree)
    recipients = [recipient for block in blocks if (recipient := _recipient_of(block))]
    envelope_id = next((one for block in blocks if (one := block.text("original-envelope-id"))), "")[:200]
    for failed, delayed in ((_FAILED, False), (("delay",), True)):
        named = [recipient for recipient in recipients if recipient.action.startswith(failed)]
        if named:
            first = named[0]
            addresses = tuple(dict.fromkeys(recipient.address for recipient in named if recipient.address))
            # Some name a file or a command there, and the address in the words beside.
            addresses = addresses or named_in(text[:LOOKED_AT], set())
            return Report(addresses, not delayed, first.status, first.diagnostic, quoted, delayed, envelope_id)
    if recipients:
        return None  # delivered, relayed or expanded: no failure
    report = in_own_words(raw, tree, text, quoted)
    return replace(report, envelope_id=envelope_id) if report else None


def quoted_id(tree: Tree, text: str) -> str | None:
    """The Message-ID of the mail that a report, a receipt or a complaint is about."""
    for part in tree.root.walk():
        if part.type in RETURNED_TYPES or part.type in _MDN_TYPES:
            header, _ = read_header(part.content()[:LOOKED_AT].lstrip())
            for name in ("original-message-id", "message-id"):
                found, _ = message_id(tuple(header.line(value) for value in header.all(name)))
                if found:
                    return found
    in_text = _QUOTED_ID.search(text[:LOOKED_AT])
    return in_text[1] if in_text else None


def _status_blocks(tree: Tree) -> list[Header]:
    """The groups of fields of all delivery statuses, of a message or a recipient each."""
    parts = [part for part in tree.root.walk() if part.type in _STATUS_TYPES]
    contents = [part.content()[:LOOKED_AT] for part in parts] or list(_in_plain_parts(tree))
    return [read_header(block)[0] for content in contents for block in _split(content)]


def _split(content: bytes) -> Iterator[bytes]:
    """Blocks of fields; some servers leave no blank line between two recipients."""
    for block in _BLANK.split(content.strip()):
        names = [found[0].lower() for found in _OF_RECIPIENT.finditer(block)]
        is_run_together = names.count(b"final-recipient:") > 1
        yield from re.split(rb"\n(?=" + names[0] + rb")", block, flags=re.I) if is_run_together else [block]


def _in_plain_parts(tree: Tree) -> Iterator[bytes]:
    """A status that a gateway relabelled as plain text or as a file."""
    for part in tree.root.walk():
        if part.type in _PLAIN_TYPES and not part.children and part.end - part.start <= _LONGEST_STATUS:
            content = part.content()
            if b"-recipient" not in content.lower():
                continue
            begin = _IN_PLAIN.search(content)
            if begin and _ACTION.search(content, begin.start()):
                yield content[begin.start() :]


def _recipient_of(block: Header) -> _Recipient | None:
    status = STATUS.search(block.text("status"))
    action = block.text("action").lower()
    if not action and status and block.first("final-recipient"):
        action = "delayed" if status[1].startswith("4") else "failed"
    if not action:
        return None
    diagnostic = block.text("diagnostic-code")
    kind, semicolon, words = diagnostic.partition(";")
    said = words if semicolon and " " not in kind.strip() else diagnostic
    return _Recipient(_address(block), action, status[1] if status else "", said.strip()[:1000])


def _address(block: Header) -> str:
    """Whom the sender wrote to: the original recipient, where the server names one (RFC 3464 §2.3.1)."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        kind, semicolon, value = block.text(name).partition(";")
        found = ADDRESS.search(value if semicolon else kind)
        if found:
            return found[0].lower()
    return ""


def calendar_method(tree: Tree) -> str:
    """The METHOD of a calendar part (RFC 6047 §2.4): REQUEST, REPLY …; "" where there is none."""
    for part in tree.root.walk():
        if part.type == "text/calendar":
            said = part.parameters.get("method") or (
                found[1].decode() if (found := _METHOD.search(part.content()[:LOOKED_AT])) else ""
            )
            return said.upper()[:20]
    return ""
