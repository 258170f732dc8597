"""What goes wrong between us and an IMAP server, in sentences for the operator."""

from __future__ import annotations

import socket
import ssl

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from helpdesk.queries.mailboxes import Account

LOST = (IMAPClientAbortError, OSError)  # the connection is of no use any more

_TEMPORARY = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN")  # RFC 5530: not the password's fault


class Trouble(Exception):
    """A mailbox cannot be read.  `str()` is a sentence for the operator."""


class LoginRefused(Trouble):
    """The server does not take this user and password; trying often would only lock the account."""


def explain(error: BaseException, host: str) -> str:
    """A sentence for the operator about what ended a connection."""
    match error:
        case Trouble():
            return str(error)
        case ssl.SSLCertVerificationError():
            return f"The certificate of {host} cannot be trusted: {error.verify_message}."
        case ssl.SSLError():
            return f"{host} and we find no TLS that both speak ({error.reason})."
        case TimeoutError():
            return f"{host} does not answer."
        case socket.gaierror():
            return f"There is no server named {host}."
        case IMAPClientAbortError():
            return f"The connection to {host} broke off: {spoken(error)}."
        case OSError():
            return f"{host} cannot be reached: {error.strerror or type(error).__name__}."
        case IMAPClientError():
            return f"{host} refuses; it says: {spoken(error)}"
        case _:
            return f"{host} speaks no IMAP that can be understood ({type(error).__name__})."


def spoken(error: BaseException) -> str:
    """A server's words in an error: one printable line of at most 200 characters."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(c for c in text if c.isprintable())[:200]


def login_trouble(account: Account, error: LoginError, token: str) -> Exception:
    """What a refused log-in means; says no secret."""
    cause = error.__context__
    if isinstance(cause, LOST):
        return cause  # imapclient calls a connection that broke off a refused log-in, too
    said = spoken(cause or error)
    for secret in filter(None, (account.password, token)):
        said = said.replace(secret, "…")  # a server may repeat what it was told
    if any(f"[{code}" in said.upper() for code in _TEMPORARY):
        return Trouble(f"{account.host} cannot check passwords now; it says: {said}")
    return LoginRefused(f"{account.host} refuses the log-in of {account.username}; it says: {said}")
