"""Who is away: one's own days, and for supervisors everybody's."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import absences
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Absence, Agent
from helpdesk.queries import absences as find
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.language import plain_day
from helpdesk.web.pages import done

bp = Blueprint("absences", __name__)

OWN, ALL = "/account/absence", "/absences"
FIELDS = ("first_day", "last_day", "deputy", "note")


@bp.get(OWN)
@needs("account.change")
def own() -> ResponseReturnValue:
    return _page(Form(**dict.fromkeys(FIELDS, "")), OWN)


@bp.post(OWN)
@needs("account.change")
def plan_own() -> ResponseReturnValue:
    """I am away for some days."""
    return _plan(Form.posted(*FIELDS), agent(), OWN)


@bp.post("/account/absence/<int:absence_id>/withdraw")
@needs("account.change")
def withdraw_own(absence_id: int) -> ResponseReturnValue:
    """I am back, or stay."""
    return _withdraw(absence_id, OWN, of=agent())


@bp.get(ALL)
@needs("absence.change")
def everybody() -> ResponseReturnValue:
    return _page(Form(agent="", **dict.fromkeys(FIELDS, "")), ALL)


@bp.post(ALL)
@needs("absence.change")
def plan() -> ResponseReturnValue:
    """Somebody is away who cannot say it themselves."""
    form = Form.posted("agent", *FIELDS)
    whose = form.one_of("agent", people.agents(session()))
    if whose is None:
        form.refuse("agent", _("Choose one from the list."))
        return _page(form, ALL)
    return _plan(form, whose, ALL)


@bp.post("/absences/<int:absence_id>/withdraw")
@needs("absence.change")
def withdraw(absence_id: int) -> ResponseReturnValue:
    """They are back, or stay."""
    return _withdraw(absence_id, ALL)


def remark(to: Agent) -> str:
    """What has to be said when a case is given to somebody who is away; "" where they are here."""
    now = clock.now()
    absence = find.now_away(session(), now).get(to.id)
    if absence is None:
        return ""
    deputy = find.deputy_of(session(), to, now)
    until = plain_day(absence.last_day)
    if deputy is None:
        return _("%(name)s is away until %(day)s, and nobody stands in.", name=to.name, day=until)
    return _("%(name)s is away until %(day)s; %(deputy)s stands in.", name=to.name, day=until, deputy=deputy.name)


def _plan(form: Form, whose: Agent, path: str) -> ResponseReturnValue:
    first, last = _date(form, "first_day"), _date(form, "last_day")
    deputy = form.one_of("deputy", people.agents(session()))
    if form.errors or first is None or last is None:
        return _page(form, path)
    try:
        values = {"deputy": deputy, "note": form.values["note"]}
        absences.plan(session(), whose, first, last, by=agent(), now=clock.now(), **values)
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(form, path)
    return done(_("Written down. Everything returns by itself afterwards."), path)


def _withdraw(absence_id: int, path: str, of: Agent | None = None) -> ResponseReturnValue:
    row = session().get(Absence, absence_id) if absence_id < 2**31 else None
    if row is None or (of is not None and row.agent_id != of.id):
        abort(404)
    absences.withdraw(session(), row, by=agent(), now=clock.now())
    return done(_("The absence is taken back."), path)


def _date(form: Form, field: str) -> date | None:
    try:
        return date.fromisoformat(form.values[field])
    except ValueError:
        form.refuse(field, _("Write a day like 2026-12-24."))
        return None


def _page(form: Form, path: str) -> ResponseReturnValue:
    now = clock.now()
    rows = find.coming(session(), now, agent() if path == OWN else None)
    names = [
        ("", _("Nobody")),
        *((str(one.id), one.name) for one in people.agents(session()) if path == ALL or one.id != agent().id),
    ]
    stands_in = [session().get_one(Agent, one).name for one in sorted(find.represented(session(), agent(), now))]
    return form.page(
        "absences/page.html", path=path, rows=rows, names=names, stands_in=stands_in, today=find.today(session(), now)
    )
