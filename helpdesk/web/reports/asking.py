"""What a page of reports is asked for, and the report that answers it."""

from __future__ import annotations

from typing import cast

from flask import abort, current_app, request

from helpdesk import clock
from helpdesk.models import Team
from helpdesk.queries import clocks
from helpdesk.reports import asked, words
from helpdesk.reports.mailing import desk_name
from helpdesk.reports.report import Behind, Name, Report, Scope
from helpdesk.reports.shelf import SHELF, Shelf
from helpdesk.reports.words import labels
from helpdesk.reports.words.shapes import Said
from helpdesk.reports.words.speech import Speech
from helpdesk.web import language
from helpdesk.web.access import agent, session
from helpdesk.web.language import gettext as _


def shelf() -> Shelf:
    """The reports that there are."""
    return cast(Shelf, current_app.extensions["holdline"].shelf or SHELF)


def named(report: str) -> Name:
    """The report of this name; 404 where there is none."""
    name = asked.named(report)
    return name if name in shelf().names and name is not None else abort(404)


def scope_of(name: Name) -> Scope:
    """What this request asks for.  Raises NotAPeriod."""
    return asked.scope(session(), name, request.args, now=clock.now())


def said(report: Report) -> Said:
    """The report in the reader's language."""
    scope = report.scope
    team = session().get(Team, scope.team_id) if scope.team_id else None
    zone = clocks.zone_of(session(), scope.team_id)
    return words.say(report, language.current(), zone, house=desk_name(session()), team=team.name if team else "")


def collected(name: Name, scope: Scope) -> Said:
    """The report that is asked for, said."""
    return said(shelf().collect(session(), name, scope, agent()))


def about(scope: Scope, behind: Behind) -> str:
    """Which of the cases of which days stand behind a figure, in words."""
    speech = Speech(language.current(), clocks.zone_of(session(), scope.team_id))
    part = {"met": _("in time"), "missed": _("too late"), "waiting": _("still waiting")}.get(behind.part, "")
    group = labels.of_group(_, behind.group, speech.weekday) if behind.group else ""
    return ", ".join(filter(None, (part, group, speech.days(scope.period))))
