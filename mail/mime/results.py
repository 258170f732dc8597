"""Authentication-Results and its kin (RFC 8601, RFC 8617): which server says what about a sender.  Parsing only; whom to believe
is `mail.trust`'s question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PIECE = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"|\\?\Z)|([^"();]+)|(.)', re.S)
_COMMENT = re.compile(r"(?:[^()\\]|\\.)*+([()]|\\?\Z)", re.S)  # up to where it ends, or one inside it begins
_PAIR = re.compile(r"(?<![^\s=])([^\s=]++)\s*=\s*([^\s=]+)")
_RECEIVED = re.compile(r"\s*(?:from\s+\S+\s+)?by\s+([^\s;]+)", re.I)


@dataclass(frozen=True)
class Result:
    """One method's verdict, all in lower case but for the properties' values: dkim, pass, {"header.d": "example.org"}."""

    method: str
    verdict: str
    properties: Mapping[str, str] = field(default_factory=dict)

    def domain(self, name: str) -> str:
        """The domain in a property, which may be an address; "" where it says none."""
        return self.properties.get(name, "").rpartition("@")[2].strip("<>.").lower()


@dataclass(frozen=True)
class Results:
    """What one server found.  `server` is its authserv-id as it is written."""

    server: str
    results: tuple[Result, ...]

    def of(self, method: str) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.method == method)


def read_results(line: str) -> Results | None:
    """The field's value, comments left out; None where it is in no version that we know (RFC 8601 §2.2)."""
    head, *rest = _statements(line)
    words = head.split()
    if not words or (len(words) > 1 and words[1] != "1"):
        return None
    return Results(words[0], tuple(result for statement in rest if (result := _result(statement))))


def read_tags(line: str) -> dict[str, str]:
    """The tags of a DKIM-Signature or ARC-Seal (RFC 6376 §3.2), white space taken out of their values; the first of a name counts."""
    tags: dict[str, str] = {}
    for part in line.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip(), "".join(value.split()))
    return tags


def read_arc(line: str) -> tuple[int, Results | None]:
    """(instance, results) of an ARC-Authentication-Results, «i=1; mx.example; dmarc=pass»; instance 0 where it names none."""
    head, _, rest = line.partition(";")
    number = read_tags(head).get("i", "")
    return (int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0), read_results(rest)


def received_by(line: str) -> str:
    """The server that wrote a Received field, in lower case; "" where it does not say."""
    found = _RECEIVED.match(" ".join(" ".join(_statements(line)).split()))
    return found[1].lower().rstrip(".") if found else ""


def _result(statement: str) -> Result | None:
    pairs = _PAIR.findall(statement)
    if not pairs or not statement.strip().startswith(pairs[0][0]):
        return None  # «none», or nothing that we understand
    (method, verdict), *properties = pairs
    told: dict[str, str] = {}
    for name, value in properties:
        told.setdefault(name.lower(), _unhide(value))
    return Result(method.partition("/")[0].lower(), _unhide(verdict).lower(), told)


def _statements(line: str) -> list[str]:
    """What stands between semicolons, without comments.  A quoted string is one word, whatever is in it."""
    statements, place = [""], 0
    while piece := _PIECE.match(line, place):
        quoted, plain, mark = piece.groups()
        place = piece.end()
        if mark == "(":
            place = _behind_comment(line, place)
            statements[-1] += " "
        elif mark == ";":
            statements.append("")
        elif quoted is not None:
            statements[-1] += _hide(re.sub(r"\\(.)", r"\1", quoted))
        elif plain:
            statements[-1] += plain
    return statements


def _behind_comment(line: str, place: int) -> int:
    """Where the comment that was opened before `place` ends; comments may lie in each other (RFC 5322 §3.2.2)."""
    depth = 1
    while depth and (piece := _COMMENT.match(line, place)) and piece[1] in ("(", ")"):
        depth += 1 if piece[1] == "(" else -1
        place = piece.end()
    return place if depth == 0 else len(line)


# Inside one word, what would end it is kept apart until the word has been found.
_HIDDEN = {" ": "\ue000", "=": "\ue001", "\t": "\ue002"}


def _hide(text: str) -> str:
    return "".join(_HIDDEN.get(c, c) for c in text)


def _unhide(text: str) -> str:
    for plain, hidden in _HIDDEN.items():
        text = text.replace(hidden, plain)
    return text
