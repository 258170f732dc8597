"""Message-IDs (RFC 5322 §3.6.4) and dates, in whatever form they come."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mail.mime.words import decode_words

LONGEST = 998  # octets of a line, RFC 5322 §2.1.1
LAST = 20  # references that are kept beside the first

_ANGLED = re.compile(r"<([^<>]*)>")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]+")


def read_ids(line: str) -> list[str]:
    """Every Message-ID of a field value, with its angle brackets; words between them are left out."""
    line = decode_words(line)  # old Pythons encode long ones
    found = _ANGLED.findall(line)
    if not found and "@" in line:
        found = [word for word in line.split() if "@" in word] if "<" not in line else [line.partition("<")[2]]
    return [identifier for inner in found if (identifier := _identifier(inner))]


def _identifier(inner: str) -> str | None:
    inner = _UNPRINTABLE.sub("", inner).strip("<>")
    return f"<{inner}>" if inner and len(inner) <= LONGEST - 2 else None


def message_id(lines: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The Message-ID of a mail and a defect or None.  Two that differ are none: nobody can say which one counts."""
    found = list(dict.fromkeys(filter(None, (next(iter(read_ids(line)), _whole(line)) for line in lines))))
    if len(found) > 1:
        return None, "two different Message-IDs"
    return (found[0] if found else None), None


def _whole(line: str) -> str | None:
    return _identifier(line.strip().removeprefix("<").removesuffix(">"))


def references(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of these fields without repetition, in order: the first and the last twenty."""
    found = list(dict.fromkeys(identifier for line in lines for identifier in read_ids(line)))
    return tuple(found if len(found) <= LAST + 1 else [found[0], *found[-LAST:]])


def read_date(line: str) -> datetime | None:
    """The instant that a Date field claims, in UTC; None where it names none."""
    try:
        when = parsedate_to_datetime(line[:200])
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None


def clean_content_id(line: str) -> str:
    """A Content-ID without its angle brackets, as `cid:` names it."""
    return _UNPRINTABLE.sub("", line).strip("<>")
