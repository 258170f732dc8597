"""An invitation (RFC 5545, RFC 5546): what to show of it.  Nothing is accepted, answered or put into any calendar."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mail.letter import Invitation
from mail.mime.charsets import clean, decode
from mail.mime.fields import one_line

LONGEST = 256 * 1024  # bytes of a calendar that is looked at

_EVENT = re.compile(r"^BEGIN:VEVENT[ \t]*\n.*?^END:VEVENT[ \t]*$", re.M | re.S | re.I)
_METHOD = re.compile(r"^METHOD:[ \t]*([A-Za-z-]{1,20})", re.M | re.I)
_TIMES_INSIDE = re.compile(r"^BEGIN:VALARM.*?^END:VALARM[ \t]*\n", re.M | re.S | re.I)
_METHODS = ("REQUEST", "CANCEL", "REPLY", "PUBLISH", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD")
_RHYTHMS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_LONGEST_WORDS = 500  # characters


def read_invitation(content: bytes, charset: str | None, method: str) -> Invitation | None:
    """The first event of a calendar; None where there is none.  `method` is that of the Content-Type, which names it, too.

    Time zones are known by their names only: what a mail defines as «Berlin» may be anything, and its rules may never end.
    """
    text = decode(content[:LONGEST], charset)[0].replace("\r\n", "\n")
    block = _EVENT.search(text)
    if block is None:
        return None
    said = _METHOD.search(text, 0, block.start())
    method = (said[1] if said else method).upper()
    event = _event(_TIMES_INSIDE.sub("", block[0]))
    if event is None:
        return None
    starts, zone = _when(event.get("DTSTART"))
    ends, _ = _when(event.get("DTEND"))
    return Invitation(
        method="CANCEL" if _words(event, "STATUS").upper() == "CANCELLED" else method if method in _METHODS else "PUBLISH",
        summary=_words(event, "SUMMARY"),
        starts=starts,
        ends=ends or _after(starts, event),
        zone=zone,
        all_day=starts is not None and "T" not in starts,
        where=_words(event, "LOCATION"),
        organiser=_person(event.get("ORGANIZER")),
        repeats=_rhythm(event.get("RRULE")),
        answers=_answers(event) if method == "REPLY" else (),
    )


def _event(block: str) -> Any:
    from icalendar import Event  # a quarter of a second, for the few mails that need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Event.from_ical(block)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, RecursionError):
        return None


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _words(event: Any, name: str) -> str:
    return one_line(clean(str(_first(event.get(name)) or "")))[:_LONGEST_WORDS]


def _when(value: Any) -> tuple[str | None, str]:
    """ISO 8601 (a date alone where it lasts whole days; with its offset where that is known), and the zone's name."""
    value = _first(value)
    at = _instant(value)
    named = one_line(str(getattr(value, "params", {}).get("TZID", "")))[:100]
    if isinstance(at, datetime):
        offset = at.utcoffset()
        if offset is None:
            return at.isoformat(), named
        return at.isoformat(), "UTC" if at.tzinfo is UTC else str(getattr(at.tzinfo, "key", "") or named or at.tzname() or "")
    return (at.isoformat(), "") if isinstance(at, date) else (None, "")


def _instant(value: Any) -> Any:
    try:
        return value.dt
    except (AttributeError, ValueError):  # there is none, or one that the library could not read
        return None


def _after(starts: str | None, event: Any) -> str | None:
    """When it ends, where it says how long it takes."""
    lasts = _instant(_first(event.get("DURATION")))
    if starts is None or not isinstance(lasts, timedelta):
        return None
    try:
        if "T" in starts:
            return (datetime.fromisoformat(starts) + lasts).isoformat()
        return (date.fromisoformat(starts) + lasts).isoformat()
    except OverflowError:
        return None


def _person(value: Any) -> str:
    value = _first(value)
    if value is None:
        return ""
    address = re.sub(r"^mailto:", "", str(value), flags=re.I)
    name = str(getattr(value, "params", {}).get("CN", ""))
    return one_line(clean(f"{name} <{address}>" if name and name != address else address))[:_LONGEST_WORDS]


def _rhythm(value: Any) -> str:
    value = _first(value)
    frequency = str(_first(value.get("FREQ")) or "").upper() if hasattr(value, "get") else ""
    return frequency.lower() if frequency in _RHYTHMS else ("otherwise" if value else "")


def _answers(event: Any) -> tuple[tuple[str, str], ...]:
    """Who answered what: («Anna <anna@…>», «accepted»)."""
    people = event.get("ATTENDEE") or []
    people = people if isinstance(people, list) else [people]
    found = ((_person(one), one_line(str(getattr(one, "params", {}).get("PARTSTAT", ""))).lower()) for one in people[:20])
    return tuple((person, answer) for person, answer in found if person and answer in ("accepted", "declined", "tentative"))
