"""The library of suggestions: agents propose, supervisors and admins decide, change and put away."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from helpdesk import clock
from helpdesk.actions import suggestions
from helpdesk.actions.desks import NotUsable
from helpdesk.db import house
from helpdesk.models import Suggestion
from helpdesk.policies import placeholders
from helpdesk.present import markdown
from helpdesk.queries import people
from helpdesk.queries import suggestions as find
from helpdesk.web.access import agent, allowed, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import current
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done
from helpdesk.words import day, greeting

bp = Blueprint("suggestions", __name__, url_prefix="/suggestions")

FIELDS = ("title", "text", "language", "kind", "team", "deed")


@bp.get("")
@needs("suggestion.propose")
def everything() -> ResponseReturnValue:
    """All of them, with how often they were sent, and how often word for word."""
    words = request.args.get("q", "")
    return render_template("settings/suggestions/list.html", suggestions=find.library(session(), words), words=words)


@bp.get("/new")
@needs("suggestion.propose")
def new() -> ResponseReturnValue:
    return _page(None, Form(title="", text="", language=current(), kind="start", team="", deed=""))


@bp.post("")
@needs("suggestion.propose")
def add() -> ResponseReturnValue:
    """Add one to the library, or propose it."""
    form = Form.posted(*FIELDS)
    if form.values["deed"] == "preview":
        return _page(None, form, preview=True)
    row = _kept(form, lambda values: suggestions.add(session(), values, agent=agent(), now=clock.now()))
    if row is None:
        return _page(None, form)
    proposed = row.state == "proposed"
    return done(_("Your proposal is kept. A supervisor looks at it.") if proposed else _("Saved."), "/settings/suggestions")


@bp.get("/<int(max=2147483647):suggestion_id>")
@needs("suggestion.propose")
def one(suggestion_id: int) -> ResponseReturnValue:
    found = _one(suggestion_id)
    values = {name: getattr(found, name) for name in ("title", "text", "language", "kind")}
    return _page(found, Form(**values, team=str(found.team_id or ""), deed=""), preview=not allowed("suggestion.change"))


@bp.post("/<int(max=2147483647):suggestion_id>")
@needs("suggestion.change")
def change(suggestion_id: int) -> ResponseReturnValue:
    """Other words; a proposal is taken over with them."""
    found, form = _one(suggestion_id), Form.posted(*FIELDS)
    if form.values["deed"] == "preview":
        return _page(found, form, preview=True)
    kept = _kept(form, lambda values: suggestions.change(session(), found, values, agent=agent(), now=clock.now()))
    if kept is None:
        return _page(found, form)
    if found.state == "proposed":
        suggestions.decide(session(), found, "active", agent=agent(), now=clock.now())
    return done(_("Saved."), "/settings/suggestions")


@bp.post("/<int(max=2147483647):suggestion_id>/put-away")
@needs("suggestion.change")
def put_away(suggestion_id: int) -> ResponseReturnValue:
    """Nobody finds it any more."""
    found = _one(suggestion_id)
    suggestions.decide(session(), found, "away", agent=agent(), now=clock.now())
    undo = f"/settings/suggestions/{found.id}/take-back"
    return done(_("“%(title)s” is put away.", title=found.title), "/settings/suggestions", undo=undo)


@bp.post("/<int(max=2147483647):suggestion_id>/take-back")
@needs("suggestion.change")
def take_back(suggestion_id: int) -> ResponseReturnValue:
    """It is offered again."""
    found = _one(suggestion_id)
    suggestions.decide(session(), found, "active", agent=agent(), now=clock.now())
    return done(_("“%(title)s” is offered again.", title=found.title), "/settings/suggestions")


def _kept(form: Form, deed: suggestions.Write) -> Suggestion | None:
    """The suggestion as it was typed, after this deed; None where it cannot stay so."""
    team = form.one_of("team", people.teams(session()))
    if form.errors:
        return None
    values = {name: form.values[name] for name in ("title", "text", "language", "kind")}
    try:
        return deed({**values, "team": team})
    except NotUsable as refusal:
        form.refused(refusal)
        return None


def _one(suggestion_id: int) -> Suggestion:
    return session().get(Suggestion, suggestion_id) or abort(404)


def _page(found: Suggestion | None, form: Form, *, preview: bool = False) -> ResponseReturnValue:
    text = placeholders.filled(form.values["text"], _example(form.values["language"]))
    return form.page(
        "settings/suggestions/form.html",
        suggestion=found,
        teams=[("", _("Everybody")), *[(str(team.id), team.name) for team in people.teams(session())]],
        places=find.places(session()),
        preview=Markup(markdown.render(text)) if preview else None,  # noqa: S704  # sanitised
    )


def _example(language: str) -> dict[str, str]:
    """What stands for a customer in the preview."""
    settings, now = house(session()).settings, clock.now()
    return {
        "name": "Erika Muster",
        "salutation": greeting("Erika Muster", language),
        "case": "1042",
        "subject": _("My order"),
        "agent": agent().name,
        "desk": _("Help desk"),
        "team": _("Returns"),
        "today": day(now, language, settings.zone),
        "address_until": day(now + settings.grace, language, settings.zone),
    }
