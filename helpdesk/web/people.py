"""People: everybody who wrote to us, and all their cases."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import people
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Person
from helpdesk.queries import cases
from helpdesk.queries import people as find
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done, page_number
from helpdesk.words import LANGUAGES

bp = Blueprint("people", __name__, url_prefix="/people")

PAGE = 50
LONGEST_NOTE = 2_000  # characters


@bp.get("")
@needs("people.read")
def everybody() -> ResponseReturnValue:
    """Names and addresses, with the number of their cases; `q` is part of either."""
    words, page = request.args.get("q", "")[:200], page_number()
    rows = find.customers(session(), agent(), words, limit=PAGE + 1, offset=(page - 1) * PAGE)
    total = find.customer_count(session(), agent(), words)
    return render_template(
        "people/list.html", words=words, rows=rows[:PAGE], more=len(rows) > PAGE, page=page, total=total, most=cases.MOST
    )


@bp.get("/<int(max=2147483647):person_id>")
@needs("people.read")
def person(person_id: int) -> ResponseReturnValue:
    found = _person(person_id)
    return _page(found, Form(name=found.name, language=found.language or "", note=found.note))


@bp.post("/<int(max=2147483647):person_id>")
@needs("people.change")
def change(person_id: int) -> ResponseReturnValue:
    """Correct a name, or the language in which they are answered."""
    found, form = _person(person_id), Form.posted("name", "language", "note")
    language = form.values["language"] or None
    if language not in (None, *LANGUAGES):
        form.refuse("language", _("Choose one from the list."))
        return _page(found, form)
    note = form.values["note"][:LONGEST_NOTE]
    people.change(session(), found, name=form.values["name"], language=language, note=note, agent=agent(), now=clock.now())
    return done(_("Saved."), f"/people/{found.id}")


@bp.post("/<int(max=2147483647):person_id>/addresses")
@needs("people.change")
def join(person_id: int) -> ResponseReturnValue:
    """The same person writes from `address` too, which has written to us before."""
    found, form = _person(person_id), Form.posted("address")
    other = find.person_at(session(), form.values["address"], agent())
    if other is None:
        values = {"name": found.name, "language": found.language or "", "note": found.note, **form.values}
        form = Form(**values)
        form.refuse("address", _("Nobody has written to us from this address."))
        return _page(found, form)
    people.join(session(), found, other, agent=agent(), now=clock.now())
    undo = f"/people/{other.id}/part"
    return done(
        _("%(address)s belongs to %(name)s too.", address=other.address, name=found.called), f"/people/{found.id}", undo=undo
    )


@bp.post("/<int(max=2147483647):person_id>/part")
@needs("people.change")
def part(person_id: int) -> ResponseReturnValue:
    """This address is somebody else's after all."""
    found = _person(person_id)
    back = found.same_as_id or found.id
    people.part(session(), found, agent=agent(), now=clock.now())
    return done(_("%(address)s stands for itself again.", address=found.address), f"/people/{back}")


@bp.post("/<int(max=2147483647):person_id>/contact")
@needs("people.change")
def reach(person_id: int) -> ResponseReturnValue:
    """How else they can be reached; a mail address only for somebody who had none."""
    found, form = _person(person_id), Form.posted("phone", "postal", "mail")
    try:
        people.learn_contact(session(), found, **form.values, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form = Form(name=found.name, language=found.language or "", note=found.note)
        form.refused(refusal)
        return _page(found, form)
    return done(_("Saved."), f"/people/{found.id}")


def _person(person_id: int) -> Person:
    found = find.person(session(), person_id, agent()) or abort(404)
    demand("people.read", found)
    return found


def _page(found: Person, form: Form) -> ResponseReturnValue:
    form.values.setdefault("address", "")
    theirs = cases.of_person(session(), agent(), found.id)
    return form.page("people/person.html", person=found, cases=theirs, others=find.other_addresses(session(), found, agent()))
