"""Files in the middle of plain text, as they were sent before MIME: `begin 644 fire.png` … `end`."""

from __future__ import annotations

import binascii
import re

from mail.mime.filenames import clean_filename

MOST = 100  # files in one mail

_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S.{0,250})$", re.M)
_END = re.compile(r"^(?:`\n|[ ]?\n)?end[ \t]*$", re.M)
_LINE = 61  # characters of the longest line, with the one that tells its length


def without_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """`text` (with `\\n` line ends) without its uuencoded files, and these: (name, content).

    What begins like one and is none stays where it is: people write about «begin 644», too.
    """
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    position = 0
    while len(files) < MOST and (begin := _BEGIN.search(text, position)):
        end = _END.search(text, begin.end())
        content = _decoded(text[begin.end() : end.start()]) if end else None
        if end is None:
            break
        if content is None:
            kept.append(text[position : begin.end()])
            position = begin.end()
            continue
        kept.append(text[position : begin.start()])
        files.append((clean_filename(begin[1]) or "attachment.bin", content))
        position = end.end()
    return ("".join([*kept, text[position:]]), files) if files else (text, [])


def _decoded(lines: str) -> bytes | None:
    """The bytes of these lines; None where one of them is not uuencoded."""
    content: list[bytes] = []
    for line in lines.split("\n"):
        if not line.strip(" `"):
            continue
        if len(line) > _LINE + 1 or not line.isascii():
            return None
        try:
            content.append(binascii.a2b_uu(line.rstrip("\r").encode("ascii")))
        except binascii.Error:
            return None
    return b"".join(content) if content else None
