"""What follows DATA, taken in as it comes: the end found, dots taken off, limits kept (RFC 5321 §4.5.2, §4.5.3.1).

Only CR LF . CR LF ends a message: a server that also took LF . LF for the end would let a stranger's mail smuggle another one in.
Work and memory grow with the octets that came, not with the number of their lines.
"""

from __future__ import annotations

import re

from mail import replies
from mail.replies import Reply

LINE = 64 * 1024  # octets without CR LF; RFC 5321 asks for 1,000 and permits more
HEADER = 256 * 1024  # octets in which hops are counted
HOPS = 100  # RFC 5321 §6.3

_END = b"\r\n.\r\n"
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)


class Content:
    """A message on its way in.  `defect` is why it will be refused; what came of it then is dropped, the rest only counted."""

    def __init__(self, limit: int, *, normalise: bool = False) -> None:
        self._limit = limit
        self._normalise = normalise
        self._kept = bytearray()
        self._tail = b""  # the line that has no end yet
        self.size = 0  # octets that came
        self.held = 0  # octets that it occupies
        self.defect: Reply | None = None

    def feed(self, chunk: bytes) -> bytes | None:
        """Take what came, at most LINE octets.  None while the end is still to come; then what came behind it: the next commands."""
        self.size += len(chunk)
        data = b"\r\n" + self._tail + chunk  # begins where a line begins
        end = data.find(_END)
        upto = (end if end >= 0 else data.rfind(b"\r\n")) + 2
        self._tail = data[upto:] if end < 0 else b""
        if data.find(b"\r\n", 2) > LINE + 2:
            self.give_up(replies.LINE_TOO_LONG)
        if len(self._tail) > LINE + 1:
            self.give_up(replies.LINE_TOO_LONG)
            self._tail = b"-" + self._tail[-1:]  # any line will do; its CR may be half of the line's end
        self._keep(data[:upto])
        return data[end + len(_END) :] if end >= 0 else None

    def give_up(self, why: Reply) -> None:
        """Refuse it.  The first reason stands."""
        self.defect = self.defect or why
        self._kept.clear()
        self.held = 0

    def finish(self) -> bytes:
        """The message, byte for byte, once its end has come.  Empty where it has a defect."""
        raw, self._kept = bytes(self._kept), bytearray()
        if hops(raw) > HOPS:
            self.give_up(replies.LOOP)
        return b"" if self.defect else raw

    def _keep(self, lines: bytes) -> None:
        """`lines` are whole ones, with the CR LF before the first."""
        if not lines.count(b"\r") == lines.count(b"\n") == lines.count(b"\r\n"):
            if not self._normalise:
                self.give_up(replies.BARE_NEWLINE)
            lines = _BARE.sub(b" ", lines)  # as Postfix does: a space makes no new header out of an old one's value
        if self.defect is not None:
            return
        self._kept += lines.replace(b"\r\n.", b"\r\n")[2:]
        self.held = len(self._kept)
        if self.held > self._limit:
            self.give_up(replies.too_big(self._limit))


def hops(raw: bytes) -> int:
    """How many servers say that they have handed this message on."""
    found = _HEADER_END.search(raw, 0, HEADER)
    return len(_RECEIVED.findall(raw, 0, found.start() if found else HEADER))


def has_long_line(raw: bytes) -> bool:
    """Whether a line of a whole message, ended by LF or CR LF, is longer than LINE."""
    start = 0
    while len(raw) - start > LINE + 1:
        end = raw.rfind(b"\n", start, start + LINE + 2)
        if end < 0:
            return True
        start = end + 1
    return False
