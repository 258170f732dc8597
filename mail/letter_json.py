"""A Letter as JSON and back: how a reader child hands it over.  Data only, so that a broken child can do no more than lie."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mail.letter import File, Letter, Mailbox, Report


def to_json(letter: Letter) -> bytes:
    """ASCII JSON; file contents in base64, the date in ISO 8601."""
    plain = asdict(letter)
    plain["date"] = letter.date.isoformat() if letter.date else None
    for file in plain["files"]:
        file["content"] = base64.b64encode(file["content"]).decode("ascii")
    return json.dumps(plain).encode("ascii")


def from_json(content: bytes) -> Letter:
    """The Letter again.  Raises ValueError, KeyError or TypeError for what is none."""
    plain: dict[str, Any] = json.loads(content)
    for name in ("authors", "to", "cc", "reply_to"):
        plain[name] = tuple(Mailbox(**box) for box in plain[name])
    for name in ("references", "delivered_to", "defects"):
        plain[name] = tuple(plain[name])
    plain["fields"] = tuple((name, line) for name, line in plain["fields"])
    plain["files"] = tuple(File(**{**file, "content": base64.b64decode(file["content"])}) for file in plain["files"])
    plain["date"] = datetime.fromisoformat(plain["date"]) if plain["date"] else None
    if plain["report"]:
        plain["report"] = Report(**{**plain["report"], "recipients": tuple(plain["report"]["recipients"])})
    return Letter(**plain)
