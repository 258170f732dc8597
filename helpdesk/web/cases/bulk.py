"""One deed for several cases of a list, each by its own rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import cases, spam, tags
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Agent, Case, Event
from helpdesk.policies.permissions import Deed, may
from helpdesk.queries import cases as find
from helpdesk.web.access import agent, local_path, needs, session
from helpdesk.web.cases import undo
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext

bp = Blueprint("bulk", __name__, url_prefix="/cases")

FIELDS = frozenset(("csrf_token", "case", "deed", "agent", "tag", "back"))
NEEDS: dict[str, Deed] = {
    "take": "case.assign",
    "assign": "case.assign",
    "resolve": "case.resolve",
    "reopen": "case.reopen",
    "tag": "case.change",
    "spam": "case.spam",
    "no-spam": "case.spam",
}


@dataclass
class Outcome:
    """What became of the cases: which deeds were done, and why others were not."""

    count: int = 0
    events: list[Event | None] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@bp.post("/bulk")
@needs("case.read")
def bulk() -> ResponseReturnValue:
    """Do `deed` to each `case`; `agent` is to whom they are assigned, `tag` what they are tagged with, `back` the list."""
    if set(request.form) - FIELDS:
        abort(400)
    deed, path = request.form.get("deed", ""), local_path(request.form.get("back", "")) or "/cases"
    if deed not in NEEDS:
        abort(400)
    numbers = _numbers()
    if not numbers:
        return undo.offer(_("No case is selected."), [], path)
    outcome, act = Outcome(), _deed(deed)
    for number in numbers:
        _do(outcome, number, NEEDS[deed], act)
    words = _told(deed, outcome.count) if outcome.count else _("Nothing was changed.")
    return undo.offer(words, outcome.events, path, left=outcome.left)


def _numbers() -> list[int]:
    """The chosen cases, in one order for everybody, so that two of these never wait for each other."""
    chosen = request.form.getlist("case")
    if len(chosen) > undo.MOST or not all(text.isascii() and text.isdigit() and len(text) < 10 for text in chosen):
        abort(400)
    return sorted({int(text) for text in chosen})


def _do(outcome: Outcome, number: int, needed: Deed, act: Callable[[Case], Event | None]) -> None:
    case = find.by_number(session(), number, agent(), for_change=True)
    if case is None or case.merged_into is not None or not may(agent(), needed, case):
        outcome.left.append(_("Case %(number)s: %(why)s", number=number, why=_("You may not do that there.")))
        return
    try:
        outcome.events.append(act(case))
        outcome.count += 1
    except (NotPermitted, NotUsable) as refusal:
        outcome.left.append(_("Case %(number)s: %(why)s", number=number, why=said(refusal)))


def _deed(name: str) -> Callable[[Case], Event | None]:
    now, me = clock.now(), agent()
    if name in ("take", "assign"):
        to = me if name == "take" else _holder()
        return lambda case: cases.assign(session(), case, to, agent=me, now=now)
    if name == "tag":
        tag = request.form.get("tag", "")
        return lambda case: tags.put(session(), case, tags.named(session(), tag), agent=me, now=now)
    return {"resolve": _resolve, "reopen": _reopen, "spam": _spam, "no-spam": _no_spam}[name]


def _resolve(case: Case) -> Event | None:
    if case.state == "resolved":
        raise NotPermitted("It is solved already.")
    return cases.resolve(session(), case, agent=agent(), now=clock.now())


def _reopen(case: Case) -> Event | None:
    if case.state != "resolved":
        raise NotPermitted("It is not solved.")
    return cases.reopen(session(), case, agent=agent(), now=clock.now())


def _spam(case: Case) -> Event | None:
    if case.spam_at is not None:
        raise NotPermitted("It was marked as spam already.")
    return spam.mark(session(), case, agent=agent(), now=clock.now())


def _no_spam(case: Case) -> Event | None:
    if case.spam_at is None:
        raise NotPermitted("It is not marked as spam.")
    return spam.unmark(session(), case, agent=agent(), now=clock.now())


def _holder() -> Agent | None:
    """Whoever gets the cases; None where the form says nobody."""
    chosen = request.form.get("agent", "")
    if not chosen:
        return None
    found = session().get(Agent, int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    return found or abort(404)


def _told(deed: str, count: int) -> str:
    if deed == "take":
        return ngettext("You have this case now.", "You have these %(num)s cases now.", count)
    if deed == "assign":
        to = _holder()
        if to is None:
            return ngettext("Nobody has this case now.", "Nobody has these %(num)s cases now.", count)
        return ngettext("%(name)s has this case now.", "%(name)s has these %(num)s cases now.", count, name=to.name)
    if deed == "resolve":
        return ngettext("One case is solved.", "%(num)s cases are solved.", count)
    if deed == "spam":
        return ngettext(
            "One case is marked as spam. Nothing is deleted.", "%(num)s cases are marked as spam. Nothing is deleted.", count
        )
    if deed == "no-spam":
        return ngettext("One case is no spam.", "%(num)s cases are no spam.", count)
    if deed == "reopen":
        return ngettext("One case is open again.", "%(num)s cases are open again.", count)
    return ngettext("One case is tagged.", "%(num)s cases are tagged.", count)
