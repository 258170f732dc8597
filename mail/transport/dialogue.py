"""One mail for one recipient, said to a relay that listens: MAIL, RCPT, DATA."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass

from helpdesk.policies.relay import dislikes_sender
from mail.transport.patience import Patience
from mail.transport.results import Deferred, Refused, Result, Sent
from mail.transport.troubles import one_line

NOT_ABOUT_THIS_MAIL = (421, 530, 534, 535, 538)  # closing down, or our log-in and TLS are not right (RFC 4954 §6)

_DOT = re.compile(rb"^\.", re.M)


@dataclass(frozen=True)
class Order:
    """What is to be sent to whom."""

    sender: str
    recipient: str
    raw: bytes
    smtputf8: bool
    envelope_id: str | None


class Dialogue:
    """MAIL, RCPT, DATA for one recipient."""

    def __init__(self, smtp: smtplib.SMTP, order: Order, patience: Patience) -> None:
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


def _xtext(text: str) -> str:
    """RFC 3461 §4: printable ASCII, but for + and =, which are written as figures."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)
