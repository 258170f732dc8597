"""What is said on the wire: one line of ASCII for each thing that can happen, with a sentence for the person who will read it.

Codes are those of RFC 5321 §4.2.3 and RFC 3463.  A fault of ours is always 4xx, so that the sender's server tries again; 5xx is
for what only the sender can change.  A refusal says where to write instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LENGTH = 400  # octets; other servers show people only the beginning of a longer answer


@dataclass(frozen=True)
class Reply:
    """An answer: code, enhanced status code, sentence.  `closes`: the connection ends with it."""

    code: int
    enhanced: str
    sentence: str
    closes: bool = False

    def line(self) -> str:
        """The answer as it goes over the wire, printable ASCII, at most LENGTH octets, without its line end."""
        text = " ".join(word for word in (str(self.code), self.enhanced, self.sentence) if word)
        return "".join(letter if " " <= letter <= "~" else "?" for letter in text)[:LENGTH]

    @property
    def refuses(self) -> bool:
        """Whether it says no for good."""
        return self.code >= 500


class Refused(Exception):
    """What was asked for cannot be, or the conversation is over; `reply` says so."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.line())
        self.reply = reply


# All is well
DONE = Reply(250, "2.0.0", "OK")
SENDER = Reply(250, "2.1.0", "Go on")
RECIPIENT = Reply(250, "2.1.5", "Go on")
GO_AHEAD = Reply(354, "", "Send it; a line with only a dot ends it")
KEPT = Reply(250, "2.0.0", "Your message is here and safe")
GOODBYE = Reply(221, "2.0.0", "Goodbye", closes=True)
CANNOT_VERIFY = Reply(252, "2.5.0", "Send it, and you will see")

# Ours: the sender tries again
FAULT = Reply(451, "4.3.0", "Something is wrong on our side; your message is not lost, please let your server try again")
NO_ROOM = Reply(452, "4.3.1", "We have no room for mail at this moment; please let your server try again")
SHUTDOWN = Reply(421, "4.3.2", "We are about to restart; please let your server try again in a minute", closes=True)
TIMEOUT = Reply(421, "4.4.2", "Nothing came for too long, or too slowly; goodbye", closes=True)
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients for one message; send it to the rest in another one")
TOO_MANY_CONNECTIONS = Reply(421, "4.7.0", "Too many connections; please come back later", closes=True)
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands and no message; goodbye", closes=True)
TOO_MANY_STRANGERS = Reply(421, "4.7.0", "Too many recipients that do not exist; goodbye", closes=True)

# The dialogue
GREET_FIRST = Reply(503, "5.5.1", "Say who you are first")
SENDER_FIRST = Reply(503, "5.5.1", "Name the sender first (MAIL)")
RECIPIENT_FIRST = Reply(503, "5.5.1", "Name a recipient first (RCPT)")
NESTED = Reply(503, "5.5.1", "There is a sender already; RSET begins anew")
UNKNOWN_COMMAND = Reply(500, "5.5.2", "There is no such command")
NOT_OFFERED = Reply(502, "5.5.1", "This command is not offered here")
NO_CHUNKS = Reply(502, "5.5.1", "BDAT is not offered here; goodbye", closes=True)
NO_PASSWORDS = Reply(530, "5.7.0", "No password is taken over an unencrypted connection")
UNREADABLE_COMMAND = Reply(501, "5.5.2", "A command is one line of text that ends with CR LF")
COMMAND_TOO_LONG = Reply(500, "5.5.2", "This line is too long for a command; goodbye", closes=True)
NEEDS_NAME = Reply(501, "5.5.4", "Say who you are: EHLO and your name")
NO_ARGUMENT = Reply(501, "5.5.4", "This command stands alone")
BAD_ARGUMENT = Reply(501, "5.5.4", "Write MAIL FROM:<address> or RCPT TO:<address>, and KEY=VALUE behind it")
UNKNOWN_PARAMETER = Reply(555, "5.5.4", "This parameter is not offered here")
NOT_A_COMMAND = Reply(554, "5.5.1", "This is a mail server, and that was no command; goodbye", closes=True)
OUT_OF_STEP = Reply(554, "5.5.0", "You spoke before you were answered; goodbye", closes=True)

# The address
BAD_SENDER = Reply(553, "5.1.7", "This is not a mail address (sender)")
BAD_RECIPIENT = Reply(553, "5.1.3", "This is not a mail address (recipient)")
NEEDS_UTF8 = Reply(553, "5.6.7", "An address beyond ASCII needs SMTPUTF8")
RELAY_DENIED = Reply(550, "5.7.1", "This address is not ours, and we do not relay mail")

# The message
BARE_NEWLINE = Reply(550, "5.5.2", "Lines end with CR LF; this message has a CR or an LF that stands alone")
LINE_TOO_LONG = Reply(554, "5.6.0", "This message has a line of more than 64 KB; it was not cut, it was not taken")
LOOP = Reply(554, "5.4.6", "This message has travelled through more than a hundred servers: it goes round in circles")


def mistyped(desk: str) -> Reply:
    """The check symbols are wrong: one of our addresses with a slip of the finger.  `desk` is the address to write to."""
    return Reply(550, "5.1.1", f"This address looks mistyped. Please copy it from our last message, or write to {desk}.")


def unknown(desk: str) -> Reply:
    return Reply(550, "5.1.1", f"There is no such address here. Please write to {desk}.")


def expired(desk: str, case: int, until: date) -> Reply:
    """It was valid once.  Only for an address that carries our signature: a guess must not learn a date or a case number."""
    return Reply(
        550,
        "5.1.6",
        f"This reply address was valid until {until.day} {until:%B} {until.year}, and your message was not delivered. "
        f"Please write to {desk} and mention case {case}, so that we know the story.",
    )


def retired(desk: str) -> Reply:
    return Reply(550, "5.1.6", f"This address is no longer in use. Please write to {desk}.")


def revoked(desk: str) -> Reply:
    return Reply(550, "5.2.1", f"This address was withdrawn. Please write to {desk}.")


def too_big(limit: int) -> Reply:
    """`limit` in octets."""
    return Reply(552, "5.3.4", f"This message is too big; we can take {limit / 1024 / 1024:.3g} MB at the most")
