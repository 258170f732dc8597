"""The process in which foreign mail is read: few rights, little memory, no secrets.  `mail.reader` starts it and feeds it.

A frame is a length (8 octets, network order) and that many bytes.  Mail comes in on standard input; the frames of a Letter go
out on standard output, behind one octet: `+` for «go on», `.` for «I have served my time; start another».
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import struct
import sys
from typing import IO

from mail.letter_json import pack
from mail.parse import parse

MEMORY = 300 * 1000 * 1000  # octets of address space
CPU_SECONDS_PER_LETTER = 2.0
CPU_SECONDS = 120
RETIRES_AFTER_SECONDS = 60  # of processor time, or
RETIRES_AFTER_LETTERS = 5_000
LENGTH = struct.Struct("!Q")


def main() -> None:
    recipient_header = sys.argv[1] if len(sys.argv) > 1 else "Delivered-To"
    _confine()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # whoever stops the service means the parent, which ends this by its pipe
    gc.freeze()  # what was imported stays; looking through it again and again costs an eighth of all reading
    gc.set_threshold(20_000, 20, 50)
    letters, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not break a frame
    for number in range(1, RETIRES_AFTER_LETTERS + 1):
        raw = read_frame(letters)
        if raw is None:
            return
        frames = _read(raw, recipient_header)
        last = number == RETIRES_AFTER_LETTERS or _seconds_used() > RETIRES_AFTER_SECONDS
        answers.write(b"." if last else b"+")
        for frame in frames:
            write_frame(answers, frame)
        answers.flush()
        if last:
            return
        del raw, frames  # or the next letter is read beside this one


def _read(raw: bytes, recipient_header: str) -> list[bytes]:
    """The frames of the letter.  Where it takes too long, the kernel ends this process, whatever it is busy with."""
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS_PER_LETTER)  # SIGPROF is left to its default: to kill
    frames = pack(parse(raw, recipient_header=recipient_header))
    signal.setitimer(signal.ITIMER_PROF, 0)
    return frames


def _seconds_used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


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
