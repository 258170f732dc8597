"""What a case is besides its mail: tags, fields, priority, what it came to, goodwill.  Each is saved by a small form of its own."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import fields, goodwill, outcomes, tags
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Case, Cause, Gesture, Tag
from helpdesk.policies.cases import PRIORITIES
from helpdesk.policies.fields import VERDICTS
from helpdesk.policies.goodwill import CURRENCIES, KINDS
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page, panel, undo
from helpdesk.web.cases import sentence_details as words
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("details", __name__, url_prefix="/cases/<int:number>")

_ID = "int(max=2147483647)"


@bp.app_context_processor
def _vocabulary() -> dict[str, object]:
    return {
        "words_for": words,
        "money": panel.money,
        "PRIORITIES": PRIORITIES,
        "VERDICTS": VERDICTS,
        "CURRENCIES": CURRENCIES,
        "GESTURES": KINDS,
    }


@bp.post("/tags")
@needs("case.change")
def add_tag(number: int) -> ResponseReturnValue:
    """Put the tag `tag` on the case."""
    case = page.the_case(number)
    try:
        event = tags.put(session(), case, tags.named(session(), _typed("tag")), agent=agent(), now=clock.now())
    except NotUsable as refusal:
        return page.show(case, problem=said(refusal)), 422
    return undo.offer(_("The tag is added."), [event], f"/cases/{number}#details")


@bp.post(f"/tags/<{_ID}:tag_id>/remove")
@needs("case.change")
def remove_tag(number: int, tag_id: int) -> ResponseReturnValue:
    """Take a tag off the case."""
    case, tag = page.the_case(number), session().get(Tag, tag_id) or abort(404)
    event = tags.remove(session(), case, tag, agent=agent(), now=clock.now())
    return undo.offer(_("The tag is removed."), [event], f"/cases/{number}#details")


@bp.post(f"/fields/<{_ID}:field_id>")
@needs("case.change")
def fill(number: int, field_id: int) -> ResponseReturnValue:
    """Say what a field is in this case; empty takes it away."""
    case = page.the_case(number)
    field = next((one.field for one in panel.asked(case) if one.field.id == field_id), None) or abort(404)
    return _saved(case, lambda: fields.fill(session(), case, field, _typed("value"), agent=agent(), now=clock.now()), _("Saved."))


@bp.post("/priority")
@needs("case.change")
def prioritise(number: int) -> ResponseReturnValue:
    """Say how much it matters."""
    case = page.the_case(number)
    before = case.priority
    deed = lambda: fields.prioritise(session(), case, _typed("priority"), agent=agent(), now=clock.now())  # noqa: E731
    return _saved(case, deed, _("The priority is set."), undo=f"/cases/{number}/priority", priority=before)


@bp.post("/outcome")
@needs("case.change")
def say_outcome(number: int) -> ResponseReturnValue:
    """Write down what the case came to."""
    case = page.the_case(number)
    return _saved(case, lambda: keep_outcome(case), _("Saved."))


@bp.post("/goodwill")
@needs("case.goodwill")
def give(number: int) -> ResponseReturnValue:
    """Record a gesture of goodwill."""
    case = page.the_case(number)
    parts = [_typed(name) for name in ("amount", "currency", "kind", "why")]
    return _saved(
        case, lambda: goodwill.give(session(), case, *parts, agent=agent(), now=clock.now()), _("The gesture is recorded.")
    )


@bp.post(f"/goodwill/<{_ID}:gesture_id>/take-back")
@needs("case.goodwill")
def take_back(number: int, gesture_id: int) -> ResponseReturnValue:
    """It was not given after all."""
    case, gesture = page.the_case(number), session().get(Gesture, gesture_id)
    if gesture is None or gesture.case_number != case.number:
        abort(404)
    goodwill.take_back(session(), case, gesture, agent=agent(), now=clock.now())
    return done(_("The gesture is taken back."), f"/cases/{number}#details")


def keep_outcome(case: Case) -> None:
    """What the form says of cause, office and verdict.  Raises NotUsable."""
    chosen = _typed("cause")
    cause = session().get(Cause, int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    if chosen and cause is None:
        raise NotUsable("cause", "Choose one from the list.")
    verdict = _typed("verdict") or None
    now = clock.now()
    outcomes.say(session(), case, agent=agent(), now=now, cause=cause, office=_typed("office"), verdict=verdict)


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "\ufffd")


def _saved(case: Case, deed: Callable[[], object], words: str, *, undo: str | None = None, **back: str) -> ResponseReturnValue:
    try:
        deed()
    except NotUsable as refusal:
        return page.show(case, problem=said(refusal)), 422
    return done(words, f"/cases/{case.number}#details", undo=undo, **back)
