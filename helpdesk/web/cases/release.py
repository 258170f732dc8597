"""Answers that wait for a second person: beside their case, and all of them on one page."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from helpdesk import clock
from helpdesk.actions import releases
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries import EmptyText, Nobody
from helpdesk.models import Case, WaitingAnswer
from helpdesk.policies.release import is_second_person
from helpdesk.present import markdown
from helpdesk.queries import cases as find_cases
from helpdesk.queries import releases as find
from helpdesk.web import waiting
from helpdesk.web.access import agent, allowed, demand, needs, session
from helpdesk.web.cases import page
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("release", __name__, url_prefix="/cases")

_ID = "int(max=2147483647)"


@bp.app_context_processor
def words() -> dict[str, object]:
    """What the pages of cases ask for."""
    return {
        "may_release": lambda row: allowed("case.release", row.case) and is_second_person(agent(), row.author_id),
        "releases_waiting": lambda: find.count(session(), agent()) if "unreleased" in waiting.there() else 0,
    }


@bp.app_template_filter("markdown")
def rendered(text: str) -> Markup:
    """Our own words as those see them who get them."""
    return Markup(markdown.render(text))  # noqa: S704  # sanitised


@bp.get("/release")
@needs("case.release")
def everything() -> ResponseReturnValue:
    """All answers that wait, the oldest first."""
    return render_template("cases/releases.html", rows=find.waiting(session(), agent()))


@bp.post(f"/<int:number>/answers/<{_ID}:answer_id>/release")
@needs("case.release")
def release(number: int, answer_id: int) -> ResponseReturnValue:
    """Send it, with the words as they stand in the form."""
    case, row = _the_answer(number, answer_id)
    text = request.form.get("text", row.text).replace("\x00", "\ufffd")
    try:
        entry = releases.release(session(), row, agent=agent(), now=clock.now(), text=text)
    except (NotPermitted, EmptyText, Nobody) as refusal:
        return _refused(case, refusal)
    place = find_cases.event_of(session(), entry).id
    return done(_("Released. The answer of %(name)s is on its way.", name=row.author.name), f"/cases/{number}#e{place}")


@bp.post(f"/<int:number>/answers/<{_ID}:answer_id>/give-back")
@needs("case.release")
def give_back(number: int, answer_id: int) -> ResponseReturnValue:
    """Back to its author, with a word."""
    case, row = _the_answer(number, answer_id)
    word = request.form.get("word", "").replace("\x00", "\ufffd")
    words = _("The answer is %(name)s’s draft again.", name=row.author.name)
    return _decide(case, words, lambda: releases.give_back(session(), row, word, agent=agent(), now=clock.now()))


@bp.post(f"/<int:number>/answers/<{_ID}:answer_id>/withdraw")
@needs("case.answer")
def withdraw(number: int, answer_id: int) -> ResponseReturnValue:
    """Its author thinks again."""
    case, row = _the_answer(number, answer_id)
    words = _("The answer is your draft again.")
    return _decide(case, words, lambda: releases.withdraw(session(), row, agent=agent(), now=clock.now()))


def asked(case: Case) -> ResponseReturnValue:
    """What the page says after an answer was kept for its release."""
    return done(_("Your answer waits for release by a second person."), f"/cases/{case.number}#waiting")


def _decide(case: Case, words: str, deed: Callable[[], None]) -> ResponseReturnValue:
    try:
        deed()
    except NotPermitted as refusal:
        return _refused(case, refusal)
    return done(words, f"/cases/{case.number}")


def _refused(case: Case, refusal: Exception) -> ResponseReturnValue:
    if isinstance(refusal, NotPermitted):
        sentence = said(refusal)
    elif isinstance(refusal, EmptyText):
        sentence = _("There is nothing in it yet.")
    else:
        sentence = _("Nobody is left who could get this answer.")
    return page.show(case, problem=sentence), 422


def _the_answer(number: int, answer_id: int) -> tuple[Case, WaitingAnswer]:
    case = page.the_case(number)
    demand("case.read", case)
    row = session().get(WaitingAnswer, answer_id, with_for_update=True)
    if row is None or row.case_number != case.number:
        abort(404)
    return case, row
