"""What a mail says and what it brings along: one text, perhaps one HTML page, and files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape

from mail.letter import File
from mail.mime.charsets import decode
from mail.mime.fields import read_header
from mail.mime.filenames import clean_filename, default_name, ending_of
from mail.mime.flowed import unflow
from mail.mime.identifiers import clean_content_id
from mail.mime.parts import Part, Tree
from mail.mime.plain import html_to_text
from mail.mime.words import decode_words

MAX_HTML = 512 * 1024
MAX_TEXT = 2 * 1024 * 1024

_ENCLOSED = ("message/rfc822", "message/global", "message/news")
_BODIES = ("text/plain", "text/html", "text/enriched", "text/markdown")
_META = re.compile(rb"<meta\s[^>]{0,200}?charset=[\"']?([A-Za-z0-9_-]{2,40})", re.I)
_PGP = {"-----BEGIN PGP MESSAGE-----": "encrypted (PGP)", "-----BEGIN PGP SIGNED MESSAGE-----": "signed (PGP); nobody checked it"}


@dataclass(frozen=True)
class Body:
    """The readable part of a mail.  `html` is as it came, joined where it came in pieces."""

    text: str
    html: str | None
    files: tuple[File, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True)
class _Piece:
    """A stretch of the body: always as text, and as HTML where it came so."""

    text: str
    html: str | None = None


def read_body(tree: Tree) -> Body:
    """The body of a mail.  Of alternatives the plain text is read, and the HTML kept beside it."""
    reading = _Reading()
    pieces = [piece for piece in reading.pieces(tree.root, first=True) if piece.text.strip() or piece.html]
    html = None
    if any(piece.html is not None for piece in pieces):
        html = "<hr>".join(piece.html if piece.html is not None else _as_html(piece.text) for piece in pieces)
        if len(html) > MAX_HTML:
            html = None
    text = "\n\n".join(piece.text.strip("\n") for piece in pieces).strip("\n")
    for sign, defect in _PGP.items():
        if sign in text:
            reading.defects.append(defect)
    files = tuple(replace(file, inline=_shows(html, file.content_id)) for file in reading.files)
    return Body(text, html, files, tuple(dict.fromkeys(reading.defects)))


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{escape(text)}</div>'


def _shows(html: str | None, content_id: str | None) -> bool:
    return bool(html and content_id and f"cid:{content_id}".lower() in html.lower())


class _Reading:
    def __init__(self) -> None:
        self.files: list[File] = []
        self.defects: list[str] = []
        self.room = {True: MAX_HTML, False: MAX_TEXT}  # bytes that all parts together may still show: of HTML, of text

    def pieces(self, part: Part, *, first: bool) -> list[_Piece]:
        """What this part adds to the body; its files go to `files`.  `first`: nothing stands before it."""
        if part.buried:
            self.keep(part, part.whole, "message/rfc822")
            return []
        match part.type:
            case "multipart/alternative":
                return self.alternative(part, first=first)
            case "multipart/related":
                return self.related(part, first=first)
            case "multipart/encrypted":
                self.defects.append("encrypted (PGP)")
            case "multipart/signed":
                self.defects.append("signed; nobody checked it")
            case _:
                pass
        if part.type.startswith("multipart/"):
            found: list[_Piece] = []
            for child in part.children:
                found += self.pieces(child, first=first and not found)
            return found
        return self.leaf(part, first=first)

    def alternative(self, part: Part, *, first: bool) -> list[_Piece]:
        """Several forms of one thing: its text from the plain one where that says anything, its HTML from the richest."""
        forms = [form for child in part.children if (form := self.pieces(child, first=first))]
        rich = next((form for form in reversed(forms) if any(piece.html for piece in form)), None)
        simple = next(
            (form for form in forms if not any(piece.html for piece in form) and any(p.text.strip() for p in form)), None
        )
        if rich is None or simple is None:
            return rich or simple or []
        html = "<hr>".join(piece.html if piece.html is not None else _as_html(piece.text) for piece in rich)
        return [_Piece("\n\n".join(piece.text for piece in simple), html)]

    def related(self, part: Part, *, first: bool) -> list[_Piece]:
        """A page and what it is made of; the rest are files whatever they are."""
        start = clean_content_id(part.parameters.get("start", ""))
        ids = [clean_content_id(child.header.text("content-id")) for child in part.children]
        root = ids.index(start) if start and start in ids else 0
        found: list[_Piece] = []
        for place, child in enumerate(part.children):
            words = child.type in _BODIES and not ids[place] and _is_body(child, first=False)
            if place == root or words or child.type.startswith("multipart/"):
                found += self.pieces(child, first=first)
            else:
                self.keep(child, child.content(), child.type)
        return found

    def leaf(self, part: Part, *, first: bool) -> list[_Piece]:
        if part.type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            kind = part.parameters.get("smime-type", "enveloped-data")
            self.defects.append("signed (S/MIME); nobody checked it" if kind == "signed-data" else "encrypted (S/MIME)")
        if not _is_body(part, first=first):
            self.keep(part, part.content(), part.type)
            return []
        content = part.content()
        room = self.room[part.type == "text/html"]
        self.room[part.type == "text/html"] = max(room - len(content), 0)
        if len(content) > room:
            self.defects.append(f"a body of {len(content)} bytes; its beginning is shown, all of it is kept as a file")
            self.keep(part, content, part.type)
        text, defect = decode(content[:room], part.parameters.get("charset") or _charset_of_page(part.type, content))
        if defect:
            self.defects.append(defect)
        if part.type == "text/html":
            return [_Piece(html_to_text(text), text)]
        return [_Piece(unflow(text, part.parameters))]

    def keep(self, part: Part, content: bytes, type_: str) -> None:
        content_id = clean_content_id(part.header.text("content-id"))
        name = _name(part, content, type_) or default_name(type_, {file.name for file in self.files})
        self.files.append(File(name, type_, content, content_id or None))


def _charset_of_page(type_: str, content: bytes) -> str | None:
    """What a page says of itself, where its header field says nothing."""
    found = _META.search(content, 0, 2048) if type_ == "text/html" else None
    return found[1].decode("ascii") if found else None


def _name(part: Part, content: bytes, type_: str) -> str:
    """What the sender calls a file; an enclosed mail is called by its subject, others by their description."""
    name = clean_filename(part.disposition_parameters.get("filename") or part.parameters.get("name") or "")
    if not name and type_ in _ENCLOSED:
        subject = decode_words(read_header(content)[0].text("subject"))
        name = clean_filename(f"{subject[:100]}.eml") if subject else ""
    if not name and (description := decode_words(part.header.text("content-description"))):
        name = clean_filename(description[:100] + ending_of(type_))
    return name


def _is_body(part: Part, *, first: bool) -> bool:
    """Whether a part is there to be read, not to be saved."""
    if part.type not in _BODIES or part.disposition == "attachment":
        return False
    named = "filename" in part.disposition_parameters or "name" in part.parameters
    return not named or (first and part.disposition != "inline")
