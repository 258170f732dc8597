"""Whoever carries our mail onward: a relay that keeps every mail, and that can be told to be difficult."""

from __future__ import annotations

import email
import email.policy
import re
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

_PATH = re.compile(rb"<([^>]*)>")


@dataclass(frozen=True)
class Carried:
    """A mail that the relay answered 250 for."""

    sender: str  # "" is the null reverse-path
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]


class Relay:
    """An SMTP server on a free port of loopback.  `answer` is said instead of «250» after DATA, where it is set."""

    def __init__(self) -> None:
        self.mails: list[Carried] = []
        self.answer: str | None = None
        self.refused: dict[str, str] = {}  # recipient: what is said to their RCPT
        self.only_sender: str | None = None  # nobody else may stand on the envelope, as with Microsoft 365
        self.before_answer: Callable[[], None] = lambda: None  # after the final dot, before anything is said
        self._server = _Server(self)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        """For HOLDLINE_RELAY."""
        return f"smtp://127.0.0.1:{self.port}"

    def wait(self, wanted: Callable[[Carried], bool], *, seconds: float = 20) -> Carried:
        """The first mail of this kind.  Raises TimeoutError where none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for mail in list(self.mails):
                if wanted(mail):
                    return mail
            time.sleep(0.02)
        raise TimeoutError(f"the relay carried {len(self.mails)} mails, none of them that one")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 50

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__(("127.0.0.1", 0), _Session)


class _Session(socketserver.StreamRequestHandler):
    """One dialogue; just enough of RFC 5321."""

    server: Any

    def handle(self) -> None:
        relay: Relay = self.server.relay
        sender, recipients = "", []
        self._say("220 relay.example ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                self._say("250-relay.example", "250-8BITMIME", "250-SMTPUTF8", "250 SIZE 52428800")
            elif verb == b"MAIL":
                sender, recipients = _path(line), []
                own = relay.only_sender in (None, sender)
                self._say("250 2.1.0 ok" if own else "550 5.7.60 SMTP; Client does not have permissions to send as this sender")
            elif verb == b"RCPT":
                refused = relay.refused.get(_path(line))
                if refused is None:
                    recipients.append(_path(line))
                self._say(refused or "250 2.1.5 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                raw = self._data()
                if raw is None:
                    return
                relay.before_answer()
                if relay.answer is None:
                    relay.mails.append(Carried(sender, tuple(recipients), raw))
                self._say(relay.answer or "250 2.0.0 kept")
            elif verb == b"QUIT":
                self._say("221 2.0.0 bye")
                return
            else:
                self._say("250 2.0.0 ok")

    def _data(self) -> bytes | None:
        """The mail's bytes, dots unstuffed; None where the client went away in the midst of it."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


def _path(line: bytes) -> str:
    found = _PATH.search(line)
    return found[1].decode() if found else ""
