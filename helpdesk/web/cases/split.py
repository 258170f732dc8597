"""One case becomes two: choose what the new one is about, and whose it is."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import people, split
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case, Entry, Person
from helpdesk.policies.people import mailbox
from helpdesk.queries import cases as find
from helpdesk.queries.events import newest
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page, undo
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _

bp = Blueprint("split", __name__, url_prefix="/cases/<int:number>/split")


@bp.get("")
@needs("case.merge")
def choose(number: int) -> ResponseReturnValue:
    """What is the new case about?"""
    case = page.the_case(number)
    return _choices(case, Form(subject=case.subject, whose=str(case.requester_id), person="", entries=[]))


@bp.post("")
@needs("case.merge")
def divide(number: int) -> ResponseReturnValue:
    """Copy `entries` into a case of its own, of `whose` (a participant's person) or of `person` (an address)."""
    case, form = page.the_case(number), Form.posted("subject", "whose", "person", lists=("entries",))
    requester = _whose(case, form)
    chosen = [entry for entry in _entries(case) if str(entry.id) in form.values["entries"]]
    if not chosen:
        form.refuse("entries", _("Choose at least one mail or note that the new case is about."))
    if form.errors or requester is None:
        return _choices(case, form), 422
    try:
        fresh = split.split(session(), case, chosen, requester, form.values["subject"], agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        form.refuse("entries", said(refusal))
        return _choices(case, form), 422
    words = _("This is the new case. Nobody was mailed, and case %(number)s lost nothing.", number=number)
    return undo.offer(words, [newest(session(), case, "split")], f"/cases/{fresh.number}", back=f"/cases/{number}")


def _whose(case: Case, form: Form) -> Person | None:
    for participant in case.participants:
        if form.values["whose"] == str(participant.person_id):
            return participant.person
    try:
        name, address = mailbox(form.values["person"])
    except ValueError:
        form.refuse("person", _("That is not a mail address like anna@example.org."))
        return None
    return people.known(session(), address, name, now=clock.now())


def _entries(case: Case) -> list[Entry]:
    """What may be copied, in its order; also of cases that were merged into this one."""
    events = find.timeline(session(), case, agent())
    found = {event.entry.id: event.entry for event in events if event.entry is not None}
    return [entry for entry in found.values() if split.may_be_copied(entry)]


def _choices(case: Case, form: Form) -> str:
    return render_template("cases/split.html", case=case, entries=_entries(case), values=form.values, errors=form.errors)
