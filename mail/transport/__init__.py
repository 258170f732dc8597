"""The SMTP client.  Whatever a relay says, or fails to say, becomes Sent, Deferred or Refused; nothing is raised.

One connection carries a whole batch.  It is opened at the first mail, so that a mail that must not leave opens none.
"""

from mail.transport.connection import Connection
from mail.transport.patience import Patience
from mail.transport.relay import Transport
from mail.transport.results import Deferred, Refused, Result, Sent
from mail.transport.troubles import one_line

__all__ = ["Connection", "Deferred", "Patience", "Refused", "Result", "Sent", "Transport", "one_line"]
