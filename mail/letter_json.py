"""A Letter as frames and back: how a reader child hands it over.  Data only, so that a broken child can do no more than lie.

The first frame is ASCII JSON, in which a file's content is its length; the contents follow as they are, one frame each: a
mail of 25 MB is not copied into text and back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from mail.letter import File, Invitation, Letter, Mailbox, Report, Trust


def pack(letter: Letter) -> list[bytes]:
    """The letter's frames; dates in ISO 8601."""
    return [json.dumps(vars(letter), default=_plain).encode("ascii"), *(file.content for file in letter.files)]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, File):
        return {**vars(value), "content": value.size}
    return vars(value)


def unpack(frames: Iterable[bytes]) -> Letter:
    """The Letter again.  Raises ValueError, KeyError or TypeError for what is none."""
    following = iter(frames)
    return read_letter(next(following, b""), lambda length: next(following, b""))


def read_letter(content: bytes, contents: Callable[[int], bytes]) -> Letter:
    """The letter whose first frame is `content`; `contents` gives the next frame, which has to have that many bytes.

    Raises ValueError, KeyError or TypeError.
    """
    plain: dict[str, Any] = json.loads(content)
    for name in ("authors", "to", "cc", "reply_to"):
        plain[name] = tuple(Mailbox(**box) for box in plain[name])
    for name in ("references", "delivered_to", "marks", "defects"):
        plain[name] = tuple(plain[name])
    plain["folds"] = tuple((start, end) for start, end in plain["folds"])
    plain["fields"] = tuple((name, line) for name, line in plain["fields"])
    plain["date"] = datetime.fromisoformat(plain["date"]) if plain["date"] else None
    plain["trust"] = Trust(**plain["trust"])
    if plain["report"]:
        plain["report"] = Report(**{**plain["report"], "recipients": tuple(plain["report"]["recipients"])})
    plain["forwarded"] = Mailbox(**plain["forwarded"]) if plain["forwarded"] else None
    if plain["invitation"]:
        answers = tuple((who, answer) for who, answer in plain["invitation"]["answers"])
        plain["invitation"] = Invitation(**{**plain["invitation"], "answers": answers})
    plain["files"] = tuple(File(**{**file, "content": _whole(file["content"], contents)}) for file in plain["files"])
    return Letter(**plain)


def _whole(length: int, contents: Callable[[int], bytes]) -> bytes:
    content = contents(length)
    if len(content) != length:
        raise ValueError("a file is not as long as it was said to be")
    return content
