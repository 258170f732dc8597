"""When the event of an invitation is, as people say it: in the event's own time zone, and here, where that is another time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask

from helpdesk.settings import Settings
from helpdesk.web.language import current, gettext

_JOINER = "\u2060"  # a line may break behind a dash (UAX #14), but a time should not
_DAY = {"de": "EEEE, d. MMMM y", "en": "EEEE, d MMMM y"}


def install(app: Flask, settings: Settings) -> None:
    """Teach the templates to say when an event is."""
    calendar = Calendar(settings.zone)
    app.jinja_env.filters.update(event_when=calendar.when, event_here=calendar.here)


@dataclass(frozen=True)
class Calendar:
    """`zone` is that of the desk."""

    zone: ZoneInfo

    def when(self, event: Mapping[str, Any]) -> str:
        """«Monday, 2 November 2026, 10:00–11:30 (Europe/Berlin)», «Monday, 2 November 2026, all day»; "" where it says nothing."""
        starts = event["starts"]
        if not starts:
            return ""
        if event["all_day"]:
            first = date.fromisoformat(starts)
            last = (
                date.fromisoformat(event["ends"]) - timedelta(days=1) if event["ends"] else first
            )  # RFC 5545: its end is not in it
            days = _day(first) if last <= first else f"{_day(first)} – {_day(last)}"
            return gettext("%(days)s, all day", days=days)
        said = _span(datetime.fromisoformat(starts), event["ends"], None)
        return f"{said} ({event['zone']})" if event["zone"] else said

    def here(self, event: Mapping[str, Any]) -> str:
        """The same at the desk, where its clocks show another time; else ""."""
        if event["all_day"] or not event["starts"]:
            return ""
        starts = datetime.fromisoformat(event["starts"])
        try:
            if starts.tzinfo is None or starts.astimezone(self.zone).utcoffset() == starts.utcoffset():
                return ""
            return f"{_span(starts, event['ends'], self.zone)} ({self.zone.key})"
        except OverflowError:  # the last hours of the year 9999
            return ""


def _span(starts: datetime, ends: str | None, zone: tzinfo | None) -> str:
    begin = starts.astimezone(zone) if zone else starts
    said = f"{_day(begin.date())}, {begin:%H:%M}"
    until = datetime.fromisoformat(ends) if ends else None
    if until is None or (until.tzinfo is None) != (starts.tzinfo is None):
        return said
    until = until.astimezone(zone or starts.tzinfo) if starts.tzinfo else until
    if until.date() == begin.date():
        return f"{said}–{_JOINER}{until:%H:%M}" if until > begin else said
    return f"{said} – {_day(until.date())}, {until:%H:%M}"


def _day(day: date) -> str:
    return format_date(day, _DAY[current()], locale=current())
