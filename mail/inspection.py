"""`holdline inspect`: how the product reads mail, one line of JSON for each file.  Needs no settings and no database."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, TextIO

from mail.letter import Letter, Unreadable
from mail.reader import Reader

_MOST_PROCESSES = 8
_AHEAD = 8  # letters for each process that may wait while a slow one is read


def inspect(paths: Iterable[str], out: TextIO) -> None:
    """Read the mails in these files; print one object of ASCII JSON a line, in the same order.  No file ends it.

    Each answer is printed as soon as it and those before it are known, so that a program may ask and wait.
    """
    width = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    answers: queue.Queue[Future[str] | None] = queue.Queue(width * _AHEAD)
    with Reader(width) as reader, ThreadPoolExecutor(width) as threads:

        def ask() -> None:
            with contextlib.suppress(RuntimeError):  # the answers are not wanted any more: see `main`
                for path in paths:
                    if name := path.rstrip("\r\n"):
                        answers.put(threads.submit(_line, reader, name))
            answers.put(None)

        threading.Thread(target=ask, daemon=True).start()
        while (answer := answers.get()) is not None:
            out.write(answer.result())
            if answers.empty():
                out.flush()
    out.flush()


def _line(reader: Reader, path: str) -> str:
    return json.dumps(_described(reader, path)) + "\n"


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
        "marks": list(letter.marks),
        "invitation": letter.invitation and asdict(letter.invitation),
        "automatic": letter.automatic,
        "fingerprint": letter.fingerprint,
        "defects": list(letter.defects),
    }


def main() -> None:
    try:
        inspect(sys.stdin, sys.stdout)
    except BrokenPipeError:  # whoever listened has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
