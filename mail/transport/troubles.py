"""What a relay said, and what went wrong with it, in a line for people."""

from __future__ import annotations

import re
import smtplib
import ssl

from mail.tokens import NoToken

LONGEST_ANSWER = 500

_UNPRINTABLE = re.compile(r"[^\x21-\x7e\xa1-\ud7ff\ue000-\U0010ffff]+")


def one_line(code: int, said: bytes) -> str:
    """What a server said, as one printable line of at most 500 characters."""
    text = f"{code} {said.decode('utf-8', 'replace')}" if code > 0 else "The relay said something that is no SMTP."
    return _UNPRINTABLE.sub(" ", text).strip()[:LONGEST_ANSWER]


def why(error: Exception) -> str:
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


def locks_out(error: Exception) -> bool:
    """Whether our log-in was refused for good: an account is locked by trying that often."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return error.smtp_code // 100 == 5
    return isinstance(error, NoToken) and error.refused


def _octets(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")
