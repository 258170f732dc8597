"""Delivery reports of servers that do not speak RFC 3464: what they have always written in words of their own."""

from __future__ import annotations

import contextlib
import email
import logging
import re
from email.policy import compat32

from flufl.bounce import all_failures

from mail.letter import Report
from mail.mime.addresses import read_addresses
from mail.mime.charsets import decode
from mail.mime.fields import Header, one_line
from mail.mime.parts import Tree
from mail.mime.words import decode_words
from mail.phrases import DELAY, FAILURE, FAILURE_SUBJECT, GIVEN_UP

logging.getLogger("flufl.bounce").disabled = True  # it tells every miss of its detectors, with tracebacks

LOOKED_AT = 200_000  # bytes or characters of a report in a server's own words
RETURNED_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers")
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")

_OWN_WORDS = 20_000  # characters within which a server says that it failed, before it quotes the mail
_GIVEN_TO_FLUFL = 64_000  # bytes; its time is no friend of many lines
_REPLY = re.compile(r"(?<![\d.])([45])\d\d[ -](?=\D)")
_DAEMON = re.compile(r"daemon|mail[-_. ]?delivery|post[-_.]?master|mail ?system|administrator|zustell|microsoft", re.I)
_ORIGINAL = re.compile(
    r"^[> \t]*(?:[-_=*#]{2}.{0,100}(?:original|returned|copy of|copie|kopie|below|unten|message follows|headers follow|nachricht)"
    r"|(?:return-path|received|message-id|delivered-to):"
    r"|(?!.{0,20}mts-id).{0,30}(?:original message|message headers|headers of the original|nachrichtenkopf).{0,40}:?[ \t]*$)",
    re.I | re.M,
)
_FINAL = re.compile(r"^[> \t]*(?:final|original)-recipient:\s*(?:rfc822\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?", re.I | re.M)
_LEADING = re.compile(
    r"^[ \t*-]*<?([^\s<>:;,()\"'：；，（）＜＞]{1,64}@[\w.-]{1,255})>?[ \t]*(?:[:;(]|$|\.{3}|\.[ \t]*$|-\s)", re.M
)
_IDENTIFIER = re.compile(r"^[> \t]*(?:message-id|references|in-reply-to):\s*<([^<>\s]{1,996})>", re.I | re.M)
_LABELLED = re.compile(
    r"^[ \t*-]*(?:(?:failed |invalid |intended |unknown )?recipients?(?: address)?|rcpt to|to|e-?mail address|user|empf.nger(?:adresse)?|an|destinataires?"
    r"|destinatari[oa]|收件人(?:地址)?|收信人|宛先|получатель|кому)[ \t]*[:：=][ \t]*(?:\"[^\"\n]{0,80}\"[ \t]*)?<?([^\s<>:;,()\"'：；，（）＜＞]{1,64}@[\w.-]{1,255})>?",
    re.I | re.M,
)


def in_own_words(raw: bytes, tree: Tree, text: str, quoted: str | None) -> Report | None:
    """What a report in a server's own words says; None where nothing in it speaks of a failure."""
    header = tree.root.header
    named = tuple(box.address for box in read_addresses([header.text("x-failed-recipients")]) if box.address)
    whole = f"{decode_words(header.text('subject'))}\n{_words(tree, text)}"[:LOOKED_AT]
    by_flufl: tuple[set[str], set[str]] | None = None
    if not named:
        # The words of all languages are many, and people's mail is long: they are looked for where something hints at a server.
        is_daemon = _DAEMON.search(decode_words(header.text("from"))) is not None
        if not (is_daemon or _is_by_machine(header) or FAILURE_SUBJECT.match(whole) or _has_figures(whole)):
            return None
        if not FAILURE.search(whole, 0, _OWN_WORDS):
            by_flufl = _by_flufl(raw) if is_daemon else (set(), set())
            if not any(by_flufl):
                return None
    original = _ORIGINAL.search(whole, whole.find("\n") + 1)
    said = whole[: original.start()] if original and FAILURE.search(whole, 0, original.start()) else whole
    strangers = _strangers(header)
    temporary: set[str] = set()
    permanent: set[str] = set()
    if not named:
        named = tuple(dict.fromkeys(address.lower() for address in _FINAL.findall(whole)))
    if not named:
        temporary, permanent = by_flufl or _by_flufl(raw)
        named = _of_the_report(permanent or temporary, whole, strangers)
        temporary = temporary if not permanent else set()
    named = named or named_in(said, strangers) or _addressees(tree, whole, original) or tuple(sorted(permanent or temporary))
    status = STATUS.search(said)
    delayed = (bool(temporary) and not GIVEN_UP.search(said)) or is_delay(said, status[1] if status else "")
    return Report(
        named,
        permanent=not delayed,
        status=status[1] if status else "",
        diagnostic=_diagnostic(said),
        message_id=quoted,
        delayed=delayed,
    )


def _is_by_machine(header: Header) -> bool:
    marks = ("auto-submitted", "precedence", "x-precedence", "x-auto-response-suppress", "x-autoreply")
    is_report = header.text("content-type").lower().startswith("multipart/report")
    return is_report or header.text("return-path") == "<>" or any(header.first(name) for name in marks)


def _has_figures(whole: str) -> bool:
    return bool(STATUS.search(whole, 0, _OWN_WORDS) or _REPLY.search(whole, 0, _OWN_WORDS))


def is_delay(said: str, status: str) -> bool:
    """Whether the server goes on trying."""
    return not status.startswith("5") and bool(DELAY.search(said)) and not GIVEN_UP.search(said)


def named_in(said: str, strangers: set[str]) -> tuple[str, ...]:
    """Whom a server names: at the head of a line, behind a label, in its reply, else anywhere before the mail that it quotes."""
    replies = "\n".join(line for line in said.splitlines() if STATUS.search(line) or _REPLY.search(line))
    for found in (_LEADING.findall(said), _LABELLED.findall(said), ADDRESS.findall(replies), ADDRESS.findall(said)):
        addresses = [address.lower().rstrip(".") for address in found]
        others = [a for a in addresses if a not in strangers and not a.startswith(("postmaster@", "mailer-daemon@"))]
        if others:
            return tuple(dict.fromkeys(others[:20]))
    return ()


def _words(tree: Tree, text: str) -> str:
    """The body, and text parts that came as files: servers name theirs «details.txt»."""
    more = [part for part in tree.root.walk() if part.type == "text/plain" and part.disposition == "attachment"]
    return "\n".join([text, *(decode(part.content()[:LOOKED_AT], part.parameters.get("charset"))[0] for part in more[:3])])


def _by_flufl(raw: bytes) -> tuple[set[str], set[str]]:
    """Temporary and permanent failures by flufl.bounce, which knows many servers' forms."""
    with contextlib.suppress(Exception):  # its detectors take well-formed mail for granted
        temporary, permanent = all_failures(email.message_from_bytes(raw[:_GIVEN_TO_FLUFL], policy=compat32))
        return _addresses(temporary), _addresses(permanent)
    return set(), set()


def _addresses(found: frozenset[bytes]) -> set[str]:
    texts = (address.decode("ascii", "replace").lower() for address in found)
    return {text for text in texts if ADDRESS.fullmatch(text)}


def _of_the_report(found: set[str], whole: str, strangers: set[str]) -> tuple[str, ...]:
    """Its detectors also take Message-IDs and the sender for addresses that failed."""
    identifiers = {identifier.lower() for identifier in _IDENTIFIER.findall(whole)}
    return tuple(sorted(found - strangers - identifiers))


def _strangers(header: Header) -> set[str]:
    """Addresses of the report itself: whom it is from and to is not whom it is about."""
    lines = [header.text(name) for name in ("from", "to", "reply-to", "sender", "return-path", "envelope-to", "delivered-to")]
    return {box.address for box in read_addresses(lines)}


def _addressees(tree: Tree, whole: str, original: re.Match[str] | None) -> tuple[str, ...]:
    """Whom the quoted mail was sent to, as a last resort."""
    quoted = [part.content()[:LOOKED_AT] for part in tree.root.walk() if part.type in RETURNED_TYPES]
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
        if STATUS.search(line) or _REPLY.search(line):
            return one_line(line)[:1000]
    return ""
