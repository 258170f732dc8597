"""Files that travel: what they may be called, and which of them a browser may show."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from helpdesk.policies import pictures

Scan = Literal["off", "waiting", "clean", "found"]  # nobody scans · not scanned yet · clean · something was found

LONGEST_NAME = 150
MOST_BYTES = 28 * 1024 * 1024  # of all files that go with one answer
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))  # control, direction, zero width, private, unassigned
_RASTER = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def clean_name(name: str) -> str:
    """The last part of a path, without characters that nobody sees; «file» where nothing is left.

    Cleaned for us, for the header field in which it travels, and for whoever saves it (C15).
    """
    visible = "".join(c for c in name if unicodedata.category(c) not in _INVISIBLE)
    last = re.split(r"[/\\]", visible)[-1]
    words = " ".join(re.sub(r'[<>:"|?*]', "_", last).split()).strip(" .")
    if len(words) > LONGEST_NAME:
        stem, dot, ending = words.rpartition(".")
        words = f"{stem[: LONGEST_NAME - 11]}{dot}{ending[:10]}" if dot else words[:LONGEST_NAME]
    return words or "file"


def may_be_saved(scan: str, *, released: bool) -> bool:
    """Whether a file may be handed out: a scanner found nothing, or none is asked, or somebody takes it on themselves (C24)."""
    return released or scan in ("clean", "off")


def raster_type(content: bytes) -> str | None:
    """The media type of a picture, by its first bytes and nothing else; None for whatever may hold more than pixels.

    None, too, for more pixels than a browser should be given: 2 KB can unfold to ten thousand million (C18).
    """
    found = next((media_type for magic, media_type in _RASTER if content.startswith(magic)), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        found = "image/webp"
    size = pictures.pixels(content, found) if found else None
    return None if size and not pictures.fits(size) else found


def preview(content: bytes, *, enclosed: bool) -> tuple[int, int] | None:
    """Width and height of a picture that the story shows small; None for whatever is only named there."""
    found = raster_type(content)
    size = pictures.pixels(content, found) if found else None
    return size if size and pictures.is_previewed(size, len(content), enclosed=enclosed) else None
