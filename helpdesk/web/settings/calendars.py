"""Calendars: when people work, and on which days nobody does."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from babel import Locale
from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import calendars
from helpdesk.actions.calendars import WEEKDAYS, Wanted
from helpdesk.actions.desks import NotUsable
from helpdesk.db import house
from helpdesk.models import Calendar, ClosedDays
from helpdesk.policies import hours, public_holidays
from helpdesk.queries import clocks as find
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form, said
from helpdesk.web.language import current, plain_day
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("calendars", __name__, url_prefix="/calendars")

_ID = "int(max=2147483647)"
_DAYS = [f"day{weekday}" for weekday in range(WEEKDAYS)]
_FIELDS = ("name", "zone", "country", "region", *_DAYS)
_LISTS = ("local_days", "teams")
OFFICE = {name: "09:00–17:00" if weekday < 5 else "" for weekday, name in enumerate(_DAYS)}


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    """All calendars, with who works by them."""
    teams = people.teams(session())
    rows = [
        (one, _alike(_week(one)), [team.name for team in teams if team.calendar_id == one.id])
        for one in find.calendars(session())
    ]
    return render_template("settings/calendars/list.html", rows=rows)


@bp.get("/new")
@needs("settings.change")
def new() -> ResponseReturnValue:
    return _page(None, Form(name="", zone="", country="", region="", local_days=[], teams=[], **OFFICE))


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """A calendar, for the teams that were ticked."""
    form = Form.posted(*_FIELDS, lists=_LISTS)
    teams = form.some_of("teams", people.teams(session()))
    try:
        found = calendars.add(session(), _wanted(form), agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(None, form)
    calendars.give(session(), found, teams, agent=agent(), now=clock.now())
    return done(_("Saved."), f"/settings/calendars/{found.id}")


@bp.get(f"/<{_ID}:calendar_id>")
@needs("settings.read")
def calendar(calendar_id: int) -> ResponseReturnValue:
    found = _calendar(calendar_id)
    teams = [str(team.id) for team in people.teams(session()) if team.calendar_id == found.id]
    week = dict(zip(_DAYS, _week(found), strict=True))
    place = {"zone": found.zone, "country": found.country, "region": found.region}
    return _page(found, Form(name=found.name, local_days=list(found.local_days), teams=teams, **place, **week))


@bp.post(f"/<{_ID}:calendar_id>")
@needs("settings.change")
def change(calendar_id: int) -> ResponseReturnValue:
    """Hours, holidays, and who works by it.  The deadlines of all cases follow within a minute."""
    found, form = _calendar(calendar_id), Form.posted(*_FIELDS, lists=_LISTS)
    teams = form.some_of("teams", people.teams(session()))
    if form.values["country"] != found.country:
        form.values["region"] = ""  # of another country
    try:
        calendars.change(session(), found, _wanted(form), agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    calendars.give(session(), found, teams, agent=agent(), now=clock.now())
    return done(_("Saved."), f"/settings/calendars/{calendar_id}")


@bp.post(f"/<{_ID}:calendar_id>/closed")
@needs("settings.change")
def close(calendar_id: int) -> ResponseReturnValue:
    """Days of one's own on which nobody works."""
    found, form = _calendar(calendar_id), Form.posted("first_day", "last_day", "why")
    try:
        first = date.fromisoformat(form.values["first_day"])
        last = date.fromisoformat(form.values["last_day"] or form.values["first_day"])
    except ValueError:
        return done(_("Choose a day."), f"/settings/calendars/{calendar_id}")
    try:
        calendars.close(session(), found, first, last, form.values["why"], agent=agent(), now=clock.now())
    except NotUsable:
        return done(
            _("The last day is not before the first, and not more than a year later."), f"/settings/calendars/{calendar_id}"
        )
    return done(_("Saved."), f"/settings/calendars/{calendar_id}")


@bp.post(f"/<{_ID}:calendar_id>/closed/<{_ID}:closed_id>/remove")
@needs("settings.change")
def open_again(calendar_id: int, closed_id: int) -> ResponseReturnValue:
    """They are days like others."""
    found, row = _calendar(calendar_id), session().get(ClosedDays, closed_id)
    if row is None or row.calendar_id != calendar_id:
        abort(404)
    calendars.open_again(session(), found, row, agent=agent(), now=clock.now())
    return done(_("Saved."), f"/settings/calendars/{calendar_id}")


@bp.post(f"/<{_ID}:calendar_id>/delete")
@needs("settings.change")
def delete(calendar_id: int) -> ResponseReturnValue:
    """Forget it, where nothing uses it; else the page says what does."""
    found = _calendar(calendar_id)
    try:
        calendars.delete(session(), found, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        return done(said(refusal), f"/settings/calendars/{calendar_id}")
    return done(_("“%(name)s” is deleted.", name=found.name), "/settings/calendars")


def _calendar(calendar_id: int) -> Calendar:
    return session().get(Calendar, calendar_id) or abort(404)


def _wanted(form: Form) -> Wanted:
    values = form.values
    week, local = tuple(values[name] for name in _DAYS), tuple(values["local_days"])
    return Wanted(values["name"], week, values["zone"].strip(), values["country"], values["region"], local)


def _week(found: Calendar) -> list[str]:
    """The hours of each weekday in words."""
    return [
        hours.spelled([(first, behind) for day, first, behind in found.hours if day == weekday]) for weekday in range(WEEKDAYS)
    ]


def _alike(week: list[str]) -> list[str]:
    """«Monday – Friday: 09:00–17:00»: days in a row that are alike in one line, without those on which nobody works."""
    names, lines = _weekdays(), []
    for text, run in groupby(range(WEEKDAYS), key=lambda weekday: week[weekday]):
        days = list(run)
        if text:
            lines.append(f"{names[days[0]]}{f' – {names[days[-1]]}' if len(days) > 1 else ''}: {text}")
    return lines


def _weekdays() -> list[str]:
    names = Locale.parse(current()).days["stand-alone"]["wide"]
    return [names[weekday] for weekday in range(WEEKDAYS)]


def _page(found: Calendar | None, form: Form) -> ResponseReturnValue:
    return form.page(
        "settings/calendars/form.html",
        calendar=found,
        weekdays=list(zip(_DAYS, _weekdays(), strict=True)),
        zones=_zones(),
        here=house(session()).settings.timezone,
        countries=[("", _("None: no public holidays")), *_countries()],
        regions=list(public_holidays.region_names(found.country).items()) if found and found.country else [],
        local_days=_local_days(),
        teams=people.teams(session()),
        free=_free(found) if found else [],
        kept=_kept(found),
    )


def _kept(found: Calendar | None) -> str:
    """Why it cannot be deleted; "" where it can."""
    why = calendars.why_kept(session(), found) if found else None
    return said(why) if why else ""


@cache
def _zones() -> list[str]:
    """It walks through a folder of six hundred files."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))


def _countries() -> list[tuple[str, str]]:
    names = Locale.parse(current()).territories
    found = [(code, names.get(code, code)) for code in public_holidays.countries()]
    return sorted(found, key=lambda pair: pair[1])


def _local_days() -> list[tuple[str, str]]:
    return [
        ("christmas-eve", _("Christmas Eve, 24 December")),
        ("new-years-eve", _("New Year’s Eve, 31 December")),
        ("carnival-monday", _("Carnival Monday")),
        ("shrove-tuesday", _("Shrove Tuesday")),
        ("corpus-christi", _("Corpus Christi, where only some places keep it")),
        ("assumption", _("Assumption, 15 August, where only some places keep it")),
    ]


def _free(found: Calendar) -> list[tuple[str, str]]:
    """The public holidays and local days of this year and the next, from today on: (day, what it is)."""
    today, names = clock.now().date(), dict(_local_days())
    days: dict[date, str] = {}
    for year in (today.year, today.year + 1):
        days |= {day: names[name] for day, name in public_holidays.local_days(found.local_days, year).items()}
        days |= public_holidays.public(found.country, found.region, year, current())
    return [(plain_day(day), name) for day, name in sorted(days.items()) if day >= today]
