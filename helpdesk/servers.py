"""How servers are named in the settings: what we listen on, and the URLs of those that we call."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qs, unquote, urlsplit


def parse_listen(value: str) -> tuple[str, str, int]:
    """(protocol, host, port) of «host:port», «[::1]:25» or «lmtp://host:port».  Raises ValueError."""
    protocol, _, rest = value.rpartition("://")
    url = urlsplit(f"//{rest}")
    if protocol not in ("", "smtp", "lmtp", "http") or not url.hostname or url.port is None:
        raise ValueError("write an address and a port, like 127.0.0.1:2525")
    return protocol or "smtp", url.hostname, url.port


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_server_url(url: str, schemes: tuple[str, ...], plain: tuple[str, ...]) -> None:
    """Refuse (ValueError) a mail server's URL that is malformed or would send a password in the clear."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"write {schemes[-1]}://user:password@host:port")
    _ = parts.port  # raises ValueError for a port that is none
    if named_login(url) and not parts.username:
        raise ValueError("OAuth2 needs the mailbox's name, too: write user@host")
    secured = "tls=none" in parts.query or "tls=starttls" in parts.query
    if parts.scheme in plain and not is_loopback(parts.hostname) and not secured:
        raise ValueError(
            f"{parts.scheme}:// without TLS is for loopback only; use {schemes[1]}://, add ?tls=starttls, or say ?tls=none if you mean it"
        )


def url_user(url: str) -> tuple[str, str]:
    """User and password of a URL, unquoted."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def named_login(url: str) -> str:
    """The OAuth2 log-in that a URL names by «?auth=oauth:NAME», in lower case; "" for none.  Raises ValueError for another word."""
    said = parse_qs(urlsplit(url).query).get("auth", [""])[-1]
    if said and not said.startswith("oauth:"):
        raise ValueError("write ?auth=oauth:NAME, or leave it out for a password")
    return said.removeprefix("oauth:").lower()
