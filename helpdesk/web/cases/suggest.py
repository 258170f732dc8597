"""Suggestions beside the answer form: find one, begin with it, and say so where its very words are about to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock, wording
from helpdesk.actions import suggestions
from helpdesk.models import Case, Suggestion
from helpdesk.policies import placeholders
from helpdesk.queries import suggestions as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import composer as composers
from helpdesk.web.cases import page
from helpdesk.web.cases.composer import Composer
from helpdesk.web.language import enumerated
from helpdesk.web.language import gettext as _

bp = Blueprint("suggest", __name__, url_prefix="/cases/<int:number>/suggestions")

FIELDS = frozenset(("suggestion", "as_it_is"))  # of the answer form: what it began with, and that its very words are meant


@dataclass(frozen=True)
class Offer:
    """A suggestion with what is known of the case filled in."""

    row: Suggestion
    text: str


@bp.get("")
@needs("case.answer")
def choose(number: int) -> ResponseReturnValue:
    """What an answer to this case may begin with; `q` looks into titles and texts."""
    case, words = page.the_case(number), request.args.get("q", "")
    offers = [_offer(case, row) for row in find.for_case(session(), case, agent(), words)]
    return render_template("cases/suggestions.html", case=case, offers=offers, words=words)


@bp.get("/<int(max=2147483647):suggestion_id>")
@needs("case.answer")
def begin(number: int, suggestion_id: int) -> ResponseReturnValue:
    """The case with this suggestion in its answer form, below what its reader had begun."""
    case = page.the_case(number)
    row = find.usable(session(), suggestion_id, case, agent()) or abort(404)
    composer = composers.opened(case)
    composer.text = "\n\n".join(filter(None, (composer.text.rstrip(), _offer(case, row).text)))
    composer.begun_with = tuple(dict.fromkeys((*composer.begun_with, row.id)))
    return page.show(case, composer)


def objection(case: Case, composer: Composer) -> bool:
    """Whether this answer cannot leave yet: a placeholder stands in it still, or nobody has touched the suggestion.

    The first is said as an error, the second asked once.
    """
    left = placeholders.unfilled(composer.text, find.places(session()))
    if left:
        places = enumerated(["{" + name + "}" for name in left])
        composer.error = _("Fill in %(places)s before it leaves.", places=places)
        return True
    row = suggestions.as_it_is(session(), case, composer.text, agent=agent(), now=clock.now())
    if row is not None and row.kind != "prescribed" and not request.form.get("as_it_is"):
        composer.word_for_word = row.title
        return True
    return False


def _offer(case: Case, row: Suggestion) -> Offer:
    values = wording.values_of(session(), case, agent(), row.language, now=clock.now())
    return Offer(row, placeholders.filled(row.text, values))
