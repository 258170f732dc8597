"""What a mail says and what it brings along: one text, perhaps one HTML page, and files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape

from mail.letter import File, Invitation
from mail.mime import protection
from mail.mime.alternatives import differ
from mail.mime.calendar import read_invitation
from mail.mime.charsets import decode
from mail.mime.fields import read_header
from mail.mime.filenames import clean_filename, default_name, ending_of, type_of
from mail.mime.flowed import unflow
from mail.mime.identifiers import clean_content_id
from mail.mime.parts import Part, Tree
from mail.mime.plain import html_to_text
from mail.mime.tnef import SIGNATURE as TNEF_SIGNATURE
from mail.mime.tnef import open_tnef
from mail.mime.uuencode import without_files
from mail.mime.words import decode_words

MAX_HTML = 512 * 1024
MAX_TEXT = 2 * 1024 * 1024

_ENCLOSED = ("message/rfc822", "message/global", "message/news")
_BODIES = ("text/plain", "text/html", "text/enriched", "text/markdown")
_META = re.compile(rb"<meta\s[^>]{0,200}?charset=[\"']?([A-Za-z0-9_-]{2,40})", re.I)
_CALENDARS = ("text/calendar", "application/ics", "text/x-vcalendar")
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_LOST = re.compile("[?\ufffd]")


@dataclass(frozen=True)
class Body:
    """The readable part of a mail.  `html` is as it came, joined where it came in pieces; `differs`: it does not say what `text` says."""

    text: str
    html: str | None
    files: tuple[File, ...]
    defects: tuple[str, ...]
    marks: tuple[str, ...] = ()
    invitation: Invitation | None = None
    differs: bool = False


@dataclass(frozen=True)
class _Piece:
    """A stretch of the body: always as text, and as HTML where it came so."""

    text: str
    html: str | None = None


def read_body(tree: Tree) -> Body:
    """The body of a mail.  Of alternatives the plain text is read, and the HTML kept beside it."""
    reading = _Reading(tree.root)
    pieces = [piece for piece in reading.pieces(tree.root, first=True) if piece.text.strip() or piece.html]
    pieces = pieces or reading.wrapped
    html = None
    if any(piece.html is not None for piece in pieces):
        html = "<hr>".join(piece.html if piece.html is not None else _as_html(piece.text) for piece in pieces)
        if len(html) > MAX_HTML:
            html = None
    text = "\n\n".join(piece.text.strip("\n") for piece in pieces).strip("\n")
    files = reading.all_files()
    marks = [*reading.marks, *protection.of_text(text, alone=html is None and not files)]
    if "partly-signed" in marks:
        marks = [mark for mark in marks if mark != "signed"]
    files = tuple(replace(file, inline=_shows(html, file.content_id)) for file in files)
    defects, differs = tuple(dict.fromkeys(reading.defects)), html is not None and differ(text, html)
    return Body(text, html, files, defects, tuple(dict.fromkeys(marks)), reading.invitation, differs)


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{escape(text)}</div>'


def _shows(html: str | None, content_id: str | None) -> bool:
    return bool(html and content_id and f"cid:{content_id}".lower() in html.lower())


class _Reading:
    def __init__(self, root: Part) -> None:
        self.root = root
        self.files: list[File] = []
        self.defects: list[str] = []
        self.marks: list[protection.Mark] = []
        self.invitation: Invitation | None = None
        self.nameless_calendars: list[File] = []
        self.wrapped: list[_Piece] = []  # the text that Outlook put into a winmail.dat
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
                return self.encrypted(part)
            case "multipart/signed":
                return self.signed(part, first=first)
            case _:
                pass
        if part.type.startswith("multipart/"):
            found: list[_Piece] = []
            for child in part.children:
                found += self.pieces(child, first=first and not found)
            return found
        return self.leaf(part, first=first)

    def encrypted(self, part: Part) -> list[_Piece]:
        """Opaque (EFAIL): nothing in it is shown, whatever it says that it is, so nothing is glued to what stands around it."""
        self.marks.append("encrypted")
        for child in part.children:
            self.keep(child, child.content(), child.type)
        return []

    def signed(self, part: Part, *, first: bool) -> list[_Piece]:
        """What is signed, and its signature, which is a file only where it has a name."""
        pieces: list[_Piece] = []
        others = [child for child in part.children[1:] if not protection.is_signature(child.type)]
        self.marks.append("partly-signed" if others or part is not self.root else "signed")
        for child in part.children:
            named = child.parameters.get("name") or child.disposition_parameters.get("filename")
            if not protection.is_signature(child.type) or named:
                pieces += self.pieces(child, first=first and not pieces)
        return pieces

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
        if not _is_body(part, first=first):
            self.file(part, part.content())
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
        text, enclosed = without_files(text.replace("\r\n", "\n")) if "begin " in text else (text, [])
        self.files += [File(name, type_of(name), inside) for name, inside in enclosed]
        return [_Piece(unflow(text, part.parameters))]

    def file(self, part: Part, content: bytes) -> None:
        """A part that is not there to be read, or only by a program: some of them we know more about."""
        if part.type in protection.SMIME:
            whole = part is self.root
            self.marks.append(protection.of_smime(content, part.parameters.get("smime-type", ""), whole=whole))
        if part.type in _CALENDARS and self.invitation is None:
            method = part.parameters.get("method", "")
            self.invitation = read_invitation(content, part.parameters.get("charset"), method)
        opened = open_tnef(content) if part.type in _TNEF or content[:4] == TNEF_SIGNATURE else None
        if opened is None:
            self.keep(part, content, part.type)
            return
        self.files += [File(name, type_, inside) for name, type_, inside in opened.files]
        if opened.html:
            self.wrapped.append(_Piece(html_to_text(opened.html[:MAX_HTML]), opened.html[:MAX_HTML]))
        elif opened.text:
            self.wrapped.append(_Piece(opened.text[:MAX_TEXT]))

    def keep(self, part: Part, content: bytes, type_: str) -> None:
        content_id = clean_content_id(part.header.text("content-id"))
        name = _name(part, content, type_)
        file = File(name or default_name(type_, {file.name for file in self.files}), type_, content, content_id or None)
        (self.nameless_calendars if type_ == "text/calendar" and not name else self.files).append(file)

    def all_files(self) -> tuple[File, ...]:
        """The files; a calendar without a name is one only where it does not come once more with a name."""
        if any(file.type in _CALENDARS for file in self.files):
            return tuple(self.files)
        return (*self.files, *self.nameless_calendars)


def _charset_of_page(type_: str, content: bytes) -> str | None:
    """What a page says of itself, where its header field says nothing."""
    found = _META.search(content, 0, 2048) if type_ == "text/html" else None
    return found[1].decode("ascii") if found else None


def _name(part: Part, content: bytes, type_: str) -> str:
    """What the sender calls a file; an enclosed mail is called by its subject, others by their description."""
    names = [part.disposition_parameters.get("filename", ""), part.parameters.get("name", "")]
    if names[1] and _LOST.search(names[0]) and not _LOST.search(names[1]):
        names.reverse()  # the first lost characters that its charset does not have
    name = clean_filename(names[0] or names[1])
    if not name and "." in (place := part.header.text("content-location").rpartition("/")[2]):
        name = clean_filename(place.partition("?")[0])
    if not name and type_ in _ENCLOSED:
        subject = decode_words(read_header(content, charsets=(part.header.charset, part.header.double))[0].text("subject"))
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
