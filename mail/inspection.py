"""`holdline inspect`: how the product reads mail, one line of JSON for each file.  Needs no settings and no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from mail.letter import Letter, Unreadable
from mail.reader import Reader


def inspect(paths: Iterable[str], out: TextIO) -> None:
    """Read the mails in these files; print one object of ASCII JSON a line, in the same order.  No file ends it."""
    with Reader() as reader:
        for path in paths:
            name = path.rstrip("\r\n")
            if name:
                out.write(json.dumps(_described(reader, name)) + "\n")
                out.flush()


def _described(reader: Reader, path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return describe(reader.read(file.read()))
    except Unreadable as error:
        return {"kind": "unreadable", "defects": [str(error)]}
    except (OSError, ValueError) as error:
        return {"kind": "unreadable", "defects": [f"{path}: {getattr(error, 'strerror', None) or error}"]}


def describe(letter: Letter) -> dict[str, Any]:
    """What a person who asks how a mail was read wants to know."""
    author = next((box for box in letter.authors if box.address), next(iter(letter.authors), None))
    report = letter.report if letter.kind == "bounce" else None
    return {
        "kind": letter.kind,
        "from": {"name": author.name, "address": author.address} if author else None,
        "to": [box.address for box in letter.to],
        "subject": letter.subject,
        "message_id": letter.message_id,
        "references": list(letter.references),
        "date": letter.date.isoformat() if letter.date else None,
        "language": letter.language,
        "text": letter.text,
        "visible": letter.visible,
        "attachments": [{"name": file.name, "type": file.type, "size": file.size} for file in letter.files],
        "bounce": report and {"recipients": list(report.recipients), "permanent": report.permanent, "status": report.status},
        "automatic": letter.automatic,
        "fingerprint": letter.fingerprint,
        "defects": list(letter.defects),
    }


def main() -> None:
    inspect(sys.stdin, sys.stdout)


if __name__ == "__main__":
    main()
