"""What is decided by a click about doubtful mail, and about people who are proposed as participants."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import doubts, proposals
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case, Entry, Proposal
from helpdesk.queries import merges
from helpdesk.queries import proposals as find_proposals
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("judge", __name__, url_prefix="/cases/<int:number>")

_ID = "int(max=2147483647)"


@bp.post(f"/entries/<{_ID}:entry_id>/accept")
@needs("case.judge")
def accept(number: int, entry_id: int) -> ResponseReturnValue:
    """The mail counts from now."""
    words = _("The mail counts from now.")
    return _judge(number, entry_id, words, lambda c, e: doubts.accept(session(), c, e, agent=agent(), now=clock.now()))


@bp.post(f"/entries/<{_ID}:entry_id>/let-take-part")
@needs("case.address")
def let_take_part(number: int, entry_id: int) -> ResponseReturnValue:
    """The mail counts from now, and its sender takes part."""
    words = _("The mail counts, and its sender takes part from now on.")
    return _judge(
        number, entry_id, words, lambda c, e: doubts.accept(session(), c, e, agent=agent(), now=clock.now(), take_part=True)
    )


@bp.post(f"/entries/<{_ID}:entry_id>/ignore")
@needs("case.judge")
def ignore(number: int, entry_id: int) -> ResponseReturnValue:
    """The mail stays folded."""
    undo = f"/cases/{number}/entries/{entry_id}/reconsider"
    words = _("The mail is put aside.")
    return _judge(number, entry_id, words, lambda c, e: doubts.ignore(session(), c, e, agent=agent(), now=clock.now()), undo)


@bp.post(f"/entries/<{_ID}:entry_id>/reconsider")
@needs("case.judge")
def reconsider(number: int, entry_id: int) -> ResponseReturnValue:
    """Take back that it was put aside."""
    words = _("The mail waits for your decision again.")
    return _judge(number, entry_id, words, lambda c, e: doubts.reconsider(session(), c, e, agent=agent(), now=clock.now()))


@bp.post(f"/entries/<{_ID}:entry_id>/show-codes")
@needs("case.codes")
def show_codes(number: int, entry_id: int) -> ResponseReturnValue:
    """Show the codes and links of a verification mail to whoever asks; the look is on the record."""
    words = _("You see the codes and links now; it is on the record.")
    return _judge(number, entry_id, words, lambda c, e: doubts.show_codes(session(), c, e, agent=agent(), now=clock.now()))


@bp.post(f"/entries/<{_ID}:entry_id>/new-case")
@needs("case.open")
def new_case(number: int, entry_id: int) -> ResponseReturnValue:
    """The mail gets a case of its own."""
    case = page.the_case(number)
    entry = _entry(case, entry_id)
    try:
        fresh = doubts.give_case(session(), case, entry, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return _refused(case, refusal)
    return done(_("The mail has a case of its own, which is this one."), f"/cases/{fresh.number}")


@bp.post(f"/proposals/<{_ID}:proposal_id>/accept")
@needs("case.address")
def accept_proposal(number: int, proposal_id: int) -> ResponseReturnValue:
    """Somebody who was written to as well takes part."""
    case = page.the_case(number)
    found = _proposal(case, proposal_id)
    try:
        participant = proposals.accept(session(), case, found, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return _refused(case, refusal)
    return done(_("%(name)s takes part from now on.", name=participant.person.called), f"/cases/{number}")


@bp.post(f"/proposals/<{_ID}:proposal_id>/decline")
@needs("case.address")
def decline_proposal(number: int, proposal_id: int) -> ResponseReturnValue:
    """They do not take part."""
    case = page.the_case(number)
    found = _proposal(case, proposal_id)
    proposals.decline(session(), case, found, agent=agent(), now=clock.now())
    return done(_("%(name)s does not take part.", name=found.name or found.address), f"/cases/{number}")


def _judge(
    number: int, entry_id: int, words: str, deed: Callable[[Case, Entry], object], undo: str | None = None
) -> ResponseReturnValue:
    case = page.the_case(number)
    entry = _entry(case, entry_id)
    try:
        deed(case, entry)
    except NotPermitted as refusal:
        return _refused(case, refusal)
    return done(words, f"/cases/{number}", undo=undo)


def _entry(case: Case, entry_id: int) -> Entry:
    found = session().get(Entry, entry_id)
    if found is None or not merges.lies_in(session(), found, case):
        abort(404)
    return found


def _proposal(case: Case, proposal_id: int) -> Proposal:
    return find_proposals.of_case(session(), case, proposal_id) or abort(404)


def _refused(case: Case, refusal: NotPermitted) -> ResponseReturnValue:
    return page.show(case, problem=said(refusal)), 422
