"""An open SMTP door, and somebody at it who can say anything."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
from collections.abc import Iterator
from typing import Any

import sqlalchemy

from helpdesk import clock, db
from helpdesk.actions import desks
from helpdesk.blobs import read
from helpdesk.models import InboundMail
from mail.listen import SmtpDoor
from mail.smtp.reception import Limits

DESK = "help@example.org"
LETTER = b"From: anna@customer.example\r\nSubject: fire\r\n\r\nIt burns.\r\n"


@contextlib.contextmanager
def open_door(
    database: db.Database, *, limits: Limits | None = None, protocol: str = "smtp", port: int = 0, **changes: Any
) -> Iterator[SmtpDoor]:
    """A door into this database, on a port of the kernel's choice, with some settings changed."""
    listen = f"{protocol}://127.0.0.1:{port}"
    settings = database.house.settings.model_copy(update={"smtp_listen": listen, **changes})
    own = type(database)(settings) if changes else database
    with own.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    door = SmtpDoor(own, settings, limits)
    try:
        door.start()
        yield door
    finally:
        door.stop()
        if own is not database:
            own.close()


class Talk:
    """A connection to a door, by lines."""

    def __init__(
        self,
        door: SmtpDoor,
        *,
        source: str = "127.0.0.1",
        greet: str = "EHLO anna",
        early: bytes = b"",
        hears_little: bool = False,
    ) -> None:
        """`early` is said before the other side has said anything, `greet` after that."""
        self._socket = socket.socket()
        self._socket.settimeout(10)
        if hears_little:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.bind((source, 0))
        self._socket.connect(("127.0.0.1", door.port))
        self._socket.sendall(early)
        self._file = self._socket.makefile("rb")
        self.greeting = self.hear()
        if greet:
            self.offers = self.say(greet)

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def send(self, octets: bytes) -> None:
        self._socket.sendall(octets)

    def hear(self) -> str:
        """The next answer, its lines joined; "" where the connection has ended."""
        lines = []
        while line := self._file.readline():
            lines.append(line.decode("ascii").removesuffix("\r\n"))
            if line[3:4] != b"-":
                break
        return "\n".join(lines)

    def say(self, line: str | bytes) -> str:
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.hear()

    def begin(self, recipient: str = DESK, *more: str, sender: str = "anna@customer.example") -> None:
        """As far as the message itself."""
        assert self.say(f"MAIL FROM:<{sender}>").startswith("250 2.1.0")
        for address in (recipient, *more):
            assert self.say(f"RCPT TO:<{address}>").startswith("250 2.1.5")
        assert self.say("DATA").startswith("354")

    def post(self, letter: bytes = LETTER, recipient: str = DESK, *more: str, sender: str = "anna@customer.example") -> str:
        """A whole message (lines that begin with a dot are not looked after)."""
        self.begin(recipient, *more, sender=sender)
        return self.say(letter + b".")

    def silent_for(self, seconds: float) -> bool:
        """Whether nothing is said for so long."""
        return not select.select([self._socket], [], [], seconds)[0]

    def vanish(self, *, reset: bool = False) -> None:
        """Go without a word; with `reset`, as if the machine had crashed."""
        if reset:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._file.close()
        self._socket.close()

    def has_ended(self) -> bool:
        """Whether the other side has closed."""
        try:
            return self._file.readline() == b""
        except ConnectionError:
            return True

    def shut(self) -> None:
        """Say that nothing more will come; listen on."""
        self._socket.shutdown(socket.SHUT_WR)


def kept(database: db.Database) -> list[tuple[str, tuple[str, ...], bytes]]:
    """Everything that was kept, in order: sender, recipients, bytes."""
    with database.reading() as session:
        return [
            (mail.sender, tuple(arrival.recipient for arrival in mail.arrivals), read(session, mail.sha256))
            for mail in session.scalars(sqlalchemy.select(InboundMail).order_by(InboundMail.id))
        ]
