"""Whose mail was passed on?  What a colleague forwards to the desk names its first writer: a proposal to a person, never identity
and never a route (C21)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mail.letter import File, Mailbox
from mail.mime.addresses import read_addresses
from mail.mime.parts import read_tree

_FROM = "from|von|de|da|van|od|från|fra|lähettäjä|expéditeur|mittente|от"
_BESIDE = (
    "to|cc|sent|date|subject|an|gesendet|datum|betreff|kopie|à|envoyé|objet|para|enviado|enviada|fecha|data|asunto|assunto"
    "|inviato|oggetto|aan|verzonden|onderwerp|do|wysłano|temat|till|skickat|ämne|til|sendt|emne|кому|дата|тема|отправлено"
)
_MARK = r"[ \t>*_]*"  # quoted, or bold as text
_NAMED = re.compile(rf"^{_MARK}(?:{_FROM})[ \t]?[*_]*:[*_]*[ \t]*(\S.*)$", re.I)
_FIELD = re.compile(rf"^{_MARK}(?:{_BESIDE})[ \t]?[*_]*:", re.I)
_MAILTO = re.compile(r"[\[<(]mailto:([^\]>)\s]+)[\]>)]", re.I)
_LINES = 400  # of the text: whoever forwards writes above it
_FIELDS_NEAR = 6  # lines in which the other fields of a forwarded head stand
_BODY = re.compile(rb"\r?\n\r?\n")


def inner_sender(text: str, files: Sequence[File], authors: Sequence[Mailbox]) -> Mailbox | None:
    """Who wrote what a mail by these authors forwards, by an enclosed mail or by a head in its text; None where that is not clear."""
    enclosed = [file.content for file in files if file.type == "message/rfc822"]
    if len(enclosed) > 1:
        return None
    box = _of_mail(enclosed[0]) if enclosed else _of_text(text)
    return box if box is not None and "@" in box.address and box.address not in {author.address for author in authors} else None


def _of_mail(raw: bytes) -> Mailbox | None:
    """The one author that the head of an enclosed mail names; its body is not looked at."""
    header = read_tree(_BODY.split(raw.lstrip(b"\r\n"), maxsplit=1)[0] + b"\r\n\r\n").root.header
    boxes = read_addresses([header.line(value) for value in header.all("from")])
    return boxes[0] if len(boxes) == 1 else None


def _of_text(text: str) -> Mailbox | None:
    """The sender of the first head in the text: a «From:» with at least two other fields beside it."""
    lines = text.splitlines()[:_LINES]
    for place, line in enumerate(lines):
        found = _NAMED.match(line)
        beside = lines[max(0, place - 3) : place] + lines[place + 1 : place + _FIELDS_NEAR]
        if found and sum(1 for other in beside if _FIELD.match(other)) >= 2:
            boxes = [box for box in read_addresses((_MAILTO.sub(r"<\1>", found[1].strip(" *_")),)) if box.address]
            addresses = {box.address for box in boxes}
            return max(boxes, key=lambda box: len(box.name)) if len(addresses) == 1 else None
    return None
