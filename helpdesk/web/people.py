"""People: everybody who wrote to us, and all their cases."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import people
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


@bp.get("")
@needs("people.read")
def everybody() -> ResponseReturnValue:
    """Names and addresses, with the number of their cases; `q` is part of either."""
    words, page = request.args.get("q", "")[:200], page_number()
    rows = find.customers(session(), agent(), words, limit=PAGE + 1, offset=(page - 1) * PAGE)
    total = find.customer_count(session(), words)
    return render_template("people/list.html", words=words, rows=rows[:PAGE], more=len(rows) > PAGE, page=page, total=total)


@bp.get("/<int(max=2147483647):person_id>")
@needs("people.read")
def person(person_id: int) -> ResponseReturnValue:
    found = _person(person_id)
    return _page(found, Form(name=found.name, language=found.language or ""))


@bp.post("/<int(max=2147483647):person_id>")
@needs("people.change")
def change(person_id: int) -> ResponseReturnValue:
    """Correct a name, or the language in which they are answered."""
    found, form = _person(person_id), Form.posted("name", "language")
    language = form.values["language"] or None
    if language not in (None, *LANGUAGES):
        form.refuse("language", _("Choose one from the list."))
        return _page(found, form)
    people.change(session(), found, name=form.values["name"], language=language, agent=agent(), now=clock.now())
    return done(_("Saved."), f"/people/{found.id}")


def _person(person_id: int) -> Person:
    found = session().get(Person, person_id) or abort(404)
    demand("people.read", found)
    return found


def _page(found: Person, form: Form) -> ResponseReturnValue:
    return form.page("people/person.html", person=found, cases=cases.of_person(session(), agent(), found.id))
