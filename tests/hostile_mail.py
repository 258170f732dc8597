"""Hostile mail as it comes: each payload as HTML, as words, as subject, sender's name, file name and Message-ID, packed in several ways."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

NEWSLETTER = (
    '<!doctype html><html><head><meta charset="utf-8"><title>News</title></head><body bgcolor="#eeeeee"><center>'
    '<table width="600" bgcolor="#ffffff"><tr><td style="padding:20px;color:#333">Hello,<br>{}</td></tr></table></center></body></html>'
)
UNDER_FOREIGN = "<p>Hello<svg><desc><math><mtext>{}"
IN_A_QUOTE = '<div class="gmail_quote">On Monday Bob wrote:<blockquote type="cite"><pre>{}</pre></blockquote></div>'


@dataclass(frozen=True)
class Body:
    """One leaf of a mail, packed."""

    type: str
    encoding: str
    content: bytes

    def __bytes__(self) -> bytes:
        head = f"Content-Type: {self.type}\r\nContent-Transfer-Encoding: {self.encoding}\r\n\r\n"
        return head.encode() + self.content


def _packed(html: str, charset: str = "utf-8", codec: str = "") -> Body:
    content = html.encode(codec or charset, "surrogatepass")
    return Body(f"text/html; charset={charset}", "base64", base64.encodebytes(content).replace(b"\n", b"\r\n"))


def _printable(html: str) -> Body:
    lines = quopri.encodestring(html.encode("utf-8", "surrogatepass")).replace(b"\n", b"\r\n")
    return Body("text/html; charset=utf-8", "quoted-printable", lines)


CARRIERS: dict[str, Callable[[str], Body]] = {
    "bare": _packed,
    "in a newsletter": lambda payload: _printable(NEWSLETTER.format(payload)),
    "utf-16": lambda payload: _packed(f"\ufeff<p>Hello {payload}", "utf-16", "utf-16-le"),
    "behind foreign elements": lambda payload: _packed(UNDER_FOREIGN.format(payload)),
    "in a quote, called utf-7": lambda payload: _packed(IN_A_QUOTE.format(payload), "utf-7", "utf-8"),
    "with NULs": lambda payload: _packed("\x00<p>" + payload.replace("<", "<\x00", 1) + payload, "us-ascii", "utf-8"),
    "as text that is no text": lambda payload: _packed(f"<p>{escape(payload)}</p>{payload}"),
}


def hostile_mails(
    payloads: Sequence[tuple[str, str]],
    *,
    to: str,
    carriers: Sequence[str] = tuple(CARRIERS),
    sender: str = "anna@customer.example",
) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each payload in each of these carriers."""
    for n, (name, payload) in enumerate(payloads):
        for carrier in carriers:
            yield f"{name}, {carrier}", _mail(payload, CARRIERS[carrier](payload), f"{n}.{carrier.replace(' ', '-')}", to, sender)


def _mail(payload: str, body: Body, identifier: str, to: str, sender: str) -> bytes:
    words = _word(payload)
    head = (
        f"From: {words} <{sender}>\r\nTo: {to}\r\nSubject: {words}\r\nMessage-ID: <{identifier}.{_atom(payload)}@customer.example>\r\n"
        "Date: Mon, 02 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n"
    ).encode()
    text = Body("text/plain; charset=utf-8", "base64", base64.encodebytes(payload.encode("utf-8", "surrogatepass")))
    name = base64.b64encode(payload[:120].encode("utf-8", "surrogatepass")).decode()
    file = (
        f'Content-Type: text/html; name="=?utf-8?b?{name}?="\r\nContent-Disposition: attachment\r\n'
        f"Content-ID: <{_atom(payload)}>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(payload.encode("utf-8", "surrogatepass"))
    alternatives = b"\r\n--inner\r\n".join((b"Content-Type: multipart/alternative; boundary=inner\r\n", bytes(text), bytes(body)))
    mail = head + b"--outer\r\n" + alternatives + b"\r\n--inner--\r\n--outer\r\n" + file + b"\r\n--outer--\r\n"
    return b"\r\n".join(mail.replace(b"\r\n", b"\n").split(b"\n"))


def _word(payload: str) -> str:
    """The payload in encoded words, as long as a subject may be."""
    content = payload[:150].encode("utf-8", "surrogatepass")
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(content[at : at + 42]).decode()}?=" for at in range(0, len(content), 42))


def _atom(payload: str) -> str:
    """What of it may stand in a Message-ID as some servers take them: markup and all, but for white space and brackets' ends."""
    return "".join(c for c in payload[:80] if c.isascii() and c.isprintable() and c not in " >@") or "x"
