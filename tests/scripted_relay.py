"""A relay that follows a script: it counts its connections, remembers every word, and can refuse, fall silent or hang up."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HANG_UP = "hang up"
PROCEED = None

# What is said to a command, by how it begins; «.» is the end of a mail.  A function gets the connection's number.
Script = dict[str, "str | Callable[[int], str | None]"]


@dataclass(frozen=True)
class Taken:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class ScriptedRelay:
    """An SMTP (or LMTP) server on a free port of loopback."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        features: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "SIZE 52428800"),
        tls: ssl.SSLContext | None = None,
        tls_at_once: bool = False,
        injected: bytes = b"",
    ) -> None:
        self.script, self.features = script or {}, features
        self.tls, self.tls_at_once, self.injected = tls, tls_at_once, injected
        self.connections = 0
        self.commands: list[str] = []
        self.taken: list[Taken] = []
        self._server = _Server(self)
        self.port: int = self._server.server_address[1]

    def url(self, scheme: str = "smtp", *, user: str = "", query: str = "", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{user}{host}:{self.port}{query}"

    def commands_of_sender(self, beginning: str) -> bool:
        """Whether the mail under way has a sender that begins like this."""
        last = next((line for line in reversed(self.commands) if line.upper().startswith("MAIL")), "")
        return _path(last).startswith(beginning)

    def answer(self, line: str, connection: int) -> str | None:
        """What the script says to this command, None where it says nothing of it."""
        for beginning, said in self.script.items():
            if line.upper().startswith(beginning.upper()):
                return said(connection) if callable(said) else said
        return None

    @contextlib.contextmanager
    def running(self) -> Iterator[ScriptedRelay]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, relay: ScriptedRelay) -> None:
        self.relay = relay
        super().__init__(("127.0.0.1", 0), _Session)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the game."""


class _Session(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self.relay: ScriptedRelay = self.server.relay
        self.relay.connections += 1
        self.number = self.relay.connections
        self.begun, self.sender, self.recipients = False, "", []
        if self.relay.tls_at_once:
            self._secure()
        if not self._say(self.relay.answer("CONNECT", self.number) or "220 relay.example ESMTP"):
            return
        while line := self.rfile.readline():
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            self.relay.commands.append(text)
            if not self._react(text):
                return

    def _react(self, line: str) -> bool:
        verb = line.upper().partition(" ")[0]
        scripted = self.relay.answer(line, self.number)
        if scripted is not None and (verb != "DATA" or scripted[:1] != "3"):
            return self._say(scripted)
        if verb in ("EHLO", "LHLO"):
            lines = ["relay.example", *self.relay.features]
            return self._say("\r\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{word}" for n, word in enumerate(lines)))
        if verb == "STARTTLS":
            self.wfile.write(b"220 go on\r\n" + self.relay.injected)
            self._secure()
            return True
        if verb == "MAIL":
            if self.begun:
                return self._say("503 5.5.1 one mail at a time")
            self.begun, self.sender, self.recipients = True, _path(line), []
        if verb == "RSET":
            self.begun = False
        if verb == "RCPT":
            self.recipients.append(_path(line))
        if verb == "AUTH":
            return self._say("235 2.7.0 welcome")
        if verb == "DATA":
            return self._data()
        return self._say("221 bye" if verb == "QUIT" else "250 ok") and verb != "QUIT"

    def _data(self) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        self.begun = False
        said = self.relay.answer(".", self.number) or f"250 2.0.0 queued as {len(self.relay.taken) + 1}"
        if said[:1] == "2":
            self.relay.taken.append(Taken(self.sender, tuple(self.recipients), b"".join(lines)))
        return self._say(said)

    def _say(self, words: str) -> bool:
        if words == HANG_UP:
            return False
        self.wfile.write(words.encode() + b"\r\n")
        return not words.startswith("421")

    def _secure(self) -> None:
        assert self.relay.tls is not None
        self.request = self.relay.tls.wrap_socket(self.request, server_side=True)
        self.setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the server knows only of the socket below TLS


def _path(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


def certificate(folder: Path, *names: str, days: int = 1) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(the server's context, a client's that trusts it) of a fresh certificate for these names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "relay.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
