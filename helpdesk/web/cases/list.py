"""The lists that an agent lives in, and search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import cast, get_args

from flask import Blueprint, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Case
from helpdesk.policies.cases import OUR_TURN
from helpdesk.queries import cases as find
from helpdesk.queries import lists, story
from helpdesk.queries.lists import View, Wanted
from helpdesk.web import pages
from helpdesk.web.access import agent, needs, session, unnoticed
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
    """One view, or what was found by the words in `q`."""
    words = " ".join(request.args.get("q", "").split())[:200]
    number = _number(words)
    if number is not None and find.by_number(session(), number, agent()) is not None:
        return redirect(f"/cases/{number}")
    view = _view("all" if words else "ours")
    wanted, page = Wanted(view=view, words=words), pages.page_number()
    rows = lists.page(session(), agent(), wanted, limit=PAGE + 1, offset=(page - 1) * PAGE)
    shown = rows[:PAGE]
    return render_template(
        "cases/list.html",
        view=view,
        views=_views(),
        counts=lists.counts(session(), agent())[0],
        total=lists.count(session(), agent(), wanted),
        words=words,
        groups=_groups(shown) if not words and view in ("mine", "ours", "unassigned") else [Group("", shown)],
        undelivered=story.undelivered_among(session(), [case.number for case in shown]),
        page=page,
        more=len(rows) > PAGE,
        since=story.last_event(session()),
    )


@bp.get("/news")
@needs("case.read")
@unnoticed
def news() -> ResponseReturnValue:
    """The quiet line above a list: how much came since it was drawn.  Nothing to say is 204."""
    since = request.args.get("since", "")
    if not since.isascii() or not since.isdigit() or len(since) > 12:
        abort(400)
    count = story.mail_since(session(), agent(), int(since))
    if not count:
        return "", 204
    return render_template("cases/news.html", count=count, view=_view("ours"))


def _view(otherwise: View) -> View:
    asked = request.args.get("view", otherwise)
    return cast(View, asked) if asked in get_args(View) else otherwise


def _views() -> list[tuple[View, str]]:
    return [
        ("mine", _("Mine")),
        ("ours", _("Waiting for us")),
        ("unassigned", _("Not assigned")),
        ("team", _("My team")),
        ("theirs", _("Waiting for customers")),
        ("undeliverable", _("Undeliverable")),
        ("resolved", _("Solved")),
        ("all", _("All cases")),
    ]


def _number(words: str) -> int | None:
    """The case that «1042» or «#1042» names."""
    digits = words.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _groups(rows: list[Case]) -> list[Group]:
    """By how long they have been waiting for us, the longest first: the list is sorted so already."""
    heading_of = _headings()
    groups: list[Group] = []
    for case in rows:
        heading = heading_of(case)
        if not groups or groups[-1].heading != heading:
            groups.append(Group(heading, []))
        groups[-1].cases.append(case)
    return groups


def _headings() -> Callable[[Case], str]:
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
