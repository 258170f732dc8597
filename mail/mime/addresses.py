"""Address fields (RFC 5322 §3.4), read so that nobody hides: every address that any reader might see comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from helpdesk.policies.names import visible
from mail.letter import Mailbox
from mail.mime.fields import one_line
from mail.mime.words import decode_words

MAX_ADDRESSES = 1_000

_TOKEN = re.compile(
    r"""(?P<encoded>=\?[^?\s]+\?[bq]\?[^?]*\?=)|(?P<quoted>"(?:[^"\\]++|\\.|\\$)*+(?:"|$))|(?P<mark>[<>(),;:])"""
    r"""|(?P<word>[^"<>(),;:=]+)|(?P<stray>.)""",
    re.S | re.I,
)
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x20]+@(?:[^\s@<>(),;:\\\"\[\]]+|\[[0-9a-fA-F.:]{2,60}\])")
_QUOTED_LOCAL = re.compile(r'"([^"\\@]+)"@')


def read_addresses(lines: Iterable[str]) -> tuple[Mailbox, ...]:
    """The mailboxes of these field values, in order, at most 1,000.

    `victim@x <evil@y>` is two: readers disagree about it, so neither may be believed alone.  What looks like an entry but holds
    no usable address is a Mailbox with an empty one.
    """
    found: list[Mailbox] = []
    for line in lines:
        for mailbox in _entries(line if line.count('"') % 2 == 0 else line.replace('"', " ")):
            found.append(mailbox)
            if len(found) == MAX_ADDRESSES:
                return tuple(found)
    return tuple(found)


def _entries(line: str) -> Iterator[Mailbox]:
    entry = _Entry()
    depth = 0  # of comments
    angle = False
    for token in _TOKEN.finditer(line):
        mark = token["mark"]
        if mark == "(":
            depth += 1
        elif depth:
            if mark == ")":
                depth -= 1
            else:
                entry.comment.append(token[0])
        elif mark == "<":
            angle = True
            entry.angles.append([])
        elif mark == ">":
            angle = False
        elif angle:
            entry.angles[-1].append(token[0])
        elif mark in (",", ";"):
            yield from entry.mailboxes()
            entry = _Entry()
        elif mark == ":" and "@" not in "".join(entry.phrase):
            entry = _Entry()  # «Team: anna@…, bob@…;»: the group's name says nothing
        else:
            entry.phrase.append(" " if mark == ":" else token[0])
    yield from entry.mailboxes()


class _Entry:
    """One member of the list while it is read."""

    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.comment: list[str] = []
        self.angles: list[list[str]] = []

    def mailboxes(self) -> list[Mailbox]:
        written = "".join(self.phrase).strip()
        angles = ["".join(parts) for parts in self.angles]
        angles = [angle for angle in angles if "@" in angle] or angles[:1]
        if angles:
            inside = [Mailbox(_name(self.phrase), _address(angle)) for angle in angles]
            hidden = dict.fromkeys(self._bare()) if _address(written) == "" else {_address(written): None}
            return inside + [Mailbox("", address) for address in hidden if address not in {box.address for box in inside}]
        if not written:
            return []
        address = _address(written)
        if address:
            return [Mailbox(_name(self.comment), address)]
        bare = self._bare() or [quoted for part in self.phrase if (quoted := _address(part.strip('" ')))]
        return [Mailbox("", address) for address in bare] or [Mailbox(_name(self.phrase), "")]

    def _bare(self) -> list[str]:
        """Addresses that stand outside quotes and angle brackets."""
        words = "".join(_unquoted(self.phrase)).split()
        return [address for word in words if (address := _address(word))]


def _unquoted(parts: list[str]) -> Iterator[str]:
    return (" " if part.startswith('"') else part for part in parts)


def _name(parts: list[str]) -> str:
    unquoted = (re.sub(r"\\(.)", r"\1", part.strip('"')) if part.startswith('"') else part for part in parts)
    name = one_line(decode_words(" ".join(word for part in unquoted if (word := part.strip()))))
    return re.sub(r"\s+", " ", visible(name)).strip(" '\"")


def _address(text: str) -> str:
    """The address in lower case, or "" where it is none."""
    text = text.strip()
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]  # an old source route
    text = re.sub(r"\s+", "", text.removeprefix("mailto:"))
    text = _QUOTED_LOCAL.sub(r"\1@", text, count=1).rstrip(".").lower()
    return text if _ADDRESS.fullmatch(text) else ""
