"""A day named in an answer, in German or English, that can become a promise: «bis Freitag», «within two days», «am 3. Dezember».

It is only ever offered, so what is doubtful is left: what was quoted, asked or asked for, told of the past, and whatever else
consists of digits and dots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

A_DAY = timedelta(days=1)
AHEAD = timedelta(days=183)  # a date without its year that is farther off is one of the past

_WEEKDAYS = (("montag", "monday"), ("dienstag", "tuesday"), ("mittwoch", "wednesday"), ("donnerstag", "thursday"), ("freitag", "friday"),
             ("samstag", "sonnabend", "saturday"), ("sonntag", "sunday"))  # fmt: skip
_MONTHS = (("januar", "jänner", "january", "jan"), ("februar", "february", "feb"), ("märz", "march", "mar"), ("april", "apr"),
           ("mai", "may"), ("juni", "june", "jun"), ("juli", "july", "jul"), ("august", "aug"), ("september", "sept", "sep"),
           ("oktober", "october", "okt", "oct"), ("november", "nov"), ("dezember", "december", "dez", "dec"))  # fmt: skip
_NUMBERS = ("", "ein one a an einem einer eines einen", "zwei two", "drei three", "vier four", "fünf five", "sechs six", "sieben seven",
            "acht eight", "neun nine", "zehn ten")  # fmt: skip

WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}
MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
NUMBER = {word: number for number, words in enumerate(_NUMBERS) for word in words.split()}


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_YEAR = r"(?:,?\s*(?P<year>20\d\d))?"
_DAYS = re.compile(
    rf"""(?<![\w.,/-])(?:
      (?P<iso>20\d\d-\d\d-\d\d)(?![\w-])
    | (?P<d1>\d{{1,2}})(?:\.|st|nd|rd|th)?\s*(?:of\s+)?(?P<m1>{_any(MONTH)})\b\.?{_YEAR}
    | (?P<m2>{_any(MONTH)})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?![\w.:]*\d){_YEAR.replace("year", "year2")}
    | (?P<d3>\d{{1,2}})\.\s?(?P<m3>\d{{1,2}})\.(?P<y3>20\d\d|\d\d)?(?![\w.]*\d)(?!\s*(?:€|eur|chf|kg|cm|mm|prozent|%))
    | (?P<after>übermorgen|(?:the\s+)?day\s+after\s+tomorrow)\b
    | (?P<tomorrow>(?<!guten\ )(?<!heute\ )morgen|tomorrow)\b
    | (?P<today>heute|today|tonight)\b
    | (?:end\s+of\s+(?:the\s+|this\s+)?week|ende\s+(?:der|dieser)\s+woche)(?P<week>\b)
    | (?:(?:end\s+of\s+)?next\s+week|(?:ende\s+)?nächste[rn]?\s+woche)(?P<next>\b)
    | (?P<nexts>next\s+|nächsten\s+|kommenden\s+|diesen\s+|this\s+)?(?P<weekday>{_any(WEEKDAY)})s?\b
    | (?:within|in|innerhalb(?:\s+von)?|binnen)\s+(?:the\s+next\s+|den\s+nächsten\s+|der\s+nächsten\s+)?(?P<n>\d{{1,3}}|{_any(NUMBER)})\s+
      (?P<unit>(?:working|business)\s+days?|werktage?n?|arbeitstage?n?|days?|tage?n?|weeks?|wochen?|hours?|stunden?)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HOUR = re.compile(
    r"[\s,]*(?:um|at|by|bis|gegen|until|around)?\s*(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s*(?P<unit>uhr\b|am\b|pm\b|a\.m\.|p\.m\.|o'clock)?",
    re.IGNORECASE,
)
_BY_HOUR = re.compile(
    r"\b(?:bis|spätestens|by|until)\s+(?:um\s+)?(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s*(?P<unit>uhr|am|pm|o'clock)\b",
    re.IGNORECASE,
)
_BY = re.compile(r"\b(?:bis|spätestens|innerhalb|binnen|by|until|within|no later than|at the latest)\b", re.IGNORECASE)
_WE = re.compile(
    r"\b(?:ich|wir|von mir|von uns|bei ihnen|bei dir|i|we|i'll|we'll|i’ll|we’ll|i'm|we're|from me|from us|you'll|you’ll|you will)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:hat|habe|haben|hast|hatte|hatten|war|waren|wurde|wurden|worden|was|were|had|has|have|did|sent|wrote|received|got|came|called)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:bitte|please|könnten sie|können sie|kannst du|could you|can you|would you|unless you|wenn sie|if you)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"^\s*>.*$|„[^“”]*[“”]|“[^”]*”|\"[^\"\n]*\"|»[^«]*«", re.MULTILINE)
_SENTENCES = re.compile(r"(?<=[^\d\s][.!])\s+|(?<=[?])\s+|(?<=\d[.!])\s+(?=(?:Bitte|Please|Ich|Wir|Sie|We|I|You)\b)|\n+")


class Found(NamedTuple):
    """A day, and the hour where one was named."""

    day: date
    hour: time | None = None


def promised(text: str, today: date, now: time, is_working_day: Callable[[date], bool]) -> Found | None:
    """What an answer seems to promise: the first day named as the end of a time, else the first that we say of ourselves."""
    named = [(bool(_BY.search(sentence)), found) for sentence, found in _named(text, today, now, is_working_day)]
    return next((found for by, found in named if by), next((found for _by, found in named), None))


def _named(text: str, today: date, now: time, is_working_day: Callable[[date], bool]) -> Iterator[tuple[str, Found]]:
    for sentence in _SENTENCES.split(_QUOTED.sub(" ", text)):
        if not sentence or sentence.rstrip().endswith("?") or _ASKED.search(sentence) or not _WE.search(sentence):
            continue
        if _PAST.search(sentence) and not _BY.search(sentence):
            continue
        days = [(match, day) for match in _DAYS.finditer(sentence) if (day := _day(match, today, is_working_day)) is not None]
        for match, day in days:
            hour = _hour(_HOUR.match(sentence, match.end()))
            if today <= day <= today + 2 * AHEAD and not (day == today and hour is not None and hour <= now):
                yield sentence, Found(day, hour)
        hour = _hour(_BY_HOUR.search(sentence)) if not days else None
        if hour is not None and hour > now:
            yield sentence, Found(today, hour)


def _day(found: re.Match[str], today: date, is_working_day: Callable[[date], bool]) -> date | None:
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    if "iso" in part:
        return _date(*map(int, part["iso"].split("-")))
    if number := part.get("d1") or part.get("d2") or part.get("d3"):
        month = MONTH[(part.get("m1") or part.get("m2") or "").lower()] if "d3" not in part else int(part["m3"])
        return _of_year(part.get("year") or part.get("year2") or part.get("y3"), month, int(number), today)
    if "n" in part:
        return _in(
            int(part["n"]) if part["n"].isdigit() else NUMBER[part["n"].lower()], part["unit"].lower(), today, is_working_day
        )
    if "weekday" in part:
        ahead = (WEEKDAY[part["weekday"].lower()] - today.weekday()) % 7 or 7
        beyond = (part.get("nexts") or "").lower().startswith("next") and today.weekday() + ahead < 7
        return today + (ahead + 7 * beyond) * A_DAY
    friday = today + ((4 - today.weekday()) % 7) * A_DAY
    if "week" in part:
        return friday
    if "next" in part:
        return today + (7 - today.weekday() + 4) * A_DAY
    return today + (2 if "after" in part else 1 if "tomorrow" in part else 0) * A_DAY


def _in(n: int, unit: str, today: date, is_working_day: Callable[[date], bool]) -> date | None:
    if unit.startswith(("hour", "stunde")):
        return today + ((n + 23) // 24) * A_DAY if n >= 12 else None
    if unit.startswith(("week", "woche")):
        return today + 7 * n * A_DAY
    if unit.startswith(("day", "tag")):
        return today + n * A_DAY
    day, left = today, n
    for _ in range(4 * n + 60):
        if left == 0:
            return day
        day += A_DAY
        left -= is_working_day(day)
    return None


def _of_year(year: str | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    coming = (_date(today.year, month, day), _date(today.year + 1, month, day))
    return next((one for one in coming if one is not None and today <= one <= today + AHEAD), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _hour(found: re.Match[str] | None) -> time | None:
    if found is None or (found["m"] is None and found["unit"] is None):
        return None
    hour, minute, unit = int(found["h"]), int(found["m"] or 0), (found["unit"] or "").lower()
    if unit.startswith("p") and hour < 12:
        hour += 12
    elif unit.startswith("a") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
