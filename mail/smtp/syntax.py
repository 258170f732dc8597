"""MAIL and RCPT, read strictly from their raw bytes (RFC 5321 §4.1.2, RFC 6531 §3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mail import replies
from mail.replies import Refused, Reply

LOCAL_PART, DOMAIN, PATH = 64, 255, 256  # octets, RFC 5321 §4.5.3.1

# Dots may stand anywhere in a local part: some large providers hand out «anna..m.@example.jp», and their customers write to us.
_LOCAL = rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\xff-]+"
_QUOTED = rb'"(?:[ !#-\[\]-~\x80-\xff]|\\[ -~])*"'
_LABEL = rb"[A-Za-z0-9_\x80-\xff](?:[A-Za-z0-9_\x80-\xff-]*[A-Za-z0-9_\x80-\xff])?"
_DOMAIN = rb"(?:" + _LABEL + rb"(?:\." + _LABEL + rb")*\.?|\[(?:IPv6:)?[0-9A-Fa-f:.]+\])"

_MAILBOX = re.compile(rb"(?P<local>" + _LOCAL + rb"|" + _QUOTED + rb")(?:@(?P<domain>" + _DOMAIN + rb"))?")
_ARGUMENT = re.compile(
    rb"(?P<keyword>FROM|TO): *<(?P<path>(?:" + _QUOTED + rb'|[^<>"])*)>(?P<rest>(?: +[^ ]+)*) *', re.IGNORECASE
)
_PARAMETER = re.compile(rb"(?P<key>[A-Za-z0-9][A-Za-z0-9-]*)(?:=(?P<value>[!-<>-~]+))?")


@dataclass(frozen=True)
class Path:
    """An envelope address as it was given; "" is the null reverse-path."""

    address: str
    parameters: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class MailParameters:
    """What MAIL said about the message: its size in octets (0: not said), and whether addresses may leave ASCII."""

    size: int = 0
    utf8: bool = False


def reverse_path(argument: bytes) -> Path:
    """Whom MAIL names.  Raises Refused."""
    path, parameters = _argument(argument, b"FROM")
    if not path:
        return Path("", parameters)
    local, domain = _mailbox(path, replies.BAD_SENDER)
    if not domain:
        raise Refused(replies.BAD_SENDER)
    return Path(f"{local}@{domain.lower()}", parameters)


def forward_path(argument: bytes) -> Path:
    """Whom RCPT names.  Raises Refused."""
    path, parameters = _argument(argument, b"TO")
    return Path(recipient(path), parameters)


def recipient(path: bytes) -> str:
    """A recipient's address.  Raises Refused, also for a source route and for a lacking domain, which would have us relay.

    Only the caretakers may stand without a domain (RFC 5321 §4.5.1).
    """
    if re.match(rb"@[^<>]*:", path):
        raise Refused(replies.RELAY_DENIED)
    local, domain = _mailbox(path, replies.BAD_RECIPIENT)
    if not domain and local.lower() not in ("postmaster", "abuse"):
        raise Refused(replies.RELAY_DENIED)
    return f"{local}@{domain}" if domain else local


def mail_parameters(given: tuple[bytes, ...]) -> MailParameters:
    """SIZE, BODY and SMTPUTF8, which we offer; everything else is refused (RFC 5321 §4.1.1.11)."""
    said: dict[bytes, bytes | None] = {}
    for word in given:
        found = _PARAMETER.fullmatch(word)
        if not found or found["key"].upper() in said:
            raise Refused(replies.BAD_ARGUMENT)
        said[found["key"].upper()] = found["value"]
    if said.keys() - {b"SIZE", b"BODY", b"SMTPUTF8"}:
        raise Refused(replies.UNKNOWN_PARAMETER)
    size, body = said.get(b"SIZE", b"0"), said.get(b"BODY", b"7BIT")
    if size is None or not re.fullmatch(rb"[0-9]{1,20}", size) or body is None or said.get(b"SMTPUTF8") is not None:
        raise Refused(replies.BAD_ARGUMENT)
    if body.upper() not in (b"7BIT", b"8BITMIME"):
        raise Refused(replies.UNKNOWN_PARAMETER)
    return MailParameters(int(size), b"SMTPUTF8" in said)


def _argument(argument: bytes, keyword: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    found = _ARGUMENT.fullmatch(argument)
    if not found or found["keyword"].upper() != keyword:
        raise Refused(replies.BAD_ARGUMENT)
    return found["path"], tuple(found["rest"].split())


def _mailbox(path: bytes, otherwise: Reply) -> tuple[str, str]:
    """Local part and domain ("" where there is none)."""
    found = _MAILBOX.fullmatch(path) if len(path) <= PATH - len("<>") else None
    if not found or len(found["local"]) > LOCAL_PART or len(found["domain"] or b"") > DOMAIN:
        raise Refused(otherwise)
    try:
        return found["local"].decode(), (found["domain"] or b"").decode()
    except UnicodeDecodeError:
        raise Refused(otherwise) from None
