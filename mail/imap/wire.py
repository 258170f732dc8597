"""The bytes of an IMAP connection, with a bound on what a server may make us read, hold and wait for."""

from __future__ import annotations

import imaplib
import select
import socket
import ssl
import time
from contextlib import suppress
from typing import Literal, NamedTuple

TEXT, SMALL_LITERAL = 1 << 20, 1 << 16  # octets of an ordinary answer
CHUNK = 1 << 16
PATIENCE, SLOWEST = 60.0, 16 << 10  # an answer may take a minute, and longer at no less than 16 KiB/s


class Timeout(NamedTuple):
    """Seconds until a server that does not connect, or says nothing more, is given up."""

    connect: float
    read: float


class Wire(imaplib.IMAP4):
    """The connection.  It reads by itself: imaplib's file object allocates whatever length a literal announces, has no bound
    on an answer as a whole, and hides from `poll` what it has buffered.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: Timeout) -> None:
        """Connect, by TLS from the first byte on where there is a context."""
        self._context = context
        self._read_timeout = timeout.read
        self._buffer = bytearray()
        self.allow()
        self._begin_answer()
        super().__init__(host, port, timeout.connect)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock = self._create_socket(timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout)
        if self._context is not None:
            sock = self._context.wrap_socket(sock, server_hostname=self.host)
        sock.settimeout(self._read_timeout)
        return sock

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> tuple[Literal["OK"], list[None]]:
        """Change to TLS.  Whatever was said before counts for nothing afterwards (RFC 9051 §11.1)."""
        assert ssl_context is not None
        if self._simple_command("STARTTLS")[0] != "OK":
            raise self.error("STARTTLS was refused")
        if self._buffer:
            raise self.abort("it went on speaking in the clear after STARTTLS")
        self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
        self._tls_established = True
        self.untagged_responses.clear()
        self._get_capabilities()
        return "OK", [None]

    def allow(self, *, text: int = TEXT, literals: int = SMALL_LITERAL) -> None:
        """How many octets each answer from now on may have, outside literals and inside them."""
        self._most_text, self._most_literals = text, literals

    def send(self, data: bytes) -> None:  # type: ignore[override]
        self._begin_answer()
        super().send(data)

    def readline(self) -> bytes:
        searched = 0
        while not (end := self._buffer.find(b"\n", searched) + 1):
            searched = len(self._buffer)
            self._spend_text(searched, at_last=False)
            self._receive()
        self._spend_text(end, at_last=True)
        return self._take(end)

    def read(self, size: int) -> bytes:
        self._literals_left -= size
        if self._literals_left < 0:
            raise self.abort(f"it announced {size} octets where fewer were asked for")
        while len(self._buffer) < size:
            self._receive()
        return self._take(size)

    def shutdown(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def has_input(self, seconds: float) -> bool:
        """Whether the server has said something, or hung up, within so many seconds.  Ours, TLS's and the kernel's buffers count."""
        if self._buffer or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        poller = select.poll()
        poller.register(self.sock.fileno(), select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def _begin_answer(self) -> None:
        self._text_left, self._literals_left = self._most_text, self._most_literals
        self._deadline = time.monotonic() + PATIENCE + (self._text_left + self._literals_left) / SLOWEST

    def _spend_text(self, octets: int, *, at_last: bool) -> None:
        if octets > self._text_left:
            raise self.abort("its answer has no end")
        if at_last:
            self._text_left -= octets

    def _receive(self) -> None:
        if time.monotonic() > self._deadline:
            raise self.abort("its answer took too long")
        part = self.sock.recv(CHUNK)
        if not part:
            raise self.abort("it closed the connection")
        self._buffer += part

    def _take(self, octets: int) -> bytes:
        with memoryview(self._buffer) as view:
            taken = bytes(view[:octets])
        del self._buffer[:octets]
        return taken
