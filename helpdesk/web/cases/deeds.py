"""What is done to a case by a click: take it, hand it over, solve it, open it again; its addresses and who takes part."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import addresses, cases, outbox, people
from helpdesk.actions.addresses import CannotChange
from helpdesk.actions.cases import NotPermitted, Unsettled
from helpdesk.models import Agent, Case, Event, OutboxMail, ReplyAddress
from helpdesk.policies.people import mailbox
from helpdesk.queries import merges
from helpdesk.queries.events import newest
from helpdesk.web import absences
from helpdesk.web.access import agent, demand, local_path, needs, session
from helpdesk.web.cases import handed, handovers, page, settling, undo
from helpdesk.web.language import catalogue
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("deeds", __name__, url_prefix="/cases/<int:number>")

EXTENSIONS = ("7", "28")  # days


@bp.post("/assign")
@needs("case.assign")
def assign(number: int) -> ResponseReturnValue:
    """Give the case to `agent` (an id), or to nobody where that is empty; then on to `back`, where it was done elsewhere."""
    case, chosen = page.the_case(number), request.form.get("agent", "")
    to = _agent(chosen) if chosen else None
    try:
        if to is not None and to.id == agent().id and handed.is_mine_to_take(case):
            return handovers.take(number)
        event = cases.assign(session(), case, to, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return _refused(case, refusal)
    if to is None:
        words = _("Nobody has the case now.")
    elif to.id == agent().id:
        words = _("You have the case.")
    else:
        words = " ".join(filter(None, (_("%(name)s has the case.", name=to.name), absences.remark(to))))
    back = local_path(request.form.get("back", ""))
    if back is not None:
        words = f"{_('Case %(number)s: %(subject)s.', number=case.reference, subject=case.subject)} {words}"
    return undo.offer(words, [event], back or f"/cases/{number}")


@bp.post("/resolve")
@needs("case.resolve")
def resolve(number: int) -> ResponseReturnValue:
    """The problem is solved."""
    case, event = page.the_case(number), None
    if case.state != "resolved":
        try:
            event = cases.resolve(session(), case, agent=agent(), now=clock.now())
        except Unsettled:
            return settling.ask(case)
    return undo.offer(_("The case is solved."), [event], f"/cases/{number}")


@bp.post("/reopen")
@needs("case.reopen")
def reopen(number: int) -> ResponseReturnValue:
    """It was not solved after all."""
    case, event = page.the_case(number), None
    if case.state == "resolved":
        event = cases.reopen(session(), case, agent=agent(), now=clock.now())
    return undo.offer(_("The case is open again."), [event], f"/cases/{number}")


@bp.post("/participants")
@needs("case.address")
def add_participant(number: int) -> ResponseReturnValue:
    """Let somebody take part: «Anna Weber <anna@example.org>» or the address alone."""
    case = page.the_case(number)
    try:
        name, address = mailbox(request.form.get("person", ""))
    except ValueError:
        return page.show(case, problem=_("That is not a mail address like anna@example.org.")), 422
    now = clock.now()
    person = people.known(session(), address, name, now=now)
    took_part = any(one.person_id == person.id for one in case.participants)
    refusal = _try(lambda: cases.add_participant(session(), case, person, now=now, agent=agent()))
    if refusal is not None:
        return _refused(case, refusal)
    told = None if took_part else newest(session(), case, "participant-added")
    return undo.offer(_("%(name)s takes part from now on.", name=person.called), [told], f"/cases/{number}")


@bp.post("/addresses/<int:address_id>/extend")
@needs("case.address")
def extend(number: int, address_id: int) -> ResponseReturnValue:
    """Let a reply address live `days` longer."""
    days = request.form.get("days", "")
    if days not in EXTENSIONS:
        abort(400)
    words = _("The reply address works %(days)s days longer.", days=days)
    return _change(
        number, address_id, lambda row: addresses.extend(session(), row, int(days), agent=agent(), now=clock.now()), words
    )


@bp.post("/addresses/<int:address_id>/revoke")
@needs("case.address")
def revoke(number: int, address_id: int) -> ResponseReturnValue:
    """Withdraw a reply address: mail to it is refused from now on."""
    words = _("The reply address is withdrawn.")
    return _change(number, address_id, lambda row: addresses.revoke(session(), row, agent=agent(), now=clock.now()), words)


@bp.post("/addresses/<int:address_id>/replace")
@needs("case.address")
def replace(number: int, address_id: int) -> ResponseReturnValue:
    """Withdraw a reply address that leaked and give its participant a new one, which the next answer carries."""
    words = _("The reply address is replaced. The next answer carries the new one.")
    return _change(number, address_id, _rotate, words)


@bp.post("/mail/<int:row_id>/again")
@needs("case.answer")
def send_again(number: int, row_id: int) -> ResponseReturnValue:
    """Send a mail that did not arrive once more."""
    case = page.the_case(number)
    row = session().get(OutboxMail, _small(row_id), with_for_update=True)
    if row is None or row.case_number is None or merges.home(session(), row.case_number) != case.number:
        abort(404)
    refusal = _try(lambda: outbox.try_again(session(), row, agent=agent(), now=clock.now()))
    if refusal is not None:
        return _refused(case, refusal)
    return done(_("The mail to %(recipient)s is sent once more.", recipient=row.recipient), f"/cases/{number}")


def _change(number: int, address_id: int, deed: Callable[[ReplyAddress], Event | None], words: str) -> ResponseReturnValue:
    case = page.the_case(number)
    demand("case.address", case)
    row = session().get(ReplyAddress, _small(address_id))
    if row is None or row.case_number != case.number or row.purpose != "reply":
        abort(404)
    try:
        told = deed(row)
    except CannotChange as refusal:
        return _refused(case, refusal)
    return undo.offer(words, [told], f"/cases/{number}#addresses")


def _rotate(row: ReplyAddress) -> Event | None:
    addresses.rotate(session(), row, agent=agent(), now=clock.now())
    return newest(session(), row.case, "address-revoked") if row.case else None


def _try(deed: Callable[[], object]) -> Exception | None:
    try:
        deed()
    except (NotPermitted, outbox.NotWaiting) as refusal:
        return refusal
    return None


def _refused(case: Case, refusal: Exception) -> ResponseReturnValue:
    """The page again, with the action's sentence in the reader's language."""
    sentence, values = getattr(refusal, "sentence", str(refusal)), getattr(refusal, "values", {})
    words = catalogue().gettext(sentence)
    return page.show(case, problem=words % values if values else words), 422


def _agent(chosen: str) -> Agent:
    found = session().get(Agent, _small(int(chosen))) if chosen.isascii() and chosen.isdigit() else None
    if found is None:
        abort(404)
    return found


def _small(number: int) -> int:
    """A number that fits the column; what does not is nobody's."""
    return number if number < 2**31 else 0
