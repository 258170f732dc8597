"""The fact card: what is known of the case, pinned once from any message; and a word where an answer asks for it again."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import facts
from helpdesk.models import Case, Entry, Fact
from helpdesk.policies.facts import KINDS, asked_for
from helpdesk.queries import cases as find_cases
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.cases import page
from helpdesk.web.cases.fact_card import known_already, names
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("facts", __name__, url_prefix="/cases/<int:number>/facts")

_ID = "int(max=2147483647)"


@bp.post("")
@needs("case.note")
def pin(number: int) -> ResponseReturnValue:
    """Pin `value` as `name` (or as what its `kind` is called), said in `entry` or wherever their mail has it."""
    case, kind = page.the_case(number), request.form.get("kind", "")
    value = request.form.get("value", "").replace("\x00", "")
    name = request.form.get("name", "").replace("\x00", "") or (names()[kind] if kind in KINDS else "")
    try:
        fact = facts.pin(session(), case, name, value, agent=agent(), now=clock.now(), kind=kind, entry=_where(case, value))
    except facts.Nameless:
        return page.show(case, problem=_("A fact needs a name and a value.")), 422
    return done(_("%(name)s is pinned.", name=fact.name), f"/cases/{number}#facts", undo=f"/cases/{number}/facts/{fact.id}/drop")


@bp.post(f"/<{_ID}:fact_id>/drop")
@needs("case.note")
def drop(number: int, fact_id: int) -> ResponseReturnValue:
    """It is wrong, or was never one."""
    case = page.the_case(number)
    fact = _fact(case, fact_id)
    facts.drop(session(), case, fact, agent=agent(), now=clock.now())
    words = _("%(name)s is no longer pinned.", name=fact.name)
    return done(words, f"/cases/{number}#facts", undo=f"/cases/{number}/facts/{fact.id}/restore")


@bp.post(f"/<{_ID}:fact_id>/restore")
@needs("case.note")
def restore(number: int, fact_id: int) -> ResponseReturnValue:
    case = page.the_case(number)
    fact = _fact(case, fact_id)
    facts.restore(session(), case, fact, agent=agent(), now=clock.now())
    return done(_("%(name)s is pinned.", name=fact.name), f"/cases/{number}#facts")


@bp.post("/asked")
@needs("case.answer")
@only_reads
def asked(number: int) -> ResponseReturnValue:
    """What the `text` of an answer asks for although it is known; for the page's script."""
    case = find_cases.by_number(session(), number, agent()) or abort(404)
    kinds = asked_for(request.form.get("text", ""))
    known = known_already(case, find_cases.timeline(session(), case, agent()), kinds) if kinds else []
    return render_template("cases/asked.html", known=known, case=case)


def _where(case: Case, value: str) -> Entry | None:
    """The first message that says so."""
    words = " ".join(value.split())
    entries = (event.entry for event in find_cases.timeline(session(), case, agent()))
    return next((entry for entry in entries if entry and words and words in " ".join(entry.visible.split())), None)


def _fact(case: Case, fact_id: int) -> Fact:
    fact = session().get(Fact, fact_id)
    if fact is None or fact.case_number != case.number:
        abort(404)
    return fact
