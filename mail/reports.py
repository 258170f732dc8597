"""Delivery reports: RFC 3464 where a server speaks it, otherwise what servers have always written in their own words."""

from __future__ import annotations

import contextlib
import email
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.policy import compat32

from flufl.bounce import all_failures

from mail.letter import Report
from mail.mime.addresses import read_addresses
from mail.mime.charsets import decode
from mail.mime.fields import Header, one_line, read_header
from mail.mime.identifiers import message_id
from mail.mime.parts import Part, Tree

logging.getLogger("flufl.bounce").disabled = True  # it tells every miss of its detectors, with tracebacks

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status", "message/xdelivery-status")
_RETURNED_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers")
_FAILED = ("fail", "error", "undeliver")
_LOOKED_AT = 200_000  # bytes or characters of a report in a server's own words
_GIVEN_TO_FLUFL = 64_000  # bytes; its time is no friend of many lines

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d[ -](?=\D)")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ORIGINAL = re.compile(
    r"^[> \t]*(?:[-_=*#]{2}.{0,100}(?:original|returned|copy of|copie|kopie|below|unten|message follows|headers follow|nachricht)"
    r"|(?:return-path|received|message-id|delivered-to):"
    r"|.{0,30}(?:original message|message headers|headers of the original|nachrichtenkopf).{0,40}:?[ \t]*$)",
    re.I | re.M,
)
_QUOTED_ID = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]{1,996}>)", re.I | re.M)
_FINAL = re.compile(r"^[> \t]*(?:final|original)-recipient:\s*(?:rfc822\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?", re.I | re.M)
_LEADING = re.compile(r"^[ \t*-]*<?([^\s<>:;,()\"']{1,64}@[\w.-]{1,255})>?[ \t]*(?:[:;(]|$|\.{3}|\.[ \t]*$|-\s)", re.M)
_FAILURE = re.compile(
    r"undeliver|not be delivered|could ?n.t be delivered|delivery (?:has |to .{1,80} )?fail|failed permanently|delivery (?:status )?notification"
    r"|unable to deliver|unable to send|was not delivered|delivery problem|returned (?:mail|to sender|message)|failure notice|cannot be delivered"
    r"|permanent(?:ly)? (?:fatal )?(?:error|fail)|fatal error|user unknown|unknown user|no such user|mailbox (?:is )?(?:full|unavailable|not found)"
    r"|address(?:es)? (?:that )?failed|does ?n.t exist|not (?:yet )?been delivered|delivery.{0,20}delayed|rejected (?:by|your)|over quota|quota exceeded"
    r"|did not reach|failed addresses|unknown host|host unknown|no valid recipients|invalid (?:user|address|recipient|mailbox)|not a valid"
    r"|unzustellbar|nicht zugestellt|nicht zustellbar|unbekannter empf|empf.nger.{0,20}(?:unbekannt|nicht)|fehlgeschlagen"
    r"|non remis|n.a pas pu .tre|no se (?:ha |pudo )|non recapitat|impossibile recapitare|niet (?:worden )?bezorg|n.o p.de ser",
    re.I,
)
_DELAY = re.compile(
    r"delay(?:ed)?\b|will (?:be retried|(?:keep|continue) (?:on )?(?:trying|to try)|retry)|still (?:trying|being)|not yet been delivered|try again"
    r"|you do not need to resend|warning: (?:could not send|message)|temporar(?:y|ily) (?:fail|problem|defer)|noch nicht zugestellt|verz.gert",
    re.I,
)
_GIVEN_UP = re.compile(
    r"giv(?:en|ing) up|permanent|undeliverable|could not be delivered|failed to deliver|expired|unzustellbar", re.I
)


@dataclass(frozen=True)
class _Recipient:
    """One block of a delivery status."""

    address: str
    action: str
    status: str
    diagnostic: str


def read_report(raw: bytes, tree: Tree, text: str) -> Report | None:
    """What this mail reports, were it a delivery report; None where it reports nothing.  Whether it is one, `screen` decides."""
    recipients = [recipient for part in tree.root.walk() if part.type in _STATUS_TYPES for recipient in _blocks(part)]
    quoted = _quoted_id(tree, text)
    for failed, delayed in ((_FAILED, False), (("delay",), True)):
        named = [recipient for recipient in recipients if recipient.action.startswith(failed)]
        if named:
            first = named[0]
            addresses = tuple(dict.fromkeys(recipient.address for recipient in named if recipient.address))
            return Report(addresses, not delayed, first.status, first.diagnostic, quoted, delayed)
    if recipients:
        return None  # delivered, relayed or expanded: no failure
    return _in_own_words(raw, tree, text, quoted)


def tells_success(tree: Tree) -> bool:
    """Whether it is an RFC 3464 report of nothing but good news."""
    actions = [recipient.action for part in tree.root.walk() if part.type in _STATUS_TYPES for recipient in _blocks(part)]
    return bool(actions) and all(action.startswith(("deliver", "relay", "expand")) for action in actions)


def _blocks(part: Part) -> Iterator[_Recipient]:
    for block in re.split(rb"\r?\n[ \t]*\r?\n", part.content()[:_LOOKED_AT].strip()):
        header, _ = read_header(block)
        status = _STATUS.search(header.text("status"))
        action = header.text("action").lower()
        if not action and status and header.first("final-recipient"):
            action = "delayed" if status[1].startswith("4") else "failed"
        if action:
            diagnostic = header.text("diagnostic-code")
            kind, semicolon, words = diagnostic.partition(";")
            said = words if semicolon and " " not in kind.strip() else diagnostic
            yield _Recipient(_recipient(header), action, status[1] if status else "", said.strip()[:1000])


def _recipient(header: Header) -> str:
    """Whom the sender wrote to: the original recipient, where the server names one (RFC 3464 §2.3.1)."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        kind, semicolon, value = header.text(name).partition(";")
        found = _ADDRESS.search(value if semicolon else kind)
        if found:
            return found[0].lower()
    return ""


def _quoted_id(tree: Tree, text: str) -> str | None:
    """The Message-ID of the mail that it is about."""
    for part in tree.root.walk():
        if part.type in _RETURNED_TYPES:
            header, _ = read_header(part.content()[:_LOOKED_AT])
            found, _ = message_id(tuple(header.line(value) for value in header.all("message-id")))
            if found:
                return found
    in_text = _QUOTED_ID.search(text[:_LOOKED_AT])
    return in_text[1] if in_text else None


def _in_own_words(raw: bytes, tree: Tree, text: str, quoted: str | None) -> Report | None:
    """A report of a server that does not speak RFC 3464."""
    header = tree.root.header
    named = tuple(box.address for box in read_addresses([header.text("x-failed-recipients")]) if box.address)
    whole = f"{header.text('subject')}\n{_words(tree, text)}"[:_LOOKED_AT]
    if not named and not _FAILURE.search(whole):
        return None
    original = _ORIGINAL.search(whole, whole.find("\n") + 1)
    said = whole[: original.start()] if original and _FAILURE.search(whole, 0, original.start()) else whole
    temporary: set[str] = set()
    if not named:
        named = tuple(dict.fromkeys(address.lower() for address in _FINAL.findall(whole)))
    if not named:
        temporary, permanent = _by_flufl(raw)
        named = tuple(sorted(permanent or temporary))
        temporary = temporary if not permanent else set()
    named = named or _named(said, _strangers(header)) or _addressees(tree, whole, original)
    status = _STATUS.search(said)
    return Report(
        named,
        permanent=not (temporary or _is_delay(said, status[1] if status else "")),
        status=status[1] if status else "",
        diagnostic=_diagnostic(said),
        message_id=quoted,
        delayed=bool(temporary) or _is_delay(said, status[1] if status else ""),
    )


def _words(tree: Tree, text: str) -> str:
    """The body, and text parts that came as files: servers name theirs «details.txt»."""
    more = [part for part in tree.root.walk() if part.type == "text/plain" and part.disposition == "attachment"]
    return "\n".join([text, *(decode(part.content()[:_LOOKED_AT], part.parameters.get("charset"))[0] for part in more[:3])])


def _is_delay(said: str, status: str) -> bool:
    return not status.startswith("5") and bool(_DELAY.search(said)) and not _GIVEN_UP.search(said)


def _by_flufl(raw: bytes) -> tuple[set[str], set[str]]:
    """Temporary and permanent failures by flufl.bounce, which knows many servers' forms."""
    with contextlib.suppress(Exception):  # its detectors take well-formed mail for granted
        temporary, permanent = all_failures(email.message_from_bytes(raw[:_GIVEN_TO_FLUFL], policy=compat32))
        return _addresses(temporary), _addresses(permanent)
    return set(), set()


def _addresses(found: frozenset[bytes]) -> set[str]:
    texts = (address.decode("ascii", "replace").lower() for address in found)
    return {text for text in texts if _ADDRESS.fullmatch(text)}


def _strangers(header: Header) -> set[str]:
    """Addresses of the report itself: whom it is from and to is not whom it is about."""
    lines = [header.text(name) for name in ("from", "to", "reply-to", "sender", "return-path", "envelope-to", "delivered-to")]
    return {box.address for box in read_addresses(lines)}


def _named(said: str, strangers: set[str]) -> tuple[str, ...]:
    """Addresses at the head of a line, else any: in what the server says, before the mail that it quotes."""
    leading = [address.lower().rstrip(".") for address in _LEADING.findall(said)]
    anywhere = [address.lower().rstrip(".") for address in _ADDRESS.findall(said)]
    for found in (leading, anywhere):
        others = [a for a in found if a not in strangers and not a.startswith(("postmaster@", "mailer-daemon@"))]
        if others:
            return tuple(dict.fromkeys(others[:20]))
    return ()


def _addressees(tree: Tree, whole: str, original: re.Match[str] | None) -> tuple[str, ...]:
    """Whom the quoted mail was sent to, as a last resort."""
    quoted = [part.content()[:_LOOKED_AT] for part in tree.root.walk() if part.type in _RETURNED_TYPES]
    if original:
        quoted.append(whole[original.start() :].encode("utf-8", "replace"))
    for block in quoted:
        found = re.search(rb"^[> \t]*to:(.*(?:\r?\n[ \t].*)*)", block, re.I | re.M)
        boxes = read_addresses([one_line(found[1].decode("utf-8", "replace"))]) if found else ()
        if len(boxes) == 1 and boxes[0].address:
            return (boxes[0].address,)
    return ()


def _diagnostic(said: str) -> str:
    """The line in which the server gives its reason."""
    for line in said.splitlines():
        if _STATUS.search(line) or _REPLY.search(line):
            return one_line(line)[:1000]
    return ""
