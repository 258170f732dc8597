"""The process in which foreign mail is read: few rights, little memory, no secrets.  `mail.reader` starts it and feeds it.

A frame is a length (8 octets, network order) and that many bytes.  Mail comes in on standard input; a Letter in JSON goes out on
standard output, behind one octet: `+` for «go on», `.` for «I have served my time; start another».
"""

from __future__ import annotations

import os
import resource
import struct
import sys
import time
from typing import IO

from mail.letter_json import to_json
from mail.parse import parse

MEMORY = 1024 * 1024 * 1024  # octets of address space
CPU_SECONDS = 120
RETIRES_AFTER_SECONDS = 60  # of processor time, or
RETIRES_AFTER_LETTERS = 1_000
LENGTH = struct.Struct("!Q")


def main() -> None:
    recipient_header = sys.argv[1] if len(sys.argv) > 1 else "Delivered-To"
    _confine()
    letters, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not break a frame
    for number in range(1, RETIRES_AFTER_LETTERS + 1):
        raw = read_frame(letters)
        if raw is None:
            return
        answer = to_json(parse(raw, recipient_header=recipient_header))
        last = number == RETIRES_AFTER_LETTERS or time.process_time() > RETIRES_AFTER_SECONDS
        answers.write(b"." if last else b"+")
        write_frame(answers, answer)
        if last:
            return


def _confine() -> None:
    """No more memory than a hostile mail may cost, no files to write, no core dump that would hold somebody's mail."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def write_frame(stream: IO[bytes], content: bytes) -> None:
    stream.write(LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes], *, at_most: int | None = None) -> bytes | None:
    """The next frame, or None where the stream has ended or the frame would be longer than `at_most`."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if at_most is not None and length > at_most:
        return None
    content = stream.read(length)
    return content if len(content) == length else None


if __name__ == "__main__":
    main()
