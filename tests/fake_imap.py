"""An IMAP server of a few lines, for what no real server does: each answer can be replaced by a lie."""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator

Answer = Callable[["Talk", str, str], None]


class Talk(socketserver.StreamRequestHandler):
    """One connection.  `say` sends a line, `send` just bytes."""

    server: FakeIMAP

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self.server.connections += 1
            self.server.greeting(self)
            while line := self.rfile.readline():
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                self.server.commands.append(command)
                self.answer(tag, command)

    def answer(self, tag: str, command: str) -> None:
        for name, answer in [*self.server.lies.items(), *POLITE.items()]:
            if command.upper().startswith(name):
                return answer(self, tag, command)
        return self.say(f"{tag} BAD what?")

    def say(self, *lines: str) -> None:
        self.send("".join(line + "\r\n" for line in lines).encode("latin-1"))

    def send(self, octets: bytes) -> None:
        self.request.sendall(octets)

    def hear(self) -> str:
        return self.rfile.readline().decode("latin-1").strip()

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)
        raise ValueError("hung up")


class FakeIMAP(socketserver.ThreadingTCPServer):
    """`messages` are UIDs and bytes; `lies` are beginnings of commands («UID FETCH 1») and what is answered instead."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.port: int = self.server_address[1]
        self.messages: dict[int, bytes] = {}
        self.lies: dict[str, Answer] = {}
        self.greeting: Callable[[Talk], None] = lambda talk: talk.say("* OK hello")
        self.capability = "IMAP4rev1 AUTH=PLAIN IDLE"
        self.permanent = r"\Seen \*"
        self.access = "READ-WRITE"
        self.uidvalidity = 7
        self.date = imaplib.Time2Internaldate(time.time())
        self.uidnext: int | None = None
        self.stop_idling = threading.Event()
        self.connections = 0
        self.commands: list[str] = []

    @property
    def url(self) -> str:
        return f"imap://help:secret@127.0.0.1:{self.port}/INBOX"

    def heard(self, beginning: str) -> int:
        """How often a command began so."""
        return sum(command.upper().startswith(beginning) for command in self.commands)


@contextlib.contextmanager
def serving() -> Iterator[FakeIMAP]:
    """A server in a thread, until the block ends."""
    with FakeIMAP() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.stop_idling.set()
            server.shutdown()
            thread.join()


def _capability(talk: Talk, tag: str, _: str) -> None:
    talk.say(f"* CAPABILITY {talk.server.capability}", f"{tag} OK done")


def _authenticate(talk: Talk, tag: str, _: str) -> None:
    talk.say("+ ")
    talk.hear()
    talk.say(f"{tag} OK done")


def _select(talk: Talk, tag: str, _: str) -> None:
    server = talk.server
    uidnext = server.uidnext or max(server.messages, default=0) + 1
    talk.say(
        r"* FLAGS (\Seen)",
        f"* OK [PERMANENTFLAGS ({server.permanent})]",
        f"* {len(server.messages)} EXISTS",
        "* 0 RECENT",
        f"* OK [UIDVALIDITY {server.uidvalidity}]",
        f"* OK [UIDNEXT {uidnext}]",
        f"{tag} OK [{server.access}]",
    )


def _search(talk: Talk, tag: str, command: str) -> None:
    found = sorted(talk.server.messages)
    if limits := re.search(r"UID (\d+):(\d+|\*)", command.removeprefix("UID SEARCH")):
        low, high = int(limits[1]), 2**32 if limits[2] == "*" else int(limits[2])
        found = [uid for uid in found if low <= uid <= high] or (found[-1:] if limits[2] == "*" else [])
    talk.say(f"* SEARCH {' '.join(map(str, found))}".rstrip(), f"{tag} OK done")


def _fetch(talk: Talk, tag: str, command: str) -> None:
    words = command.split()
    for uid in map(int, words[2].split(",")):
        if (raw := talk.server.messages.get(uid)) is None:
            continue
        if "SIZE" in command:
            talk.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE {talk.server.date})")
        else:
            talk.send(b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (uid, uid, len(raw), raw))
    talk.say(f"{tag} OK done")


def _idle(talk: Talk, tag: str, _: str) -> None:
    talk.say("+ idling")
    talk.hear()
    talk.say(f"{tag} OK done")


def _logout(talk: Talk, tag: str, _: str) -> None:
    talk.say("* BYE", f"{tag} OK done")


def _ok(talk: Talk, tag: str, _: str) -> None:
    talk.say(f"{tag} OK done")


POLITE: dict[str, Answer] = {
    "CAPABILITY": _capability,
    "AUTHENTICATE": _authenticate,
    "SELECT": _select,
    "EXAMINE": _select,
    "UID SEARCH": _search,
    "UID FETCH": _fetch,
    "UID STORE": _ok,
    "LIST": _ok,
    "LOGIN": _ok,
    "NOOP": _ok,
    "IDLE": _idle,
    "LOGOUT": _logout,
}
