"""How large a picture is, told by its first bytes, and which are shown without being asked for (C18)."""

from __future__ import annotations

import struct

import pytest

from helpdesk.policies.files import preview, raster_type
from helpdesk.policies.pictures import MOST_OCTETS, pixels


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack("!I4sII", 13, b"IHDR", width, height) + b"\x08\x06\0\0\0" + b"\0" * 8


def jpeg(width: int, height: int, *, segments: int = 2) -> bytes:
    before = b"\xff\xe1" + struct.pack("!H", 10) + b"\xff\xc0 Exif "
    frame = b"\xff\xff\xff\xc2" + struct.pack("!HBHHB", 17, 8, height, width, 3) + b"\0" * 9
    return b"\xff\xd8" + before * segments + frame + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0" * 8


def webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size


def webp_lossy(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8 " + b"\0\0\0\0" + b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)


def webp_lossless(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8L" + b"\0\0\0\0\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)


MAKERS = [png, jpeg, gif, webp, webp_lossy, webp_lossless]


@pytest.mark.parametrize("make", MAKERS)
def test_the_size_is_read_from_the_first_bytes(make) -> None:
    content = make(640, 480)
    assert pixels(content, raster_type(content) or "") == (640, 480)
    assert preview(content, enclosed=False) == (640, 480)


@pytest.mark.parametrize("make", [png, jpeg, gif, webp])
def test_a_bomb_is_no_picture_to_anybody(make) -> None:
    side = 50_000
    assert raster_type(make(side, side)) is None
    assert raster_type(make(10_000, 5_000)) is not None
    assert raster_type(make(10_001, 5_000)) is None


@pytest.mark.parametrize("make", MAKERS)
def test_a_picture_that_is_cut_off_anywhere_raises_nothing_and_is_not_previewed(make) -> None:
    whole = make(640, 480)
    for end in range(len(whole)):
        if raster_type(whole[:end]) is not None and preview(whole[:end], enclosed=False) is not None:
            assert pixels(whole[:end], raster_type(whole[:end]) or "") is not None


def test_a_jpeg_that_hides_its_size_behind_thousands_of_segments_is_not_previewed() -> None:
    assert preview(jpeg(640, 480, segments=5_000), enclosed=False) is None


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"BM" + b"\0" * 50, b"%PDF-1.7", b"PK\x03\x04", b"", b"GIF87"])
def test_what_may_hold_more_than_pixels_is_never_shown(content: bytes) -> None:
    assert raster_type(content) is None
    assert preview(content, enclosed=False) is None


def test_trackers_icons_logos_and_heavy_files_are_only_named() -> None:
    assert preview(png(1, 1), enclosed=False) is None
    assert preview(png(640, 47), enclosed=False) is None
    assert preview(png(640, 48), enclosed=False) is not None
    assert preview(png(319, 100), enclosed=True) is None
    assert preview(png(320, 100), enclosed=True) is not None
    assert preview(png(640, 480) + b"\0" * MOST_OCTETS, enclosed=False) is None
