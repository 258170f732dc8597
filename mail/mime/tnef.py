"""What Outlook puts into a `winmail.dat` (TNEF, [MS-OXTNEF]): the files of the mail and, at times, its only text."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from mail.mime import rtf
from mail.mime.charsets import clean, decode
from mail.mime.filenames import clean_filename, type_of

MOST_BYTES = 32 * 1024 * 1024
MOST_OBJECTS = 2_000  # the library copies what is left for each
MOST_FILES = 200

SIGNATURE = b"\x78\x9f\x3e\x22"


@dataclass(frozen=True)
class Opened:
    """What was in it.  `files`: (name, type, content).  At most one of `text` and `html` is not empty."""

    files: tuple[tuple[str, str, bytes], ...]
    text: str = ""
    html: str = ""


def open_tnef(content: bytes) -> Opened | None:
    """None where it cannot be opened, or holds nothing: then it is a file like any other."""
    if not content.startswith(SIGNATURE) or len(content) > MOST_BYTES or not _is_whole(content):
        return None
    import tnefparse  # only for the few mails that need it

    logging.getLogger("tnefparse").disabled = True
    try:
        read: Any = tnefparse.TNEF(content, do_checksum=False)
        files = tuple(_file(file, number) for number, file in enumerate(read.attachments[:MOST_FILES], 1))
        text, html = _text(read.body), _text(read.htmlbody)
        text = text or ("" if html else rtf.to_text(rtf.unpack(read._rtfbody or b"")))
    except MemoryError:
        raise
    except Exception:  # the library trusts what it reads: any kind of error comes out of a broken one
        return None
    return Opened(files, "" if html else text, html) if files or text or html else None


def _is_whole(content: bytes) -> bool:
    """Whether it is a chain of not too many objects, each a level, an id, a length, that many bytes and a sum."""
    count, position = 0, 6
    while position + 12 < len(content) and count <= MOST_OBJECTS:
        position += int.from_bytes(content[position + 5 : position + 9], "little") + 11
        count += 1
    return count <= MOST_OBJECTS and position <= len(content) and not content[position:].strip(b"\x00")


def _file(file: Any, number: int) -> tuple[str, str, bytes]:
    name = (
        clean_filename(clean(_text(file.long_filename()) or _text(file._name)).strip("\x00 \ufffd")) or f"attachment-{number}.bin"
    )
    content = file.data if isinstance(file.data, bytes) else bytes(file.data or b"")
    return name, type_of(name), content


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return (decode(value.rstrip(b"\x00"))[0] if isinstance(value, bytes) else clean(str(value or ""))).rstrip("\x00")
