"""What a desk wants to know before a case is solved: the form that asks for it, alone or with the answer that solves the case."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import cases, fields
from helpdesk.actions.cases import Unsettled
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Case
from helpdesk.policies.fields import ASKED
from helpdesk.queries import details as find
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.cases import details, page, panel, undo
from helpdesk.web.forms import said, unsaid
from helpdesk.web.language import gettext as _

bp = Blueprint("settling", __name__, url_prefix="/cases/<int:number>")


@bp.get("/settle")
@needs("case.resolve")
def form(number: int) -> ResponseReturnValue:
    """The form."""
    return _page(page.the_case(number), "")


@bp.post("/settle")
@needs("case.resolve")
def settle(number: int) -> ResponseReturnValue:
    """Keep what was said, and solve the case."""
    case, event = page.the_case(number), None
    demand("case.change", case)
    try:
        keep(case)
        if case.state != "resolved":
            event = cases.resolve(session(), case, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        return _page(case, said(refusal)), 422
    except Unsettled as refusal:
        return _page(case, still_missing(refusal)), 422
    return undo.offer(_("The case is solved."), [event], f"/cases/{number}")


def ask(case: Case) -> ResponseReturnValue:
    """The form, in the place of a deed that has to wait for it."""
    return _page(case, ""), 422


def wanted(case: Case, problem: str = "") -> panel.Wanted:
    """The form of this case, with what was typed or else what is known."""
    known = find.outcome(session(), case.number)
    values = {
        "cause": str(known.cause_id or "") if known else "",
        "office": known.office if known else "",
        "verdict": (known.verdict or "") if known else "",
    }
    asked = [one for one in panel.asked(case) if one.field.required and one.field.active]
    typed = request.form
    return panel.Wanted(
        asks=case.desk.asks,
        causes=find.causes(session(), case.desk_id),
        values={name: typed.get(name, value) for name, value in values.items()},
        fields=[panel.Asked(one.field, typed.get(f"field-{one.field.id}", one.value), one.shown) for one in asked],
        problem=problem,
    )


def keep(case: Case) -> None:
    """Write down what the form says; what it does not have stays as it was.  Raises NotUsable."""
    if "verdict" in request.form:
        details.keep_outcome(case)
    for one in panel.asked(case):
        typed = request.form.get(f"field-{one.field.id}")
        if typed is not None:
            fields.fill(session(), case, one.field, typed.replace("\x00", "\ufffd"), agent=agent(), now=clock.now())


def unsettled(case: Case) -> panel.Wanted | None:
    """Keep what the form says, before a case is solved with the words of the same form; the form again where that is not enough."""
    if "verdict" in request.form or any(is_mine(name) for name in request.form):
        demand("case.change", case)
    try:
        keep(case)
    except NotUsable as refusal:
        return wanted(case, said(refusal))
    missing = find.missing(session(), case)
    return wanted(case, still_missing(Unsettled(missing))) if missing else None


def is_mine(name: str) -> bool:
    """Whether a field of a form belongs to this one."""
    return name in ASKED or (name.startswith("field-") and name[6:].isdigit())


def still_missing(refusal: Unsettled) -> str:
    """What has not been said, as a sentence."""
    return _("Still to be said: %(names)s.", names=unsaid(refusal))


def _page(case: Case, problem: str) -> str:
    return render_template("cases/settling.html", case=case, wanted=wanted(case, problem))
