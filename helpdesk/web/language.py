"""The reader's language: which one, its words, and how it says dates, spans and sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

import flask_babel
from babel.dates import TIMEDELTA_UNITS, format_date, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.support import NullTranslations
from flask import Flask, g, request
from markupsafe import Markup

from helpdesk import clock, words
from helpdesk.settings import Settings

_UNITS = ("bytes", "KB", "MB", "GB")
_NEARLY = 0.99  # of a unit is one
_PATTERNS = {  # of CLDR skeletons, as one writes them in a letter
    "de": {"day": "d. MMMM", "year": "d. MMMM y", "short": "ccc, d. LLL", "long": "d. LLL y"},
    "en": {"day": "d MMMM", "year": "d MMMM y", "short": "EEE d MMM", "long": "d MMM y"},
}


def install(app: Flask, settings: Settings) -> None:
    """Choose a language for each request (the agent's, the browser's, the desk's) and teach the templates to speak it."""

    def choose() -> str:
        viewer = g.get("viewer")
        wanted = viewer.language if viewer else None
        return wanted or request.accept_languages.best_match(words.LANGUAGES) or settings.language

    flask_babel.Babel(app, configure_jinja=False, default_locale=settings.language, locale_selector=choose)
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # of the extension; what it would install asks three times as much
    environment.globals.update(_=_said, gettext=_said, ngettext=_counted)
    say = Dates(settings)
    environment.filters.update(
        when=say.when, amid=say.amid, day=say.day, time=say.time, span=say.span, days_left=say.days_left, bytes=size
    )
    environment.filters.update(number=number, plain_day=plain_day)


def current() -> str:
    """The language of this request: «en» or «de»."""
    return _spoken()[0]


def catalogue() -> NullTranslations:
    """The words of this request's language."""
    return _spoken()[1]


def choose_anew() -> None:
    """Another reader was found: their language counts from here on."""
    flask_babel.refresh()
    g.pop("spoken", None)


def _spoken() -> tuple[str, NullTranslations]:
    """Asked for some thousand times by a long page, so looked up once."""
    found: tuple[str, NullTranslations] | None = g.get("spoken")
    if found is None:
        locale = flask_babel.get_locale()
        language = str(locale.language) if locale else "en"
        found = g.spoken = (language, words.translations(language))
    return found


def gettext(message: str, **values: Any) -> str:
    """The sentence in the reader's language, its `%(names)s` filled in."""
    return catalogue().gettext(message) % values


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """As gettext, for a number of things; `%(num)s` is that number."""
    return catalogue().ngettext(one, many, n) % {"num": n, **values}


def _said(message: str, **values: Any) -> Markup:
    """For templates, which say a hundred sentences a page: as gettext, and what is filled in is escaped."""
    language = current()
    return _sentence(language, message) % values if values else _whole(language, message)


def _counted(one: str, many: str, n: int, **values: Any) -> Markup:
    """For templates: as ngettext, and what is filled in is escaped."""
    return Markup(catalogue().ngettext(one, many, n)) % {"num": n, **values}  # noqa: S704  # our own words


@lru_cache(maxsize=5_000)
def _sentence(language: str, message: str) -> Markup:
    return Markup(words.translations(language).gettext(message))  # noqa: S704  # our own words


@lru_cache(maxsize=5_000)
def _whole(language: str, message: str) -> Markup:
    return _sentence(language, message) % {}


class Dates:
    """Instants as people of this installation say them, in its time zone or in a team's."""

    def __init__(self, settings: Settings, zone: tzinfo | None = None) -> None:
        self._zone = zone or settings.zone

    def when(self, at: datetime) -> str:
        """«Today, 11:05», «Wed 4 Nov, 19:42», «4 Nov 2025, 19:42»."""
        time = self.time(at)
        match self._days_ago(at):
            case 0:
                return gettext("Today, %(time)s", time=time)
            case 1:
                return gettext("Yesterday, %(time)s", time=time)
        return self._on_a_day(at)

    def amid(self, at: datetime) -> str:
        """The same in the midst of a sentence: «today, 11:05»."""
        time = self.time(at)
        match self._days_ago(at):
            case 0:
                return gettext("today, %(time)s", time=time)
            case 1:
                return gettext("yesterday, %(time)s", time=time)
        return self._on_a_day(at)

    def _days_ago(self, at: datetime) -> int:
        return (clock.now().astimezone(self._zone).date() - at.astimezone(self._zone).date()).days

    def _on_a_day(self, at: datetime) -> str:
        day, year = at.astimezone(self._zone).date(), clock.now().astimezone(self._zone).year
        return f"{_day(day, 'short' if day.year == year else 'long', current())}, {self.time(at)}"

    def long(self, at: datetime) -> str:
        """«4 Nov 2025, 19:42», whatever day it is read."""
        return f"{_day(at.astimezone(self._zone).date(), 'long', current())}, {self.time(at)}"

    def day(self, at: datetime) -> str:
        """«19 December»; with its year where that is another one."""
        local = at.astimezone(self._zone)
        return _day(local.date(), "day" if local.year == clock.now().astimezone(self._zone).year else "year", current())

    def time(self, at: datetime) -> str:
        """«09:05», in both languages."""
        return f"{at.astimezone(self._zone):%H:%M}"

    def span(self, since: datetime) -> str:
        """How long ago, to be put after «for» or «seit»: «2 days», «2 Tagen»."""
        seconds = max(math.ceil((clock.now() - since).total_seconds()), 60)
        unit, length = next((unit, length) for unit, length in TIMEDELTA_UNITS if seconds >= _NEARLY * length)
        return _span(unit, length, round(seconds / length), current())

    def days_left(self, until: datetime) -> int:
        """Calendar days from today to that day."""
        return (until.astimezone(self._zone).date() - clock.now().astimezone(self._zone).date()).days


@lru_cache(maxsize=2_000)
def _span(unit: Any, length: int, count: int, language: str) -> str:
    """So many of this unit; CLDR knows the dative of German only behind «vor»: «vor 2 Tagen»."""
    back, rest = timedelta(seconds=-count * length), {"granularity": unit, "threshold": math.inf}
    if language == "de":
        return format_timedelta(back, add_direction=True, locale="de", **rest).removeprefix("vor ")
    return format_timedelta(back, locale="en", **rest)


@lru_cache(maxsize=2_000)
def _day(day: date, name: str, language: str) -> str:
    return format_date(day, _PATTERNS[language][name], locale=language)


def plain_day(day: date) -> str:
    """A day of the calendar, in no time zone: «19 December», with its year where that is another one."""
    return _day(day, "day" if day.year == clock.now().year else "year", current())


def number(count: int) -> str:
    """«4,312», in German «4.312»."""
    return format_decimal(count, locale=current())


def enumerated(names: Sequence[str]) -> str:
    """«Anna, Bob and Carol»."""
    return format_list(names, locale=current())


def size(count: int) -> str:
    """«240 KB»."""
    amount, unit = float(count), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    name = gettext("bytes") if not unit else _UNITS[unit]
    return f"{format_decimal(round(amount, 1 if amount < 10 and unit else 0), locale=current())}\u00a0{name}"
