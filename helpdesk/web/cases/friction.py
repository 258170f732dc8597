"""What customers say beside their matter: that they had to wait, that somebody was kind.  Marked by a click at their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import friction
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Agent, Case, Entry, Event
from helpdesk.models import Friction as Mark
from helpdesk.policies.friction import HURTS, suggested
from helpdesk.queries import friction as find
from helpdesk.queries import merges
from helpdesk.queries.contents import Contents
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page, undo
from helpdesk.web.cases.sentence_friction import label
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("friction", __name__, url_prefix="/cases/<int:number>")


@dataclass(frozen=True)
class Choice:
    """One click: `value` names the kind, of a praise also the agent («praise 7»)."""

    value: str
    words: str


@dataclass(frozen=True)
class Remark:
    """What stands at one message: marks, and suggestions with the words by which they were found."""

    marks: Sequence[tuple[Mark, str]]
    suggestions: Sequence[tuple[Choice, str]]


@bp.post("/entries/<int:entry_id>/friction")
@needs("case.change")
def mark(number: int, entry_id: int) -> ResponseReturnValue:
    """Say what the customer says in this message: `kind` is a kind, or «praise» and the id of an agent."""
    case = page.the_case(number)
    entry = _entry(case, entry_id)
    kind, _space, of = request.form.get("kind", "").partition(" ")
    praised = (session().get(Agent, int(of)) or abort(404)) if of.isascii() and of.isdigit() and len(of) < 10 else None
    try:
        event = friction.mark(session(), case, entry, kind, agent=agent(), now=clock.now(), praised=praised)
    except (NotUsable, NotPermitted) as refusal:
        return page.show(case, problem=said(refusal)), 422
    words = _("Marked: %(author)s %(what)s.", author=entry.author, what=label(kind, praised.name if praised else None))
    return undo.offer(words, [event], f"/cases/{number}#entry-{entry_id}")


@bp.post("/friction/<int:friction_id>/take-back")
@needs("case.change")
def unmark(number: int, friction_id: int) -> ResponseReturnValue:
    """It was marked by mistake."""
    case = page.the_case(number)
    row = find.in_case(session(), merges.all_of(session(), case.number), friction_id) or abort(404)
    friction.unmark(session(), case, row, agent=agent(), now=clock.now())
    return done(_("The mark is taken back."), f"/cases/{number}#entry-{row.entry_id}")


def about(events: Sequence[Event], staff: Sequence[Agent], there: Contents) -> dict[str, Any]:
    """What the story shows at customers' messages.  Suggestions are made of what nobody has answered yet, for it is being read."""
    names = {one.id: one.name for one in staff}
    letters = [event.entry for event in events if event.entry is not None and event.entry.kind == "mail-in"]
    answers = [event.entry for event in events if event.entry is not None and event.entry.kind == "mail-out"]
    repliers = {one.agent_id: names[one.agent_id] for one in answers if one.agent_id in names}
    marks = find.at_entries(session(), [letter.id for letter in letters]) if letters and "friction" in there else {}
    newest = max((answer.id for answer in answers), default=0)
    remarks = {}
    for letter in letters:
        rows = marks.get(letter.id, [])
        guesses = _guesses(letter, rows, repliers) if letter.id > newest else []
        if rows or guesses:
            remarks[letter.id] = Remark([(row, _label(row)) for row in rows], guesses)
    return {"remarks_at": remarks, "markable": _choices(repliers)}


def _guesses(letter: Entry, rows: Sequence[Mark], repliers: dict[int, str]) -> list[tuple[Choice, str]]:
    known = {row.kind for row in rows}
    return [
        (_choice(guess.kind, guess.praised_id, repliers), guess.words)
        for guess in suggested(letter.visible, repliers)
        if guess.kind not in known
    ]


def _choices(repliers: dict[int, str]) -> list[Choice]:
    """All that can be marked at a message: where it hurt, and whom of those who answered it praises."""
    hurts = [_choice(kind, None, repliers) for kind in HURTS]
    return [*hurts, *(_choice("praise", one, repliers) for one in repliers), _choice("praise", None, repliers)]


def _choice(kind: str, praised_id: int | None, names: dict[int, str]) -> Choice:
    if praised_id is None:
        return Choice(kind, label(kind))
    return Choice(f"{kind} {praised_id}", label(kind, names[praised_id]))


def _label(row: Mark) -> str:
    return label(row.kind, row.praised.name if row.praised else None)


def _entry(case: Case, entry_id: int) -> Entry:
    found = session().get(Entry, entry_id) if 0 < entry_id < 2**31 else None
    return found if found is not None and found.case_number in merges.all_of(session(), case.number) else abort(404)
