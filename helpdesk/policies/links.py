"""Where a link leads, read as browsers read it, and whether its words say something else (C4)."""

# ruff: noqa: SIM905  (forty endings read better as words)

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote

_SCHEME = re.compile(r"(https?):[/\\]*", re.I)
_STRIPPED = re.compile(r"[\t\r\n]")
_AUTHORITY_END = re.compile(r"[/\\?#]")
_PORT = re.compile(r":(\d{0,5})$")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:.]{2,45}\]")
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")  # IDNA: these are dots too
# Words that look like an address: with a scheme or www, or a name with an ending that addresses have.
_SHOWN = re.compile(
    r"(?:(?:https?:[/\\]*|www\.)(?P<marked>[^\s/\\?#<>\"'()\[\]]{3,253})"
    r"|(?<![\w.-])(?:[^\s@<>()\"',;:/]{1,64}@)?(?P<bare>(?:[\w-]{1,63}\.){1,6}(?P<ending>[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59}))(?![\w-]|\.\w))"
    r"(?:[/\\?#]\S*)?",
    re.I,
)
_ENDINGS = frozenset(
    "com org net info biz edu gov mil int name pro app dev shop store online site web bank cloud club email example io ai tech xyz "
    "live life news blog page link click space website world today agency support help berlin hamburg koeln wien bayern swiss eu".split()
)
_FILES = frozenset("md py sh rs js ts gz so pl cc ps mp am pm kg".split())  # countries, and endings of files or words
_LONGEST, _LONGEST_PADDED = 500, 20_000  # characters of a link's words that are read, without and with what nobody sees


class Target(NamedTuple):
    """Where an http or https address leads.  `host` is lower case ASCII (punycode), `port` None where it is the scheme's own."""

    scheme: str
    host: str
    port: int | None
    path: str
    has_user: bool = False


def target(address: str) -> Target | None:
    """Read an address as the URL Standard does for http and https; None for what is none.

    A backslash is a slash there, white space within does not count, and what stands before an @ is only a name.
    """
    address = _STRIPPED.sub("", address).strip("".join(map(chr, range(33))))
    scheme = _SCHEME.match(address)
    if scheme is None:
        return None
    rest = address[scheme.end() :]
    end = _AUTHORITY_END.search(rest)
    authority, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    user, at, place = authority.rpartition("@")
    port = _PORT.search(place)
    host = ascii_host(place[: port.start()] if port else place)
    if host is None or (port and port[1] and int(port[1]) > 65535):
        return None
    return Target(scheme[1].lower(), host, int(port[1]) if port and port[1] else None, path, bool(at and user))


def ascii_host(host: str) -> str | None:
    """A host name in the letters that DNS has, None where it has others."""
    host = unicodedata.normalize("NFKC", unquote(host).translate(_DOTS)).lower().rstrip(".")
    try:
        plain = ".".join(label if label.isascii() else label.encode("idna").decode() for label in host.split("."))
    except UnicodeError:
        return None
    return plain if _HOST.fullmatch(plain) else None


def real_host(href: str, words: str) -> str | None:
    """Where the link really leads, for readers whom its words or its form would deceive; None for an honest one.

    Deceiving are words that show another host, a name before an @ that looks like the host, and letters of other alphabets.
    """
    there = _host_of(href)
    if there is None:
        return None
    found = target(href)
    if found is not None and found.has_user:
        return there
    if any(label.startswith("xn--") and not _is_latin(label) for label in there.split(".")):
        return there
    return there if any(not _same(shown, there) for shown in shown_hosts(words)) else None


def shown_hosts(words: str) -> list[str]:
    """The hosts that a link's words show; what cannot be read as a host stands as it is."""
    visible = "".join(c for c in words[:_LONGEST_PADDED] if unicodedata.category(c) != "Cf")
    visible = unicodedata.normalize("NFKC", " ".join(visible.split())[:_LONGEST].translate(_DOTS))
    hosts = []
    for found in _SHOWN.finditer(visible):
        ending = (found["ending"] or "").lower()
        if found["bare"] and not _is_ending(ending):
            continue
        for text in (found["marked"] or found["bare"]).split("@"):
            host = _PORT.sub("", text).strip(".,;:!…")
            if "." in host:
                hosts.append(ascii_host(host) or host.lower())
    return hosts


def _host_of(href: str) -> str | None:
    if href[:7].lower() == "mailto:":
        address = unquote(href[7:].partition("?")[0])
        return ascii_host(address.rpartition("@")[2]) if "@" in address else None
    found = target(href)
    return found.host if found else None


def _same(shown: str, there: str) -> bool:
    """Whether two hosts are one house: the same, or one within the other."""
    shown, there = shown.removeprefix("www."), there.removeprefix("www.")
    return shown == there or there.endswith(f".{shown}") or (shown.endswith(f".{there}") and "." in there)


def _is_ending(ending: str) -> bool:
    return ending in _ENDINGS or ending.startswith("xn--") or not ending.isascii() or (len(ending) == 2 and ending not in _FILES)


def _is_latin(label: str) -> bool:
    try:
        letters = label.encode().decode("idna")
    except UnicodeError:
        return False
    return all(not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in letters)
