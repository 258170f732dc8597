"""Days as people write them: 2026-11-01, 1.11.2026, 1.11., 11/2026, yesterday, gestern, Montag."""

from __future__ import annotations

import re
from datetime import date, timedelta

_AGO = {"today": 0, "heute": 0, "yesterday": 1, "gestern": 1, "vorgestern": 2}
_WEEKDAYS = {name: day for day, names in enumerate((
    ("monday", "mon", "montag", "mo"), ("tuesday", "tue", "dienstag", "di"), ("wednesday", "wed", "mittwoch", "mi"),
    ("thursday", "thu", "donnerstag", "do"), ("friday", "fri", "freitag", "fr"), ("saturday", "sat", "samstag", "sonnabend", "sa"),
    ("sunday", "sun", "sonntag", "so"),
)) for name in names}  # fmt: skip
_FORMS = tuple(re.compile(form, re.ASCII) for form in (
    r"(?P<year>\d{4})(-(?P<month>\d{1,2})(-(?P<day>\d{1,2}))?)?",
    r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4}|\d\d)",
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.?",
    r"(?P<month>\d{1,2})[./](?P<year>\d{4})",
))  # fmt: skip


def day(text: str, today: date) -> date | None:
    """The day that is meant, of a month or a year the first; without a year, and of a weekday, the last there was.  None: no day."""
    text = text.strip().casefold()
    if text in _AGO:
        return today - timedelta(days=_AGO[text])
    if text in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS[text]) % 7)
    found = next((match.groupdict() for form in _FORMS if (match := form.fullmatch(text))), None)
    return _date(found, today) if found else None


def _date(parts: dict[str, str | None], today: date) -> date | None:
    year, month, of_month = parts.get("year"), int(parts.get("month") or 1), int(parts.get("day") or 1)
    try:
        if year is None:
            this_year = date(today.year, month, of_month)
            return this_year if this_year <= today else this_year.replace(year=today.year - 1)
        return date(int(year) + (2000 if len(year) == 2 else 0), month, of_month)
    except ValueError:
        return None
