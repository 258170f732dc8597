"""Promises on the page of a case: a day offered while one writes, what is still owed, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import promise_watch as deeds
from helpdesk.actions.cases import NotPermitted
from helpdesk.db import house
from helpdesk.models import Case, Promise
from helpdesk.policies import promises as policy
from helpdesk.policies.hours import Hours
from helpdesk.policies.promised_days import promised
from helpdesk.queries import answer_times
from helpdesk.queries import cases as find_cases
from helpdesk.queries import promises as find
from helpdesk.queries.contents import Contents
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.cases import due, page
from helpdesk.web.cases.composer import Composer
from helpdesk.web.forms import said
from helpdesk.web.language import Dates, current
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done
from helpdesk.words import by_when

bp = Blueprint("promising", __name__, url_prefix="/cases/<int:number>")

_ID = "int(max=2147483647)"
MOST_TEXT = 20_000  # characters in which a day is looked for


@dataclass(frozen=True)
class Offer:
    """A time that an answer could promise: as the form sends it, and as one says it."""

    value: str
    words: str
    ticked: bool = False


@dataclass(frozen=True)
class Shown:
    """A promise as the page of its case shows it: the worse, the louder."""

    row: Promise
    words: str
    shape: str = "wait"
    tone: str = ""


@bp.post("/promise")
@needs("case.answer")
@only_reads
def look(number: int) -> ResponseReturnValue:
    """The day that the `text` of an answer names, to be ticked; for the page's script."""
    case = find_cases.by_number(session(), number, agent()) or abort(404)
    return render_template("cases/promise_offer.html", offer=_named_in(case, request.form.get("text", "")))


@bp.post(f"/promises/<{_ID}:promise_id>/kept")
@needs("case.answer")
def kept(number: int, promise_id: int) -> ResponseReturnValue:
    """It was kept by something that no mail tells: a parcel, a visit."""
    case = page.the_case(number)
    row = session().get(Promise, promise_id)
    if row is None or row.case_number != case.number:
        abort(404)
    try:
        deeds.keep(session(), case, row, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    return done(_("The promise is kept."), f"/cases/{number}")


def about(case: Case, composer: Composer, there: Contents) -> dict[str, Any]:
    """For the page of a case: what is owed, what became of the rest, and what the answer form offers."""
    rows = find.of_case(session(), case.number) if "promise" in there else []
    shown = {row.entry_id: _shown(row, _hours(case)) for row in rows}
    return {
        "owed": [one for one in shown.values() if one.row.ended_at is None and one.row.standing in ("running", "broken")],
        "promise_in": shown,
        "offer": _offer(case, composer),
        "last_day": (clock.now() + policy.FARTHEST).date().isoformat(),
        "first_day": clock.now().astimezone(house(session()).settings.zone).date().isoformat(),
    }


def among(cases: Sequence[Case]) -> dict[int, due.Due]:
    """Case number → the promise whose time comes first, for a list."""
    rows = find.next_owed_in(session(), [case.number for case in cases])
    teams = {case.number: case for case in cases}
    found = {number: _shown(row, _hours(teams[number])) for number, row in rows.items()}
    return {number: due.Due(one.row.due_at, one.words, one.shape, one.tone) for number, one in found.items()}


def pressing(cases: Sequence[Case]) -> dict[int, due.Due]:
    """Case number → its promise in few words, where that is due today or broken; asked only where there can be one."""
    tonight = policy.end_of(clock.now(), house(session()).settings.zone)
    found = {case.number: case for case in cases if case.due_at is not None and case.due_at <= tonight}
    near = {number: one for number, one in among([*found.values()]).items() if one.at <= tonight} if found else {}
    return {number: _briefly(one, _hours(found[number])) for number, one in near.items()}


def _briefly(one: due.Due, hours: Hours) -> due.Due:
    """«Broken, 22 h», «At risk, 38 min»; what is in time says its time."""
    until = due.Left(hours.between(clock.now(), one.at), hours.usual_day() or due.DAY, working=True)
    return due.briefly(one.at, until) if one.tone and abs(until.seconds) >= due.MINUTE else one


def nearest(cases: Sequence[Case], *, worst_first: bool = False) -> dict[int, due.Due]:
    """Case number → what is due next of its deadlines and promises; `worst_first`: one at risk goes before a nearer one."""
    deadlines, promised_times = due.among(cases, worst_first=worst_first), among(cases)
    ranks = {"broken": 0, "risk": 1} if worst_first else {}
    return {
        number: min(
            (one for one in (deadlines.get(number), promised_times.get(number)) if one is not None),
            key=lambda one: (ranks.get(one.tone, 2), one.at),
        )
        for number in deadlines.keys() | promised_times.keys()
    }


def parsed(text: str) -> datetime | None:
    """The time that a form names; None for nonsense."""
    return policy.named(text, house(session()).settings.zone)


def _offer(case: Case, composer: Composer) -> Offer | None:
    """What stands ticked in the form; after a look at the text without scripts, what it names."""
    if composer.promise:
        at = parsed(composer.promise)
        return _said(composer.promise, at, ticked=True) if at is not None else None
    return _named_in(case, composer.text) if composer.preview else None


def _named_in(case: Case, text: str) -> Offer | None:
    zone = house(session()).settings.zone
    now = clock.now().astimezone(zone)
    found = promised(text[:MOST_TEXT], now.date(), now.time(), _hours(case).is_working_day)
    if found is None:
        return None
    value = found.day.isoformat() + (f"T{found.hour:%H:%M}" if found.hour else "")
    at = policy.named(value, zone)
    return _said(value, at) if at is not None and policy.can_promise(at, now) else None


def _said(value: str, at: datetime, *, ticked: bool = False) -> Offer:
    return Offer(value, by_when(at, current(), house(session()).settings.zone), ticked)


def _shown(row: Promise, hours: Hours) -> Shown:
    now = clock.now()
    settings = house(session()).settings
    whole = policy.is_whole_day(row.due_at, hours.zone) or policy.is_whole_day(row.due_at, settings.zone)
    when = Dates(settings).day(row.due_at) if whole else Dates(settings).amid(row.due_at)
    match row.standing:
        case "kept":
            return Shown(row, _("promise kept"), "done", "kept")
        case "renewed":
            return Shown(row, _("promise renewed"), "out")
        case "dropped":
            return Shown(row, _("promised by %(when)s, then dropped", when=when), "out")
    if row.standing == "broken" or row.due_at < now:
        late = hours.between(now, row.due_at)
        if -late < due.MINUTE:
            return Shown(row, _("Promise broken"), "broken", "broken")
        words = _("Promise broken, %(late)s", late=due.time_left(late, hours.usual_day() or due.DAY))
        return Shown(row, words, "broken", "broken")
    if row.warned_at is not None or policy.looks(row.made_at, row.due_at, hours).warn_at <= now:
        return Shown(row, _("Promise at risk, by %(when)s", when=when), "warn", "risk")
    return Shown(row, _("promised by %(when)s", when=when))


def _hours(case: Case) -> Hours:
    """The working time of the team that holds a case; asked for once in a request."""
    known: dict[int | None, Hours] = g.setdefault("hours_of_teams", {})
    if case.team_id not in known:
        known[case.team_id] = answer_times.hours_of(session(), case.team_id)
    return known[case.team_id]
