"""A draft becomes the bytes that travel.  Pure: the same draft, the same bytes.

Every header value is made from a cleaned `str`, never from a header that was parsed: what a customer hid in a subject, a name,
a file's name or a Message-ID cannot become a header of ours.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Literal

from mail.letter import File, Mailbox
from mail.mime.charsets import clean
from mail.mime.fields import one_line

LONGEST_SUBJECT, LONGEST_NAME, LONGEST_FILE_NAME = 500, 100, 150  # characters
LONGEST_ID = 990  # octets; with its fold it stays within a line (RFC 5322 §2.1.1)
LAST = 10  # references that are named beside the first

_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff()<>\[\]:;@\\,\"]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+>")
_TYPE = re.compile(r"(?!message/|multipart/)[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_ENCODED_OCTETS = 45  # of UTF-8 in one encoded word: 60 of base64, within the 75 of RFC 2047 §2


class NotAnAddress(Exception):
    """Mail cannot be sent there.  `str()` is a sentence for people."""


@dataclass(frozen=True)
class Draft:
    """Everything that a mail says.  `text` and `html` are its two forms; `automatic` is its Auto-Submitted (RFC 3834 §5)."""

    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    date: datetime
    reply_to: Mailbox | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()  # oldest first
    automatic: Literal["auto-replied", "auto-generated"] | None = None
    files: tuple[File, ...] = ()


def compose(draft: Draft) -> bytes:
    """The mail, with CRLF line ends and no line longer than 998 octets.  Raises NotAnAddress."""
    recipient = deliverable(draft.recipient.address)
    message = EmailMessage(_POLICY)
    for name, value in _headers(draft, recipient):
        message[name] = value
    _add_text(message, draft)
    for file in draft.files:
        maintype, _, subtype = _media_type(file.type).partition("/")
        message.add_attachment(file.content, maintype, subtype, filename=_words(file.name, LONGEST_FILE_NAME) or "file")
    _tidy(message, draft)
    return message.as_bytes()


def deliverable(address: str) -> str:
    """An address as it travels: its domain in ASCII (RFC 5890), its local part as it is.  Raises NotAnAddress."""
    local, at, domain = address.rpartition("@")
    labels = [_label(label) for label in domain.lower().rstrip(".").split(".")]
    fits = len(local.encode("utf-8", "replace")) <= 64 and len(".".join(labels)) <= 253
    if not (at and fits and _LOCAL.fullmatch(local) and all(_LABEL.fullmatch(label) for label in labels)):
        raise NotAnAddress("This is not an address that mail can be sent to.")
    return f"{local}@{'.'.join(labels)}"


def needs_smtputf8(address: str) -> bool:
    """Whether only a server with SMTPUTF8 can carry mail for this address (RFC 6531): its local part is not ASCII."""
    return not address.isascii()


def _headers(draft: Draft, recipient: str) -> list[tuple[str, str]]:
    """Our fields, in this order, and no others."""
    answered = _ids((draft.in_reply_to,) if draft.in_reply_to else ())
    chain = [i for i in _ids(draft.references) if i not in answered] + answered
    if len(chain) > LAST + 1:
        chain = [chain[0], *chain[-LAST:]]
    return [
        ("From", _address(draft.sender.name, draft.sender.address)),
        *([("Reply-To", _address(draft.reply_to.name, draft.reply_to.address))] if draft.reply_to else []),
        ("To", _address(draft.recipient.name, recipient)),
        ("Subject", _encoded(_words(draft.subject, LONGEST_SUBJECT))),
        ("Date", format_datetime(draft.date)),
        ("Message-ID", draft.message_id),
        *([("In-Reply-To", answered[0])] if answered else []),
        *([("References", " ".join(chain))] if chain else []),
        # X-Auto-Response-Suppress is how Exchange is told what RFC 3834 says by Auto-Submitted.
        *([("Auto-Submitted", draft.automatic), ("X-Auto-Response-Suppress", "All")] if draft.automatic else []),
    ]


def _add_text(message: EmailMessage, draft: Draft) -> None:
    for text, subtype, add in ((draft.text, "plain", message.set_content), (draft.html, "html", message.add_alternative)):
        cleaned = clean(text)
        foreign = sum(not c.isascii() for c in cleaned)
        add(cleaned, subtype=subtype, charset="utf-8", cte="base64" if foreign * 6 > len(cleaned) else "quoted-printable")


def _tidy(message: EmailMessage, draft: Draft) -> None:
    """Fixed boundaries instead of random ones; «=_» is in no line of base64 or quoted-printable (RFC 2045 §6.7)."""
    seed = hashlib.sha256(f"{draft.message_id} {draft.recipient.address}".encode("utf-8", "replace")).hexdigest()[:24]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{seed}_{number}")
        if number:
            del part["MIME-Version"]  # belongs to the mail as a whole (RFC 2045 §4)
    message["Content-Language"] = draft.language


def _address(name: str, address: str) -> str:
    """A name that would need quotes is encoded: readers disagree about a quoted string that was folded."""
    name = _words(name, LONGEST_NAME)
    shown = name if _ATOMS.fullmatch(name) and "=?" not in name else _as_encoded_words(name)
    return f"{shown} <{address}>" if name else address


def _words(text: str, longest: int) -> str:
    """One clean line."""
    line = " ".join(one_line(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _encoded(line: str) -> str:
    """As encoded words where it is not ASCII, or would be taken for one of them."""
    return line if line.isascii() and "=?" not in line else _as_encoded_words(line)


def _as_encoded_words(line: str) -> str:
    """RFC 2047: the whole line, not word by word, for the standard library's way loses spaces between two encoded words."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode("utf-8")
        if len(piece) + len(octets) > _ENCODED_OCTETS:
            pieces.append(piece)
            piece = b""
        piece += octets
    return " ".join(f"=?utf-8?b?{base64.b64encode(octets).decode()}?=" for octets in (*pieces, piece))


def _ids(found: tuple[str, ...]) -> list[str]:
    """Those of the Message-IDs that can be repeated as they are."""
    return list(dict.fromkeys(i for i in found if len(i) <= LONGEST_ID and _ID.fullmatch(i)))


def _media_type(said: str) -> str:
    # A mail or multipart as an attachment may not be base64 (RFC 2046 §5.2.1), so it travels as a plain file.
    return said.lower() if _TYPE.fullmatch(said.lower()) else "application/octet-stream"


def _label(label: str) -> str:
    """Punycode of a label that is not ASCII.  Not the standard library's codec: it writes ß as ss, which is another domain."""
    if label.isascii():
        return label
    folded = unicodedata.normalize("NFKC", label)
    if folded.isascii():
        return folded
    return "xn--" + folded.encode("punycode", "replace").decode("ascii")


class _Policy(EmailPolicy):
    """The standard library writes the MIME fields.  Ours are written already and only folded, at spaces: it would read them
    anew, and turn long Message-IDs into encoded words (gh-100991), by which no mail program threads."""

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        return super().header_store_parse(name, value) if _is_mime(name) else (name, value)

    def fold(self, name: str, value: str) -> str:
        return super().fold(name, value) if _is_mime(name) else _folded(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return super().fold_binary(name, value) if _is_mime(name) else _folded(name, value).encode("utf-8")


def _is_mime(name: str) -> bool:
    return name.lower().startswith(("content-", "mime-"))


def _folded(name: str, value: str) -> str:
    """A field in lines of 76 octets, where its words permit that."""
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


_LINE = 76
_POLICY = _Policy(linesep="\r\n", max_line_length=_LINE, cte_type="7bit")
