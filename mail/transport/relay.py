"""The way to the relay: its URL, TLS and our log-in."""

from __future__ import annotations

import smtplib
import socket
import ssl
from urllib.parse import parse_qs, unquote, urlsplit

from helpdesk.servers import is_loopback, named_login, url_user
from mail.bearer import MECHANISMS, bearer
from mail.tokens import NoToken, Tokens
from mail.transport.connection import Connection
from mail.transport.patience import Patience

PORTS = {"smtp": 25, "smtps": 465, "lmtp": 24}


class Transport:
    """The way to the relay of HOLDLINE_RELAY: smtp, smtps or lmtp; user, password, ?tls=starttls and ?auth=oauth:NAME by its URL.

    `context` verifies the relay's certificate against the system's authorities, unless another one is given; `name` is what we
    call ourselves in EHLO (None: this machine's own name).
    """

    def __init__(
        self,
        relay_url: str,
        *,
        context: ssl.SSLContext | None = None,
        name: str | None = None,
        patience: Patience | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        parts = urlsplit(relay_url)
        self.scheme, self.host = parts.scheme, unquote(parts.hostname or "")
        self.port = parts.port or PORTS[parts.scheme]
        self.user, self.password = url_user(relay_url)
        self.oauth, self.tokens = named_login(relay_url), tokens
        self.starttls = _starttls(self.scheme, self.host, parse_qs(parts.query).get("tls", [""])[0])
        self.context = context
        self.name = name
        self.patience = patience or Patience()

    def connection(self) -> Connection:
        """A connection for one batch, to be used in a `with` block; still closed."""
        return Connection(self.dial, self.patience)

    def trouble(self) -> str | None:
        """Connect, log in, say goodbye: what is wrong with the relay, in a sentence, or None."""
        with self.connection() as connection:
            found = connection.open()
        return found.answer if found else None

    def dial(self) -> smtplib.SMTP:
        """A connection that is greeted, secured and logged in.  Raises OSError (SMTPException is one), ValueError and NoToken."""
        if not self.oauth:
            return self._dial("")
        if self.tokens is None:
            raise NoToken("This process cannot log in by OAuth2.", refused=True)
        token = self.tokens.get(self.oauth)
        try:
            return self._dial(token)
        except smtplib.SMTPAuthenticationError:
            # It may have been withdrawn before its time: one other is tried, over a new connection.
            return self._dial(self.tokens.renewed(self.oauth, token))

    def _dial(self, token: str) -> smtplib.SMTP:
        smtp = self._greeted()
        try:
            assert smtp.sock is not None
            smtp.sock.settimeout(self.patience.command)
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the final dot shall not wait for an ACK
            if self.starttls:
                # Fails closed: without a STARTTLS that we can verify nothing is said, no password and no mail.
                smtp.starttls(context=self._context())
            smtp.ehlo_or_helo_if_needed()
            if token:
                self._log_in_by(smtp, token)
            elif self.user:
                smtp.login(self.user, self.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in_by(self, smtp: smtplib.SMTP, token: str) -> None:
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        mechanism = next((name for name in MECHANISMS if name in offered), None)
        if mechanism is None:
            raise smtplib.SMTPNotSupportedError("no log-in by OAuth2")
        said = bearer(mechanism, self.user, token, self.host, self.port)
        smtp.auth(mechanism, said.answer)

    def _greeted(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, self.name, timeout=self.patience.connect, context=self._context())
        kind = smtplib.LMTP if self.scheme == "lmtp" else smtplib.SMTP
        return kind(self.host, self.port, self.name, timeout=self.patience.connect)

    def _context(self) -> ssl.SSLContext:
        return self.context or ssl.create_default_context()


def _starttls(scheme: str, host: str, said: str) -> bool:
    """Without TLS from the beginning, STARTTLS is the rule, but on loopback and where the operator says tls=none."""
    return scheme != "smtps" and (said == "starttls" or (said != "none" and not is_loopback(host)))
