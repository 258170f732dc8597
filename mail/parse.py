"""Bytes to a Letter.  Pure, and whatever is wrong with a mail is said in its `defects`: nothing is raised but MemoryError."""

from __future__ import annotations

import hashlib
import re

from mail import lists, screen, trust
from mail.forwarded import inner_sender
from mail.language import guess_language
from mail.letter import Letter, Mailbox
from mail.mime.addresses import read_addresses
from mail.mime.body import read_body
from mail.mime.fields import MAX_BLOCK, Header, one_line
from mail.mime.identifiers import message_id, read_date, references
from mail.mime.parts import read_tree
from mail.mime.words import decode_words
from mail.quoting import split
from mail.reports import calendar_method, quoted_id, read_report

_KEPT = frozenset((*screen.DECISIVE, *trust.EVIDENCE, *lists.EVIDENCE))
_IDENTIFYING = ("from", "date", "message-id", "subject")
_FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?(?:>?From [^\n]*\n)?")
_FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst)\s*:", re.I)
_UNREADABLE = "it could not be read: "


def parse(raw: bytes, *, recipient_header: str = "Delivered-To") -> Letter:
    """The Letter that these bytes hold.

    `recipient_header` names the field in which the operator's mail server writes the envelope recipient.  `kind`, `automatic` and
    `report` are guesses until `screen` has seen the envelope.
    """
    try:
        return _read(_with_line_ends(raw), recipient_header.lower())
    except MemoryError:
        raise  # the reader's child ends at it, and the mail is held: what was read is not what stands there
    except Exception as error:  # a letter that we cannot read is a letter all the same
        return Letter(
            kind="person",
            authors=(),
            subject="",
            message_id=None,
            date=None,
            fingerprint=hashlib.sha256(raw).hexdigest(),
            defects=(f"{_UNREADABLE}{type(error).__name__}",),
        )


def _with_line_ends(raw: bytes) -> bytes:
    """The mail without what an mbox or an editor put before it.  One without a single LF was made where CR ends lines."""
    raw = raw.lstrip(b"\r\n")
    begin = _FIRST_LINE.match(raw)
    raw = raw[begin.end() :] if begin else raw
    return raw.replace(b"\r", b"\n") if b"\n" not in raw else raw


def _read(raw: bytes, recipient_header: str) -> Letter:
    tree = read_tree(raw)
    header = tree.root.header
    defects = list(tree.defects)
    body = read_body(tree)
    identifier, defect = message_id(_lines(header, "message-id"))
    defects += [defect] if defect else []
    authors = _boxes(header, "from")
    if len(header.all("from")) > 1:
        defects.append("more than one From field")
    elif len(authors) > 1:
        defects.append("more than one author")
    subject = _words(header, "subject")
    parts = split(body.text, forwarded=_FORWARDED.match(subject) is not None, page=body.html)
    quoted = quoted_id(tree, body.text)
    letter = Letter(
        kind="person",
        authors=authors,
        subject=subject,
        message_id=identifier,
        date=read_date(header.text("date")),
        to=_boxes(header, "to"),
        cc=_boxes(header, "cc"),
        reply_to=_boxes(header, "reply-to"),
        references=references((*_lines(header, "references"), *_lines(header, "in-reply-to"))),
        text=body.text,
        visible=parts.visible.strip("\n").rstrip(),
        folds=parts.folds,
        html=body.html,
        differs=body.differs,
        files=body.files,
        marks=body.marks,
        invitation=body.invitation,
        forwarded=inner_sender(body.text, body.files, authors),
        report=read_report(raw, tree, body.text, quoted),
        about=quoted,
        calendar=calendar_method(tree),
        hops=len(header.all("received")),
        language=guess_language(parts.visible),
        delivered_to=tuple(dict.fromkeys(box.address for box in _boxes(header, recipient_header) if box.address)),
        fingerprint=_fingerprint(raw, tree.root.start, header),
        defects=tuple(dict.fromkeys((*defects, *body.defects))),
        fields=tuple((field.name, header.line(field.value)) for field in header.fields if field.name in _KEPT),
    )
    return screen.suppose(letter)


def _lines(header: Header, name: str) -> tuple[str, ...]:
    return tuple(header.line(value) for value in header.all(name))


def _boxes(header: Header, name: str) -> tuple[Mailbox, ...]:
    return read_addresses(_lines(header, name))


def _words(header: Header, name: str) -> str:
    return re.sub(r"\s+", " ", one_line(decode_words(header.text(name))))


def _fingerprint(raw: bytes, body: int, header: Header) -> str:
    """The same for every try to deliver one mail, by whichever door: trace fields and line ends differ, these do not."""
    digest = hashlib.sha256()
    for name in _IDENTIFYING:
        for value in header.all(name):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    if body > MAX_BLOCK:
        digest.update(raw[:body])  # what was not read may differ
    digest.update(hashlib.sha256(_unix(raw[body:])).digest())
    return digest.hexdigest()


def _unix(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").rstrip(b"\r\n \t")
