"""One connection to a relay, for a whole batch."""

from __future__ import annotations

import contextlib
import re
import smtplib
from collections.abc import Callable

from mail.tokens import NoToken
from mail.transport.dialogue import Dialogue, Order
from mail.transport.patience import Patience
from mail.transport.results import Deferred, Refused, Result, Sent
from mail.transport.troubles import locks_out, why

_SENDABLE = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff()<>\[\]:;@\\,\"]{1,64}@[A-Za-z0-9.-]{1,255}")


class Connection:
    """One connection to the relay, made anew if it drops in the midst of a batch: once for each that carried something."""

    def __init__(self, dial: Callable[[], smtplib.SMTP], patience: Patience) -> None:
        self._dial, self._patience = dial, patience
        self._smtp: smtplib.SMTP | None = None
        self._dials_left = 2
        self._last_trouble = ""
        self.kept_out: Deferred | None = None  # why the last try to be connected failed
        self.opened = False

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.sock.settimeout(self._patience.farewell)
            with contextlib.suppress(OSError):
                self._smtp.docmd("QUIT")
            self._smtp.close()

    def open(self) -> Deferred | None:
        """Be connected; what kept us from it, or None."""
        if self._smtp is None and self._dials_left:
            self._dials_left -= 1
            try:
                self._smtp = self._dial()
                self.opened, self.kept_out = True, None
            except (OSError, ValueError, NoToken) as error:
                self._dials_left = 0  # a relay that is not there is asked once a batch
                self._last_trouble = why(error)
                self.kept_out = Deferred(self._last_trouble, untried=True, locked_out=locks_out(error))
        return None if self._smtp else self.kept_out or Deferred(self._last_trouble, untried=True)

    def send(self, sender: str, recipient: str, raw: bytes, *, smtputf8: bool = False, envelope_id: str | None = None) -> Result:
        """Offer one mail for one recipient.  `sender` "" is the null reverse-path; `raw` has CRLF line ends.

        With `envelope_id` a relay that can is asked for delivery reports that name it (RFC 3461).
        """
        if not _sendable(recipient, smtputf8) or (sender and not _sendable(sender, smtputf8)):
            return Refused("This is not an address that mail can be sent to.")
        order = Order(sender, recipient, raw, smtputf8, envelope_id)
        result, heard = self._offer(order)
        if self._smtp is None and not heard:
            # It had closed before this mail was begun (many relays do after so many mails): that says nothing about this one.
            result, _ = self._offer(order)
        return result

    def _offer(self, order: Order) -> tuple[Result, bool]:
        """What the relay said, and whether it had heard of this mail at all."""
        trouble = self.open()
        if trouble is not None:
            return trouble, False
        assert self._smtp is not None
        dialogue = Dialogue(self._smtp, order, self._patience)
        result: Result
        try:
            result = dialogue.run()
        except (OSError, ValueError) as error:
            dialogue.ended = True
            result = Deferred(why(error), unsure=dialogue.dot_was_sent)
        if dialogue.ended:
            self._smtp.close()
            self._smtp, self._last_trouble = None, result.answer
        if isinstance(result, Sent):
            self._dials_left = 1
        return result, dialogue.begun


def _sendable(address: str, smtputf8: bool) -> bool:
    return _SENDABLE.fullmatch(address) is not None and (smtputf8 or address.isascii())
