"""How high a mail's HTML will stand, guessed before it is drawn: a frame that runs no script cannot tell its own height."""

from __future__ import annotations

import re
from html import unescape

LEAST, MOST = 96, 720  # pixels; what is higher is scrolled within
_LINE, _GAP, _PADDING = 23, 15, 12  # of the frame's own style
_CHARACTERS = 84  # in a line, on a page beside which stands what is known of a case
_PICTURE, _PLACE = 180, 24  # where no height is said: of a picture that is there, and of one that is not
_MOST_OF_PLACE = 96
_TALLER = {"h1": 42, "h2": 26, "h3": 10}  # than a line and its gap: a heading, with what is around it
_ROW = 8  # around the words of a table's row

_PIECE = re.compile(r"<(?P<end>/?)(?P<name>[a-z0-9]+)(?P<attributes>[^>]*)>|(?P<text>[^<]+)")
_SPACE = re.compile(r"[ \t\r\n]+")
_HEIGHT = re.compile(r' height="(\d{1,5})(?:px)?"')
_ROWS = frozenset(("br", "div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "caption"))
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "hr", "table"))


def height(html: str) -> int:
    """Pixels for a sanitised fragment at the width of a case's page."""
    total, line, picture, after_gap = _GAP, 0, 0, True
    for piece in _PIECE.finditer(html):
        name = piece["name"]
        if piece["text"]:
            line += len(_SPACE.sub(" ", unescape(piece["text"]).strip(" \t\r\n")))
        elif name == "img":
            said = _HEIGHT.search(piece["attributes"])
            away = "data-remote-src" in piece["attributes"]
            guess = int(said[1]) if said else _PLACE if away else _PICTURE
            picture = max(picture, min(guess, _MOST_OF_PLACE if away else MOST))
        elif name in _ROWS or name in _SPACED:
            total += _TALLER.get(name, 0) if piece["end"] else 0
            if line or picture:
                total += max(picture, -(-line // _CHARACTERS) * _LINE) + (_ROW if name == "tr" else 0)
                line, picture, after_gap = 0, 0, False
            elif name == "br":
                total += _LINE
            if name in _SPACED and not after_gap:
                total, after_gap = total + _GAP, True
        if total > MOST:
            return MOST
    total += max(picture, -(-line // _CHARACTERS) * _LINE) + _PADDING
    return min(max(total, LEAST), MOST)
