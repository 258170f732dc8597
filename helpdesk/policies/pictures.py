"""How large a picture says it is, read from its first bytes; nothing is ever decoded here (C18)."""

from __future__ import annotations

MOST_PIXELS = 50_000_000  # of a picture that a browser is given: a phone's camera makes 48 million at the most
MOST_OCTETS = 5 * 1024 * 1024  # of one that is shown without being asked for
SMALLEST = 48  # pixels of a side: below that it is an icon, or a tracker
SMALLEST_ENCLOSED = 320  # of one that the mail's own layout shows: below that it is somebody's logo
_SEGMENTS = 500  # of a JPEG before its size; cameras write a dozen
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15 (ITU T.81, table B.1)

Size = tuple[int, int]


def pixels(content: bytes, media_type: str) -> Size | None:
    """Width and height as the header of a PNG, JPEG, GIF or WebP says; None where it does not."""
    found = {"image/png": _png, "image/gif": _gif, "image/jpeg": _jpeg, "image/webp": _webp}[media_type](content)
    return found if found and min(found) > 0 else None


def fits(size: Size) -> bool:
    """Whether a browser may be given a picture of this size."""
    return size[0] * size[1] <= MOST_PIXELS


def is_previewed(size: Size, octets: int, *, enclosed: bool) -> bool:
    """Whether it is shown small in the story.  `enclosed`: the mail's own layout shows it, too."""
    shown = max(size) >= SMALLEST_ENCLOSED if enclosed else min(size) >= SMALLEST
    return shown and fits(size) and octets <= MOST_OCTETS


def _png(content: bytes) -> Size | None:
    return (_big(content[16:20]), _big(content[20:24])) if content[12:16] == b"IHDR" else None


def _gif(content: bytes) -> Size | None:
    return _little(content[6:8]), _little(content[8:10])


def _webp(content: bytes) -> Size | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return _little(content[24:27]) + 1, _little(content[27:30]) + 1
    if kind == b"VP8L":
        bits = _little(content[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
    return None


def _jpeg(content: bytes) -> Size | None:
    place = 2
    for _segment in range(_SEGMENTS):
        while content[place : place + 2] == b"\xff\xff":  # fill bytes
            place += 1
        if place + 9 > len(content) or content[place] != 0xFF:
            return None
        if content[place + 1] in _FRAMES:
            return _big(content[place + 7 : place + 9]), _big(content[place + 5 : place + 7])
        place += 2 + max(2, _big(content[place + 2 : place + 4]))
    return None


def _big(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def _little(octets: bytes) -> int:
    return int.from_bytes(octets, "little")
