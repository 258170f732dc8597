"""The cases behind a figure: the list of the queue, and nothing in it that its reader may not see.

Who holds a case is the work in every other list; behind a figure it would be a figure about them (HOLDLINE_PERSON_FIGURES).
"""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.db import house
from helpdesk.policies.permissions import may
from helpdesk.queries import details, people, story
from helpdesk.queries import reports as find
from helpdesk.reports import asked
from helpdesk.reports.words import labels, links
from helpdesk.web import language, pages
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import answering, due
from helpdesk.web.cases.list import PAGE, Group
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext
from helpdesk.web.reports import asking

bp = Blueprint("report_cases", __name__, url_prefix="/reports")


@bp.get("/<report>/cases")
@needs("report.read")
def cases(report: str) -> ResponseReturnValue:
    """Exactly those cases that a figure counted, with the deeds of every list."""
    name, behind = asking.named(report), links.behind_asked(request.args)
    if behind is None:
        abort(404)
    try:
        scope = asking.scope_of(name)
    except asked.NotAPeriod:
        abort(404)
    page, parts = pages.page_number(), asking.shelf().parts(session(), behind, scope, agent())
    found = find.page(session(), agent(), parts, limit=PAGE + 1, offset=(page - 1) * PAGE)
    shown = found.rows[:PAGE]
    seen, figures = [case.number for case in shown], house(session()).settings.person_figures
    return render_template(
        "reports/cases.html",
        called=labels.of_report(_, name),
        figure=labels.of_figure(_, behind.figure),
        about=asking.about(scope, behind),
        back=links.page(name, scope),
        here=links.path(name, scope, behind),
        any=[Group("", shown)] if shown else [],
        total=_said(found),
        due_of=due.among(shown),
        undelivered=story.undelivered_among(session(), seen),
        tags_of=details.tags_of(session(), seen),
        agents=[one for one in people.agents(session()) if may(one, "case.assign")],
        tags=details.tag_names(session()),
        holders={"named": "all", "self": "own", "none": "nobody"}[figures],
        view="all",
        words="",
        page=page,
        more=len(found.rows) > PAGE,
        **answering.unsent(seen),
    )


def _said(found: find.Page) -> str:
    if found.is_more:
        return _("more than %(num)s cases", num=language.number(found.total))
    return ngettext("%(num)s case", "%(num)s cases", found.total)
