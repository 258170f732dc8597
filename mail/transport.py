"""The SMTP client.  Whatever a relay says, or fails to say, becomes Sent, Deferred or Refused; nothing is raised.

One connection carries a whole batch.  It is opened at the first mail, so that a mail that must not leave opens none.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from helpdesk.policies.relay import dislikes_sender
from helpdesk.servers import is_loopback, named_login, url_user
from mail.bearer import MECHANISMS, bearer
from mail.tokens import NoToken, Tokens

LONGEST_ANSWER = 500
PORTS = {"smtp": 25, "smtps": 465, "lmtp": 24}
NOT_ABOUT_THIS_MAIL = (421, 530, 534, 535, 538)  # closing down, or our log-in and TLS are not right (RFC 4954 §6)

_SENDABLE = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff()<>\[\]:;@\\,\"]{1,64}@[A-Za-z0-9.-]{1,255}")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e\xa1-\ud7ff\ue000-\U0010ffff]+")
_DOT = re.compile(rb"^\.", re.M)


@dataclass(frozen=True)
class Patience:
    """How long a relay may take, in seconds.  A client that is impatient after the final dot makes duplicates (RFC 1047)."""

    connect: float = 30.0
    command: float = 120.0
    final_dot: float = 600.0  # RFC 5321 §4.5.3.2.6
    farewell: float = 5.0


@dataclass(frozen=True)
class Sent:
    """The relay has taken it."""

    answer: str


@dataclass(frozen=True)
class Deferred:
    """Not now.  `untried`: it was not offered at all, as the relay cannot be reached.  `unsure`: the link broke before the
    last answer came, so the relay may have taken it."""

    answer: str
    untried: bool = False
    unsure: bool = False
    locked_out: bool = False  # our log-in is refused; to try that often would lock the account


@dataclass(frozen=True)
class Refused:
    """Never: this mail or this recipient is not wanted.  `of_sender`: because of whom the envelope names as its sender."""

    answer: str
    of_sender: bool = False


Result = Sent | Deferred | Refused


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
        patience: Patience = Patience(),
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
        self.patience = patience

    def connection(self) -> Connection:
        """A connection for one batch, to be used in a `with` block; still closed."""
        return Connection(self)

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


class Connection:
    """One connection to the relay, made anew if it drops in the midst of a batch: once for each that carried something."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._smtp: smtplib.SMTP | None = None
        self._dials_left = 2
        self._last_trouble = ""
        self.kept_out: Deferred | None = None  # why the last try to be connected failed
        self.opened = False

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.sock.settimeout(self._transport.patience.farewell)
            with contextlib.suppress(OSError):
                self._smtp.docmd("QUIT")
            self._smtp.close()

    def open(self) -> Deferred | None:
        """Be connected; what kept us from it, or None."""
        if self._smtp is None and self._dials_left:
            self._dials_left -= 1
            try:
                self._smtp = self._transport.dial()
                self.opened, self.kept_out = True, None
            except (OSError, ValueError, NoToken) as error:
                self._dials_left = 0  # a relay that is not there is asked once a batch
                self._last_trouble = _why(error)
                self.kept_out = Deferred(self._last_trouble, untried=True, locked_out=_locks_out(error))
        return None if self._smtp else self.kept_out or Deferred(self._last_trouble, untried=True)

    def send(self, sender: str, recipient: str, raw: bytes, *, smtputf8: bool = False, envelope_id: str | None = None) -> Result:
        """Offer one mail for one recipient.  `sender` "" is the null reverse-path; `raw` has CRLF line ends.

        With `envelope_id` a relay that can is asked for delivery reports that name it (RFC 3461).
        """
        if not _sendable(recipient, smtputf8) or (sender and not _sendable(sender, smtputf8)):
            return Refused("This is not an address that mail can be sent to.")
        order = _Order(sender, recipient, raw, smtputf8, envelope_id)
        result, heard = self._offer(order)
        if self._smtp is None and not heard:
            # It had closed before this mail was begun (many relays do after so many mails): that says nothing about this one.
            result, _ = self._offer(order)
        return result

    def _offer(self, order: _Order) -> tuple[Result, bool]:
        """What the relay said, and whether it had heard of this mail at all."""
        trouble = self.open()
        if trouble is not None:
            return trouble, False
        assert self._smtp is not None
        dialogue = _Dialogue(self._smtp, order, self._transport.patience)
        result: Result
        try:
            result = dialogue.run()
        except (OSError, ValueError) as error:
            dialogue.ended = True
            result = Deferred(_why(error), unsure=dialogue.dot_was_sent)
        if dialogue.ended:
            self._smtp.close()
            self._smtp, self._last_trouble = None, result.answer
        if isinstance(result, Sent):
            self._dials_left = 1
        return result, dialogue.begun


@dataclass(frozen=True)
class _Order:
    """What is to be sent to whom."""

    sender: str
    recipient: str
    raw: bytes
    smtputf8: bool
    envelope_id: str | None


class _Dialogue:
    """MAIL, RCPT, DATA for one recipient."""

    def __init__(self, smtp: smtplib.SMTP, order: _Order, patience: Patience) -> None:
        self._smtp, self._order, self._patience = smtp, order, patience
        self.begun = False  # MAIL was answered
        self.dot_was_sent = False  # and it was not answered
        self.ended = False  # the relay has closed, or said something that is no answer

    def run(self) -> Result:
        order = self._order
        if order.smtputf8 and not self._smtp.has_extn("smtputf8"):
            return Refused("The relay cannot carry addresses with letters outside of ASCII (it offers no SMTPUTF8).")
        # The characters of an address travel as UTF-8 only where that was agreed upon (RFC 6531 §3.5).
        self._smtp.command_encoding = "utf-8" if order.smtputf8 else "ascii"
        for command, proceed in (
            (f"MAIL FROM:<{order.sender}>{self._mail_parameters()}", 2),
            (f"RCPT TO:<{order.recipient}>{self._rcpt_parameters()}", 2),
            ("DATA", 3),
        ):
            code, said = self._smtp.docmd(command)
            self.begun = self.begun or code != 421
            if code // 100 != proceed:
                return self._declined(code, said, at_mail=command.startswith("MAIL"))
        return self._message()

    def _message(self) -> Result:
        sock = self._smtp.sock
        assert sock is not None
        sock.settimeout(self._patience.final_dot)
        body = _DOT.sub(b"..", self._order.raw)
        self._smtp.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        self.dot_was_sent = True
        self._smtp.send(b".\r\n")
        code, said = self._smtp.getreply()
        self.dot_was_sent = False
        sock.settimeout(self._patience.command)
        return Sent(one_line(code, said)) if code // 100 == 2 else self._declined(code, said, reset=False)

    def _declined(self, code: int, said: bytes, *, reset: bool = True, at_mail: bool = False) -> Deferred | Refused:
        answer = one_line(code, said)
        self.ended = code == 421 or code // 100 not in (4, 5)
        if reset and not self.ended:
            try:
                self._smtp.rset()
            except OSError:  # what it said before it closed still counts
                self.ended = True
        if code // 100 == 5 and code not in NOT_ABOUT_THIS_MAIL:
            return Refused(answer, of_sender=dislikes_sender(answer, at_mail=at_mail))
        return Deferred(answer)

    def _mail_parameters(self) -> str:
        found = [f"SIZE={len(self._order.raw)}"] if self._smtp.has_extn("size") else []
        if self._order.smtputf8:
            found += ["BODY=8BITMIME", "SMTPUTF8"]
        if self._wants_reports:
            found += ["RET=HDRS", f"ENVID={_xtext(self._order.envelope_id or '')}"]
        return "".join(f" {parameter}" for parameter in found)

    def _rcpt_parameters(self) -> str:
        if not self._wants_reports:
            return ""
        original = f" ORCPT=rfc822;{_xtext(self._order.recipient)}" if self._order.recipient.isascii() else ""
        return f" NOTIFY=FAILURE,DELAY{original}"

    @property
    def _wants_reports(self) -> bool:
        return self._order.envelope_id is not None and self._smtp.has_extn("dsn")


def _sendable(address: str, smtputf8: bool) -> bool:
    return _SENDABLE.fullmatch(address) is not None and (smtputf8 or address.isascii())


def one_line(code: int, said: bytes) -> str:
    """What a server said, as one printable line of at most 500 characters."""
    text = f"{code} {said.decode('utf-8', 'replace')}" if code > 0 else "The relay said something that is no SMTP."
    return _UNPRINTABLE.sub(" ", text).strip()[:LONGEST_ANSWER]


def _starttls(scheme: str, host: str, said: str) -> bool:
    """Without TLS from the beginning, STARTTLS is the rule, but on loopback and where the operator says tls=none."""
    return scheme != "smtps" and (said == "starttls" or (said != "none" and not is_loopback(host)))


def _why(error: Exception) -> str:
    """A sentence about a failed connection.  Names no password, and nothing of the mail."""
    match error:
        case NoToken():
            return str(error)
        case smtplib.SMTPAuthenticationError():
            return f"The relay does not accept our log-in: {one_line(error.smtp_code, _octets(error.smtp_error))}"
        case smtplib.SMTPResponseException():
            return f"The relay does not serve us: {one_line(error.smtp_code, _octets(error.smtp_error))}"
        case smtplib.SMTPServerDisconnected():
            return "The connection to the relay broke off."
        case smtplib.SMTPException():
            return "The relay does not offer what HOLDLINE_RELAY asks of it (STARTTLS, or a log-in)."
        case ssl.SSLCertVerificationError():
            return f"The relay's certificate cannot be trusted: {error.verify_message}."
        case ssl.SSLError():
            return "No secure connection to the relay came about."
        case TimeoutError():
            return "The relay did not answer in time."
        case OSError() if error.strerror:
            return f"The relay cannot be reached: {error.strerror}."
        case UnicodeError():
            return "The user or the password of HOLDLINE_RELAY has letters that a log-in cannot carry."
        case _:
            return "The relay cannot be talked to."


def _locks_out(error: Exception) -> bool:
    """Whether our log-in was refused for good: an account is locked by trying that often."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return error.smtp_code // 100 == 5
    return isinstance(error, NoToken) and error.refused


def _octets(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")


def _xtext(text: str) -> str:
    """RFC 3461 §4: printable ASCII, but for + and =, which are written as figures."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)
