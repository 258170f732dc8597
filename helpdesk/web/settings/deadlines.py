"""Deadlines: how long people may have to wait, and in which cases."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import deadlines
from helpdesk.actions.deadlines import Wanted
from helpdesk.actions.desks import NotUsable
from helpdesk.models import DeadlinePolicy
from helpdesk.policies import sla
from helpdesk.policies.cases import PRIORITIES
from helpdesk.queries import clocks as find
from helpdesk.queries import details, people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases.sentence_details import priority
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext
from helpdesk.web.pages import done

bp = Blueprint("deadlines", __name__, url_prefix="/deadlines")

_ID = "int(max=2147483647)"
_CLOCKS = tuple(find.COLUMNS.values())
_AMOUNTS, _UNITS = [f"{name}_amount" for name in _CLOCKS], [f"{name}_unit" for name in _CLOCKS]
_FIELDS = ("name", "team", "priority", "tag", "customers", "warn_percent", "active", *_AMOUNTS, *_UNITS)


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    """All policies, in the order in which they are tried."""
    rows = [(one, _fits(one), [_said(getattr(one, name)) for name in _CLOCKS]) for one in find.policies(session())]
    return render_template("settings/deadlines/list.html", rows=rows)


@bp.get("/new")
@needs("settings.change")
def new() -> ResponseReturnValue:
    blank = dict.fromkeys(_AMOUNTS, "") | dict.fromkeys(_UNITS, "hours")
    return _page(None, Form(name="", team="", priority="", tag="", customers="", warn_percent="75", active="1", **blank))


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """A policy that is tried before all others."""
    form = Form.posted(*_FIELDS)
    try:
        wanted = _wanted(form)
        if not form.errors:
            deadlines.add(session(), wanted, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        _refused(form, refusal)
    return _page(None, form) if form.errors else done(_("Saved."), "/settings/deadlines")


@bp.get(f"/<{_ID}:policy_id>")
@needs("settings.read")
def policy(policy_id: int) -> ResponseReturnValue:
    found = _policy(policy_id)
    told = {name: sla.allowance(getattr(found, name)) for name in _CLOCKS}
    amounts = {f"{name}_amount": str(one.amount) if one else "" for name, one in told.items()}
    units = {f"{name}_unit": one.unit if one else "hours" for name, one in told.items()}
    more = {"team": str(found.team_id or ""), "priority": found.priority or "", "tag": found.tag.name if found.tag else ""}
    customers, percent = "\n".join(found.customers), str(found.warn_percent)
    active = "1" if found.active else ""
    return _page(
        found, Form(name=found.name, customers=customers, warn_percent=percent, active=active, **more, **amounts, **units)
    )


@bp.post(f"/<{_ID}:policy_id>")
@needs("settings.change")
def change(policy_id: int) -> ResponseReturnValue:
    """The clocks of all cases follow within a minute; what is late by that rings for nobody."""
    found, form = _policy(policy_id), Form.posted(*_FIELDS)
    try:
        wanted = _wanted(form)
        if not form.errors:
            deadlines.change(session(), found, wanted, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        _refused(form, refusal)
    return _page(found, form) if form.errors else done(_("Saved."), "/settings/deadlines")


@bp.post(f"/<{_ID}:policy_id>/up")
@needs("settings.change")
def up(policy_id: int) -> ResponseReturnValue:
    """Try it earlier."""
    deadlines.move_up(session(), _policy(policy_id), agent=agent(), now=clock.now())
    return done(_("Saved."), "/settings/deadlines")


@bp.post(f"/<{_ID}:policy_id>/delete")
@needs("settings.change")
def delete(policy_id: int) -> ResponseReturnValue:
    """Forget it, where nothing uses it; else the page says what does."""
    found = _policy(policy_id)
    try:
        deadlines.delete(session(), found, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        return done(said(refusal), f"/settings/deadlines/{policy_id}")
    return done(_("“%(name)s” is deleted.", name=found.name), "/settings/deadlines")


def _policy(policy_id: int) -> DeadlinePolicy:
    return session().get(DeadlinePolicy, policy_id) or abort(404)


def _wanted(form: Form) -> Wanted:
    values = form.values
    tag = details.tag_named(session(), values["tag"]) if values["tag"].strip() else None
    if values["tag"].strip() and tag is None:
        form.refuse("tag", _("No case has this tag."))
    allowances = {name: _spelled(values[f"{name}_amount"], values[f"{name}_unit"]) for name in _CLOCKS}
    percent = values["warn_percent"].strip()
    return Wanted(
        name=values["name"],
        team=form.one_of("team", people.teams(session())),
        priority=values["priority"] or None,
        tag=tag,
        customers=tuple(values["customers"].splitlines()),
        warn_percent=int(percent) if percent.isascii() and percent.isdigit() and len(percent) < 4 else 0,
        active=bool(values["active"]),
        **allowances,
    )


def _spelled(amount: str, unit: str) -> str:
    return f"{amount.strip()} {unit}" if amount.strip() else ""


def _refused(form: Form, refusal: NotUsable) -> None:
    form.refused(
        NotUsable(f"{refusal.field}_amount" if refusal.field in _CLOCKS else refusal.field, refusal.sentence, **refusal.values)
    )


def _fits(found: DeadlinePolicy) -> str:
    """Which cases it is for, in words."""
    parts = [
        found.team.name if found.team else "",
        _("priority %(word)s", word=priority(found.priority)) if found.priority else "",
        _("Tag: %(name)s", name=found.tag.name) if found.tag else "",
        ngettext("one customer", "%(num)s customers", len(found.customers)) if found.customers else "",
    ]
    return ", ".join(filter(None, parts)) or _("All cases")


def _said(text: str) -> str:
    told = sla.allowance(text)
    if told is None:
        return "–"
    n = told.amount
    if told.unit == "minutes":
        return ngettext("%(num)s working minute", "%(num)s working minutes", n)
    if told.unit == "hours":
        return ngettext("%(num)s working hour", "%(num)s working hours", n)
    return ngettext("%(num)s day", "%(num)s days", n) if told.unit == "days" else ngettext("%(num)s month", "%(num)s months", n)


def _kept(found: DeadlinePolicy | None) -> str:
    """Why they cannot be deleted; "" where they can."""
    why = deadlines.why_kept(session(), found) if found else None
    return said(why) if why else ""


def _page(found: DeadlinePolicy | None, form: Form) -> ResponseReturnValue:
    units = {
        "minutes": _("working minutes"),
        "hours": _("working hours"),
        "days": _("calendar days"),
        "months": _("calendar months"),
    }
    clocks = [("first_response", _("First answer")), ("next_reply", _("Each further answer")), ("resolution", _("Solution"))]
    return form.page(
        "settings/deadlines/form.html",
        policy=found,
        clocks=clocks,
        units=[(unit, units[unit]) for unit in sla.UNITS],
        teams=[("", _("Any")), *[(str(team.id), team.name) for team in people.teams(session())]],
        priorities=[("", _("Any")), *[(name, priority(name)) for name in PRIORITIES]],
        tags=details.tag_names(session()),
        kept=_kept(found),
    )
