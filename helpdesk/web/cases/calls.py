"""What did not come by mail: the form for a call, a visit or a letter, in a case or as the beginning of one."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import calls, people
from helpdesk.actions.calls import Contact
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText
from helpdesk.db import house
from helpdesk.models import Case, Person
from helpdesk.policies.people import mailbox
from helpdesk.queries import cases as find
from helpdesk.queries import people as find_people
from helpdesk.queries.addresses import is_own
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.cases import page
from helpdesk.web.cases.composer import uploads
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("calls", __name__, url_prefix="/cases")

_NAMES = ("kind", "direction", "at", "text", "turn", "key", "files")


@bp.get("/<int:number>/log")
@needs("case.log")
def form(number: int) -> ResponseReturnValue:
    """The form, with now as its time."""
    case = page.the_case(number)
    return _page(case, Form(person=str(case.requester_id), **_beginning()))


@bp.post("/<int:number>/log")
@needs("case.log")
def log(number: int) -> ResponseReturnValue:
    """Write a call, a visit or a letter down."""
    case, form = page.the_case(number), Form.posted("person", *_NAMES)
    persons = {str(one.person.id): one.person for one in case.participants}
    person = persons.get(form.values["person"])
    if person is None:
        form.refuse("person", _("Choose one from the list."))
    contact = _contact(form, person)
    if contact is None:
        return _page(case, form)
    try:
        entry = calls.log(session(), case, contact, agent=agent(), now=clock.now(), idempotency_key=form.values["key"] or None)
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(case, form)
    except EmptyText:
        form.refuse("text", _("There is nothing in it yet."))
        return _page(case, form)
    return done(_("It is written down."), f"/cases/{number}#e{find.event_of(session(), entry).id}")


@bp.get("/log")
@needs("case.open")
def new_form() -> ResponseReturnValue:
    """The form for a case that begins so."""
    return _new_page(Form(**_new_values()))


@bp.post("/log")
@needs("case.open")
def begin() -> ResponseReturnValue:
    """Open a case with a call, a visit or a letter."""
    demand("case.log")
    form = Form.posted("name", "mail", "phone", "postal", "subject", "desk", "acknowledge", *_NAMES)
    desks = find_people.desks(session(), active_only=True)
    desk = next((one for one in desks if str(one.id) == form.values["desk"]), desks[0] if len(desks) == 1 else None)
    if desk is None:
        form.refuse("desk", _("Choose one from the list."))
    if not form.values["subject"].strip():
        form.refuse("subject", _("What is it about?"))
    person = _person(form)
    contact = _contact(form, person)
    if form.errors or contact is None or person is None or desk is None:
        return _new_page(form)
    try:
        entry = calls.open_case(
            session(),
            desk,
            person,
            form.values["subject"],
            contact,
            agent=agent(),
            now=clock.now(),
            acknowledge=bool(form.values["acknowledge"]),
            idempotency_key=form.values["key"] or None,
        )
    except NotUsable as refusal:
        form.refused(refusal)
        return _new_page(form)
    except (EmptyText, NotPermitted):
        form.refuse("text", _("There is nothing in it yet."))
        return _new_page(form)
    return done(_("The case is open."), f"/cases/{entry.case_number}")


def _person(form: Form) -> Person | None:
    """Whom the form names: by their mail address, or somebody without one."""
    values, now = form.values, clock.now()
    try:
        if not values["mail"].strip():
            return people.without_mail(session(), values["name"], phone=values["phone"], postal=values["postal"], now=now)
        address = mailbox(values["mail"]).address
    except NotUsable as refusal:
        form.refused(refusal)
        return None
    except ValueError:
        form.refuse("mail", _("That is not a mail address like anna@example.org."))
        return None
    if is_own(session(), address):
        form.refuse("mail", _("%(address)s is an address of this desk; mail to it would run in a circle.", address=address))
        return None
    person = people.known(session(), address, values["name"], now=now)
    person.phone, person.postal = people.telephone(values["phone"]) or person.phone, values["postal"].strip() or person.postal
    return person


def _contact(form: Form, person: Person | None) -> Contact | None:
    """What the form says happened."""
    try:
        at = datetime.fromisoformat(form.values["at"]).replace(tzinfo=house(session()).settings.zone)
    except ValueError:
        form.refuse("at", _("Say when it was."))
        return None
    values = form.values
    if form.errors:
        return None
    return Contact(values["kind"], at, values["text"], values["direction"], values["turn"], person, uploads())


def _beginning() -> dict[str, str]:
    now = clock.now().astimezone(house(session()).settings.zone)
    at = now.strftime("%Y-%m-%dT%H:%M")
    return {"kind": "call", "direction": "in", "at": at, "text": "", "turn": "ours", "key": secrets.token_urlsafe(16)}


def _new_values() -> dict[str, str]:
    empty = dict.fromkeys(("name", "mail", "phone", "postal", "subject", "desk"), "")
    return {**empty, "acknowledge": "1", **_beginning()}


def _latest() -> str:
    return clock.now().astimezone(house(session()).settings.zone).strftime("%Y-%m-%dT%H:%M")


def _page(case: Case, form: Form) -> ResponseReturnValue:
    if form.errors:
        form.choose_again()
    return form.page("cases/log.html", case=case, latest=_latest())


def _new_page(form: Form) -> ResponseReturnValue:
    desks = find_people.desks(session(), active_only=True)
    if form.errors:
        form.choose_again()
    return form.page("cases/log_new.html", desks=desks, latest=_latest())
