"""The lists that an agent lives in, and search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import Blueprint, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Case, SavedView
from helpdesk.policies.cases import CHANNELS, OUR_TURN, STATES
from helpdesk.policies.permissions import may
from helpdesk.queries import cases as find
from helpdesk.queries import details, in_views, lists, people, story
from helpdesk.queries import views as saved_views
from helpdesk.queries.in_views import View
from helpdesk.web import pages, waiting
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import answering, due, promising, search
from helpdesk.web.cases.filters import Filters, state
from helpdesk.web.cases.sentence_details import channel
from helpdesk.web.language import gettext as _

bp = Blueprint("cases", __name__, url_prefix="/cases")

PAGE = 50
OLD = timedelta(days=2)


@dataclass(frozen=True)
class Group:
    """Cases under one heading; without a heading where all are alike."""

    heading: str
    cases: list[Case]


@bp.get("")
@needs("case.read")
def cases() -> ResponseReturnValue:
    """One view, one of one's own, or what was found by the words in `q`; less what was filtered out."""
    if search.is_asked():
        return search.page()
    mine, filters = saved_views.of(session(), agent()) if "saved view" in waiting.there() else [], Filters(request.args)
    saved = _saved(mine)
    if saved is not None:
        filters = Filters(saved.filters, saved=saved.id)
    number = _number(filters.words)
    if number is not None and find.by_number(session(), number, agent()) is not None:
        return redirect(f"/cases/{number}")
    page, wanted = pages.page_number(), filters.wanted()
    rows = lists.page(session(), agent(), wanted, limit=PAGE + 1, offset=(page - 1) * PAGE)
    shown = rows[:PAGE]
    staff, teams = people.staff(session())
    agents = [one for one in staff if one.active]
    knows_tags = "known tag" in waiting.there()
    by_wait, by_deadline = filters.view in in_views.BY_WAIT, filters.view in in_views.BY_DEADLINE
    return render_template(
        "cases/list.html",
        filters=filters,
        chips=filters.chips(agents, teams),
        saved=saved,
        **_views(mine, filters),
        groups=_grouped(shown, filters),
        by_wait=by_wait,
        by_deadline=by_deadline,
        due_of=_due_of(shown, filters) if by_deadline else promising.pressing(shown),
        undelivered=story.undelivered_among(session(), [case.number for case in shown]),
        tags_of=details.tags_of(session(), [case.number for case in shown]) if knows_tags else {},
        agents=[one for one in agents if may(one, "case.assign")],
        teams=teams,
        tags=details.tag_names(session()) if knows_tags else [],
        channels=[(name, channel(name)) for name in CHANNELS],
        states=[(name, state(name)) for name in STATES],
        page=page,
        more=len(rows) > PAGE,
        since=story.last_event(session()),
        **answering.unsent([case.number for case in shown]),
    )


def _saved(mine: list[SavedView]) -> SavedView | None:
    """The view of one's own that the address names; 404 where there is none."""
    asked = request.args.get("saved")
    if asked is None:
        return None
    return next((view for view in mine if str(view.id) == asked), None) or abort(404)


def _views(mine: list[SavedView], filters: Filters) -> dict[str, Any]:
    """The views with their counts, and how many cases there are in the one that is shown."""
    counted = [view for view in mine if not Filters(view.filters).words]  # to search for each at every look would take long
    wanted = [Filters(view.filters).wanted() for view in counted]
    counts, own = lists.counts(session(), agent(), wanted)
    own_counts = {view.id: number for view, number in zip(counted, own, strict=True)}
    plain = not filters.words and not filters.chosen
    total = counts.get(filters.view) if plain else own_counts.get(filters.saved or 0)
    there = [name for name in _names() if name[0] not in in_views.RARE or name[0] == filters.view or counts.get(name[0])]
    return {
        "views": there,
        "counts": counts,
        "own_views": mine,
        "own_counts": own_counts,
        "total": lists.count(session(), agent(), filters.wanted()) if total is None else total,
        "most": find.MOST,
    }


def _names() -> list[tuple[View, str]]:
    teams = agent().teams
    team = [("team", _("My team: %(name)s", name=teams[0].name) if len(teams) == 1 else _("My teams"))] if teams else []
    return [
        ("mine", _("Mine")),
        ("due", _("Due next")),
        ("ours", _("Waiting for us")),
        ("unassigned", _("Not assigned")),
        *cast(list[tuple[View, str]], team),
        ("theirs", _("Waiting for customers")),
        ("undeliverable", _("Undeliverable")),
        ("resolved", _("Solved")),
        ("all", _("All cases")),
        ("spam", _("Spam")),
        ("broken", _("Promises broken")),
        ("risk", _("At risk")),
        ("due-2", _("Due within 2 working hours")),
        ("due-8", _("Due within 8 working hours")),
        ("unsolved", _("Not solved yet")),
    ]


def _number(words: str) -> int | None:
    """The case that «1042» or «#1042» names."""
    digits = words.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _due_of(shown: Sequence[Case], filters: Filters) -> dict[int, due.Due]:
    """What is due in each case: of its deadlines and promises whatever comes first, or is worst where that is asked for."""
    return promising.nearest(shown, worst_first=filters.view in ("broken", "risk"))


def _grouped(rows: list[Case], filters: Filters) -> list[Group]:
    """Under headings where the list is one to be worked off."""
    if filters.words:
        return [Group("", rows)]
    if filters.view in in_views.BY_DEADLINE:
        return _groups(rows, due.headings())
    return _groups(rows, _headings()) if filters.view in in_views.BY_WAIT else [Group("", rows)]


def _groups(rows: list[Case], heading_of: Callable[[Case], str]) -> list[Group]:
    """Cases by their headings; the list is sorted so already."""
    groups: list[Group] = []
    for case in rows:
        heading = heading_of(case)
        if not groups or groups[-1].heading != heading:
            groups.append(Group(heading, []))
        groups[-1].cases.append(case)
    return groups


def _headings() -> Callable[[Case], str]:
    """By how long they have been waiting for us, the longest first."""
    now, zone = clock.now(), house(g.session).settings.zone
    today = now.astimezone(zone).date()

    def heading(case: Case) -> str:
        since = case.waiting_since
        if since is None:  # reopened by us, or our answer came back: nobody wrote, and yet it is our turn
            return _("Our turn") if case.state in OUR_TURN else _("Not waiting for us")
        if now - since > OLD:
            return _("For more than two days")
        return _("Since today") if since.astimezone(zone).date() == today else _("Since yesterday or the day before")

    return heading
