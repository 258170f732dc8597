"""Which time a desk's acknowledgement names, and whether the desk says itself that it will be later."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Desk
from helpdesk.policies.promises import DAYS_BACK, FEWEST, NAMINGS
from helpdesk.queries import answer_times
from helpdesk.queries import promises as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import current, ngettext, number
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done
from helpdesk.words import by_when

bp = Blueprint("promising", __name__, url_prefix="/desks/<int(max=2147483647):desk_id>/promises")


@bp.get("")
@needs("settings.read")
def form(desk_id: int) -> ResponseReturnValue:
    """The form."""
    desk = _desk(desk_id)
    return _page(desk, Form(names_time=desk.names_time, apologises="1" if desk.apologises else ""))


@bp.post("")
@needs("settings.change")
def change(desk_id: int) -> ResponseReturnValue:
    """The next acknowledgement says it; what was promised stays promised."""
    desk, form = _desk(desk_id), Form.posted("names_time", "apologises")
    values = {"names_time": form.values["names_time"], "apologises": bool(form.values["apologises"])}
    try:
        desks.change(session(), desk, values, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(desk, form)
    return done(_("Saved. The next mail says it."), f"/settings/desks/{desk_id}")


def _page(desk: Desk, form: Form) -> ResponseReturnValue:
    now = clock.now()
    known = find.basis(session(), desk.team_id, now=now)
    zone = answer_times.hours_of(session(), desk.team_id).zone
    named = {naming: find.answer_by(session(), desk.team_id, known, naming, now=now) for naming in NAMINGS}
    said = {naming: by_when(one.at, current(), zone) if one is not None else "" for naming, one in named.items()}
    return form.page(
        "settings/desks/promises.html", desk=desk, said=said, lately=_lately(known), enough=known.lately.cases >= FEWEST
    )


def _lately(known: find.Basis) -> str:
    """What the last thirty days tell, in a sentence."""
    seconds, cases, days = known.lately.seconds, known.lately.cases, DAYS_BACK.days
    if cases < FEWEST:
        words = ngettext(
            "One case in the last %(days)s days",
            "%(cases)s cases in the last %(days)s days",
            cases,
            cases=number(cases),
            days=days,
        )
        return _(
            "%(cases)s: too few to tell. Until there are %(fewest)s, the deadline of the first answer is named.",
            cases=words,
            fewest=FEWEST,
        )
    if seconds is None:
        return _(
            "Fewer than nine of ten people had an answer in the last %(days)s days, so no time is named: none would be true.",
            days=days,
        )
    return _(
        "Of %(cases)s people in the last %(days)s days nine of ten had their answer within %(hours)s h of working time; those who still wait are counted.",
        cases=number(cases), days=days, hours=number(max(1, -(-seconds // 3600))),
    )  # fmt: skip


def _desk(desk_id: int) -> Desk:
    return session().get(Desk, desk_id) or abort(404)
